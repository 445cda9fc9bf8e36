"""Relationships: each side has its own, and hears of nothing else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.actions import relationships
from chatd.model import relationships as model
from chatd.model.audience import Users
from chatd.model.errors import (
    AlreadyFriends,
    BotsAreNoFriends,
    FriendRequestBlocked,
    FriendsOnly,
    InvalidFormBody,
    MaximumFriends,
    NoSuchUsername,
    OneselfIsNoFriend,
    UnknownUser,
)
from chatd.model.relationships import (
    BLOCKED,
    FRIEND,
    INCOMING,
    OUTGOING,
    FriendRequest,
    RelationshipDraft,
    RelationshipEdit,
)
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, person


async def ask(store: Any, actor: Any, other_id: int) -> None:
    async with store.transaction(actor) as tx:
        await relationships.create_relationship(tx, other_id, RelationshipDraft(FRIEND))


async def block(store: Any, actor: Any, other_id: int) -> None:
    async with store.transaction(actor) as tx:
        await relationships.create_relationship(tx, other_id, RelationshipDraft(BLOCKED))


async def end(store: Any, actor: Any, other_id: int) -> None:
    async with store.transaction(actor) as tx:
        await relationships.delete_relationship(tx, other_id)


async def rename(store: Any, actor: Any, other_id: int, nickname: str | None) -> None:
    async with store.transaction(actor) as tx:
        await relationships.update_relationship(tx, other_id, RelationshipEdit(nickname))


async def friends(store: Any) -> tuple[Any, Any]:
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    await ask(store, ada, bob.id)
    await ask(store, bob, ada.id)
    return ada, bob


def told(heard: Heard) -> list[tuple[str, int, int, int]]:
    """Name, to whom, of whom and what."""
    return [
        (entry.name, *entry.audience.user_ids, int(entry.d["id"]), entry.d["type"]) for entry in heard.take()
    ]


def types(store: Any, *actors: Any) -> list[dict[int, int]]:
    known = [relationships.list_relationships(store.directory, actor.id) for actor in actors]
    return [{int(each["id"]): each["type"] for each in listed} for listed in known]


async def test_a_request_becomes_a_friendship_and_each_side_hears_its_own(store):
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    heard = Heard(store)
    await ask(store, ada, bob.id)
    assert told(heard) == [
        ("RELATIONSHIP_ADD", ada.id, bob.id, OUTGOING), ("RELATIONSHIP_ADD", bob.id, ada.id, INCOMING),
    ]  # fmt: skip
    await ask(store, ada, bob.id)  # again changes nothing
    assert told(heard) == []
    await ask(store, bob, ada.id)
    first, second = heard.entries
    assert (first.audience, second.audience) == (Users((bob.id,)), Users((ada.id,)))
    assert second.d == {
        "id": str(bob.id), "type": 1, "nickname": None, "since": second.d["since"], "should_notify": True,
        "user": store.directory.users[bob.id].payload(),
    }  # fmt: skip
    assert not first.d["should_notify"]
    assert types(store, ada, bob) == [{bob.id: FRIEND}, {ada.id: FRIEND}]
    await assert_as_fresh(store)


async def test_two_who_ask_each_other_at_once_are_friends(store):
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    await asyncio.gather(ask(store, ada, bob.id), ask(store, bob, ada.id))
    assert types(store, ada, bob) == [{bob.id: FRIEND}, {ada.id: FRIEND}]
    await assert_as_fresh(store)


async def test_somebody_is_asked_by_name_whatever_its_case(store):
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    async with store.transaction(ada) as tx:
        await relationships.ask_by_name(tx, FriendRequest.parse({"username": "BOB", "discriminator": None}))
    assert types(store, ada, bob) == [{bob.id: OUTGOING}, {ada.id: INCOMING}]
    async with refused(store, NoSuchUsername), store.transaction(ada) as tx:
        await relationships.ask_by_name(tx, FriendRequest("nobody"))


async def test_a_block_ends_what_there_was_and_is_told_to_the_blocker_alone(store):
    ada, bob = await friends(store)
    heard = Heard(store)
    await block(store, ada, bob.id)
    assert told(heard) == [
        ("RELATIONSHIP_ADD", ada.id, bob.id, BLOCKED), ("RELATIONSHIP_REMOVE", bob.id, ada.id, FRIEND),
    ]  # fmt: skip
    async with refused(store, FriendRequestBlocked):
        await ask(store, bob, ada.id)
    await block(store, bob, ada.id)
    assert told(heard) == [("RELATIONSHIP_ADD", bob.id, ada.id, BLOCKED)]
    await end(store, ada, bob.id)
    assert told(heard) == [("RELATIONSHIP_REMOVE", ada.id, bob.id, BLOCKED)]
    assert types(store, ada, bob) == [{}, {ada.id: BLOCKED}]
    await assert_as_fresh(store)


async def test_asking_somebody_one_has_blocked_lifts_the_block(store):
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    await block(store, ada, bob.id)
    await ask(store, ada, bob.id)
    assert types(store, ada, bob) == [{bob.id: OUTGOING}, {ada.id: INCOMING}]
    await assert_as_fresh(store)


@pytest.mark.parametrize("who_ends", [0, 1])
async def test_either_side_ends_a_friendship_or_a_request_for_both(store, who_ends):
    pair = await friends(store)
    await end(store, pair[who_ends], pair[1 - who_ends].id)
    assert types(store, *pair) == [{}, {}]
    await ask(store, pair[0], pair[1].id)
    await end(store, pair[who_ends], pair[1 - who_ends].id)
    assert types(store, *pair) == [{}, {}]
    await assert_as_fresh(store)
    async with refused(store, UnknownUser):
        await end(store, pair[0], pair[1].id)


async def test_a_friend_is_called_something_else_by_one_side_only(store):
    ada, bob = await friends(store)
    heard = Heard(store)
    await rename(store, ada, bob.id, "Bobby")
    (entry,) = heard.take()
    assert (entry.name, entry.audience) == ("RELATIONSHIP_UPDATE", Users((ada.id,)))
    assert (entry.d["id"], entry.d["type"], entry.d["nickname"]) == (str(bob.id), FRIEND, "Bobby")
    await assert_as_fresh(store)
    await end(store, ada, bob.id)
    await friends_again(store, ada, bob)
    assert store.directory.relationships[ada.id][bob.id].nickname is None
    await end(store, ada, bob.id)
    async with refused(store, FriendsOnly):
        await rename(store, ada, bob.id, "Bobby")


async def friends_again(store: Any, ada: Any, bob: Any) -> None:
    await ask(store, ada, bob.id)
    await ask(store, bob, ada.id)


async def test_what_cannot_be_is_refused_with_its_own_code(store):
    ada, bob = await friends(store)
    robo, _ = await bot(store, "robo")
    for error, other_id in (
        (UnknownUser, 12345), (OneselfIsNoFriend, ada.id), (BotsAreNoFriends, robo.id),
        (AlreadyFriends, bob.id),
    ):  # fmt: skip
        async with refused(store, error):
            await ask(store, ada, other_id)
    for error, other_id in ((UnknownUser, 12345), (OneselfIsNoFriend, ada.id)):
        async with refused(store, error):
            await block(store, ada, other_id)
    await block(store, ada, robo.id)
    assert types(store, ada) == [{bob.id: FRIEND, robo.id: BLOCKED}]


async def test_each_list_has_an_end(store, monkeypatch):
    monkeypatch.setattr(relationships, "FRIENDS_MAX", 1)
    monkeypatch.setattr(relationships, "BLOCKED_MAX", 1)
    ada, bob = await friends(store)
    eve, dan = (await person(store, "eve"))[0], (await person(store, "dan"))[0]
    for actor, other in ((ada, eve), (eve, ada)):  # neither side's list may overflow
        async with refused(store, MaximumFriends):
            await ask(store, actor, other.id)
    await block(store, ada, eve.id)
    async with refused(store, MaximumFriends):
        await block(store, ada, dan.id)


async def test_who_may_write_to_whom(store):
    ada, bob = await friends(store)
    robo, _ = await bot(store, "robo")
    directory = store.directory
    system = next(user for user in directory.users.values() if user.system)

    def may(directory: Any, user_id: int, other_id: int) -> bool:
        return relationships.may_message(directory, user_id, other_id, datetime.now(UTC))

    assert may(directory, ada.id, robo.id) and may(directory, robo.id, ada.id)  # they share a guild
    assert not may(directory, ada.id, ada.id) and not may(directory, ada.id, system.id)
    assert not may(directory, ada.id, 12345)
    (guild,) = directory.guilds.values()
    del guild.members[bob.id]
    directory._guild_ids_of[bob.id].clear()
    assert may(directory, ada.id, bob.id) and not may(directory, robo.id, bob.id)  # a friend, and a stranger
    await block(store, ada, bob.id)
    assert not may(directory, ada.id, bob.id) and not may(directory, bob.id, ada.id)


def test_a_draft_is_a_friend_or_a_block():
    assert RelationshipDraft.parse({}).type == RelationshipDraft.parse({"type": 1}).type == FRIEND
    assert RelationshipDraft.parse({"type": 2}).type == BLOCKED
    for wrong in (0, 3, "friend", True):
        with pytest.raises(InvalidFormBody):
            RelationshipDraft.parse({"type": wrong})
    assert RelationshipEdit.parse({"nickname": "  "}).nickname is None
    with pytest.raises(InvalidFormBody):
        RelationshipEdit.parse({"nickname": "x" * 33})


def test_whatever_happens_the_two_sides_fit_each_other():
    """By any sequence of acts from nothing: a request faces its answer, and nothing but a block a block."""
    fitting = {(None, None), (FRIEND, FRIEND), (OUTGOING, INCOMING), (INCOMING, OUTGOING),
               (BLOCKED, None), (None, BLOCKED), (BLOCKED, BLOCKED)}  # fmt: skip
    reached, new = set(), {model.Sides(None, None)}
    while new:
        reached |= new
        after = {act(sides) for sides in new for act in (model.blocked, model.ended)}
        after |= {model.ASKED[sides] for sides in new if sides in model.ASKED}
        new = {*after, *(model.Sides(theirs, mine) for mine, theirs in after)} - reached
    assert reached == fitting
