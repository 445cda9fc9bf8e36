"""The soundboard: a guild's sounds, and playing one to those in a voice channel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log
from chatd.actions.access import GuildAccess
from chatd.actions.expressions import CREATE, require_change, shows_creators, with_creator
from chatd.model import events
from chatd.model.audience import Users
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.channels import VOCAL
from chatd.model.errors import (
    MaximumSounds,
    NotInVoice,
    UnknownEmoji,
    UnknownSound,
    VoiceEffectDenied,
    WrongChannelType,
)
from chatd.model.permissions import Permission
from chatd.model.soundboard import SOUNDS_MAX, Sound, SoundDraft, SoundEdit, SoundToPlay, payloads
from chatd.store.queries import soundboard
from chatd.store.transaction import Reading, Transaction

_PLAY = int(Permission.SPEAK | Permission.USE_SOUNDBOARD)
# What the audit log tells of a sound.
_TOLD = ("name", "volume", "emoji_id", "emoji_name")


async def keep(store: Any, draft: SoundDraft) -> str:
    """Store a sound durably, before the transaction that names it opens; the name of its blob."""
    blob: str = await store.blobs.put(draft.data)
    return blob


async def list_sounds(tx: Reading, guild_id: int) -> dict[str, Any]:
    """A guild's sounds, for those who may make some with their makers. Raises UnknownGuild."""
    place = await access.guild(tx, guild_id)
    if not shows_creators(place):
        return {"items": payloads(place.guild.sounds.values())}
    async with tx.connection() as conn:
        rows = await soundboard.list_guild_sounds(conn, guild_id=guild_id)
    return {"items": [_shown(tx, row) for row in rows]}


async def get_sound(tx: Reading, guild_id: int, sound_id: int) -> dict[str, Any]:
    """One of them. Raises UnknownGuild, UnknownSound."""
    place = await access.guild(tx, guild_id)
    row = await _find(tx, guild_id, sound_id)
    return _shown(tx, row) if shows_creators(place) else Sound.from_row(row).payload()


async def create_sound(tx: Transaction, guild_id: int, draft: SoundDraft, blob: str) -> dict[str, Any]:
    """Add a sound to a guild.

    Needs CREATE_GUILD_EXPRESSIONS. Emits GUILD_SOUNDBOARD_SOUND_CREATE to the guild.
    Raises UnknownGuild, MissingPermissions, UnknownEmoji, MaximumSounds.
    """
    place = await access.guild(tx, guild_id)
    place.require(CREATE)
    _require_emoji(place, draft.emoji_id)
    if await soundboard.count_sounds(tx.conn, guild_id=guild_id) >= SOUNDS_MAX:
        raise MaximumSounds()
    sound = Sound(tx.next_id(), guild_id, draft.name, draft.volume, draft.emoji_id, draft.emoji_name)
    await soundboard.insert_sound(
        tx.conn, **_columns(sound), guild_id=guild_id, creator_id=tx.actor.id, sound=blob
    )
    tx.emit(events.guild_soundboard_sound_create(sound), to=place.audience)
    changes = changes_between(None, sound.payload(), _TOLD)
    await audit_log.record(
        tx, guild_id, AuditAction.SOUNDBOARD_SOUND_CREATE, target_id=sound.id, changes=changes
    )
    return with_creator(sound.payload(), tx.directory.users, tx.actor.id)


async def update_sound(tx: Transaction, guild_id: int, sound_id: int, edit: SoundEdit) -> dict[str, Any]:
    """Name a sound anew, or change its volume or emoji.

    Needs CREATE_GUILD_EXPRESSIONS for one's own, else MANAGE_GUILD_EXPRESSIONS. Emits
    GUILD_SOUNDBOARD_SOUND_UPDATE. Raises UnknownGuild, UnknownSound, MissingPermissions, UnknownEmoji.
    """
    place = await access.guild(tx, guild_id)
    row = await _find(tx, guild_id, sound_id)
    require_change(place, row["creator_id"])
    before = Sound.from_row(row)
    if edit.sets_emoji and edit.emoji_id != before.emoji_id:
        _require_emoji(place, edit.emoji_id)
    after = _edited(before, edit)
    if after != before:
        await soundboard.update_sound(tx.conn, **_columns(after))
        tx.emit(events.guild_soundboard_sound_update(after), to=place.audience)
        changes = changes_between(before.payload(), after.payload(), _TOLD)
        await audit_log.record(
            tx, guild_id, AuditAction.SOUNDBOARD_SOUND_UPDATE, target_id=sound_id, changes=changes
        )
    return with_creator(after.payload(), tx.directory.users, row["creator_id"])


async def delete_sound(tx: Transaction, guild_id: int, sound_id: int) -> None:
    """Take a sound out of its guild.

    Needs CREATE_GUILD_EXPRESSIONS for one's own, else MANAGE_GUILD_EXPRESSIONS. Emits
    GUILD_SOUNDBOARD_SOUND_DELETE. Raises UnknownGuild, UnknownSound, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    row = await _find(tx, guild_id, sound_id)
    require_change(place, row["creator_id"])
    sound = Sound.from_row(row)
    await soundboard.delete_sound(tx.conn, id=sound_id)
    tx.emit(events.guild_soundboard_sound_delete(sound), to=place.audience)
    changes = changes_between(sound.payload(), None, _TOLD)
    await audit_log.record(
        tx, guild_id, AuditAction.SOUNDBOARD_SOUND_DELETE, target_id=sound_id, changes=changes
    )


async def play_sound(tx: Reading, channel_id: int, wanted: SoundToPlay) -> None:
    """Play a sound in the voice channel that the actor is in.

    Needs SPEAK and USE_SOUNDBOARD, and USE_EXTERNAL_SOUNDS for one of another of the actor's guilds. Signals
    VOICE_CHANNEL_EFFECT_SEND (not journalled) to those who are there.
    Raises UnknownChannel, WrongChannelType, MissingPermissions, UnknownSound, NotInVoice, VoiceEffectDenied.
    """
    place = await access.channel(tx, channel_id)
    if place.guild is None or place.member is None or place.channel.type not in VOCAL:
        raise WrongChannelType()
    place.require(_PLAY)
    source_id = wanted.source_guild_id or place.guild.id
    source = tx.directory.guilds.get(source_id)
    sound = source.sounds.get(wanted.sound_id) if source is not None else None
    if source is None or sound is None or tx.actor.id not in source.members:
        raise UnknownSound()
    if source.id != place.guild.id:
        place.require(Permission.USE_EXTERNAL_SOUNDS)
    state = place.guild.voice_states.get(tx.actor.id)
    if state is None or state.channel_id != channel_id:
        raise NotInVoice()
    if place.member.mute or place.member.deaf or state.suppress or state.self_deaf:
        raise VoiceEffectDenied()
    here = [other.user_id for other in place.guild.voice_states.values() if other.channel_id == channel_id]
    event = events.voice_channel_effect_send(
        place.guild.id, channel_id, tx.actor.id, sound, _emoji_of(tx, sound)
    )
    tx.signal(event, to=Users(tuple(sorted(here)), place.guild.id))


def _emoji_of(tx: Reading, sound: Sound) -> dict[str, Any] | None:
    if sound.emoji_id is not None:
        emoji = tx.directory.emoji(sound.emoji_id)
        return None if emoji is None else emoji.partial_payload()
    return None if sound.emoji_name is None else {"id": None, "name": sound.emoji_name}


def _require_emoji(place: GuildAccess, emoji_id: int | None) -> None:
    if emoji_id is not None and emoji_id not in place.guild.emojis:
        raise UnknownEmoji()


def _edited(before: Sound, edit: SoundEdit) -> Sound:
    after = replace(
        before,
        name=before.name if edit.name is None else edit.name,
        volume=before.volume if edit.volume is None else edit.volume,
    )
    if edit.sets_emoji:
        after = replace(after, emoji_id=edit.emoji_id, emoji_name=edit.emoji_name)
    return after


def _columns(sound: Sound) -> dict[str, Any]:
    return {
        "id": sound.id,
        "name": sound.name,
        "volume": sound.volume,
        "emoji_id": sound.emoji_id,
        "emoji_name": sound.emoji_name,
    }


async def _find(tx: Reading, guild_id: int, sound_id: int) -> Any:
    async with tx.connection() as conn:
        row = await soundboard.find_sound(conn, guild_id=guild_id, id=sound_id)
    if row is None:
        raise UnknownSound()
    return row


def _shown(tx: Reading, row: Any) -> dict[str, Any]:
    return with_creator(Sound.from_row(row).payload(), tx.directory.users, row["creator_id"])
