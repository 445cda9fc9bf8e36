"""Webhooks: made, seen, changed and taken away, by who manages them and by who has the token."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import audit_log, cdn, channels, images, new_guilds, webhooks
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel
from chatd.model.audit_log import AuditLogPage
from chatd.model.errors import (
    InvalidFormBody,
    InvalidWebhookToken,
    MaximumWebhooks,
    MissingPermissions,
    RouteNotFound,
    UnknownChannel,
    UnknownWebhook,
    WrongChannelType,
)
from chatd.model.guilds import GuildDraft
from chatd.model.permissions import Permission
from chatd.model.webhooks import WebhookDraft, WebhookEdit
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, general, person
from tests.pictures import data_uri, png
from tests.places import make_channel, manager, owner_of


async def make(store: Any, actor: Actor, channel_id: int | None = None, **body: Any) -> dict[str, Any]:
    draft = WebhookDraft.parse({"name": "News", **body})
    avatar = await images.keep(store, draft.avatar)
    async with store.transaction(actor) as tx:
        return await webhooks.create_webhook(tx, channel_id or general(store).id, draft, avatar)


async def change(store: Any, actor: Actor, webhook: dict[str, Any], **body: Any) -> dict[str, Any]:
    edit = WebhookEdit.parse(body)
    avatar = await images.keep(store, edit.avatar)
    async with store.transaction(actor) as tx:
        return await webhooks.update_webhook(tx, int(webhook["id"]), edit, avatar)


async def remove(store: Any, actor: Actor, webhook: dict[str, Any]) -> None:
    async with store.transaction(actor) as tx:
        await webhooks.delete_webhook(tx, int(webhook["id"]))


async def by_token(store: Any, webhook: dict[str, Any], token: str | None = None) -> Actor:
    """Who asks with the token of a webhook."""
    async with store.reading(ANYONE) as tx:
        found = await webhooks.find_by_token(tx, int(webhook["id"]), token or webhook["token"])
    return found.actor()


async def test_a_webhook_is_made_and_told_of(store):
    owner, here = await owner_of(store), general(store)
    heard = Heard(store)
    webhook = await make(store, owner, name=" News ", avatar=data_uri(png()))
    assert (webhook["type"], webhook["name"], webhook["application_id"]) == (1, "News", None)
    assert (webhook["channel_id"], webhook["guild_id"]) == (str(here.id), str(here.guild_id))
    assert webhook["user"]["id"] == str(owner.id) and webhook["avatar"]
    assert len(webhook["token"]) >= 60  # as discord.py wants it in an address
    assert webhook["url"] == f"{store.links.base_url}/api/webhooks/{webhook['id']}/{webhook['token']}"
    updated, logged = heard.entries
    assert (updated.name, updated.audience) == ("WEBHOOKS_UPDATE", Channel(here.id, here.guild_id))
    assert updated.d == {"guild_id": str(here.guild_id), "channel_id": str(here.id)}
    assert (logged.d["action_type"], logged.d["target_id"]) == (50, webhook["id"])
    assert {"key": "avatar_hash", "new_value": webhook["avatar"]} in logged.d["changes"]
    assert webhook["token"] not in str(logged.d)
    await assert_as_fresh(store)


async def test_a_bots_webhook_is_its_applications(store):
    robo, _ = await bot(store, "robo")
    owner = await owner_of(store)
    of_robo = await manager(store, owner, "keeper", Permission.MANAGE_WEBHOOKS)
    with pytest.raises(MissingPermissions):
        await make(store, robo)
    assert (await make(store, of_robo))["application_id"] is None
    own = await make_channel(store, owner, permission_overwrites=[
        {"id": str(robo.id), "type": 1, "allow": str(int(Permission.MANAGE_WEBHOOKS))}
    ])  # fmt: skip
    assert (await make(store, robo, own.id))["application_id"] == str(robo.id)


async def test_whoever_manages_them_is_shown_the_token_again(store):
    owner = await owner_of(store)
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_WEBHOOKS)
    webhook = await make(store, owner)
    async with store.reading(keeper) as tx:
        assert await webhooks.get_webhook(tx, int(webhook["id"])) == webhook
        assert await webhooks.list_of_channel(tx, general(store).id) == [webhook]
        assert await webhooks.list_of_guild(tx, general(store).guild_id) == [webhook]


async def test_the_guilds_list_leaves_out_channels_where_one_manages_none(store):
    owner = await owner_of(store)
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_WEBHOOKS)
    denied = {"id": str(keeper.id), "type": 1, "deny": str(int(Permission.MANAGE_WEBHOOKS))}
    other = await make_channel(store, owner, permission_overwrites=[denied])
    webhook = await make(store, owner, other.id)
    async with store.reading(keeper) as tx:
        assert await webhooks.list_of_guild(tx, other.guild_id) == []
    with pytest.raises(MissingPermissions):
        async with store.reading(keeper) as tx:
            await webhooks.get_webhook(tx, int(webhook["id"]))


async def test_a_webhook_is_renamed_and_moved(store):
    owner, here = await owner_of(store), general(store)
    there = await make_channel(store, owner)
    webhook = await make(store, owner, avatar=data_uri(png()))
    heard = Heard(store)
    assert await change(store, owner, webhook) == webhook
    assert await change(store, owner, webhook, name="News", channel_id=str(here.id)) == webhook
    assert heard.take() == [], "nothing has changed"
    moved = await change(store, owner, webhook, name="Olds", avatar=None, channel_id=str(there.id))
    assert (moved["name"], moved["avatar"], moved["channel_id"]) == ("Olds", None, str(there.id))
    assert moved["token"] == webhook["token"]
    *updates, logged = heard.entries
    assert [update.d["channel_id"] for update in updates] == [str(there.id), str(here.id)]
    assert logged.d["action_type"] == 51
    assert {change["key"] for change in logged.d["changes"]} == {"name", "channel_id", "avatar_hash"}
    async with store.reading(ANYONE) as tx:
        assert await cdn.find_avatar(tx, int(webhook["id"]), webhook["avatar"]), "its messages show it still"


async def test_the_audit_log_shows_those_that_are_left_without_their_tokens(store):
    owner = await owner_of(store)
    kept, gone = await make(store, owner), await make(store, owner)
    await remove(store, owner, gone)
    async with store.reading(owner) as tx:
        log = await audit_log.list_entries(tx, general(store).guild_id, AuditLogPage.parse({}))
    (shown,) = log["webhooks"]
    assert shown == {name: value for name, value in kept.items() if name not in ("token", "url")}


async def test_an_avatar_is_found_under_the_webhook_that_has_shown_it(store):
    owner = await owner_of(store)
    webhook = await make(store, owner, avatar=data_uri(png()))
    with pytest.raises(RouteNotFound):
        async with store.reading(ANYONE) as tx:
            await cdn.find_avatar(tx, int(webhook["id"]) + 1, webhook["avatar"])


async def test_who_has_the_token_renames_and_deletes_and_moves_nothing(store):
    owner = await owner_of(store)
    there = await make_channel(store, owner)
    webhook = await make(store, owner)
    itself = await by_token(store, webhook)
    heard = Heard(store)
    async with store.transaction(itself) as tx:
        edit = WebhookEdit.parse({"name": "Olds", "channel_id": str(there.id)})
        renamed = await webhooks.update_own(tx, edit, None)
    assert (renamed["name"], renamed["channel_id"]) == ("Olds", webhook["channel_id"])
    assert "user" not in renamed and renamed["url"] == webhook["url"]
    assert (heard.names, heard.take()[1].d["user_id"]) == (
        ["WEBHOOKS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"], None,
    )  # fmt: skip
    async with store.transaction(itself) as tx:
        await webhooks.delete_own(tx)
    assert heard.entries[1].d["action_type"] == 52
    await assert_as_fresh(store)
    async with refused(store, UnknownWebhook):
        await by_token(store, webhook)
    async with refused(store, UnknownWebhook):
        async with store.transaction(itself) as tx:
            await webhooks.delete_own(tx)


@pytest.mark.parametrize("token", ["no", "é", "\ud800", " "])
async def test_a_wrong_token_opens_nothing(store, token):
    webhook = await make(store, await owner_of(store))
    async with refused(store, InvalidWebhookToken):
        await by_token(store, webhook, token)
    async with refused(store, UnknownWebhook):
        await by_token(store, {**webhook, "id": "12345"}, token)


async def test_who_may_not_manage_webhooks_there_makes_and_changes_none(store, monkeypatch):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    hide = [{"id": str(general(store).guild_id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]
    secret = await make_channel(store, owner, permission_overwrites=hide)
    category = await make_channel(store, owner, type=4)
    hidden, webhook = await make(store, owner, secret.id), await make(store, owner)
    for channel_id, actor, error in [
        (general(store).id, ada, MissingPermissions), (secret.id, ada, UnknownChannel),
        (12345, owner, UnknownChannel), (category.id, owner, WrongChannelType),
    ]:  # fmt: skip
        async with refused(store, error):
            await make(store, actor, channel_id)
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_WEBHOOKS)
    async with store.transaction(ada) as tx:
        away = await new_guilds.create_guild(tx, GuildDraft.parse({"name": "away"}), owned_max=9)
    for channel_id, actor, error in [
        (general(store).id, ada, MissingPermissions), (secret.id, keeper, UnknownChannel),
        (away.system_channel_id, owner, UnknownChannel), (category.id, owner, WrongChannelType),
    ]:  # fmt: skip
        async with refused(store, error):
            await change(store, actor, webhook, name="other", channel_id=str(channel_id))
    for actor, which, error in [(ada, webhook, MissingPermissions), (ada, hidden, UnknownWebhook)]:
        async with refused(store, error):
            await remove(store, actor, which)
    monkeypatch.setattr(webhooks, "WEBHOOKS_OF_CHANNEL_MAX", 1)
    async with refused(store, MaximumWebhooks):
        await make(store, owner)
    async with refused(store, MaximumWebhooks):
        await change(store, owner, hidden, channel_id=str(general(store).id))


async def test_a_webhook_goes_with_its_channel(store):
    owner = await owner_of(store)
    there = await make_channel(store, owner)
    webhook = await make(store, owner, there.id)
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, there.id)
    async with refused(store, UnknownWebhook):
        await by_token(store, webhook)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Clyde", "a disCord bot", 7, None])
def test_a_name_that_is_refused(name):
    with pytest.raises(InvalidFormBody) as refusal:
        WebhookDraft.parse({"name": name, "avatar": "no"})
    assert set(refusal.value.errors) == {"name", "avatar"}
