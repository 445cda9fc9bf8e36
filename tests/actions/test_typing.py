"""Typing: said to those who see the channel, kept by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import dms, typing
from chatd.model.actor import Actor
from chatd.model.audience import Channel
from chatd.model.channels import ChannelType
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import MissingPermissions, NotATextChannel, UnknownChannel
from chatd.model.permissions import Overwrite, Permission
from tests.beats import all_rows, refused
from tests.people import Heard, general, person


async def type_in(store: Any, actor: Any, channel_id: int) -> None:
    async with store.reading(actor) as tx:
        await typing.start_typing(tx, channel_id)


async def test_typing_is_told_and_leaves_no_trace(store):
    ada, _ = await person(store, "ada")
    channel, position = general(store), store.feed.position
    heard, before = Heard(store), await all_rows(store)
    store.clock = lambda: 1_800_000_000.9
    await type_in(store, ada, channel.id)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("TYPING_START", Channel(channel.id, channel.guild_id))
    assert not entry.journalled and entry.position == position == store.feed.position
    assert entry.d["timestamp"] == 1_800_000_000 and entry.d["user_id"] == str(ada.id)
    assert entry.d["guild_id"] == str(channel.guild_id) and entry.d["member"]["user"]["username"] == "ada"
    assert await all_rows(store) == before


async def test_typing_to_somebody_has_no_guild_and_no_member(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(ada) as tx:
        channel_id = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    heard = Heard(store)
    await type_in(store, bob, channel_id)
    (entry,) = heard.entries
    assert entry.audience == Channel(channel_id, None)
    assert entry.d.keys() == {"channel_id", "user_id", "timestamp"}


async def test_who_cannot_see_the_channel_does_not_learn_that_it_exists(store):
    ada, _ = await person(store, "ada")
    channel = general(store)
    channel.overwrites[ada.id] = Overwrite(ada.id, 1, 0, int(Permission.VIEW_CHANNEL))
    for actor, channel_id in ((ada, channel.id), (ada, 12345), (Actor(54321), channel.id)):
        async with refused(store, UnknownChannel):
            await type_in(store, actor, channel_id)


async def test_who_may_not_write_does_not_type(store):
    ada, _ = await person(store, "ada")
    channel = general(store)
    channel.overwrites[ada.id] = Overwrite(ada.id, 1, 0, int(Permission.SEND_MESSAGES))
    async with refused(store, MissingPermissions):
        await type_in(store, ada, channel.id)


async def test_nobody_types_where_nothing_can_be_said(store):
    ada, _ = await person(store, "ada")
    general(store).type = ChannelType.GUILD_CATEGORY
    async with refused(store, NotATextChannel):
        await type_in(store, ada, general(store).id)


async def test_what_fails_afterwards_was_never_said(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    with pytest.raises(RuntimeError):
        async with store.reading(ada) as tx:
            await typing.start_typing(tx, general(store).id)
            raise RuntimeError
    assert heard.entries == []
