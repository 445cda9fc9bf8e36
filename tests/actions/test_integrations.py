"""Integrations: whoever manages a guild lets bots in and sends them away."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import applications, bans, bot_roles, guilds, integrations, members, overwrites, roles
from chatd.model.actor import ANYONE, Actor
from chatd.model.audit_log import AuditAction
from chatd.model.bans import BanDraft
from chatd.model.channel_drafts import OverwriteDraft
from chatd.model.errors import (
    InvalidFormBody,
    InvalidRole,
    MaximumRoles,
    MissingPermissions,
    NotYourApplication,
    UnknownApplication,
    UnknownGuild,
    UnknownIntegration,
    UserBanned,
)
from chatd.model.integrations import AuthorizationQuery, BotAuthorization
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.company import EVERY_PERMISSION, company, give, recorded
from tests.people import Heard, bot, general, person


async def listed(store: Any, actor: Any) -> list[str]:
    async with store.reading(actor) as tx:
        found = await integrations.list_integrations(tx, general(store).guild_id)
    return [one["name"] for one in found]


async def add(store: Any, actor: Any, application_id: int, asked: int = 0) -> None:
    async with store.transaction(actor) as tx:
        await integrations.add_bot(tx, general(store).guild_id, application_id, asked)


def role_of(store: Any, bot_id: int) -> Any:
    return bot_roles.role_of(store.directory.guilds[general(store).guild_id], bot_id)


async def visitor(store: Any, owner: Any, name: str = "gadget", **settings: Any) -> int:
    """The id of an application whose bot is not here yet."""
    async with store.transaction(owner) as tx:
        made = await applications.create_application(tx, name, owned_max=25)
    async with store.transaction(owner) as tx:
        await applications.update_application(tx, int(made["id"]), settings, {})
    return int(made["id"])


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


# ── the role that a bot brings ──


async def test_a_bot_comes_with_a_role_that_grants_what_both_asked_for_and_had(store):
    here = await company(store, Permission.MANAGE_GUILD | Permission.KICK_MEMBERS)
    id = await visitor(store, here.owner)
    heard = Heard(store)
    await add(store, here.moderator, id, Permission.KICK_MEMBERS | Permission.BAN_MEMBERS)
    assert heard.names == [
        "GUILD_ROLE_CREATE", "GUILD_MEMBER_ADD", "MESSAGE_CREATE", "INTEGRATION_CREATE",
        "GUILD_INTEGRATIONS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE",
    ]  # fmt: skip
    role = role_of(store, id)
    assert (role.name, role.managed, role.permissions) == ("gadget", True, Permission.KICK_MEMBERS)
    payload = heard.entries[0].d["role"]
    assert payload["tags"] == {"bot_id": str(id)} and payload["managed"] is True
    assert heard.entries[1].d["roles"] == [str(role.id)]
    assert heard.entries[3].d["user"]["username"] == "moderator"
    await assert_as_fresh(store)


async def test_without_permissions_there_is_no_role(store):
    here = await company(store, Permission.MANAGE_GUILD)
    id = await visitor(store, here.owner)
    await add(store, here.moderator, id, Permission.BAN_MEMBERS)  # which the moderator has not
    assert role_of(store, id) is None
    assert id in store.directory.guilds[general(store).guild_id].members


async def test_nobody_gives_takes_or_deletes_the_role_of_a_bot(store):
    here = await company(store)
    id = await visitor(store, here.owner)
    await add(store, here.owner, id, Permission.KICK_MEMBERS)
    role, guild_id = role_of(store, id), general(store).guild_id
    async with refused(store, InvalidRole):
        await give(store, here.owner, here.bob, role.id)
    for act, arguments in ((roles.delete_role, (role.id,)), (members.remove_role, (id, role.id))):
        async with refused(store, InvalidRole):
            async with store.transaction(here.owner) as tx:
                await act(tx, guild_id, *arguments)


@pytest.mark.parametrize("way", ["kick", "ban", "leave", "integration", "deleted"])
async def test_the_role_goes_with_its_bot(store, way):
    here = await company(store)
    id = await visitor(store, here.owner)
    await add(store, here.owner, id, Permission.KICK_MEMBERS)
    role, guild_id = role_of(store, id), general(store).guild_id
    overwrite = OverwriteDraft.parse({"type": 0, "allow": str(int(Permission.SEND_MESSAGES))})
    async with store.transaction(here.owner) as tx:
        await overwrites.put_overwrite(tx, general(store).id, role.id, overwrite)
    heard = Heard(store)
    async with store.transaction(here.owner) as tx:
        if way == "kick":
            await members.kick(tx, guild_id, id)
        elif way == "ban":
            await bans.create_ban(tx, guild_id, id, BanDraft.parse({}, {}))
        elif way == "integration":
            await integrations.delete_integration(tx, guild_id, id)
        elif way == "deleted":
            await applications.delete_application(tx, id)
    if way == "leave":
        async with store.transaction(Actor(id, bot=True)) as tx:
            await guilds.leave_guild(tx, guild_id)
    names = heard.names
    assert names.index("GUILD_MEMBER_REMOVE") < names.index("GUILD_ROLE_DELETE")
    assert role_of(store, id) is None and role.id not in general(store).overwrites
    await assert_as_fresh(store)


async def test_to_add_a_bot_again_is_to_change_what_its_role_grants(store):
    here = await company(store, Permission.MANAGE_GUILD | Permission.KICK_MEMBERS)
    id = await visitor(store, here.owner)
    await add(store, here.owner, id)
    heard = Heard(store)
    await add(store, here.owner, id, Permission.KICK_MEMBERS | Permission.BAN_MEMBERS)
    assert heard.names == ["GUILD_ROLE_CREATE", "GUILD_MEMBER_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert recorded(heard)[0]["action_type"] == AuditAction.ROLE_CREATE
    heard.take()
    # The moderator has not BAN_MEMBERS, and so does not take it either.
    await add(store, here.moderator, id, Permission.MANAGE_GUILD | Permission.MANAGE_ROLES)
    assert heard.names == ["GUILD_ROLE_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert role_of(store, id).permissions == Permission.BAN_MEMBERS | Permission.MANAGE_GUILD
    await assert_as_fresh(store)
    await give(store, here.owner, Actor(id, bot=True), here.high)
    await raise_above(store, here, role_of(store, id))
    async with refused(store, MissingPermissions):
        await add(store, here.moderator, id, Permission.KICK_MEMBERS)


async def raise_above(store: Any, here: Any, role: Any) -> None:
    async with store.transaction(here.owner) as tx:
        await roles.move_roles(tx, general(store).guild_id, {role.id: 9})


async def test_a_bot_that_is_not_public_is_added_by_its_owner_alone(store):
    here = await company(store)
    id = await visitor(store, here.owner, bot_public=False)
    async with refused(store, NotYourApplication):
        await add(store, here.moderator, id)
    with pytest.raises(NotYourApplication):
        await asked(store, here.moderator, id)
    assert await asked(store, here.owner, id)
    await add(store, here.owner, id)


async def test_a_full_guild_takes_no_bot_that_wants_a_role(store, monkeypatch):
    here = await company(store)
    id = await visitor(store, here.owner)
    monkeypatch.setattr(bot_roles, "ROLES_MAX", 3)
    async with refused(store, MaximumRoles):
        await add(store, here.owner, id, Permission.KICK_MEMBERS)
    await add(store, here.owner, id)


async def asked(store: Any, actor: Any, application_id: int) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return await integrations.ask(tx, application_id)


async def test_who_is_asked_sees_the_bot_and_their_own_guilds(store):
    here = await company(store)
    id = await visitor(store, here.owner)
    told = await asked(store, here.bob, id)
    assert told["bot"]["username"] == told["application"]["name"] == "gadget"
    assert told["bot"]["approximate_guild_count"] == 0 and told["user"]["username"] == "bob"
    (guild,) = told["guilds"]
    assert not int(guild["permissions"]) & Permission.MANAGE_GUILD
    assert "redirect_uris" not in told["application"]
    with pytest.raises(UnknownApplication):
        await asked(store, here.bob, here.bob.id)


async def test_a_private_bot_of_nobody_s_is_added_by_who_is_an_administrator_now(store):
    robo, _ = await bot(store, "robo")
    admin, _ = await person(store, "admin", admin=True)
    async with store.transaction(admin) as tx:
        await applications.update_application(tx, robo.id, {"bot_public": False}, {})
    assert await asked(store, admin, robo.id)
    async with store.pool.acquire() as conn:
        await conn.execute("update accounts set admin = false where user_id = $1", admin.id)
    with pytest.raises(NotYourApplication):
        await asked(store, admin, robo.id)


def test_there_is_nothing_to_authorize_but_a_bot():
    query = {"client_id": "5", "scope": "bot applications.commands", "permissions": "8"}
    assert AuthorizationQuery.parse(query) == AuthorizationQuery(5, 8)
    assert BotAuthorization.parse(query, {"guild_id": 6}).permissions == 8
    assert BotAuthorization.parse(query, {"guild_id": 6, "permissions": "0"}).permissions == 0
    for wrong in ({"scope": "identify"}, {"scope": "bot identify"}, {"scope": "applications.commands"},
                  {"response_type": "code"}, {"permissions": "all"}):  # fmt: skip
        with pytest.raises(InvalidFormBody) as caught:
            AuthorizationQuery.parse({**query, **wrong})
        assert set(caught.value.errors) == set(wrong)


def test_an_authorization_names_a_bot_and_a_guild():
    assert BotAuthorization.parse({"client_id": "5"}, {"guild_id": 6}) == BotAuthorization(5, 6, True, 0)
    assert not BotAuthorization.parse({"client_id": "5"}, {"guild_id": 6, "authorize": False}).authorize
    with pytest.raises(InvalidFormBody) as caught:
        BotAuthorization.parse({"client_id": "x"}, {"authorize": 5})
    assert set(caught.value.errors) == {"client_id", "guild_id", "authorize"}
