"""The doorway: an action gets a guild or a channel only from here, with what the actor may do there.

What does not exist and what the actor cannot see are refused alike, so that no answer tells whether a
thing exists. Nobody else makes a GuildAccess or a ChannelAccess, so an action that forgot its check has no
place to act in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chatd.model import audience
from chatd.model.channels import TEXT_BASED, Channel, ChannelType
from chatd.model.errors import (
    MissingPermissions,
    NotATextChannel,
    ThreadArchived,
    ThreadLocked,
    UnknownChannel,
    UnknownGuild,
    WrongChannelType,
)
from chatd.model.guilds import Guild
from chatd.model.members import Member
from chatd.model.permissions import OF_BOTS_THEMSELVES, WEBHOOK, Permission
from chatd.model.roles import Role
from chatd.model.threads import Thread
from chatd.store.transaction import Reading


@dataclass(slots=True)
class GuildAccess:
    """A guild that the actor is a member of. `permissions` are what their roles grant in it as a whole."""

    guild: Guild
    member: Member
    permissions: int

    @property
    def audience(self) -> audience.Guild:
        return audience.Guild(self.guild.id)

    def may(self, needed: int) -> bool:
        return self.permissions & needed == needed

    def require(self, needed: int) -> None:
        """Raises MissingPermissions unless the actor has all of `needed` in the guild."""
        if not self.may(needed):
            raise MissingPermissions()

    def require_owner(self) -> None:
        if self.guild.owner_id != self.member.user_id:
            raise MissingPermissions()

    def require_above(self, role: Role) -> None:
        """The hierarchy of roles: only those below one's own highest can be changed, given or taken."""
        if self.guild.rank(self.member.user_id) <= role.rank:
            raise MissingPermissions()

    def require_above_member(self, user_id: int) -> None:
        """Likewise only members whose highest role is below one's own; so nobody acts on the owner."""
        if not self.is_above_member(user_id):
            raise MissingPermissions()

    def is_above_member(self, user_id: int) -> bool:
        return self.guild.rank(self.member.user_id) > self.guild.rank(user_id)


@dataclass(slots=True)
class ChannelAccess:
    """A channel that the actor can see. `guild` and `member` are None in a direct message, `member` also for
    a webhook.

    `known` is the journal position that this knowledge is from; a queued write carries it. None is for a
    transaction that has changed the place itself, and keeps others from it.
    """

    channel: Channel
    guild: Guild | None
    member: Member | None
    permissions: int
    known: int | None

    @property
    def guild_id(self) -> int | None:
        return self.channel.guild_id

    @property
    def audience(self) -> audience.Channel:
        return audience.Channel(self.channel.id, self.channel.guild_id)

    def may(self, needed: int) -> bool:
        return self.permissions & needed == needed

    def require(self, needed: int) -> None:
        """Raises MissingPermissions unless the actor has all of `needed` here."""
        if not self.may(needed):
            raise MissingPermissions()

    def require_not_timed_out(self, now: datetime) -> None:
        """For what needs no permission that a time-out takes away, but is not mere reading."""
        if self.member is None or self.permissions & Permission.ADMINISTRATOR:
            return
        if self.member.is_timed_out(now):
            raise MissingPermissions()

    def require_text(self) -> None:
        if self.channel.type not in TEXT_BASED:
            raise NotATextChannel()

    def require_active(self) -> None:
        """The documentation, "Threads": in an archived one nothing can be done but to delete messages."""
        thread = self.channel.thread
        if thread is not None and thread.archived:
            raise ThreadArchived()

    def require_open(self) -> None:
        """Nor can in a locked one, but by those who manage threads."""
        self.require_active()
        self.require_unlocked()

    def require_unlocked(self) -> None:
        thread = self.channel.thread
        if thread is not None and thread.locked and not self.may(Permission.MANAGE_THREADS):
            raise ThreadLocked()

    def require_unsealed(self) -> None:
        """What is archived and locked at once, only those who manage threads touch."""
        if self.channel.thread is not None and self.channel.thread.archived:
            self.require_unlocked()


@dataclass(slots=True)
class ThreadAccess(ChannelAccess):
    """A thread that the actor can see."""

    guild: Guild
    thread: Thread

    @property
    def parent_id(self) -> int:
        assert self.channel.parent_id is not None, "a thread is below a channel"
        return self.channel.parent_id

    @property
    def is_private(self) -> bool:
        return self.channel.type == ChannelType.PRIVATE_THREAD

    @property
    def is_own(self) -> bool:
        """Whether the actor has made it."""
        return self.member is not None and self.thread.owner_id == self.member.user_id


async def hold_guilds(tx: Reading, guild_ids: Iterable[int]) -> None:
    """Before an act that concerns several: hold them in the order of their ids, before anything else of them.

    So two who do the same between the same guilds do not wait for each other.
    """
    for guild_id in sorted(set(guild_ids)):
        await tx.hold_permissions(guild_id)


def guild_ids_of(tx: Reading, channel_ids: Iterable[int]) -> list[int]:
    """The guilds that these channels are in, as far as they are in any."""
    known = (tx.directory.channels.get(channel_id) for channel_id in channel_ids)
    return [channel.guild_id for channel in known if channel is not None and channel.guild_id is not None]


async def channel(tx: Reading, channel_id: int) -> ChannelAccess:
    """A channel that the actor can see. Raises UnknownChannel."""
    directory = tx.directory
    place = directory.channels.get(channel_id)
    if place is not None and place.guild_id is not None:
        await tx.hold_permissions(place.guild_id)
        place = directory.channels.get(channel_id)
    if place is None:
        raise UnknownChannel()
    permissions = directory.permissions(tx.actor.id, channel_id, tx.now())
    if tx.actor.posts_in is not None:
        is_bot = tx.actor.id in directory.users and place.guild_id is not None
        permissions = _permissions_of_webhook(tx.actor.posts_in, place, permissions if is_bot else WEBHOOK)
    if not permissions & Permission.VIEW_CHANNEL:
        raise UnknownChannel()
    guild = directory.guilds[place.guild_id] if place.guild_id is not None else None
    member = guild.members.get(tx.actor.id) if guild is not None else None
    return ChannelAccess(place, guild, member, permissions, directory.position)


async def thread(tx: Reading, channel_id: int) -> ThreadAccess:
    """A thread that the actor can see. Raises UnknownChannel, WrongChannelType."""
    place = await channel(tx, channel_id)
    if place.channel.thread is None or place.guild is None:
        raise WrongChannelType()
    return ThreadAccess(
        place.channel, place.guild, place.member, place.permissions, place.known, place.channel.thread
    )


async def guild(tx: Reading, guild_id: int) -> GuildAccess:
    """A guild that the actor is a member of. Raises UnknownGuild."""
    await tx.hold_permissions(guild_id)
    place = tx.directory.guilds.get(guild_id)
    member = place.members.get(tx.actor.id) if place is not None else None
    if place is None or member is None:
        raise UnknownGuild()
    return GuildAccess(place, member, tx.directory.guild_permissions(tx.actor.id, guild_id, tx.now()))


def _permissions_of_webhook(posts_in: int, place: Channel, granted: int) -> int:
    """Whatever members may do there, and private threads too: who gave it away could have seen to it.

    A bot that answers an interaction has of some only what it is `granted` itself.
    """
    is_below = place.thread is not None and place.parent_id == posts_in
    return WEBHOOK & (granted | ~OF_BOTS_THEMSELVES) if place.id == posts_in or is_below else 0
