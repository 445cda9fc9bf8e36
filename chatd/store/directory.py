"""What this process knows of guilds, channels, roles, members and users: the database, as of a position.

It is loaded once and then follows the journal: the feed folds each entry in before anybody else sees
it. So at any moment it is exactly the database at `position`, and a READY built from it joins the live
feed with no gap. Reading it takes no round trip; hot actions answer "may they?" from here, and their
statement refuses what was answered from knowledge that is too old (guilds.permission_position).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from asyncpg import Connection

from chatd.model import permissions
from chatd.model.actor import Actor
from chatd.model.applications import Application
from chatd.model.audience import Onlookers, Users, guild_of
from chatd.model.channels import THREADS, VOCAL, Channel, ForumTag
from chatd.model.emojis import Emoji
from chatd.model.events import GUILD_MADE, TOKEN_REVOKED, Entry
from chatd.model.guilds import Guild
from chatd.model.members import Member
from chatd.model.messages import SAID_BY_USERS
from chatd.model.permissions import Overwrite, Permission
from chatd.model.relationships import Relationship
from chatd.model.roles import Role
from chatd.model.rule_set import WordLists
from chatd.model.stickers import Sticker
from chatd.model.users import User
from chatd.store import applications, auto_moderation, expressions, people, threads
from chatd.store.queries import directory as queries
from chatd.store.threads import ThreadIndex, shows_thread
from chatd.store.turns import Turns

_VIEW_CHANNEL = int(Permission.VIEW_CHANNEL)

# Tokens remembered at once; beyond it they are looked up again.
ACTORS_MAX = 50_000


class RememberedActor(NamedTuple):
    """What a token proved, and until when (Unix seconds) that is taken for granted."""

    actor: Actor
    until_s: float


class Directory:
    """Invariant: every id that a guild, channel or member names is here too, and `position` is as of when."""

    def __init__(self, word_lists: WordLists | None = None) -> None:
        """`word_lists` are those of automatic moderation's presets."""
        self.position = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.threads = ThreadIndex()
        self.applications: dict[int, Application] = {}
        self.emojis: dict[int, Emoji] = {}  # of guilds and applications alike
        self.application_emojis: dict[int, dict[int, Emoji]] = {}
        self.stickers: dict[int, Sticker] = {}
        self.open_dm_ids: defaultdict[int, set[int]] = defaultdict(set)  # by user
        self.relationships: defaultdict[int, dict[int, Relationship]] = defaultdict(dict)  # by both users
        self.restricted_guild_ids: dict[int, frozenset[int]] = {}  # see model/user_settings.py
        self.actors: dict[bytes, RememberedActor] = {}  # by the token's hash
        # Positions: by user, of what was last told to them by name; by channel, of the last mention.
        self.noted: dict[int, int] = {}
        self.turns = Turns()
        self.word_lists = word_lists or {}
        # Grows with whatever may change what a token is good for: it is revoked, its application is another.
        self.token_epoch = 0
        self._guild_ids_of: defaultdict[int, set[int]] = defaultdict(set)
        self._epochs: defaultdict[int, int] = defaultdict(int)

    async def load(self, conn: Connection) -> None:
        """Read everything, as of one moment."""
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            self.position = await queries.journal_position(conn)
            for row in await queries.list_users(conn):
                self.users[row["id"]] = User.from_row(row)
            for row in await queries.list_guilds(conn):
                self.guilds[row["id"]] = Guild.from_row(row)
            for row in await queries.list_roles(conn):
                self.guilds[row["guild_id"]].roles[row["id"]] = Role.from_row(row)
            for row in await queries.list_members(conn):
                self._add_member(row["guild_id"], Member.from_row(row))
            await self._load_channels(conn)
            await self.turns.load(conn)
            await applications.load(self, conn)
            await expressions.load(self, conn)
            await people.load(self, conn)
            await threads.load(self, conn)
            await auto_moderation.load(self, conn)

    async def _load_channels(self, conn: Connection) -> None:
        for row in await queries.list_channels(conn):
            self._add_channel(Channel.from_row(row))
        for row in await queries.list_overwrites(conn):
            overwrite = Overwrite(row["target_id"], row["type"], row["allow"], row["deny"])
            self.channels[row["channel_id"]].overwrites[overwrite.target_id] = overwrite
        for row in await queries.list_tags(conn):
            tag = ForumTag(row["id"], row["name"], row["moderated"], row["emoji_id"], row["emoji_name"])
            self.channels[row["channel_id"]].available_tags += (tag,)

    # ── questions ──

    def guilds_of(self, user_id: int) -> list[Guild]:
        """The guilds that a user is a member of, by id."""
        return [self.guilds[guild_id] for guild_id in sorted(self._guild_ids_of.get(user_id, ()))]

    def dms_of(self, user_id: int) -> list[Channel]:
        """The direct messages that a user has open, the one with the newest message first."""
        channels = [self.channels[channel_id] for channel_id in self.open_dm_ids.get(user_id, ())]
        return sorted(channels, key=lambda channel: channel.last_message_id or channel.id, reverse=True)

    def has_open(self, user_id: int, channel_id: int) -> bool:
        """Whether a user has a direct message of theirs in sight."""
        return channel_id in self.open_dm_ids.get(user_id, ())

    def shared_guild_ids(self, user_id: int, other_id: int) -> set[int]:
        """The guilds that both users are members of."""
        return self._guild_ids_of.get(user_id, set()) & self._guild_ids_of.get(other_id, set())

    def guild_epoch(self, guild_id: int) -> int:
        """Grows whenever something changes on which it depends who sees what in the guild."""
        return self._epochs[guild_id]

    def guild_permissions(self, user_id: int, guild_id: int, now: datetime | None = None) -> int:
        """What a member's roles grant in the guild as a whole; 0 for somebody who is no member.

        With `now`, a member who is timed out keeps only what that leaves.
        """
        guild = self.guilds.get(guild_id)
        member = guild.members.get(user_id) if guild else None
        if guild is None or member is None:
            return 0
        if guild.owner_id == user_id:
            return permissions.ALL
        roles = [guild.roles[role_id].permissions for role_id in member.role_ids if role_id in guild.roles]
        granted = permissions.base_permissions(guild.roles[guild_id].permissions, roles)
        return permissions.timed_out(granted) if now is not None and member.is_timed_out(now) else granted

    def permissions(self, user_id: int, channel_id: int, now: datetime | None = None) -> int:
        """What a user may do in a channel; 0 where they cannot even see it.

        With `now`, a member who is timed out keeps only what that leaves.
        """
        channel = self.channels.get(channel_id)
        if channel is None:
            return 0
        if channel.guild_id is None:
            return permissions.DIRECT_MESSAGE if user_id in channel.recipient_ids else 0
        member = self.guilds[channel.guild_id].members.get(user_id)
        if member is None:
            return 0
        # A thread has its parent's overwrites.
        thread, place = channel.thread, channel
        if thread is not None:
            assert channel.parent_id is not None, "a thread is below a channel"
            place = self.channels[channel.parent_id]
        # Roles that grant nothing are no end of it: an overwrite may still allow.
        granted = permissions.channel_permissions(
            self.guild_permissions(user_id, channel.guild_id), guild_id=channel.guild_id, user_id=user_id,
            role_ids=member.role_ids, overwrites=place.overwrites, in_thread=thread is not None,
            vocal=place.type in VOCAL,
        )  # fmt: skip
        if thread is not None and not shows_thread(channel, user_id, granted):
            return 0
        return permissions.timed_out(granted) if now is not None and member.is_timed_out(now) else granted

    def can_view(self, user_id: int, channel_id: int) -> bool:
        return bool(self.permissions(user_id, channel_id) & _VIEW_CHANNEL)

    def shows_everyone(self, channel: Channel) -> bool:
        """Whether whoever comes to the guild of a channel sees it, without any role."""
        assert channel.guild_id is not None, "it is a guild's"
        everyone = self.guilds[channel.guild_id].roles[channel.guild_id].permissions
        granted = permissions.channel_permissions(
            permissions.base_permissions(everyone, ()), guild_id=channel.guild_id, user_id=0, role_ids=(),
            overwrites=channel.overwrites,
        )  # fmt: skip
        return bool(granted & _VIEW_CHANNEL)

    def visible_threads(self, user_id: int, guild_id: int) -> list[Channel]:
        """The active threads of a guild that a user can see, by id: `can_view`, asked once for a parent."""
        granted: dict[int | None, int] = {}
        seen = []
        for channel in sorted(self.threads.active(guild_id), key=lambda channel: channel.id):
            if channel.parent_id not in granted:
                granted[channel.parent_id] = self.permissions(user_id, channel.parent_id or 0)
            if shows_thread(channel, user_id, granted[channel.parent_id]):
                seen.append(channel)
        return seen

    def emoji(self, emoji_id: int) -> Emoji | None:
        """A custom emoji, of whichever guild or application."""
        return self.emojis.get(emoji_id)

    def sticker(self, sticker_id: int) -> Sticker | None:
        return self.stickers.get(sticker_id)

    def channels_of(self, guild: Guild) -> list[Channel]:
        """A guild's channels by id; its threads are not among them (store/threads.py)."""
        return [self.channels[channel_id] for channel_id in sorted(guild.channel_ids)]

    def children_of(self, channel: Channel) -> list[Channel]:
        """The channels of a category."""
        if channel.guild_id is None:
            return []
        siblings = self.channels_of(self.guilds[channel.guild_id])
        return [other for other in siblings if other.parent_id == channel.id]

    def others_in(self, channel: Channel, user_id: int) -> list[User]:
        """The other sides of a direct message."""
        return [self.users[other] for other in channel.recipient_ids if other != user_id]

    def remember_actor(self, token_hash: bytes, remembered: RememberedActor) -> None:
        if len(self.actors) >= ACTORS_MAX:
            self.actors.clear()
        self.actors[token_hash] = remembered

    # ── changes, as the journal tells them ──

    def changes_with(self, entry: Entry) -> bool:
        """Whether the entry changes who sees what, so that entries before it must be handed out first."""
        return entry.name in _CHANGES_SIGHT or (
            entry.name in threads.FOLDS and threads.changes_sight(self, entry)
        )

    def fold(self, entry: Entry) -> None:
        """Take over what one entry says. Entries come in order, each once."""
        if self.changes_with(entry) and (guild_id := guild_of(entry.audience)) is not None:
            self._epochs[guild_id] += 1
        change = _FOLDS.get(entry.name)
        if isinstance(entry.audience, Onlookers):
            self.position = entry.position  # a channel is told to them, and is what it was
            return
        shown_to_some = isinstance(entry.audience, Users) and entry.name in _OF_MESSAGES
        if change is not None and not shown_to_some:
            change(self, entry)
        if isinstance(entry.audience, Users):
            self.noted.update(dict.fromkeys(entry.audience.user_ids, entry.position))
        self.position = entry.position

    def _on_token_revoked(self, entry: Entry) -> None:
        self.token_epoch += 1
        self.actors.pop(bytes.fromhex(entry.d["token_hash"]), None)

    def _on_message_create(self, entry: Entry) -> None:
        """Two that are committed together may have their ids the other way round: the newest id counts.

        It stays when its message is deleted, as the documentation allows; a load then finds the one before.
        """
        d = entry.d
        if channel := self.channels.get(int(d["channel_id"])):
            channel.last_message_id = max(channel.last_message_id or 0, int(d["id"]))
            if channel.thread is not None:
                channel.thread.on_message(int(d["id"]), d["type"], channel.id)
            if channel.rate_limit_per_user and d["type"] in SAID_BY_USERS:
                self.turns.take(channel.id, int(d["author"]["id"]), int(d["id"]))
            if channel.guild_id is not None and (guild := self.guilds[channel.guild_id]).traffic is not None:
                auto_moderation.note(guild, d)
            if channel.guild_id is None or d["mentions"] or d["mention_everyone"] or d["mention_roles"]:
                self.noted[channel.id] = entry.position

    def _on_channel_pins_update(self, entry: Entry) -> None:
        if channel := self.channels.get(int(entry.d["channel_id"])):
            pinned = entry.d["last_pin_timestamp"]
            channel.last_pin_timestamp = datetime.fromisoformat(pinned) if pinned else None

    def _on_user_update(self, entry: Entry) -> None:
        user = User.from_payload(entry.d)
        self.users[user.id] = user

    def _on_guild_made(self, entry: Entry) -> None:
        """It has no member yet; the owner's joining is the next entry."""
        guild = Guild.from_payload(entry.d)
        self.guilds[guild.id] = guild
        for payload in entry.d["channels"]:
            self._add_channel(Channel.from_payload(payload))

    def _on_guild_delete(self, entry: Entry) -> None:
        guild = self.guilds.pop(int(entry.d["id"]), None)
        if guild is None:
            return
        for channel_id in guild.channel_ids:
            threads.forget_channel(self, channel_id)
            del self.channels[channel_id]
        for user_id in guild.members:
            self._guild_ids_of[user_id].discard(guild.id)
        expressions.forget_guild(self, guild)

    def _on_guild_update(self, entry: Entry) -> None:
        self.guilds[int(entry.d["id"])].update_from_payload(entry.d)

    def _on_member(self, entry: Entry) -> None:
        """Of a user whom we know already USER_UPDATE tells, which is in the order of their changes."""
        user = User.from_payload(entry.d["user"])
        self.users.setdefault(user.id, user)
        self._add_member(int(entry.d["guild_id"]), Member.from_payload(entry.d))

    def _on_member_remove(self, entry: Entry) -> None:
        guild_id, user_id = int(entry.d["guild_id"]), int(entry.d["user"]["id"])
        self.guilds[guild_id].members.pop(user_id, None)
        expressions.forget_member(self.guilds[guild_id], user_id)
        self._guild_ids_of[user_id].discard(guild_id)
        self.threads.leave_guild(guild_id, user_id)

    def _on_role(self, entry: Entry) -> None:
        role = Role.from_payload(entry.d["role"])
        self.guilds[int(entry.d["guild_id"])].roles[role.id] = role

    def _on_role_delete(self, entry: Entry) -> None:
        """It goes from its members, and out of the overwrites of channels."""
        guild = self.guilds[int(entry.d["guild_id"])]
        role_id = int(entry.d["role_id"])
        guild.roles.pop(role_id, None)
        for member in guild.members.values():
            member.role_ids = tuple(other for other in member.role_ids if other != role_id)
        for channel_id in guild.channel_ids:
            self.channels[channel_id].overwrites.pop(role_id, None)

    def _on_channel(self, entry: Entry) -> None:
        """A guild's channel, or a direct message as one of its sides sees it."""
        if "guild_id" in entry.d:
            channel = Channel.from_payload(entry.d)
            known = self.channels.get(channel.id)
            if known:
                channel.last_message_id, channel.last_pin_timestamp = (
                    known.last_message_id, known.last_pin_timestamp,
                )  # fmt: skip
            self._add_channel(channel)
            if known and known.available_tags != channel.available_tags:
                threads.take_off_tags(self, channel)
        else:
            people.on_dm(self, entry)

    def _on_channel_delete(self, entry: Entry) -> None:
        """Its threads go with it, unsaid; of the children of a category and of a guild that names it each
        is told by an event of its own."""
        if "guild_id" not in entry.d:
            return people.on_dm_delete(self, entry)
        channel = self.channels.pop(int(entry.d["id"]), None)
        if channel is not None and channel.guild_id is not None:
            guild = self.guilds[channel.guild_id]
            guild.channel_ids.discard(channel.id)
            expressions.forget_channel(guild, channel.id)
            threads.forget_channel(self, channel.id)

    def _add_member(self, guild_id: int, member: Member) -> None:
        self.guilds[guild_id].members[member.user_id] = member
        self._guild_ids_of[member.user_id].add(guild_id)

    def _add_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        if channel.guild_id is not None and channel.type not in THREADS:
            self.guilds[channel.guild_id].channel_ids.add(channel.id)


# What each event changes here. Events that are not listed change nothing that is remembered.
_FOLDS: dict[str, Callable[[Directory, Entry], Any]] = {
    TOKEN_REVOKED: Directory._on_token_revoked,
    "MESSAGE_CREATE": Directory._on_message_create,
    "USER_UPDATE": Directory._on_user_update,
    GUILD_MADE: Directory._on_guild_made,
    "GUILD_UPDATE": Directory._on_guild_update,
    "GUILD_DELETE": Directory._on_guild_delete,
    "GUILD_MEMBER_ADD": Directory._on_member,
    "GUILD_MEMBER_UPDATE": Directory._on_member,
    "GUILD_MEMBER_REMOVE": Directory._on_member_remove,
    "GUILD_ROLE_CREATE": Directory._on_role,
    "GUILD_ROLE_UPDATE": Directory._on_role,
    "GUILD_ROLE_DELETE": Directory._on_role_delete,
    "CHANNEL_CREATE": Directory._on_channel,
    "CHANNEL_UPDATE": Directory._on_channel,
    "CHANNEL_DELETE": Directory._on_channel_delete,
    "CHANNEL_PINS_UPDATE": Directory._on_channel_pins_update,
    **applications.FOLDS,
    **expressions.FOLDS,
    **people.FOLDS,
    **threads.FOLDS,
    **auto_moderation.FOLDS,
}

# A message that only somebody is shown is in no channel, as far as anybody else knows.
_OF_MESSAGES = frozenset({"MESSAGE_CREATE", "MESSAGE_DELETE"})

# Those of them on which it depends who sees what.
_CHANGES_SIGHT = frozenset(_FOLDS) - {
    TOKEN_REVOKED, GUILD_MADE, "MESSAGE_CREATE", "CHANNEL_PINS_UPDATE", "USER_UPDATE",
    *applications.FOLDS,
    *expressions.FOLDS,
    *people.NOT_SIGHT,
    *threads.FOLDS,
    *auto_moderation.FOLDS,
}  # fmt: skip

# Those that change what somebody may do in a guild: their transaction marks the guild.
CHANGES_PERMISSIONS = (
    _CHANGES_SIGHT | threads.CHANGES_PERMISSIONS | auto_moderation.CHANGES_PERMISSIONS
)
