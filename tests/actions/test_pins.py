"""Pins: who may, what is said of it and to whom, and the pages of what is kept at hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.actions import dms, messages, pins
from chatd.model.audience import Channel
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import (
    InvalidFormBody,
    MaximumPins,
    MissingPermissions,
    SystemMessage,
    UnknownChannel,
    UnknownMessage,
)
from chatd.model.message_drafts import MessageEdit
from chatd.model.messages import MessageType
from chatd.model.permissions import Permission
from chatd.model.pins import PINS_MAX, PinPage
from tests.beats import assert_as_fresh, refused, somebody_waits
from tests.people import Heard, deny, general, person
from tests.talk import say


async def pin(store: Any, actor: Any, message: Any) -> None:
    async with store.transaction(actor, "a reason") as tx:
        await pins.pin_message(tx, message.channel_id, message.id)


async def unpin(store: Any, actor: Any, message: Any) -> None:
    async with store.transaction(actor) as tx:
        await pins.unpin_message(tx, message.channel_id, message.id)


async def pinned(store: Any, actor: Any, **page: Any) -> tuple[list[str], bool]:
    async with store.reading(actor) as tx:
        found, has_more = await pins.list_pins(tx, general(store).id, PinPage.parse(page))
    return [message.content for message in found], has_more


async def test_a_pin_is_told_to_the_channel_and_kept_in_the_log(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    message, place = await say(store, ada), general(store)
    heard = Heard(store)
    await pin(store, owner, message)
    assert heard.names == [
        "MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "MESSAGE_CREATE"
    ]  # fmt: skip
    changed, update, logged, told = heard.entries
    assert (changed.d["pinned"], changed.d["edited_timestamp"]) == (True, None)
    assert update.audience == told.audience == Channel(place.id, place.guild_id)
    assert update.d.keys() == {"channel_id", "guild_id", "last_pin_timestamp"}
    assert (logged.d["action_type"], logged.d["target_id"]) == (74, str(ada.id))
    assert logged.d["options"] == {"channel_id": str(place.id), "message_id": str(message.id)}
    assert (told.d["type"], told.d["author"]["id"], told.d["content"]) == (6, str(owner.id), "")
    assert told.d["message_reference"]["message_id"] == str(message.id)
    assert place.payload()["last_pin_timestamp"] == update.d["last_pin_timestamp"]
    await assert_as_fresh(store)


async def test_an_unpinned_message_is_an_ordinary_one_again(store):
    owner, _ = await person(store, "owner", admin=True)
    message = await say(store, owner)
    await pin(store, owner, message)
    heard = Heard(store)
    await unpin(store, owner, message)
    assert heard.names == ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert heard.entries[0].d["pinned"] is False and heard.entries[2].d["action_type"] == 75
    assert await pinned(store, owner) == ([], False)
    await assert_as_fresh(store)


async def test_what_is_as_wished_already_is_not_said_again(store):
    owner, _ = await person(store, "owner", admin=True)
    message = await say(store, owner)
    heard = Heard(store)
    await unpin(store, owner, message)
    assert heard.entries == []
    await pin(store, owner, message)
    heard = Heard(store)
    await pin(store, owner, message)
    assert heard.entries == []


async def test_an_edit_leaves_a_pin_where_it_is(store):
    owner, _ = await person(store, "owner", admin=True)
    message = await say(store, owner)
    await pin(store, owner, message)
    async with store.queued(owner) as tx:
        edited = await messages.update_message(
            tx, message.channel_id, message.id, MessageEdit.parse({"content": "new"})
        )
    assert edited.payload()["pinned"] and await pinned(store, owner) == (["new"], False)


async def test_who_may_not_pin_changes_nothing(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    message = await say(store, owner)
    for act in (pin, unpin):
        async with refused(store, MissingPermissions):
            await act(store, ada, message)
    async with store.transaction(owner) as tx:
        told = await messages.create_system_message(
            tx, general(store).id, MessageType.USER_JOIN, author_id=ada.id
        )
    async with refused(store, SystemMessage):
        await pin(store, owner, told)
    for act in (pin, unpin):
        async with refused(store, UnknownMessage), store.transaction(owner) as tx:
            await getattr(pins, f"{act.__name__}_message")(tx, general(store).id, 5)
        async with refused(store, UnknownChannel), store.transaction(owner) as tx:
            await getattr(pins, f"{act.__name__}_message")(tx, 5, message.id)


async def test_between_two_either_pins_and_there_is_no_log(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(ada) as tx:
        dm_id = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    message = await say(store, ada, channel_id=dm_id)
    heard = Heard(store)
    await pin(store, bob, message)
    assert heard.names == ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", "MESSAGE_CREATE"]
    assert "guild_id" not in heard.entries[1].d and heard.entries[1].audience == Channel(dm_id, None)
    await assert_as_fresh(store)


async def test_what_two_pin_at_once_is_pinned_once(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(ada) as tx:
        dm_id = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    message = await say(store, ada, channel_id=dm_id)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await pins.pin_message(tx, dm_id, message.id)
        other = asyncio.ensure_future(pin(store, bob, message))
        await somebody_waits(tx.conn)
    await other
    assert heard.names == ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", "MESSAGE_CREATE"]
    await assert_as_fresh(store)


async def test_pages_of_pins_go_back_from_the_latest(store):
    owner, _ = await person(store, "owner", admin=True)
    said = [await say(store, owner, str(number)) for number in range(4)]
    for number in (2, 0, 3, 1):
        await pin(store, owner, said[number])
    assert await pinned(store, owner) == (["1", "3", "0", "2"], False)
    assert await pinned(store, owner, limit="3") == (["1", "3", "0"], True)
    async with store.reading(owner) as tx:
        third = (await messages.get_message(tx, said[3].channel_id, said[3].id)).pinned_at
    assert await pinned(store, owner, before=third.isoformat()) == (["0", "2"], False)
    deny(store, Permission.READ_MESSAGE_HISTORY)
    ada, _ = await person(store, "ada")
    assert await pinned(store, ada) == ([], False)
    async with refused(store, UnknownChannel), store.reading(owner) as tx:
        await pins.list_pins(tx, 5, PinPage())


async def test_a_channel_has_room_for_so_many_pins(store):
    owner, _ = await person(store, "owner", admin=True)
    place, message = general(store), await say(store, owner)
    async with store.pool.acquire() as conn:
        await conn.execute(
            "insert into messages (id, channel_id, author_id, content, pinned_at)"
            " select n, $1, $2, 'x', now() from generate_series(1, $3::integer) n",
            place.id, owner.id, PINS_MAX,
        )  # fmt: skip
    async with refused(store, MaximumPins):
        await pin(store, owner, message)


def test_a_page_of_pins_begins_at_a_moment():
    assert PinPage.parse({}) == PinPage()
    page = PinPage.parse({"limit": "50", "before": "2026-01-31T12:00:00+00:00"})
    assert page == PinPage(50, datetime(2026, 1, 31, 12, tzinfo=UTC))


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "51"}, {"before": "x"}, {"before": ""}])
def test_other_pages_are_refused(query):
    with pytest.raises(InvalidFormBody):
        PinPage.parse(query)
