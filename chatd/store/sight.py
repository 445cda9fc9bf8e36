"""Sight: for whom a channel appears by what a transaction changes, and for whom it is gone.

A client keeps the channels that GUILD_CREATE listed, which are those that its user can see. So whenever
roles, overwrites or the owner change, those who come to see a channel are told CHANNEL_CREATE, and those who
see it no more CHANNEL_DELETE; and with it what goes on there (expressions.py). All are entries of the
journal, with their users by name (Onlookers): live and in a resume they are the same ones, and nobody works
it out twice.

It is worked out before the events are appended: from the directory, which is what was so before them, since
the guild is held and caught up with; and from each event, which says what is so after it. Members who have
the same roles see the same, but for those with an overwrite of their own, so a guild costs about its
kinds of members times its channels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from chatd.model import events, permissions
from chatd.model.audience import Audience, Onlookers, guild_of
from chatd.model.channels import THREADS, Channel
from chatd.model.events import Event
from chatd.model.guilds import Guild
from chatd.model.permissions import Overwrite, Permission
from chatd.store.directory import Directory
from chatd.store.expressions import going_away, going_on

_VIEW_CHANNEL = int(Permission.VIEW_CHANNEL)
_GRANTS_SIGHT = int(Permission.VIEW_CHANNEL | Permission.ADMINISTRATOR)

Addressed = tuple[Event, Audience]
Roles = tuple[int, ...]
GoingsOn = Callable[[Directory, Guild, int], Iterable[Event]]


class Sight:
    """What the events of one transaction change for whom. Its guilds are held until the commit."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._guilds: dict[int, _State] = {}

    def told_with(self, addressed: Iterable[Addressed]) -> list[Addressed]:
        """The events, each with what appears before it and what vanishes after it."""
        told: list[Addressed] = []
        for event, audience in addressed:
            appearing, vanishing = self._of(event, guild_of(audience))
            told += [*appearing, (event, audience), *vanishing]
        return told

    def _of(self, event: Event, guild_id: int | None) -> tuple[list[Addressed], list[Addressed]]:
        guild = self._directory.guilds.get(guild_id) if guild_id is not None else None
        change = _CHANGES.get(event.name)
        if guild is None or change is None:
            return [], []
        before = self._guilds.get(guild.id) or _State.of(self._directory, guild)
        after, touched = change(before, event.d)
        self._guilds[guild.id] = after
        if touched is _NOTHING:
            return [], []
        appearing, vanishing = _compared(before, after, touched)
        return self._with(guild, appearing, going_on), self._with(guild, vanishing, going_away)

    def _with(self, guild: Guild, told: list[Addressed], goings_on: GoingsOn) -> list[Addressed]:
        """What goes on in a channel appears after it, and is gone before it."""
        found: list[Addressed] = []
        for channel, audience in told:
            assert isinstance(audience, Onlookers), "it is told by name"
            happening = goings_on(self._directory, guild, audience.channel_id)
            beside = [(event, to) for event in happening if not (to := _others(audience, event)).is_empty]
            itself = [(channel, audience)]
            found += itself + beside if goings_on is going_on else beside + itself
        return found


def _others(audience: Onlookers, event: Event) -> Onlookers:
    """Where people are themselves (a voice state's `user_id`) they know, whatever they see."""
    own = {int(event.d["user_id"])} if event.d.get("user_id") else set()
    named = audience.user_ids | own if audience.all_but else audience.user_ids - own
    return replace(audience, user_ids=named)


class _Touched(NamedTuple):
    """For whom it may have changed what they see: in these channels for all, and for these users in all."""

    channel_ids: Collection[int] = ()
    user_ids: Collection[int] = ()


_NOTHING = _Touched()


@dataclass(slots=True)
class _State:
    """A guild as it is between two events: what the directory knows, and above it what has changed since."""

    guild: Guild
    owner_id: int
    granted: dict[int, int]  # by role
    channels: dict[int, Channel]
    role_ids: dict[int, Roles] = field(default_factory=dict)  # of members with other roles, and of new ones
    gone: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, directory: Directory, guild: Guild) -> _State:
        granted = {role.id: role.permissions for role in guild.roles.values()}
        channels = {each.id: each for each in directory.channels_of(guild)}
        return cls(guild, guild.owner_id, granted, channels)

    def roles_of(self, user_id: int) -> Roles:
        known = self.role_ids.get(user_id)
        return self.guild.members[user_id].role_ids if known is None else known

    def user_ids(self) -> Collection[int]:
        return (self.guild.members.keys() | self.role_ids.keys()) - self.gone

    def has(self, user_id: int) -> bool:
        there = user_id in self.role_ids or user_id in self.guild.members
        return there and user_id not in self.gone

    def base(self, role_ids: Iterable[int]) -> int:
        """Of what roles grant in the guild that on which sight depends."""
        roles = [self.granted[role_id] for role_id in role_ids if role_id in self.granted]
        return permissions.base_permissions(self.granted[self.guild.id], roles) & _GRANTS_SIGHT

    def sees(self, channel_id: int, base: int, role_ids: Iterable[int], user_id: int = 0) -> bool:
        """Whether a member with these roles sees the channel; without a user, one like any other."""
        if user_id == self.owner_id:
            return True
        granted = permissions.channel_permissions(
            base, guild_id=self.guild.id, user_id=user_id, role_ids=role_ids,
            overwrites=self.channels[channel_id].overwrites,
        )  # fmt: skip
        return bool(granted & _VIEW_CHANNEL)


# ── what each event makes of a state: another one, or the same if nobody's sight is touched ──


def _on_role(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    role_id, granted = int(d["role"]["id"]), int(d["role"]["permissions"])
    if (state.granted.get(role_id, 0) ^ granted) & _GRANTS_SIGHT:
        after = replace(state, granted={**state.granted, role_id: granted})
        return after, _Touched(user_ids=_with_role(state, role_id))
    state.granted[role_id] = granted
    return state, _NOTHING


def _on_role_delete(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    role_id = int(d["role_id"])
    had_it = _with_role(state, role_id)
    left = {user_id: _without(state.roles_of(user_id), role_id) for user_id in had_it}
    channels = {
        channel.id: channel.with_overwrites(
            {id: each for id, each in channel.overwrites.items() if id != role_id}
        )
        for channel in state.channels.values()
        if role_id in channel.overwrites
    }
    granted = {id: each for id, each in state.granted.items() if id != role_id}
    after = replace(
        state, granted=granted, role_ids={**state.role_ids, **left}, channels={**state.channels, **channels}
    )
    return after, _Touched(user_ids=had_it)


def _on_member(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    """A new member learns what there is from their GUILD_CREATE."""
    user_id, role_ids = int(d["user"]["id"]), tuple(int(role_id) for role_id in d["roles"])
    if not state.has(user_id):
        state.gone.discard(user_id)
        state.role_ids[user_id] = role_ids
        return state, _NOTHING
    if state.roles_of(user_id) == role_ids:
        return state, _NOTHING
    after = replace(state, role_ids={**state.role_ids, user_id: role_ids})
    return after, _Touched(user_ids=(user_id,))


def _on_member_remove(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    state.gone.add(int(d["user"]["id"]))
    return state, _NOTHING


def _on_guild(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    owner_id = int(d["owner_id"])
    if owner_id == state.owner_id:
        return state, _NOTHING
    concerned = [user_id for user_id in (owner_id, state.owner_id) if state.has(user_id)]
    return replace(state, owner_id=owner_id), _Touched(user_ids=concerned)


def _on_channel(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    """A new channel is told to those who see it; of one that changes the overwrites count."""
    if d["type"] in THREADS:
        return state, _NOTHING
    channel = Channel.from_payload(d)
    known = state.channels.get(channel.id)
    if known is not None and known.overwrites != channel.overwrites:
        after = replace(state, channels={**state.channels, channel.id: channel})
        return after, _Touched(channel_ids=(channel.id,))
    state.channels[channel.id] = channel
    return state, _NOTHING


def _on_channel_delete(state: _State, d: dict[str, Any]) -> tuple[_State, _Touched]:
    state.channels.pop(int(d["id"]), None)
    return state, _NOTHING


def _with_role(state: _State, role_id: int) -> list[int]:
    if role_id == state.guild.id:
        return list(state.user_ids())
    return [user_id for user_id in state.user_ids() if role_id in state.roles_of(user_id)]


def _without(role_ids: Roles, role_id: int) -> Roles:
    return tuple(other for other in role_ids if other != role_id)


_CHANGES: dict[str, Callable[[_State, dict[str, Any]], tuple[_State, _Touched]]] = {
    "GUILD_ROLE_CREATE": _on_role,
    "GUILD_ROLE_UPDATE": _on_role,
    "GUILD_ROLE_DELETE": _on_role_delete,
    "GUILD_MEMBER_ADD": _on_member,
    "GUILD_MEMBER_UPDATE": _on_member,
    "GUILD_MEMBER_REMOVE": _on_member_remove,
    "GUILD_UPDATE": _on_guild,
    "CHANNEL_CREATE": _on_channel,
    "CHANNEL_UPDATE": _on_channel,
    "CHANNEL_DELETE": _on_channel_delete,
}


# ── before and after, compared ──


class _Kind(NamedTuple):
    """Members with the same roles before and after, who see the same but for overwrites of their own."""

    user_ids: set[int]
    had: frozenset[int]  # roles
    has: frozenset[int]
    base_before: int
    base_after: int


def _compared(before: _State, after: _State, touched: _Touched) -> tuple[list[Addressed], list[Addressed]]:
    """What appears for whom, and what vanishes for whom."""
    appearing: list[Addressed] = []
    vanishing: list[Addressed] = []
    channel_ids, user_ids = touched
    if channel_ids:
        user_ids = after.user_ids()
    else:
        channel_ids = before.channels.keys() & after.channels.keys()
    kinds = _kinds_of(before, after, user_ids)
    is_whole = len(user_ids) == len(after.user_ids())
    whole = set().union(*(kind.user_ids for kind in kinds)) if is_whole else None
    for channel_id in sorted(channel_ids):
        gaining, losing = _in_channel(before, after, channel_id, kinds)
        if gaining:
            event = events.channel_create(after.channels[channel_id])
            appearing.append((event, _onlookers(gaining, whole, after.guild.id, channel_id)))
        if losing:
            event = events.channel_delete(before.channels[channel_id])
            vanishing.append((event, _onlookers(losing, whole, after.guild.id, channel_id)))
    return appearing, vanishing


def _kinds_of(before: _State, after: _State, user_ids: Collection[int]) -> list[_Kind]:
    members: defaultdict[tuple[Roles, Roles], set[int]] = defaultdict(set)
    for user_id in user_ids:
        members[before.roles_of(user_id), after.roles_of(user_id)].add(user_id)
    return [
        _Kind(alike, frozenset(had), frozenset(has), before.base(had), after.base(has))
        for (had, has), alike in members.items()
    ]


def _in_channel(
    before: _State, after: _State, channel_id: int, kinds: list[_Kind]
) -> tuple[set[int], set[int]]:
    """Who comes to see the channel, and who sees it no more.

    Of a member's roles only those count here for which the channel has an overwrite, so kinds fall together.
    """
    exceptions = before.channels[channel_id].overwrites | after.channels[channel_id].overwrites
    alone = {before.owner_id, after.owner_id, *_members_of(exceptions)}
    targets = frozenset(exceptions)
    known: dict[Any, tuple[bool, bool]] = {}
    gaining: set[int] = set()
    losing: set[int] = set()
    for user_ids, had, has, base_before, base_after in kinds:
        had, has = had & targets, has & targets
        key = base_before, base_after, had, has
        if key not in known:
            known[key] = before.sees(channel_id, base_before, had), after.sees(channel_id, base_after, has)
        saw, sees = known[key]
        if saw != sees:
            (gaining if sees else losing).update(user_ids)
        for user_id in alone & user_ids:
            gaining.discard(user_id)
            losing.discard(user_id)
            saw = before.sees(channel_id, base_before, had, user_id)
            sees = after.sees(channel_id, base_after, has, user_id)
            if saw != sees:
                (gaining if sees else losing).add(user_id)
    return gaining, losing


def _onlookers(user_ids: set[int], whole: set[int] | None, guild_id: int, channel_id: int) -> Onlookers:
    """By the shorter list: `whole` is all of the guild, if all of it has been looked at."""
    if whole is not None and 2 * len(user_ids) > len(whole):
        return Onlookers(frozenset(whole - user_ids), guild_id, channel_id, all_but=True)
    return Onlookers(frozenset(user_ids), guild_id, channel_id)


def _members_of(overwrites: dict[int, Overwrite]) -> list[int]:
    return [each.target_id for each in overwrites.values() if each.type == 1]
