"""Relationships: friends, requests and blocks; and the one rule of who may write to whom.

Whoever changes what is between two people holds both of them, so two who act on each other at once take
turns, and each side's row and event follow from the pair (model/relationships.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chatd.actions import user_settings
from chatd.model import events, relationships
from chatd.model.audience import Users
from chatd.model.errors import (
    AlreadyFriends,
    BotsAreNoFriends,
    FriendRequestBlocked,
    FriendRequestsDisabled,
    FriendsOnly,
    MaximumFriends,
    NoSuchUsername,
    OneselfIsNoFriend,
    UnknownUser,
)
from chatd.model.relationships import (
    ASKED,
    BLOCKED,
    BLOCKED_MAX,
    FRIEND,
    FRIENDS_MAX,
    INCOMING,
    FriendRequest,
    Relationship,
    RelationshipDraft,
    RelationshipEdit,
    Sides,
)
from chatd.model.users import User
from chatd.store.directory import Directory
from chatd.store.queries import relationships as queries
from chatd.store.transaction import Reading, Transaction


def list_relationships(directory: Directory, user_id: int) -> list[dict[str, Any]]:
    """What everybody is to a user, by their ids; also what READY tells."""
    known = directory.relationships.get(user_id, {})
    return [known[other_id].payload(directory.users[other_id]) for other_id in sorted(known)]


async def ask_by_name(tx: Transaction, draft: FriendRequest) -> None:
    """`create_relationship` with FRIEND, for somebody of whom the actor knows the name.

    Raises NoSuchUsername, and what that raises.
    """
    other_id = await queries.find_user_id(tx.conn, username=draft.username)
    if other_id is None:
        raise NoSuchUsername()
    await create_relationship(tx, other_id, RelationshipDraft(FRIEND))


async def create_relationship(tx: Transaction, other_id: int, draft: RelationshipDraft) -> None:
    """Ask somebody to be friends, agree to what they asked, or block them.

    Emits RELATIONSHIP_ADD to each side that has a new relationship, RELATIONSHIP_REMOVE to one that has none
    any more; who is blocked hears nothing of the block.
    Raises UnknownUser, OneselfIsNoFriend, BotsAreNoFriends, FriendRequestBlocked,
    FriendRequestsDisabled, AlreadyFriends, MaximumFriends.
    """
    other = _other(tx, other_id)
    if draft.type == FRIEND and other.bot:
        raise BotsAreNoFriends()
    before = await _hold(tx, other.id)
    after = relationships.blocked(before) if draft.type == BLOCKED else _asked(before)
    if after.theirs == INCOMING:
        await _require_open_to_requests(tx, other.id)
    if after != before:
        _require_room(tx.directory, tx.actor.id, other.id, after.mine)
        _require_room(tx.directory, other.id, tx.actor.id, after.theirs)
    await _change(tx, other, before, after)


async def delete_relationship(tx: Transaction, other_id: int) -> None:
    """Be friends no more, take a request back, turn one down, or lift a block.

    Emits RELATIONSHIP_REMOVE to each side that had one. Raises UnknownUser where there is nothing to end.
    """
    other = _other(tx, other_id)
    before = await _hold(tx, other.id)
    if before.mine is None:
        raise UnknownUser()
    await _change(tx, other, before, relationships.ended(before))


async def update_relationship(tx: Transaction, other_id: int, edit: RelationshipEdit) -> None:
    """Call a friend something else.

    Emits RELATIONSHIP_UPDATE to the actor. Raises UnknownUser, OneselfIsNoFriend, FriendsOnly.
    """
    other = _other(tx, other_id)
    before = await _hold(tx, other.id)
    if before.mine != FRIEND:
        raise FriendsOnly()
    await queries.update_nickname(tx.conn, user_id=tx.actor.id, other_id=other.id, nickname=edit.nickname)
    row = await queries.find_relationship(tx.conn, user_id=tx.actor.id, other_id=other.id)
    event = events.relationship_update(Relationship.from_row(row), other)
    tx.emit(event, to=Users((tx.actor.id,)))


# ── who may write to whom ──


def may_message(directory: Directory, user_id: int, other_id: int, now: datetime) -> bool:
    """Whether a user may write to another one directly.

    Not where either has blocked the other; else friends may, and those who share a guild that lets them.
    Nobody writes to the server's own user, or to oneself.
    """
    other = directory.users.get(other_id)
    if other is None or other.system or other_id == user_id or blocks_between(directory, user_id, other_id):
        return False
    return is_friend(directory, user_id, other_id) or bool(_shared(directory, user_id, other_id, now))


def may_begin(directory: Directory, user_id: int, other_id: int, now: datetime) -> bool:
    """Whether a user may be the first to write, or bring the other into a group.

    Of the guilds that the two share, the other may have set some apart; see model/user_settings.py.
    """
    if not may_message(directory, user_id, other_id, now):
        return False
    restricted = directory.restricted_guild_ids.get(other_id, frozenset())
    shared = _shared(directory, user_id, other_id, now)
    return is_friend(directory, user_id, other_id) or not shared <= restricted


def _shared(directory: Directory, user_id: int, other_id: int, now: datetime) -> set[int]:
    """The guilds that two users share and that have not stopped direct messages between their members."""
    shared = directory.shared_guild_ids(user_id, other_id)
    return {guild_id for guild_id in shared if not directory.guilds[guild_id].dms_are_disabled(now)}


def blocks_between(directory: Directory, user_id: int, other_id: int) -> bool:
    """Whether one of the two has blocked the other."""
    return has_blocked(directory, user_id, other_id) or has_blocked(directory, other_id, user_id)


def has_blocked(directory: Directory, user_id: int, other_id: int) -> bool:
    return _type(directory, user_id, other_id) == BLOCKED


def ids_of(directory: Directory, user_id: int, type: int) -> set[int]:
    """Everybody who is this to a user."""
    return {each.other_id for each in directory.relationships.get(user_id, {}).values() if each.type == type}


def is_friend(directory: Directory, user_id: int, other_id: int) -> bool:
    return _type(directory, user_id, other_id) == FRIEND


def _type(directory: Directory, user_id: int, other_id: int) -> int | None:
    relationship = directory.relationships.get(user_id, {}).get(other_id)
    return None if relationship is None else relationship.type


# ── what is between two ──


def _other(tx: Reading, other_id: int) -> User:
    other = tx.directory.users.get(other_id)
    if other is None:
        raise UnknownUser()
    if other.id == tx.actor.id:
        raise OneselfIsNoFriend()
    return other


async def _hold(tx: Transaction, other_id: int) -> Sides:
    """What is between the actor and another user, kept as it is until the commit."""
    me = tx.actor.id
    await queries.hold_users(tx.conn, user_ids=[me, other_id])
    mine = await queries.find_relationship(tx.conn, user_id=me, other_id=other_id)
    theirs = await queries.find_relationship(tx.conn, user_id=other_id, other_id=me)
    return Sides(mine and mine["type"], theirs and theirs["type"])


def _asked(before: Sides) -> Sides:
    if before.mine == FRIEND:
        raise AlreadyFriends()
    if before not in ASKED:
        raise FriendRequestBlocked()
    return ASKED[before]


async def _require_open_to_requests(tx: Transaction, other_id: int) -> None:
    """Raises FriendRequestsDisabled unless the other's settings let the actor ask."""
    flags = (await user_settings.settings_of(tx, other_id))["friend_source_flags"]
    directory, me = tx.directory, tx.actor.id
    if not (
        flags["all"]
        or flags["mutual_guilds"] and directory.shared_guild_ids(me, other_id)
        or flags["mutual_friends"] and ids_of(directory, me, FRIEND) & ids_of(directory, other_id, FRIEND)
    ):
        raise FriendRequestsDisabled()


def _require_room(directory: Directory, user_id: int, other_id: int, type: int | None) -> None:
    """Raises MaximumFriends unless the user's list of this kind has room for the other. As known here."""
    if type is None:
        return
    is_block = type == BLOCKED
    known = directory.relationships.get(user_id, {}).values()
    others = sum((each.type == BLOCKED) == is_block for each in known if each.other_id != other_id)
    if others >= (BLOCKED_MAX if is_block else FRIENDS_MAX):
        raise MaximumFriends()


async def _change(tx: Transaction, other: User, before: Sides, after: Sides) -> None:
    me = tx.directory.users[tx.actor.id]
    await _set_side(tx, me.id, other, before.mine, after.mine)
    await _set_side(tx, other.id, me, before.theirs, after.theirs)


async def _set_side(
    tx: Transaction, user_id: int, other: User, before: int | None, after: int | None
) -> None:
    """What `other` is to a user from now on: their row, and their event."""
    if after == before:
        return
    if after is None:
        assert before is not None, "what changes to nothing was something"
        await queries.delete_relationship(tx.conn, user_id=user_id, other_id=other.id)
        tx.emit(events.relationship_remove(other.id, before), to=Users((user_id,)))
        return
    since, should_notify = tx.now(), user_id != tx.actor.id
    await queries.upsert_relationship(tx.conn, user_id=user_id, other_id=other.id, type=after, since=since)
    event = events.relationship_add(Relationship(other.id, after, since), other, should_notify=should_notify)
    tx.emit(event, to=Users((user_id,)))
