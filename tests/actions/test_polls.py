"""Polls: asked, voted in, ended early or by the clock, and what is told of it to whom."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chatd import jobs
from chatd.actions import channels, deletions, dms, messages, polls, relationships
from chatd.actions.system_messages import create_system_message
from chatd.model.audience import Channel
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import (
    CannotEditOther,
    CannotEditPoll,
    InvalidMessageType,
    InvalidPollEmoji,
    MissingPermissions,
    NotAPoll,
    PollExpired,
    PollVotingBlocked,
    ThreadArchived,
    UnknownAnswer,
    UnknownMessage,
)
from chatd.model.message_drafts import MessageDraft, MessageEdit, MessagePage
from chatd.model.messages import SUPPRESS_EMBEDS, MessageType
from chatd.model.permissions import Permission
from chatd.model.polls import VoterPage
from chatd.model.relationships import BLOCKED, RelationshipDraft
from chatd.store.queries import polls as queries
from tests import threading
from tests.beats import assert_as_fresh, refused, somebody_waits
from tests.people import Heard, deny, general, person
from tests.places import make_channel


def question(*answers: str, **fields: Any) -> dict[str, Any]:
    listed = [{"poll_media": {"text": text}} for text in answers or ("yes", "no")]
    return {"question": {"text": "Is it?"}, "answers": listed, **fields}


async def ask(store: Any, actor: Any, channel_id: int | None = None, **fields: Any) -> Any:
    draft = MessageDraft.parse({"poll": question(), **fields})
    async with store.transaction(actor) as tx:
        return await messages.create_message(tx, channel_id or general(store).id, draft)


async def ask_in_dm(store: Any) -> tuple[Any, Any, Any]:
    """Two people, and the poll of the first in their direct message."""
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    async with store.transaction(ada) as tx:
        channel = await dms.open_dm(tx, DirectMessageDraft(bob.id))
    return ada, bob, await ask(store, ada, int(channel["id"]))


async def vote(store: Any, actor: Any, message: Any, answer_id: int = 1) -> None:
    async with store.transaction(actor) as tx:
        await polls.vote(tx, message.channel_id, message.id, answer_id)


async def take_back(store: Any, actor: Any, message: Any, answer_id: int = 1) -> None:
    async with store.transaction(actor) as tx:
        await polls.take_back_vote(tx, message.channel_id, message.id, answer_id)


async def end(store: Any, actor: Any, message: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await polls.end_poll(tx, message.channel_id, message.id)


async def results(store: Any, actor: Any, message: Any) -> tuple[bool, list[tuple[int, int, bool]]]:
    """As the actor sees them, alone and in a page of history."""
    async with store.reading(actor) as tx:
        one = await messages.get_message(tx, message.channel_id, message.id)
        page = await messages.list_messages(tx, message.channel_id, MessagePage.parse({}))
    assert [each.viewed() for each in page if each.id == message.id] == [one.viewed()]
    found = one.viewed()["poll"]["results"]
    return found["is_finalized"], [(c["id"], c["count"], c["me_voted"]) for c in found["answer_counts"]]


async def test_a_poll_is_a_message_with_a_question(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    message = await ask(store, ada)
    poll = heard.entries[0].d["poll"]
    assert poll["question"] == {"text": "Is it?"} and poll["layout_type"] == 1
    assert poll["results"] == {"is_finalized": False, "answer_counts": []}
    assert message.viewed()["poll"] == poll
    assert await results(store, ada, message) == (False, [])
    await assert_as_fresh(store)


async def test_a_poll_needs_its_permission_and_emoji_that_its_author_has(store):
    ada, _ = await person(store, "ada")
    for emoji in ({"name": "no emoji"}, {"id": "5", "name": "x"}):
        poll = question()
        poll["answers"][0]["poll_media"]["emoji"] = emoji
        async with refused(store, InvalidPollEmoji):
            await ask(store, ada, poll=poll)
    poll["answers"][0]["poll_media"]["emoji"] = {"name": "❤"}
    shown = (await ask(store, ada, poll=poll)).payload()["poll"]["answers"][0]["poll_media"]
    assert shown == {"text": "yes", "emoji": {"id": None, "name": "❤\ufe0f"}}
    deny(store, Permission.SEND_POLLS)
    async with refused(store, MissingPermissions):
        await ask(store, ada)


async def test_a_vote_is_counted_and_told_to_the_channel(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message, place = await ask(store, ada), general(store)
    heard = Heard(store)
    await vote(store, bob, message)
    await vote(store, bob, message)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("MESSAGE_POLL_VOTE_ADD", Channel(place.id, place.guild_id))
    assert entry.d == {
        "user_id": str(bob.id), "channel_id": str(place.id), "message_id": str(message.id),
        "guild_id": str(place.guild_id), "answer_id": 1,
    }  # fmt: skip
    assert await results(store, bob, message) == (False, [(1, 1, True)])
    assert await results(store, ada, message) == (False, [(1, 1, False)])


async def test_where_there_is_one_vote_another_takes_its_place(store):
    ada, _ = await person(store, "ada")
    message = await ask(store, ada)
    await vote(store, ada, message, 1)
    heard = Heard(store)
    await vote(store, ada, message, 2)
    assert [(entry.name, entry.d["answer_id"]) for entry in heard.entries] == [
        ("MESSAGE_POLL_VOTE_REMOVE", 1), ("MESSAGE_POLL_VOTE_ADD", 2)
    ]  # fmt: skip
    assert await results(store, ada, message) == (False, [(2, 1, True)])


async def test_who_votes_for_two_answers_at_once_has_one_vote_between_two_as_well(store):
    ada, bob, message = await ask_in_dm(store)
    async with store.transaction(bob) as tx:
        await polls.vote(tx, message.channel_id, message.id, 1)
        other = asyncio.ensure_future(vote(store, bob, message, 2))
        await somebody_waits(tx.conn)
    await other
    assert await results(store, ada, message) == (False, [(2, 1, False)])


async def test_where_there_are_several_each_counts(store):
    ada, _ = await person(store, "ada")
    message = await ask(store, ada, poll=question(allow_multiselect=True))
    for answer_id in (2, 1):
        await vote(store, ada, message, answer_id)
    assert await results(store, ada, message) == (False, [(1, 1, True), (2, 1, True)])
    heard = Heard(store)
    for _ in range(2):
        await take_back(store, ada, message, 2)
    assert heard.names == ["MESSAGE_POLL_VOTE_REMOVE"]
    assert await results(store, ada, message) == (False, [(1, 1, True)])


async def test_nobody_votes_for_what_is_not_there_or_not_for_them(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message = await ask(store, ada)
    async with store.queued(ada) as tx:
        plain = await messages.create_message(tx, message.channel_id, MessageDraft("hello"))
    for act in (vote, take_back):
        async with refused(store, UnknownAnswer):
            await act(store, ada, message, 3)
        async with refused(store, NotAPoll):
            await act(store, ada, plain)
    async with store.transaction(ada) as tx:
        await relationships.create_relationship(tx, bob.id, RelationshipDraft(BLOCKED))
    async with refused(store, PollVotingBlocked):
        await vote(store, bob, message)
    deny(store, Permission.READ_MESSAGE_HISTORY)
    async with refused(store, MissingPermissions):
        await vote(store, bob, message)


async def test_those_who_voted_come_in_pages_by_id(store):
    people = [(await person(store, name))[0] for name in ("ada", "bob", "cleo")]
    message = await ask(store, people[0])
    for somebody in people[::-1]:
        await vote(store, somebody, message)

    async def page(answer_id: int = 1, **query: Any) -> list[int]:
        async with store.reading(people[0]) as tx:
            found = await polls.list_voters(
                tx, message.channel_id, message.id, answer_id, VoterPage.parse(query)
            )
        return [user.id for user in found]

    ids = [somebody.id for somebody in people]
    assert await page() == ids and await page(2) == []
    assert await page(limit="2") == ids[:2] and await page(after=str(ids[1])) == ids[2:]
    with pytest.raises(UnknownAnswer):
        await page(3)


async def test_its_author_ends_a_poll_and_the_channel_is_told_what_came_of_it(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    message, place = await ask(store, ada), general(store)
    await vote(store, bob, message, 2)
    async with refused(store, CannotEditOther):
        await end(store, bob, message)
    heard = Heard(store)
    finished = await end(store, ada, message)
    assert heard.names == ["MESSAGE_UPDATE", "MESSAGE_CREATE"]
    changed, told = (entry.d for entry in heard.entries)
    assert changed["poll"]["results"] == {
        "is_finalized": True, "answer_counts": [{"id": 2, "count": 1, "me_voted": False}]
    }  # fmt: skip
    assert changed["edited_timestamp"] is None
    assert changed["poll"]["expiry"] < message.payload()["poll"]["expiry"]
    assert (told["type"], told["author"]["id"]) == (46, str(ada.id))
    assert [user["id"] for user in told["mentions"]] == [str(ada.id)]
    assert told["message_reference"] == {
        "type": 0, "channel_id": str(place.id), "message_id": str(message.id)
    }  # fmt: skip
    assert told["embeds"][0]["type"] == "poll_result"
    assert finished.viewed()["poll"] == changed["poll"]
    assert await results(store, bob, message) == (True, [(2, 1, True)])
    for act in (vote, take_back):
        async with refused(store, PollExpired):
            await act(store, bob, message, 2)
    async with refused(store, PollExpired):
        await end(store, ada, message)
    await assert_as_fresh(store)


async def test_the_clock_ends_a_poll_once_and_nobody_votes_after_it(store):
    ada, _ = await person(store, "ada")
    short, long = await ask(store, ada, poll=question(duration=1)), await ask(store, ada)
    await vote(store, ada, short)
    now_s = store.clock()
    store.clock = lambda: now_s + timedelta(hours=2).total_seconds()
    async with refused(store, PollExpired):
        await vote(store, ada, short, 2)
    heard = Heard(store)
    ended = await asyncio.gather(*(jobs.end_due_polls(store) for _ in range(3)))
    assert max(ended) == 1 and heard.names == ["MESSAGE_UPDATE", "MESSAGE_CREATE"]
    assert await jobs.end_due_polls(store) == 0
    assert await results(store, ada, short) == (True, [(1, 1, True)])
    assert await results(store, ada, long) == (False, [])


async def test_a_poll_in_a_channel_that_is_gone_ends_in_silence(store):
    owner, _ = await person(store, "owner", admin=True)
    room = await make_channel(store, owner)
    await ask(store, owner, room.id)
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, room.id)
    now_s, heard = store.clock(), Heard(store)
    store.clock = lambda: now_s + timedelta(days=40).total_seconds()
    assert await jobs.end_due_polls(store) == 1
    assert await jobs.end_due_polls(store) == 0
    assert heard.entries == []


async def test_the_end_of_a_poll_and_that_of_its_channel_do_not_wait_for_each_other(store):
    owner, _ = await person(store, "owner", admin=True)
    room = await make_channel(store, owner)
    await ask(store, owner, room.id)
    now_s = store.clock()
    store.clock = lambda: now_s + timedelta(days=40).total_seconds()
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, room.id)
        ending = asyncio.ensure_future(jobs.end_due_polls(store))
        await somebody_waits(tx.conn)
    assert await ending == 1
    await assert_as_fresh(store)


async def test_a_poll_whose_message_is_gone_ends_with_it(store):
    ada, _ = await person(store, "ada")
    message = await ask(store, ada)
    await vote(store, ada, message)
    async with store.transaction(ada) as tx:
        await deletions.delete_message(tx, message.channel_id, message.id)
    async with store.transaction(ada) as tx:
        await polls.end_due_poll(tx, message.channel_id, message.id)
    async with refused(store, UnknownMessage):
        await vote(store, ada, message)


@pytest.mark.parametrize("what", ["vote", "end"])
async def test_a_poll_that_is_deleted_while_somebody_votes_or_it_ends_is_deleted_then(store, what):
    """Neither waits for the other while it is waited for."""
    ada, _, message = await ask_in_dm(store)

    async def delete() -> None:
        async with store.queued(ada) as tx:
            await deletions.delete_own_message(tx, message.channel_id, message.id)

    async with store.transaction(ada) as tx:
        if what == "vote":
            await polls.vote(tx, message.channel_id, message.id, 1)
        else:
            await queries.close_poll(tx.conn, message_id=message.id)
        deleting = asyncio.ensure_future(delete())
        await somebody_waits(tx.conn)
        await create_system_message(tx, message.channel_id, MessageType.POLL_RESULT, author_id=ada.id)
    await deleting
    async with refused(store, UnknownMessage):
        await vote(store, ada, message)


async def test_votes_while_a_poll_ends_are_counted_or_refused(store):
    ada, _ = await person(store, "ada")
    voters = [(await person(store, name))[0] for name in ("bob", "cleo", "dora", "emil")]
    message = await ask(store, ada)
    tried = await asyncio.gather(
        *(vote(store, voter, message) for voter in voters[:2]),
        end(store, ada, message),
        *(vote(store, voter, message) for voter in voters[2:]),
        return_exceptions=True,
    )
    refusals = [result for result in tried if isinstance(result, BaseException)]
    assert all(isinstance(refusal, PollExpired) for refusal in refusals)
    _, counts = await results(store, ada, message)
    assert sum(count for _, count, _ in counts) == len(voters) - len(refusals)


async def test_a_poll_is_not_edited_and_not_forwarded(store):
    ada, _ = await person(store, "ada")
    message = await ask(store, ada)
    for fields in ({"content": "x"}, {"embeds": []}):
        async with refused(store, CannotEditPoll), store.queued(ada) as tx:
            await messages.update_message(tx, message.channel_id, message.id, MessageEdit.parse(fields))
    async with store.queued(ada) as tx:
        edit = MessageEdit.parse({"flags": SUPPRESS_EMBEDS})
        assert (await messages.update_message(tx, message.channel_id, message.id, edit)).flags
    reference = {"type": 1, "message_id": str(message.id), "channel_id": str(message.channel_id)}
    async with refused(store, InvalidMessageType), store.transaction(ada) as tx:
        draft = MessageDraft.parse({"message_reference": reference})
        await messages.create_message(tx, message.channel_id, draft)


async def test_nobody_edits_what_the_server_says_of_a_result(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    await end(store, ada, await ask(store, ada))
    assert heard.entries[-1].d["type"] == MessageType.POLL_RESULT


async def test_in_an_archived_thread_nobody_votes(store):
    ada, _ = await person(store, "ada")
    thread = await threading.start(store, ada, general(store).id, type=threading.PUBLIC)
    message = await ask(store, ada, thread.id)
    await vote(store, ada, message)
    await threading.edit(store, ada, thread.id, archived=True)
    for act in (vote, take_back):
        async with refused(store, ThreadArchived):
            await act(store, ada, message)
    async with refused(store, ThreadArchived):
        await end(store, ada, message)
