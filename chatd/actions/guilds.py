"""Guilds: look at one, list one's own, and the GUILD_CREATE that a session begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chatd.actions import access
from chatd.actions.channels import visible_channels
from chatd.model.guilds import Guild, GuildPage
from chatd.model.soundboard import payloads
from chatd.model.times import iso
from chatd.store.directory import Directory
from chatd.store.transaction import Reading

IsOnline = Callable[[int], bool]


def _nobody(user_id: int) -> bool:
    return False


async def get_guild(
    tx: Reading, guild_id: int, *, with_counts: bool = False, is_online: IsOnline = _nobody
) -> dict[str, Any]:
    """The guild object, with approximate counts on request. Raises UnknownGuild."""
    guild = (await access.guild(tx, guild_id)).guild
    return guild.payload() | (_counts(guild, is_online) if with_counts else {})


def list_guilds(tx: Reading, page: GuildPage, *, is_online: IsOnline = _nobody) -> list[dict[str, Any]]:
    """The actor's guilds as partial objects, by id."""
    guilds = tx.directory.guilds_of(tx.actor.id)
    if page.before:
        inside = [guild for guild in guilds if guild.id < page.before][-page.limit :]
    else:
        inside = [guild for guild in guilds if guild.id > page.after][: page.limit]
    return [_partial(tx, guild) | (_counts(guild, is_online) if page.with_counts else {}) for guild in inside]


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
        "channels": visible_channels(directory, guild, user_id),
        "threads": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": payloads(guild.sounds.values()),
    }


def _partial(tx: Reading, guild: Guild) -> dict[str, Any]:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "banner": None,
        "owner": guild.owner_id == tx.actor.id,
        "permissions": str(tx.directory.guild_permissions(tx.actor.id, guild.id)),
        "features": [],
    }


def _counts(guild: Guild, is_online: IsOnline) -> dict[str, int]:
    return {
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": sum(map(is_online, guild.members)),
    }
