"""THREAD_LIST_SYNC: who comes to see a channel is told of the threads that are active there.

An event that changes who sees what does not say for whom. So right before the directory folds one in, those
whom it may concern are asked what they see, and right after it again: what has been gained is told. Which
of a guild's members and channels are asked, _CONCERNED says for each event; most events of these names
reveal nothing to anybody, and for them nobody is asked.

Who was away meanwhile is told of all the threads that they see in the guild (`whole`).
Source: the Discord documentation, "Threads", "Channel Access".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from chatd.gateway.broadcast import Packet, dispatch_text
from chatd.gateway.visibility import Audiences, wants
from chatd.model.audience import guild_of
from chatd.model.channels import ChannelType
from chatd.model.events import Entry
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission

SYNC = "THREAD_LIST_SYNC"

_VIEW = int(Permission.VIEW_CHANNEL)
_MANAGE = int(Permission.MANAGE_THREADS)
# A role that is given none of these shows nobody a thread that they have not seen before.
_REVEALING = int(Permission.VIEW_CHANNEL | Permission.MANAGE_THREADS | Permission.ADMINISTRATOR)

# How much somebody sees of a channel's threads.
NONE, PUBLIC, ALL = range(3)

# By user and channel.
Seen = dict[int, dict[int, int]]
Concerned = tuple[Iterable[int], Iterable[int]]


class ThreadSync:
    """`foreseen` is the entry that is about to be delivered, and `_before` what was seen before it."""

    def __init__(self, directory: Any, audiences: Audiences) -> None:
        self.directory = directory
        self.audiences = audiences
        self.foreseen: Entry | None = None
        self._before: Seen = {}

    def foresee(self, entry: Entry) -> None:
        """The directory is about to fold this in."""
        self.foreseen, self._before = None, {}
        concerned = _CONCERNED.get(entry.name)
        guild = self.directory.guilds.get(guild_of(entry.audience))
        if concerned is None or guild is None:
            return
        user_ids, channel_ids = concerned(guild, self.directory, entry)
        parents = [channel_id for channel_id in channel_ids if self.directory.threads.below(channel_id)]
        if parents:
            connected = [user_id for user_id in user_ids if user_id in self.audiences.connections]
            self.foreseen, self._before = entry, self._seen(connected, parents)

    def revealed(self, entry: Entry) -> list[tuple[Packet, list[Any]]]:
        """What the foreseen entry has shown to whom, now that it is folded in."""
        guild_id = guild_of(entry.audience)
        assert guild_id is not None, "only what happens in a guild is foreseen"
        before, self.foreseen, self._before = self._before, None, {}
        addressed = []
        for user_id, levels in before.items():
            now = self._seen([user_id], levels)[user_id]
            gained = [at for at, level in levels.items() if self._shows_more(at, level, now[at])]
            listening = [c for c in self.audiences.of_user(user_id) if wants(c.session, SYNC, guild_id)]
            if gained and listening:
                text = self._text(user_id, guild_id, entry.position, gained)
                addressed.append((Packet(text, entry.position), listening))
        return addressed

    def whole(self, user_id: int, guild_id: int, position: int) -> bytes:
        """All that a user sees in a guild."""
        return self._text(user_id, guild_id, position, None)

    def _seen(self, user_ids: Iterable[int], channel_ids: Iterable[int]) -> Seen:
        granted = self.directory.permissions
        return {
            user_id: {channel_id: level_of(granted(user_id, channel_id)) for channel_id in channel_ids}
            for user_id in user_ids
        }

    def _shows_more(self, channel_id: int, before: int, now: int) -> bool:
        """Whoever saw the public ones is told again only if there are others."""
        if before == PUBLIC and now == ALL:
            threads = self.directory.threads.below(channel_id)
            return any(thread.type == ChannelType.PRIVATE_THREAD for thread in threads)
        return now > before

    def _text(self, user_id: int, guild_id: int, position: int, channel_ids: list[int] | None) -> bytes:
        threads = [
            channel for channel in self.directory.visible_threads(user_id, guild_id)
            if channel_ids is None or channel.parent_id in channel_ids
        ]  # fmt: skip
        joined = [(thread.id, thread.thread.members.get(user_id)) for thread in threads]
        d: dict[str, Any] = {"guild_id": str(guild_id)}
        if channel_ids is not None:
            d["channel_ids"] = [str(channel_id) for channel_id in channel_ids]
        d["threads"] = [thread.payload() for thread in threads]
        d["members"] = [member.payload(thread_id) for thread_id, member in joined if member is not None]
        return dispatch_text(SYNC, position, encode_json(d))


def level_of(permissions: int) -> int:
    if not permissions & _VIEW:
        return NONE
    return ALL if permissions & _MANAGE else PUBLIC


def may_reveal(entry: Entry, user_id: int) -> bool:
    """Whether an entry that this user has missed may have shown them threads."""
    if entry.name == "GUILD_MEMBER_UPDATE":
        return int(entry.d["user"]["id"]) == user_id
    return entry.name in _CONCERNED


def _of_member(guild: Any, directory: Any, entry: Entry) -> Concerned:
    """Other roles."""
    member = guild.members.get(int(entry.d["user"]["id"]))
    if member is None or set(member.role_ids) == set(map(int, entry.d["roles"])):
        return (), ()
    return (member.user_id,), guild.channel_ids


def _of_role(guild: Any, directory: Any, entry: Entry) -> Concerned:
    """Other permissions for those who have the role."""
    role = guild.roles.get(int(entry.d["role"]["id"]))
    if role is None or not int(entry.d["role"]["permissions"]) & ~role.permissions & _REVEALING:
        return (), ()
    return _having(guild, role.id), guild.channel_ids


def _of_deleted_role(guild: Any, directory: Any, entry: Entry) -> Concerned:
    """A role may have kept somebody from seeing a channel."""
    return _having(guild, int(entry.d["role_id"])), guild.channel_ids


def _of_channel(guild: Any, directory: Any, entry: Entry) -> Concerned:
    """Other overwrites, for everybody."""
    channel = directory.channels.get(int(entry.d["id"]))
    if channel is None or channel.payload()["permission_overwrites"] == entry.d["permission_overwrites"]:
        return (), ()
    return guild.members, (channel.id,)


def _of_guild(guild: Any, directory: Any, entry: Entry) -> Concerned:
    """Another owner, who sees everything."""
    owner_id = int(entry.d["owner_id"])
    return ((), ()) if owner_id == guild.owner_id else ((owner_id,), guild.channel_ids)


def _having(guild: Any, role_id: int) -> Iterable[int]:
    if role_id == guild.id:
        return guild.members  # type: ignore[no-any-return]
    return [member.user_id for member in guild.members.values() if role_id in member.role_ids]


# Whom of the guild's members, and which of its channels, an event may concern, as of before it.
_CONCERNED: dict[str, Callable[[Any, Any, Entry], Concerned]] = {
    "GUILD_MEMBER_UPDATE": _of_member,
    "GUILD_ROLE_UPDATE": _of_role,
    "GUILD_ROLE_DELETE": _of_deleted_role,
    "CHANNEL_UPDATE": _of_channel,
    "GUILD_UPDATE": _of_guild,
}
