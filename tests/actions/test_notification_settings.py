"""Notification settings: chosen a little at a time, told to oneself, followed where mentions are counted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import dms, messages, new_guilds, notification_settings, ready
from chatd.model.audience import Users
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import InvalidFormBody, UnknownChannel, UnknownGuild
from chatd.model.guilds import GuildDraft
from chatd.model.message_drafts import MessageDraft
from chatd.model.notification_settings import NotificationEdit, read_edits
from tests.beats import assert_as_fresh, refused, somebody_waits
from tests.people import Heard, general, person
from tests.places import owner_of


async def choose(store: Any, actor: Any, guild_id: int | None, **body: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await notification_settings.update_settings(tx, guild_id, NotificationEdit.parse(body))


async def entries(store: Any, actor: Any) -> Any:
    return (await ready.own_state(store, actor))["user_guild_settings"]["entries"]


async def test_what_is_chosen_is_told_to_oneself_and_is_in_ready(store):
    ada, _ = await person(store, "ada")
    guild_id, heard = general(store).guild_id, Heard(store)
    assert await entries(store, ada) == []
    chosen = await choose(store, ada, guild_id, suppress_everyone=True, message_notifications=1)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("USER_GUILD_SETTINGS_UPDATE", Users((ada.id,)))
    assert entry.d == chosen == (await entries(store, ada))[0]
    assert chosen == {
        "guild_id": str(guild_id), "version": 1, "message_notifications": 1, "muted": False,
        "mute_config": None, "suppress_everyone": True, "suppress_roles": False, "mobile_push": True,
        "hide_muted_channels": False, "mute_scheduled_events": False, "notify_highlights": 0, "flags": 0,
        "channel_overrides": [],
    }  # fmt: skip
    await assert_as_fresh(store)


async def test_what_is_not_said_stays(store):
    ada, _ = await person(store, "ada")
    guild_id, channel_id = general(store).guild_id, general(store).id
    mute = {"end_time": "2030-01-01T00:00:00+00:00", "selected_time_window": 900}
    await choose(store, ada, guild_id, muted=True, mute_config=mute)
    muted = {"muted": True, "mute_config": mute}
    await choose(store, ada, guild_id, channel_overrides={str(channel_id): muted})
    chosen = await choose(store, ada, guild_id, channel_overrides={str(channel_id): {"collapsed": True}})
    assert (chosen["muted"], chosen["version"]) == (True, 3)
    assert chosen["mute_config"]["end_time"] == "2030-01-01T00:00:00.000000+00:00"
    assert chosen["channel_overrides"] == [
        {"channel_id": str(channel_id), "message_notifications": 3, "muted": True,
         "mute_config": chosen["mute_config"], "collapsed": True, "flags": 0}
    ]  # fmt: skip
    chosen = await choose(store, ada, guild_id, muted=False, mute_config=None)
    assert (chosen["muted"], chosen["mute_config"], len(chosen["channel_overrides"])) == (False, None, 1)
    assert await entries(store, ada) == [chosen]


async def test_two_devices_at_once_lose_nothing(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    await asyncio.gather(
        choose(store, ada, guild_id, muted=True), choose(store, ada, guild_id, suppress_roles=True)
    )
    (chosen,) = await entries(store, ada)
    assert (chosen["muted"], chosen["suppress_roles"], chosen["version"]) == (True, True, 2)


async def test_two_who_choose_for_the_same_guilds_do_not_wait_for_each_other(store):
    owner = await owner_of(store)
    async with store.transaction(owner) as tx:
        guild = await new_guilds.create_guild(tx, GuildDraft.parse({"name": "away"}), owned_max=9)
    first, second = sorted((general(store).guild_id, guild.id))

    async def choose_for_both() -> Any:
        edits = {guild_id: NotificationEdit.parse({"muted": True}) for guild_id in (second, first)}
        async with store.transaction(owner) as tx:
            return await notification_settings.update_many(tx, edits)

    async with store.transaction(owner) as tx:
        await tx.hold_permissions(first)
        choosing = asyncio.ensure_future(choose_for_both())
        await somebody_waits(tx.conn)
        await tx.hold_permissions(second)
    assert [chosen["guild_id"] for chosen in await choosing] == [str(second), str(first)]


async def test_direct_messages_have_settings_of_their_own(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(ada) as tx:
        channel = await dms.open_dm(tx, DirectMessageDraft(bob.id))
    override = {channel["id"]: {"muted": True}}
    chosen = await choose(store, ada, None, channel_overrides=override)
    await choose(store, ada, general(store).guild_id, muted=True)
    assert (chosen["guild_id"], chosen["channel_overrides"][0]["channel_id"]) == (None, channel["id"])
    assert [each["guild_id"] for each in await entries(store, ada)] == [None, str(general(store).guild_id)]
    async with refused(store, UnknownChannel):  # of a guild, and of no guild
        await choose(store, ada, None, channel_overrides={str(general(store).id): {}})
    async with refused(store, UnknownChannel):
        await choose(store, ada, general(store).guild_id, channel_overrides=override)


async def test_several_guilds_are_chosen_for_all_or_none(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    body = {"guilds": {str(guild_id): {"muted": True}}}
    async with store.transaction(ada) as tx:
        (chosen,) = await notification_settings.update_many(tx, read_edits(body))
    assert chosen["muted"]
    body["guilds"]["12345"] = {"muted": True}
    async with refused(store, UnknownGuild), store.transaction(ada) as tx:
        await notification_settings.update_many(tx, read_edits(body))


async def test_suppressed_mentions_are_not_counted(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    guild_id, channel_id = general(store).guild_id, general(store).id
    for content in ("@everyone", f"<@{bob.id}>"):
        async with store.queued(ada) as tx:
            await messages.create_message(tx, channel_id, MessageDraft.parse({"content": content}))

    async def count() -> int:
        (entry,) = (await ready.own_state(store, bob))["read_state"]["entries"]
        return entry["mention_count"]

    assert await count() == 2
    await choose(store, bob, guild_id, suppress_everyone=True)
    assert await count() == 1


def test_every_fault_is_said_by_its_path():
    faulty = {
        "message_notifications": 4, "muted": "yes", "mute_config": {"end_time": "soon"},
        "notify_highlights": 3, "channel_overrides": {"x": {}, "1": {"collapsed": 1}},
    }  # fmt: skip
    with pytest.raises(InvalidFormBody) as caught:
        NotificationEdit.parse(faulty)
    assert set(caught.value.errors) == set(faulty)
    assert set(caught.value.errors["channel_overrides"]) == {"x", "1"}
    for wrong in ({}, {"guilds": {}}, {"guilds": []}, {"guilds": {str(n): {} for n in range(201)}}):
        with pytest.raises(InvalidFormBody):
            read_edits(wrong)
