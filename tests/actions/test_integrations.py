"""Integrations: whoever manages a guild lets bots in and sends them away."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import bans, integrations, members
from chatd.model.actor import ANYONE
from chatd.model.audit_log import AuditAction
from chatd.model.bans import BanDraft
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    UnknownApplication,
    UnknownGuild,
    UnknownIntegration,
    UserBanned,
)
from chatd.model.integrations import BotAuthorization
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.company import EVERY_PERMISSION, company, give, recorded
from tests.people import Heard, bot, general


async def listed(store: Any, actor: Any) -> list[str]:
    async with store.reading(actor) as tx:
        found = await integrations.list_integrations(tx, general(store).guild_id)
    return [one["name"] for one in found]


async def add(store: Any, actor: Any, application_id: int) -> None:
    async with store.transaction(actor) as tx:
        await integrations.add_bot(tx, general(store).guild_id, application_id)


async def delete(store: Any, actor: Any, integration_id: int) -> None:
    async with store.transaction(actor) as tx:
        await integrations.delete_integration(tx, general(store).guild_id, integration_id)


async def test_a_bot_is_sent_away_and_let_in_again(store):
    here = await company(store, Permission.MANAGE_GUILD)
    robo, _ = await bot(store, "robo")
    assert await listed(store, here.moderator) == ["robo"]
    heard = Heard(store)
    await delete(store, here.moderator, robo.id)
    assert heard.names == [
        "GUILD_MEMBER_REMOVE", "INTEGRATION_DELETE", "GUILD_INTEGRATIONS_UPDATE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
    ]  # fmt: skip
    assert recorded(heard)[0]["action_type"] == AuditAction.INTEGRATION_DELETE
    assert await listed(store, here.moderator) == []
    heard.take()
    await add(store, here.moderator, robo.id)
    assert heard.names == [
        "GUILD_MEMBER_ADD", "MESSAGE_CREATE", "INTEGRATION_CREATE", "GUILD_INTEGRATIONS_UPDATE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
    ]  # fmt: skip
    (entry,) = recorded(heard)
    assert (entry["action_type"], entry["target_id"]) == (AuditAction.BOT_ADD, str(robo.id))
    heard.take()
    await add(store, here.moderator, robo.id)
    assert heard.entries == []
    await assert_as_fresh(store)


async def test_only_who_manages_the_guild_has_to_do_with_its_bots(store):
    here = await company(store, EVERY_PERMISSION & ~Permission.MANAGE_GUILD)
    robo, _ = await bot(store, "robo")
    for attempt in (listed(store, here.moderator), add(store, here.moderator, robo.id),
                    delete(store, here.moderator, robo.id)):  # fmt: skip
        async with refused(store, MissingPermissions):
            await attempt
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, general(store).guild_id, [here.bob.id])
    async with refused(store, UnknownGuild):
        await add(store, here.bob, robo.id)


async def test_what_is_no_bot_is_none(store):
    here = await company(store)
    for application_id in (12345, here.bob.id):
        async with refused(store, UnknownApplication):
            await add(store, here.owner, application_id)
        async with refused(store, UnknownIntegration):
            await delete(store, here.owner, application_id)


async def test_a_bot_that_stands_as_high_is_not_sent_away_and_a_banned_one_not_let_in(store):
    here = await company(store)
    robo, _ = await bot(store, "robo")
    await give(store, here.owner, robo, here.high)
    async with refused(store, MissingPermissions):
        await delete(store, here.moderator, robo.id)
    async with store.transaction(here.owner) as tx:
        await bans.create_ban(tx, general(store).guild_id, robo.id, BanDraft.parse({}, {}))
    async with refused(store, UserBanned):
        await add(store, here.moderator, robo.id)


def test_an_authorization_names_a_bot_and_a_guild():
    assert BotAuthorization.parse({"client_id": "5"}, {"guild_id": 6}) == BotAuthorization(5, 6, True, 0)
    assert not BotAuthorization.parse({"client_id": "5"}, {"guild_id": 6, "authorize": False}).authorize
    with pytest.raises(InvalidFormBody) as caught:
        BotAuthorization.parse({"client_id": "x"}, {"authorize": 5})
    assert set(caught.value.errors) == {"client_id", "guild_id", "authorize"}
