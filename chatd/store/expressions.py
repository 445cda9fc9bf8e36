"""The directory's part of what a guild expresses itself with and what goes on in it.

Emoji, stickers and sounds; who is in which voice channel, what is live on a stage, and what will happen.
None of it changes who sees what. directory.py loads it with the rest (`load`) and folds entries by the
table at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asyncpg import Connection

from chatd.model import events
from chatd.model.emojis import Emoji
from chatd.model.events import APPLICATION_EMOJIS_UPDATE, Entry, Event
from chatd.model.guilds import Guild
from chatd.model.scheduled_events import FINISHED, ScheduledEvent
from chatd.model.soundboard import Sound
from chatd.model.stage_instances import StageInstance
from chatd.model.stickers import Sticker
from chatd.model.voice_states import ChannelInfo, VoiceState
from chatd.store.queries import directory as queries
from chatd.store.queries import scheduled_events, soundboard, stage_instances, voice_states

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
    for row in await stage_instances.list_stage_instances(conn):
        guilds[row["guild_id"]].stage_instances[row["channel_id"]] = StageInstance.from_row(row)
    for row in await scheduled_events.list_events_to_come(conn):
        guilds[row["guild_id"]].scheduled_events[row["id"]] = ScheduledEvent.from_row(row)


def forget_member(guild: Guild, user_id: int) -> None:
    guild.voice_states.pop(user_id, None)


def forget_channel(guild: Guild, channel_id: int) -> None:
    guild.channel_infos.pop(channel_id, None)
    guild.stage_instances.pop(channel_id, None)
    for state in _states_in(guild, channel_id):
        del guild.voice_states[state.user_id]
    for event in _events_in(guild, channel_id):
        del guild.scheduled_events[event.id]


def forget_guild(directory: Directory, guild: Guild) -> None:
    for emoji_id in guild.emojis:
        del directory.emojis[emoji_id]
    for sticker_id in guild.stickers:
        del directory.stickers[sticker_id]


def going_on(directory: Directory, guild: Guild, channel_id: int) -> Iterator[Event]:
    """What those are told for whom the channel appears: who is there, its stage, and its events."""
    for state in _states_in(guild, channel_id):
        member, user = guild.members[state.user_id], directory.users[state.user_id]
        yield events.voice_state_update(guild.id, state, member, user)
    if stage := guild.stage_instances.get(channel_id):
        yield events.stage_instance_create(stage)
    for event in _events_in(guild, channel_id):
        yield events.guild_scheduled_event_create(event.payload(directory.users))


def going_away(directory: Directory, guild: Guild, channel_id: int) -> Iterator[Event]:
    """The contrary, for whom it is gone."""
    for state in _states_in(guild, channel_id):
        member, user = guild.members[state.user_id], directory.users[state.user_id]
        yield events.voice_state_update(guild.id, state, member, user, left=True)
    if stage := guild.stage_instances.get(channel_id):
        yield events.stage_instance_delete(stage)
    for event in _events_in(guild, channel_id):
        yield events.guild_scheduled_event_delete(event.payload(directory.users))


def _states_in(guild: Guild, channel_id: int) -> list[VoiceState]:
    return [state for state in guild.voice_states.values() if state.channel_id == channel_id]


def _events_in(guild: Guild, channel_id: int) -> list[ScheduledEvent]:
    return [event for event in guild.scheduled_events.values() if event.channel_id == channel_id]


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


# ── stages and events ──


def _on_stage_instance(directory: Directory, entry: Entry) -> None:
    stage = StageInstance.from_payload(entry.d)
    _guild(directory, entry).stage_instances[stage.channel_id] = stage


def _on_stage_instance_delete(directory: Directory, entry: Entry) -> None:
    _guild(directory, entry).stage_instances.pop(int(entry.d["channel_id"]), None)


def _on_event(directory: Directory, entry: Entry) -> None:
    """What is over is not remembered."""
    known, event = _guild(directory, entry).scheduled_events, ScheduledEvent.from_payload(entry.d)
    if event.status in FINISHED:
        known.pop(event.id, None)
    else:
        known[event.id] = event


def _on_event_delete(directory: Directory, entry: Entry) -> None:
    _guild(directory, entry).scheduled_events.pop(int(entry.d["id"]), None)


def _on_event_user(directory: Directory, entry: Entry) -> None:
    """One more or one less who wants to come."""
    known, event_id = _guild(directory, entry).scheduled_events, int(entry.d["guild_scheduled_event_id"])
    if event := known.get(event_id):
        change = 1 if entry.name == "GUILD_SCHEDULED_EVENT_USER_ADD" else -1
        known[event_id] = replace(event, user_count=event.user_count + change)


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
    "STAGE_INSTANCE_CREATE": _on_stage_instance,
    "STAGE_INSTANCE_UPDATE": _on_stage_instance,
    "STAGE_INSTANCE_DELETE": _on_stage_instance_delete,
    "GUILD_SCHEDULED_EVENT_CREATE": _on_event,
    "GUILD_SCHEDULED_EVENT_UPDATE": _on_event,
    "GUILD_SCHEDULED_EVENT_DELETE": _on_event_delete,
    "GUILD_SCHEDULED_EVENT_USER_ADD": _on_event_user,
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": _on_event_user,
}
