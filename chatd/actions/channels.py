"""Channels of a guild: look at one, make, change, move and delete them.

Each change holds the guild (access.guild, access.channel), so what is counted and compared here stays as it
is until the commit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log, happenings, lockdowns, overwrites
from chatd.actions.access import ChannelAccess
from chatd.actions.rows import arguments_of
from chatd.model import audience, events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channel_drafts import ChannelDraft, ChannelMove
from chatd.model.channels import (
    CHANNELS_MAX,
    CHANNELS_OF_CATEGORY_MAX,
    SETTINGS,
    THREADS,
    Channel,
    ChannelType,
)
from chatd.model.errors import (
    InvalidFormBody,
    MaximumChannels,
    MissingPermissions,
    RequiredChannel,
    UnknownChannel,
    WrongChannelType,
)
from chatd.model.guilds import CHANNEL_SETTINGS, REQUIRED_CHANNELS, Guild
from chatd.model.permissions import Permission
from chatd.store.directory import Directory
from chatd.store.queries import channels, threads
from chatd.store.transaction import Reading, Transaction

_CATEGORY = ChannelType.GUILD_CATEGORY


async def get_channel(tx: Reading, channel_id: int) -> dict[str, Any]:
    """A channel that the actor can see. Raises UnknownChannel."""
    place = await access.channel(tx, channel_id)
    if place.guild_id is None:
        return place.channel.dm_payload(tx.directory.others_in(place.channel, tx.actor.id))
    return place.channel.payload_for(tx.actor.id)


async def find_channel(tx: Reading, channel_id: int) -> Channel:
    """A channel of any type that the actor can see, as it is in the directory. Raises UnknownChannel."""
    return (await access.channel(tx, channel_id)).channel


async def list_channels(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """The channels of a guild that the actor can see. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    return visible_channels(tx.directory, guild, tx.actor.id)


def visible_channels(directory: Directory, guild: Guild, user_id: int) -> list[dict[str, Any]]:
    """In the order in which a client shows them."""
    seen = (
        channel for channel in directory.channels_of(guild) if directory.can_view(user_id, channel.id)
    )
    return [channel.payload() for channel in sorted(seen, key=lambda c: (c.position, c.id))]


async def create_channel(tx: Transaction, guild_id: int, draft: ChannelDraft) -> Channel:
    """Make a channel, below its siblings unless a position is given.

    Needs MANAGE_CHANNELS, in the category if it is made in one; for its overwrites see
    overwrites.require_new. Without any it takes over those of its category. Emits CHANNEL_CREATE to those who
    can see it. Raises UnknownGuild, MissingPermissions, MaximumChannels, InvalidFormBody at `parent_id`.
    """
    guild = (await access.guild(tx, guild_id)).guild
    parent = _category(tx, guild, draft.values.get("parent_id"))
    _require_channels(tx, guild, parent)
    if len(guild.channel_ids) >= CHANNELS_MAX:
        raise MaximumChannels()
    _require_emojis(guild, draft)
    overwrites.require_new(tx, guild, draft.overwrites or {})
    channel = Channel(
        tx.next_id(), draft.type, guild_id,
        position=_position_below(tx.directory, guild, parent, draft.type),
        overwrites=draft.overwrites or dict(parent.overwrites if parent else {}),
    )  # fmt: skip
    channel = drafted(tx, channel, draft)
    _refuse_full_categories(tx.directory, guild, {channel.id: channel})
    await insert(tx, channel)
    channel = await lockdowns.lock_new_channel(tx, guild, channel)
    tx.emit(events.channel_create(channel), to=audience.Channel(channel.id, guild_id))
    changes = changes_between(None, channel.payload())
    await audit_log.record(tx, guild_id, AuditAction.CHANNEL_CREATE, target_id=channel.id, changes=changes)
    return channel


async def update_channel(tx: Transaction, channel_id: int, draft: ChannelDraft) -> Channel:
    """Change a channel of a guild.

    Needs MANAGE_CHANNELS in it, and in the category that it is moved to; for its overwrites see
    overwrites.require_change. Emits CHANNEL_UPDATE to those who can see it then.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, InvalidFormBody at `parent_id`.
    """
    place = await access.channel(tx, channel_id)
    before, guild = require_guild_channel(place)
    place.require(Permission.MANAGE_CHANNELS)
    _require_emojis(guild, draft)
    after = drafted(tx, before.converted(draft.type), draft)
    if draft.overwrites is not None:
        overwrites.require_change(tx, before, guild, draft.overwrites)
        after = after.with_overwrites(draft.overwrites)
    if after.parent_id != before.parent_id:
        parent = _category(tx, guild, after.parent_id)
        if parent is not None:
            _require_channels(tx, guild, parent)
        _refuse_full_categories(tx.directory, guild, {channel_id: after})
    await _change(tx, guild, before, after)
    return after


async def move_channels(tx: Transaction, guild_id: int, moves: list[ChannelMove]) -> None:
    """Put channels into another order, or into other categories, with the categories' overwrites on request.

    Needs MANAGE_CHANNELS; for overwrites see overwrites.require_change. Emits CHANNEL_UPDATE for each that
    changes. Raises UnknownGuild, MissingPermissions, UnknownChannel, InvalidFormBody at `parent_id`.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_CHANNELS)
    moved: dict[int, Channel] = {}
    for move in moves:
        before = tx.directory.channels.get(move.channel_id)
        if before is None or before.guild_id != guild_id or before.type not in SETTINGS:
            raise UnknownChannel()
        if not tx.directory.can_view(tx.actor.id, before.id):
            raise UnknownChannel()
        moved[before.id] = _moved(tx, place.guild, moved.get(before.id, before), move)
    _refuse_full_categories(tx.directory, place.guild, moved)
    for after in moved.values():
        await _change(tx, place.guild, tx.directory.channels[after.id], after)


async def delete_channel(tx: Transaction, channel_id: int) -> Channel:
    """Delete a channel of a guild, with its threads and all that was said in it.

    Needs MANAGE_CHANNELS in it. The channels of a category stay, in none. Emits CHANNEL_DELETE to those who
    could see it, before it CHANNEL_UPDATE for each channel of a category, and after it GUILD_UPDATE if
    the guild named it. Raises UnknownChannel, WrongChannelType, MissingPermissions, RequiredChannel.
    """
    place = await access.channel(tx, channel_id)
    channel, guild = require_guild_channel(place)
    place.require(Permission.MANAGE_CHANNELS)
    if "COMMUNITY" in guild.features and channel_id in _named_by(guild, REQUIRED_CHANNELS).values():
        raise RequiredChannel()
    for child in tx.directory.children_of(channel):
        freed = replace(child, parent_id=None)
        tx.emit(events.channel_update(freed), to=audience.Channel(child.id, guild.id))
    viewers_then = viewers(tx.directory, guild, channel_id)
    await happenings.clear_channel(tx, guild, channel_id, to=viewers_then)
    await channels.delete_threads_of(tx.conn, parent_id=channel_id, types=sorted(THREADS))
    await channels.delete_channel(tx.conn, id=channel_id)
    tx.emit(events.channel_delete(channel), to=viewers_then)
    named = {name: None for name, id in _named_by(guild, CHANNEL_SETTINGS).items() if id == channel_id}
    if named:
        tx.emit(events.guild_update(replace(guild, **named)), to=audience.Guild(guild.id))  # type: ignore[arg-type]
    changes = changes_between(channel.payload(), None)
    await audit_log.record(tx, guild.id, AuditAction.CHANNEL_DELETE, target_id=channel_id, changes=changes)
    return channel


def require_guild_channel(place: ChannelAccess) -> tuple[Channel, Guild]:
    """The channel and its guild, if it is one that a guild sets up. Raises WrongChannelType."""
    if place.guild is None or place.channel.type not in SETTINGS:
        raise WrongChannelType()
    return place.channel, place.guild


def viewers(directory: Directory, guild: Guild, channel_id: int) -> audience.Audience:
    """Who can see a channel, for when it is gone by the time that they are told."""
    seen_by = tuple(user_id for user_id in guild.members if directory.can_view(user_id, channel_id))
    everybody = len(seen_by) == len(guild.members)
    return audience.Guild(guild.id) if everybody else audience.Users(seen_by, guild.id)


def drafted(tx: Transaction, channel: Channel, draft: ChannelDraft) -> Channel:
    """The channel with the draft's values. A tag that the channel does not have yet gets an id."""
    values = dict(draft.values)
    if "available_tags" in values:
        known = {tag.id for tag in channel.available_tags}
        values["available_tags"] = tuple(
            tag if tag.id in known else tag._replace(id=tx.next_id()) for tag in values["available_tags"]
        )
    return replace(channel, **values)


async def insert(tx: Transaction, channel: Channel) -> None:
    """Make the rows of a new channel."""
    await channels.insert_channel(tx.conn, **arguments_of(channel, channels.insert_channel))
    await _write(tx, channel)
    await overwrites.write(tx, channel)


def _moved(tx: Reading, guild: Guild, before: Channel, move: ChannelMove) -> Channel:
    after = replace(before)
    if move.position is not None:
        after.position = move.position
    if move.moves_parent and before.type != _CATEGORY:
        after.parent_id = move.parent_id
    if not move.moves_parent and not move.lock_permissions:
        return after
    parent = _category(tx, guild, after.parent_id)
    if move.lock_permissions and parent is not None:
        overwrites.require_change(tx, before, guild, parent.overwrites)
        after = after.with_overwrites(parent.overwrites)
    return after


async def _change(tx: Transaction, guild: Guild, before: Channel, after: Channel) -> None:
    """Write what has become of a channel and tell of it, if anything has.

    A tag that a forum has no more goes from its threads, which is not told of each: they cannot have it.
    """
    if after == before:
        return
    await _write(tx, after)
    if after.overwrites != before.overwrites:
        await overwrites.write(tx, after)
    kept = {tag.id for tag in after.available_tags}
    if gone := [tag.id for tag in before.available_tags if tag.id not in kept]:
        await threads.take_off_tags(tx.conn, parent_id=after.id, tag_ids=gone)
    tx.emit(events.channel_update(after), to=audience.Channel(after.id, guild.id))
    plain = replace(after, overwrites=before.overwrites)
    if changes := changes_between(before.payload(), plain.payload()):
        await audit_log.record(tx, guild.id, AuditAction.CHANNEL_UPDATE, target_id=after.id, changes=changes)
    await overwrites.record_changes(tx, guild, before, after)


async def _write(tx: Transaction, channel: Channel) -> None:
    """Make the row of a channel and those of its tags what the channel says."""
    reaction, tags = channel.default_reaction_emoji, channel.available_tags
    row = arguments_of(
        channel, channels.update_channel,
        default_reaction_emoji_id=reaction and reaction.emoji_id,
        default_reaction_emoji_name=reaction and reaction.emoji_name,
    )  # fmt: skip
    await channels.update_channel(tx.conn, **row)
    await channels.delete_other_tags(tx.conn, channel_id=channel.id, kept=[tag.id for tag in tags])
    await channels.upsert_tags(
        tx.conn,
        channel_id=channel.id,
        ids=[tag.id for tag in tags],
        names=[tag.name for tag in tags],
        moderated=[tag.moderated for tag in tags],
        emoji_ids=[tag.emoji_id for tag in tags],
        emoji_names=[tag.emoji_name for tag in tags],
    )


def _category(tx: Reading, guild: Guild, parent_id: int | None) -> Channel | None:
    """The category of that id. Raises InvalidFormBody at `parent_id`."""
    if parent_id is None:
        return None
    parent = tx.directory.channels.get(parent_id)
    if parent is None or parent.guild_id != guild.id or not tx.directory.can_view(tx.actor.id, parent_id):
        raise InvalidFormBody.at("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
    if parent.type != _CATEGORY:
        raise InvalidFormBody.at("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
    return parent


def _require_emojis(guild: Guild, draft: ChannelDraft) -> None:
    """A custom emoji of a tag, or under each thread, is one of the guild's. Raises InvalidFormBody."""
    tags = draft.values.get("available_tags", ())
    named = {f"available_tags.{at}.emoji_id": tag.emoji_id for at, tag in enumerate(tags)}
    if (reaction := draft.values.get("default_reaction_emoji")) is not None:
        named["default_reaction_emoji.emoji_id"] = reaction.emoji_id
    for path, emoji_id in named.items():
        if emoji_id is not None and emoji_id not in guild.emojis:
            raise InvalidFormBody.at(path, "EMOJI_INVALID", "Must be an emoji of the guild.")


def _require_channels(tx: Reading, guild: Guild, parent: Channel | None) -> None:
    """MANAGE_CHANNELS in a category, or outside of them in the guild. Raises MissingPermissions."""
    directory, user_id, now = tx.directory, tx.actor.id, tx.now()
    if parent is None:
        granted = directory.guild_permissions(user_id, guild.id, now)
    else:
        granted = directory.permissions(user_id, parent.id, now)
    if not granted & Permission.MANAGE_CHANNELS:
        raise MissingPermissions()


def _refuse_full_categories(directory: Directory, guild: Guild, changed: dict[int, Channel]) -> None:
    """Raises InvalidFormBody at `parent_id` if a category would come to hold too many channels."""
    channels_then = {channel.id: channel for channel in directory.channels_of(guild)} | changed
    held = Counter(each.parent_id for each in channels_then.values())
    filled = {channel.parent_id for channel in changed.values()} - {None}
    if any(held[parent_id] > CHANNELS_OF_CATEGORY_MAX for parent_id in filled):
        message = f"Maximum number of channels in category reached ({CHANNELS_OF_CATEGORY_MAX})"
        raise InvalidFormBody.at("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", message)


def _position_below(directory: Directory, guild: Guild, parent: Channel | None, kind: int) -> int:
    """Below the channels beside it; categories stand among themselves."""
    parent_id = parent.id if parent else None
    beside = (
        channel.position for channel in directory.channels_of(guild)
        if channel.parent_id == parent_id and (channel.type == _CATEGORY) == (kind == _CATEGORY)
    )  # fmt: skip
    return max(beside, default=-1) + 1


def _named_by(guild: Guild, settings: tuple[str, ...]) -> dict[str, int | None]:
    return {name: getattr(guild, name) for name in settings}
