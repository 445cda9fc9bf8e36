"""The directory's part of what a guild expresses itself with and what goes on in it.

Emoji, stickers and sounds, and who is in which voice channel. None of it changes who sees what.
directory.py loads it with the rest (`load`) and folds entries by the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asyncpg import Connection

from chatd.model.emojis import Emoji
from chatd.model.events import APPLICATION_EMOJIS_UPDATE, Entry
from chatd.model.guilds import Guild
from chatd.model.soundboard import Sound
from chatd.model.stickers import Sticker
from chatd.model.voice_states import ChannelInfo, VoiceState
from chatd.store.queries import directory as queries
from chatd.store.queries import soundboard, voice_states

if TYPE_CHECKING:
    from chatd.store.directory import Directory


async def load(directory: Directory, conn: Connection) -> None:
    """Read all of it, after guilds, members and channels."""
    guilds = directory.guilds
    for row in await queries.list_emojis(conn):
        directory.emojis[row["id"]] = emoji = Emoji.from_row(row)
        _emojis_beside(directory, emoji)[emoji.id] = emoji
    for row in await queries.list_stickers(conn):
        directory.stickers[row["id"]] = sticker = Sticker.from_row(row)
        guilds[sticker.guild_id].stickers[sticker.id] = sticker
    for row in await soundboard.list_sounds(conn):
        guilds[row["guild_id"]].sounds[row["id"]] = Sound.from_row(row)
    for row in await voice_states.list_voice_states(conn):
        guilds[row["guild_id"]].voice_states[row["user_id"]] = VoiceState.from_row(row)
    for row in await voice_states.list_channel_infos(conn):
        guilds[row["guild_id"]].channel_infos[row["channel_id"]] = ChannelInfo.from_row(row)


def forget_member(guild: Guild, user_id: int) -> None:
    guild.voice_states.pop(user_id, None)


def forget_channel(guild: Guild, channel_id: int) -> None:
    guild.channel_infos.pop(channel_id, None)
    for state in [state for state in guild.voice_states.values() if state.channel_id == channel_id]:
        del guild.voice_states[state.user_id]


def forget_guild(directory: Directory, guild: Guild) -> None:
    for emoji_id in guild.emojis:
        del directory.emojis[emoji_id]
    for sticker_id in guild.stickers:
        del directory.stickers[sticker_id]


def _guild(directory: Directory, entry: Entry) -> Guild:
    return directory.guilds[int(entry.d["guild_id"])]


# ── emoji and stickers: an event tells all of them ──


def _on_emojis(directory: Directory, entry: Entry) -> None:
    guild = _guild(directory, entry)
    told = [Emoji.from_payload(each, guild_id=guild.id) for each in entry.d["emojis"]]
    _replace(directory.emojis, guild.emojis, told)


def _on_application_emojis(directory: Directory, entry: Entry) -> None:
    application_id = int(entry.d["application_id"])
    told = [Emoji.from_payload(each, application_id=application_id) for each in entry.d["emojis"]]
    _replace(directory.emojis, directory.application_emojis.setdefault(application_id, {}), told)


def _on_stickers(directory: Directory, entry: Entry) -> None:
    told = [Sticker.from_payload(each) for each in entry.d["stickers"]]
    _replace(directory.stickers, _guild(directory, entry).stickers, told)


def _emojis_beside(directory: Directory, emoji: Emoji) -> dict[int, Emoji]:
    """Those of the same guild or application."""
    if emoji.guild_id is not None:
        return directory.guilds[emoji.guild_id].emojis
    assert emoji.application_id is not None, "an emoji is somebody's"
    return directory.application_emojis.setdefault(emoji.application_id, {})


def _replace(everywhere: dict[int, Any], here: dict[int, Any], told: list[Any]) -> None:
    """`here` has these from now on, and `everywhere` agrees."""
    for known in here:
        del everywhere[known]
    here.clear()
    here.update((each.id, each) for each in told)
    everywhere.update(here)


# ── sounds ──


def _on_sound(directory: Directory, entry: Entry) -> None:
    sound = Sound.from_payload(entry.d)
    _guild(directory, entry).sounds[sound.id] = sound


def _on_sound_delete(directory: Directory, entry: Entry) -> None:
    _guild(directory, entry).sounds.pop(int(entry.d["sound_id"]), None)


# ── voice: the last word of a user is where they are ──


def _on_voice_state(directory: Directory, entry: Entry) -> None:
    states, d = _guild(directory, entry).voice_states, entry.d
    if d["channel_id"] is None:
        states.pop(int(d["user_id"]), None)
    else:
        states[int(d["user_id"])] = VoiceState.from_payload(d)


def _on_channel_info(directory: Directory, entry: Entry) -> None:
    """A status, or a start: the event names the one that it tells of. Nothing is kept of neither."""
    infos, channel_id = _guild(directory, entry).channel_infos, int(entry.d["id"])
    told = {name: entry.d[name] for name in ("status", "voice_start_time") if name in entry.d}
    info = replace(infos.get(channel_id, ChannelInfo()), **told)
    if info == ChannelInfo():
        infos.pop(channel_id, None)
    else:
        infos[channel_id] = info


FOLDS: dict[str, Callable[[Directory, Entry], None]] = {
    "GUILD_EMOJIS_UPDATE": _on_emojis,
    APPLICATION_EMOJIS_UPDATE: _on_application_emojis,
    "GUILD_STICKERS_UPDATE": _on_stickers,
    "GUILD_SOUNDBOARD_SOUND_CREATE": _on_sound,
    "GUILD_SOUNDBOARD_SOUND_UPDATE": _on_sound,
    "GUILD_SOUNDBOARD_SOUND_DELETE": _on_sound_delete,
    "VOICE_STATE_UPDATE": _on_voice_state,
    "VOICE_CHANNEL_STATUS_UPDATE": _on_channel_info,
    "VOICE_CHANNEL_START_TIME_UPDATE": _on_channel_info,
}
