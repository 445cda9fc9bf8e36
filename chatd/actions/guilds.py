"""Guilds: look at one, list one's own, change, leave and delete them; and the GUILD_CREATE of a session.

How one is made is new_guilds.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log, channels, members
from chatd.actions.access import GuildAccess
from chatd.actions.rows import arguments_of
from chatd.model import audience, events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channels import ChannelType
from chatd.model.errors import HomeStays, InvalidFormBody, OwnerStays, UnknownGuild
from chatd.model.guilds import (
    CHANNEL_SETTINGS,
    FEATURES_TO_CHOOSE,
    IMAGES,
    REQUIRED_CHANNELS,
    Guild,
    GuildEdit,
    GuildPage,
)
from chatd.model.permissions import Permission
from chatd.model.soundboard import payloads
from chatd.model.times import iso
from chatd.store import queries
from chatd.store.directory import Directory
from chatd.store.transaction import Reading, Transaction

IsOnline = Callable[[int], bool]

# What the AFK channel and the others that a guild names can be.
_KINDS = {
    name: (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT) for name in CHANNEL_SETTINGS
} | {"afk_channel_id": (ChannelType.GUILD_VOICE,)}  # fmt: skip


def _nobody(user_id: int) -> bool:
    return False


async def get_guild(
    tx: Reading, guild_id: int, *, with_counts: bool = False, is_online: IsOnline = _nobody
) -> dict[str, Any]:
    """The guild object, with approximate counts on request. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    return guild.payload() | (_counts(guild, is_online) if with_counts else {})


def get_preview(tx: Reading, guild_id: int, *, is_online: IsOnline = _nobody) -> dict[str, Any]:
    """A guild as somebody sees it who might join: any member's, anybody's if it is DISCOVERABLE.

    Raises UnknownGuild.
    """
    guild = tx.directory.guilds.get(guild_id)
    if guild is None or tx.actor.id not in guild.members and "DISCOVERABLE" not in guild.features:
        raise UnknownGuild()
    return guild.preview_payload() | _counts(guild, is_online)


def list_guilds(tx: Reading, page: GuildPage, *, is_online: IsOnline = _nobody) -> list[dict[str, Any]]:
    """The actor's guilds as partial objects, by id."""
    guilds = tx.directory.guilds_of(tx.actor.id)
    if page.before:
        inside = [guild for guild in guilds if guild.id < page.before][-page.limit :]
    else:
        inside = [guild for guild in guilds if guild.id > page.after][: page.limit]
    return [_partial(tx, guild) | (_counts(guild, is_online) if page.with_counts else {}) for guild in inside]


async def update_guild(
    tx: Transaction, guild_id: int, edit: GuildEdit, hashes: dict[str, str | None]
) -> Guild:
    """Change a guild. `hashes` are those of the edit's images, by name.

    Needs MANAGE_GUILD; ADMINISTRATOR for some features; only the owner makes somebody else the owner.
    Emits GUILD_UPDATE. Raises UnknownGuild, MissingPermissions, InvalidFormBody.
    """
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_GUILD)
    before = place.guild
    after = replace(before, **{**edit.values, **hashes})
    if after.owner_id != before.owner_id:
        place.require_owner()
        if after.owner_id not in before.members:
            raise InvalidFormBody.at("owner_id", "GUILD_OWNER_INVALID", "The new owner must be a member.")
    _require_features(place, after)
    _require_channels(tx, after, edit.values)
    if after == before:
        return after
    await queries.guilds.update_guild(tx.conn, **arguments_of(after, queries.guilds.update_guild))
    tx.emit(events.guild_update(after), to=audience.Guild(guild_id))
    changes = changes_between(_audited(before), _audited(after))
    await audit_log.record(tx, guild_id, AuditAction.GUILD_UPDATE, target_id=guild_id, changes=changes)
    return after


async def leave_guild(tx: Transaction, guild_id: int) -> None:
    """Be a member no longer. Emits GUILD_MEMBER_REMOVE. Raises UnknownGuild, OwnerStays."""
    place = await access.guild(tx, guild_id)
    if place.guild.owner_id == tx.actor.id:
        raise OwnerStays()
    await members.remove_members(tx, guild_id, [tx.actor.id])


async def delete_guild(tx: Transaction, guild_id: int) -> None:
    """Delete a guild with all that is in it. Only its owner can.

    The guild that everybody joins when they sign up stays: without it nobody could. Emits GUILD_DELETE to
    all who were members. Raises UnknownGuild, MissingPermissions, HomeStays.
    """
    place = await access.guild(tx, guild_id)
    place.require_owner()
    rules = await queries.settings.find_settings(tx.conn)
    if rules is not None and rules["guild_id"] == guild_id:
        raise HomeStays()
    await queries.guilds.delete_guild(tx.conn, id=guild_id)
    tx.emit(events.guild_delete(guild_id), to=audience.Users(tuple(sorted(place.guild.members)), guild_id))


def guild_create_payload(
    directory: Directory, guild_id: int, user_id: int, *, large_threshold: int
) -> dict[str, Any]:
    """What a session learns of a guild at its start, or when its user joins.

    All but its `members` and `presences`: whom they list depends on who is connected, which the gateway
    knows (gateway/snapshot.py). A guild above `large_threshold` members is large.
    """
    guild = directory.guilds[guild_id]
    return {
        **guild.payload(),
        "joined_at": iso(guild.members[user_id].joined_at),
        "large": len(guild.members) > large_threshold,
        "unavailable": False,
        "member_count": len(guild.members),
        "channels": channels.visible_channels(directory, guild, user_id),
        "threads": [
            thread.payload_for(user_id) for thread in directory.visible_threads(user_id, guild_id)
        ],
        "voice_states": [],
        "stage_instances": [
            stage.payload()
            for stage in guild.stage_instances.values()
            if directory.can_view(user_id, stage.channel_id)
        ],
        "guild_scheduled_events": [
            event.payload(directory.users)
            for event in guild.scheduled_events.values()
            if event.channel_id is None or directory.can_view(user_id, event.channel_id)
        ],
        "soundboard_sounds": payloads(guild.sounds.values()),
    }


def _require_features(place: GuildAccess, after: Guild) -> None:
    """Each feature takes its permission to be turned on or off, and a COMMUNITY has its channels."""
    for name in set(place.guild.features) ^ set(after.features):
        place.require(FEATURES_TO_CHOOSE[name])
    if "COMMUNITY" in after.features and None in (getattr(after, name) for name in REQUIRED_CHANNELS):
        message = "A community needs rules_channel_id and public_updates_channel_id."
        raise InvalidFormBody.at("features", "GUILD_COMMUNITY_CHANNELS_REQUIRED", message)


def _require_channels(tx: Reading, guild: Guild, values: dict[str, Any]) -> None:
    """What a guild names is a channel of its own that can be used so, and that the actor sees.

    One that is named already may be sent back by somebody who does not see it. Raises InvalidFormBody.
    """
    before = tx.directory.guilds[guild.id]
    for name in CHANNEL_SETTINGS:
        channel_id = values.get(name)
        if channel_id is None or channel_id == getattr(before, name):
            continue
        channel = tx.directory.channels.get(channel_id)
        seen = tx.directory.can_view(tx.actor.id, channel_id)
        if channel is None or not seen or channel.guild_id != guild.id or channel.type not in _KINDS[name]:
            raise InvalidFormBody.at(name, "CHANNEL_INVALID", "Must be a channel of the guild, of its type.")


def _audited(guild: Guild) -> dict[str, Any]:
    """A guild's settings as the audit log names them."""
    settings = guild.settings_payload()
    return {f"{name}_hash" if name in IMAGES else name: value for name, value in settings.items()}


def _partial(tx: Reading, guild: Guild) -> dict[str, Any]:
    payload = guild.settings_payload()
    return {
        **{name: payload[name] for name in ("id", "name", "icon", "banner", "features")},
        "owner": guild.owner_id == tx.actor.id,
        "permissions": str(tx.directory.guild_permissions(tx.actor.id, guild.id)),
    }


def _counts(guild: Guild, is_online: IsOnline) -> dict[str, int]:
    return {
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": sum(map(is_online, guild.members)),
    }
