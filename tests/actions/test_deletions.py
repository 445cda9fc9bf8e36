"""Deletions: one's own, somebody else's, many at once, and what leaves a trace in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.actions import deletions, dms, messages
from chatd.model.audience import Channel
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import (
    DirectMessageChannel,
    InvalidFormBody,
    MessagesTooOld,
    MissingPermissions,
    SystemMessage,
    UnknownChannel,
    UnknownMessage,
    WrongNumberToDelete,
)
from chatd.model.message_drafts import BulkDeleteDraft, MessagePage
from chatd.model.messages import MessageType
from chatd.model.references import reference_to
from chatd.model.snowflakes import at_ms
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.talk import say


async def delete(store: Any, actor: Any, message: Any) -> None:
    async with store.transaction(actor, "a reason") as tx:
        await deletions.delete_message(tx, message.channel_id, message.id)


async def bulk_delete(store: Any, actor: Any, channel_id: int, *message_ids: int) -> None:
    draft = BulkDeleteDraft.parse({"messages": list(message_ids)})
    async with store.transaction(actor) as tx:
        await deletions.bulk_delete(tx, channel_id, draft)


async def history(store: Any, actor: Any) -> list[str]:
    async with store.reading(actor) as tx:
        found = await messages.list_messages(tx, general(store).id, MessagePage.parse({}))
    return [message.content for message in found if message.type != MessageType.USER_JOIN]


async def dm_between(store: Any, actor: Any, other: Any) -> int:
    async with store.transaction(actor) as tx:
        return int((await dms.open_dm(tx, DirectMessageDraft(other.id)))["id"])


async def test_ones_own_message_is_deleted_without_a_trace(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada)
    heard = Heard(store)
    async with store.queued(ada) as tx:
        assert await deletions.delete_own_message(tx, message.channel_id, message.id)
    (entry,) = heard.entries
    place = general(store)
    assert (entry.name, entry.audience) == ("MESSAGE_DELETE", Channel(place.id, place.guild_id))
    ids = {"id": str(message.id), "channel_id": str(place.id), "guild_id": str(place.guild_id)}
    assert entry.d == ids and await history(store, ada) == []
    async with refused(store, UnknownMessage):
        await delete(store, ada, message)


async def test_somebody_elses_message_is_deleted_by_those_who_may_and_the_log_says_so(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message, _ = await say(store, ada), await say(store, ada, "later")
    async with refused(store, MissingPermissions):
        await delete(store, bob, message)
    heard = Heard(store)
    async with store.queued(owner) as tx:
        assert not await deletions.delete_own_message(tx, message.channel_id, message.id)
    await delete(store, owner, message)
    assert heard.names == ["MESSAGE_DELETE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    entry = heard.entries[1].d
    assert (entry["action_type"], entry["target_id"], entry["user_id"], entry["reason"]) == (
        72, str(ada.id), str(owner.id), "a reason"
    )  # fmt: skip
    assert entry["options"] == {"channel_id": str(message.channel_id), "count": "1"}
    assert await history(store, ada) == ["later"]
    await assert_as_fresh(store)


async def test_between_two_nobody_deletes_what_the_other_has_said(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    cleo, _ = await person(store, "cleo")
    message = await say(store, ada, channel_id=await dm_between(store, owner, ada))
    async with refused(store, MissingPermissions):
        await delete(store, owner, message)
    async with refused(store, UnknownChannel):
        await delete(store, cleo, message)
    await delete(store, ada, message)


async def test_the_beginning_of_a_thread_is_not_deleted(store):
    owner, _ = await person(store, "owner", admin=True)
    said, place = await say(store, owner), general(store)
    async with store.transaction(owner) as tx:
        told = await messages.create_system_message(
            tx, place.id, MessageType.THREAD_STARTER_MESSAGE, author_id=owner.id, referenced=said,
            reference=reference_to(place.id, place.guild_id, said.id),
        )  # fmt: skip
    async with refused(store, SystemMessage):
        await delete(store, owner, told)
    async with refused(store, SystemMessage), store.queued(owner) as tx:
        await deletions.delete_own_message(tx, told.channel_id, told.id)
    await bulk_delete(store, owner, place.id, told.id, said.id)
    assert len(await history(store, owner)) == 1


async def test_many_are_deleted_at_once_and_those_that_are_not_there_passed_over(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    one, _, three, _ = [await say(store, ada, text) for text in ("one", "two", "three", "four")]
    elsewhere = await say(store, ada, channel_id=await dm_between(store, owner, ada))
    place, heard = general(store), Heard(store)
    await bulk_delete(store, owner, place.id, three.id, elsewhere.id, one.id, store.mint.next())
    assert heard.names == ["MESSAGE_DELETE_BULK", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    assert heard.entries[0].d == {
        "ids": [str(one.id), str(three.id)], "channel_id": str(place.id), "guild_id": str(place.guild_id)
    }  # fmt: skip
    entry = heard.entries[1].d
    assert (entry["action_type"], entry["target_id"], entry["options"]) == (73, str(place.id), {"count": "2"})
    assert await history(store, ada) == ["four", "two"]
    async with store.reading(ada) as tx:
        assert await messages.get_message(tx, elsewhere.channel_id, elsewhere.id)
    heard = Heard(store)
    await bulk_delete(store, owner, place.id, one.id, three.id)
    assert heard.entries == []
    await assert_as_fresh(store)


async def test_who_may_not_delete_many_changes_nothing(store):
    owner, _ = await person(store, "owner", admin=True)
    ada, _ = await person(store, "ada")
    ids = [(await say(store, ada)).id for _ in range(2)]
    async with refused(store, MissingPermissions):
        await bulk_delete(store, ada, general(store).id, *ids)
    dm_id = await dm_between(store, owner, ada)
    async with refused(store, DirectMessageChannel):
        await bulk_delete(store, ada, dm_id, *ids)
    async with refused(store, UnknownChannel):
        await bulk_delete(store, ada, 5, *ids)
    a_moment_too_old = at_ms(int((datetime.now(UTC) - timedelta(days=14, minutes=1)).timestamp() * 1000))
    async with refused(store, MessagesTooOld):
        await bulk_delete(store, owner, general(store).id, ids[0], a_moment_too_old)


@pytest.mark.parametrize("count", [0, 1, 101])
def test_from_2_to_100_are_deleted_at_once(count):
    with pytest.raises(WrongNumberToDelete):
        BulkDeleteDraft.parse({"messages": [str(number) for number in range(count)]})


@pytest.mark.parametrize("body", [{}, {"messages": None}, {"messages": "12"}, {"messages": ["x", "5"]},
                                  {"messages": ["5", 5]}, []])  # fmt: skip
def test_what_is_deleted_is_a_list_of_different_ids(body):
    with pytest.raises(InvalidFormBody):
        BulkDeleteDraft.parse(body)
