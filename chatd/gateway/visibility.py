"""Who may see what: from an audience to users, and from a session to the events it gets.

One rule, asked in two ways. Live, the hub keeps for each audience the connections that may see it
(Listeners) and throws them away when the guild's epoch moves. A resume asks for one session at a time.
Both come down to `sees` and `wants`, so they cannot disagree; a property test holds them together.

The directory is exactly as of the entries being delivered (store's promise), so no answer here is stale.
"""

from __future__ import annotations

from typing import Any

from chatd.model import intents
from chatd.model.audience import Audience, Channel, Guild, Nobody, Onlookers, Users, guild_of
from chatd.model.event_permissions import permissions_needed
from chatd.model.permissions import Permission

# Told to every shard; all else outside a guild goes to shard 0.
ALL_SHARDS = frozenset({"USER_UPDATE"})

# Of a direct message bots are told nothing but what is said there, since version 8; hikari fails on more.
OF_DMS_TO_PEOPLE = frozenset({"CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"})

# Told to people and their clients alone, wherever it happens: no bot has a use for it.
TO_PEOPLE = frozenset({"GUILD_APPLICATION_COMMAND_INDEX_UPDATE"})

# What decides who gets an event: its audience, intent and permission, and whether people alone do.
Kind = tuple[Audience, int, int, bool]

# As a plain number: an operation on a flag costs ten times as much.
_MESSAGE_CONTENT = int(intents.Intent.MESSAGE_CONTENT)
_VIEW_CHANNEL = int(Permission.VIEW_CHANNEL)


def sees(directory: Any, user_id: int, audience: Audience, needed: int = 0) -> bool:
    """Whether the audience includes this user, who must have the permissions `needed` there.

    A list of users has been chosen by whoever made it, and is not asked again.
    """
    if isinstance(audience, Users):
        return user_id in audience.user_ids
    if isinstance(audience, Channel):
        if not needed:
            return bool(directory.can_view(user_id, audience.channel_id))
        granted = directory.permissions(user_id, audience.channel_id)
        return bool(granted & (needed | _VIEW_CHANNEL) == needed | _VIEW_CHANNEL)
    if isinstance(audience, Guild | Onlookers):
        guild = directory.guilds.get(audience.guild_id)
        if guild is None or user_id not in guild.members:
            return False
        if isinstance(audience, Onlookers):
            return audience.names(user_id)
        return not needed or directory.guild_permissions(user_id, guild.id) & needed == needed
    return False


def is_on_shard(session: Any, name: str, guild_id: int | None) -> bool:
    """The Discord documentation, "Sharding": guilds by the time of their id, direct messages on the first."""
    if session.shard_count == 1 or (guild_id is None and name in ALL_SHARDS):
        return True
    return bool(shard_of(guild_id, session.shard_count) == session.shard_id)


def shard_of(guild_id: int | None, shard_count: int) -> int:
    return 0 if guild_id is None else (guild_id >> 22) % shard_count


def wants(session: Any, name: str, guild_id: int | None) -> bool:
    """Whether the session asked for this event, by its intents and its shard, and is of those who get it."""
    if guild_id is None and name in OF_DMS_TO_PEOPLE and session.actor.bot:
        return False
    if name in TO_PEOPLE and session.actor.bot:
        return False
    wanted = intents.wants(session.intents, name, in_dm=guild_id is None)
    return wanted and is_on_shard(session, name, guild_id)


def is_bare(session: Any, guild_id: int | None) -> bool:
    """Whether the session is shown messages without their content. In direct messages nobody is."""
    return guild_id is not None and not session.intents & _MESSAGE_CONTENT


class Listeners:
    """The connections that get one kind of event of one audience, as of one epoch of the guild.

    `full` get an event as it is. `bare` have not the MESSAGE_CONTENT intent, which matters to messages only.
    No connection is in both.
    """

    __slots__ = ("audience", "name", "needed", "full", "bare")

    def __init__(self, audience: Audience, name: str) -> None:
        self.audience = audience
        self.name = name
        self.needed = permissions_needed(name)
        self.full: dict[Any, None] = {}
        self.bare: dict[Any, None] = {}

    def admit(self, connection: Any) -> None:
        """Add the connection if its session wants the event. That its user may see it, the caller knows."""
        session = connection.session
        guild_id = guild_of(self.audience)
        if wants(session, self.name, guild_id):
            (self.bare if is_bare(session, guild_id) else self.full)[connection] = None

    def remove(self, connection: Any) -> None:
        self.full.pop(connection, None)
        self.bare.pop(connection, None)

    def __len__(self) -> int:
        return len(self.full) + len(self.bare)


class Audiences:
    """Listeners by audience and intent, kept for as long as they are true.

    A guild's are dropped when its epoch moves (roles, overwrites, members, channels); a connection that
    joins or leaves is added to or taken from those there are. What happens outside guilds is asked anew.
    """

    def __init__(self, directory: Any) -> None:
        self.directory = directory
        self.connections: dict[int, dict[Any, None]] = {}  # by user
        # By guild: the epoch, and the lists that are true in it.
        self._kept: dict[int, tuple[int, dict[Kind, Listeners]]] = {}

    def join(self, connection: Any) -> None:
        user_id = connection.session.user_id
        self.connections.setdefault(user_id, {})[connection] = None
        for listeners in self._kept_for(user_id):
            if sees(self.directory, user_id, listeners.audience, listeners.needed):
                listeners.admit(connection)

    def leave(self, connection: Any, user_id: int) -> None:
        of_user = self.connections.get(user_id, {})
        of_user.pop(connection, None)
        if not of_user:
            self.connections.pop(user_id, None)
        for _, kept in self._kept.values():
            for listeners in kept.values():
                listeners.remove(connection)

    def of_user(self, user_id: int) -> list[Any]:
        return list(self.connections.get(user_id, ()))

    def listeners(self, name: str, audience: Audience) -> Listeners:
        """Who gets the event `name` of this audience."""
        guild_id = guild_of(audience)
        if guild_id is None or isinstance(audience, Users | Onlookers):
            return self._gathered(name, audience)
        kept = self._kept_in(guild_id)
        key = (audience, intents.needed(name, in_dm=False), permissions_needed(name), name in TO_PEOPLE)
        listeners = kept.get(key)
        if listeners is None:
            listeners = kept[key] = self._gathered(name, audience)
        return listeners

    def _kept_in(self, guild_id: int) -> dict[Kind, Listeners]:
        epoch = self.directory.guild_epoch(guild_id)
        kept = self._kept.get(guild_id)
        if kept is None or kept[0] != epoch:
            kept = self._kept[guild_id] = (epoch, {})
        return kept[1]

    def _kept_for(self, user_id: int) -> list[Listeners]:
        guild_ids = [guild.id for guild in self.directory.guilds_of(user_id) if guild.id in self._kept]
        return [listeners for guild_id in guild_ids for listeners in self._kept_in(guild_id).values()]

    def _gathered(self, name: str, audience: Audience) -> Listeners:
        listeners = Listeners(audience, name)
        by_name = isinstance(audience, Users)  # a list may be long, and is not searched for its own users
        for user_id in self._candidates(audience):
            if user_id not in self.connections:
                continue
            if by_name or sees(self.directory, user_id, audience, listeners.needed):
                for connection in self.connections[user_id]:
                    listeners.admit(connection)
        return listeners

    def _candidates(self, audience: Audience) -> list[int]:
        """Users who might see it, from the shorter list: whom it names or has, or who is connected."""
        if isinstance(audience, Nobody):
            return []
        if isinstance(audience, Users):
            return list(dict.fromkeys(audience.user_ids))
        if isinstance(audience, Onlookers) and not audience.all_but:
            return list(audience.user_ids & self.connections.keys())
        if isinstance(audience, Channel) and audience.guild_id is None:
            channel = self.directory.channels.get(audience.channel_id)
            return list(channel.recipient_ids) if channel else []
        guild = self.directory.guilds.get(audience.guild_id)
        members = guild.members if guild is not None else {}
        return list(members if len(members) < len(self.connections) else self.connections)
