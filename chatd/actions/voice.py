"""Voice: the one way in which a voice state changes, whoever changes it (voice_states.py).

`change` writes the row, tells those who see the channel, and keeps what a channel has only while somebody is
there (ChannelInfo). The guild is held meanwhile, so that two cannot take the last place in a channel.

Who sees only the channel that somebody has come from is told that they have left. That is told first:
whoever follows the journal takes the last word of a user for where they are.
"""

from __future__ import annotations

from chatd.model import events
from chatd.model.audience import Channel as ChannelAudience
from chatd.model.audience import Users
from chatd.model.events import Event
from chatd.model.guilds import Guild
from chatd.model.members import Member
from chatd.model.voice_states import VoiceState
from chatd.store.directory import Directory
from chatd.store.queries import voice_states
from chatd.store.transaction import Transaction


async def find(tx: Transaction, guild_id: int, user_id: int) -> VoiceState | None:
    row = await voice_states.find_voice_state(tx.conn, guild_id=guild_id, user_id=user_id)
    return None if row is None else VoiceState.from_row(row)


async def change(tx: Transaction, guild: Guild, before: VoiceState | None, after: VoiceState | None) -> None:
    """Write where a member is now, and tell it. None: in no channel."""
    if before == after:
        return
    state = after or before
    assert state is not None, "somebody comes, moves, or leaves"
    if after is None:
        await voice_states.delete_voice_state(tx.conn, guild_id=guild.id, user_id=state.user_id)
    else:
        await _write(tx, guild.id, after)
    tell(tx, guild, guild.members[state.user_id], before, after)
    left = None if before is None else before.channel_id
    come_to = None if after is None else after.channel_id
    if left == come_to:
        return
    if left is not None:
        await _end_voice(tx, guild.id, left)
    if come_to is not None:
        await _begin_voice(tx, guild.id, come_to)


async def _write(tx: Transaction, guild_id: int, state: VoiceState) -> None:
    await voice_states.set_voice_state(
        tx.conn, guild_id=guild_id, user_id=state.user_id, channel_id=state.channel_id,
        session_id=state.session_id, self_mute=state.self_mute, self_deaf=state.self_deaf,
        self_video=state.self_video, suppress=state.suppress, request_to_speak_at=state.request_to_speak_at,
    )  # fmt: skip


def tell(
    tx: Transaction, guild: Guild, member: Member, before: VoiceState | None, after: VoiceState | None
) -> None:
    """VOICE_STATE_UPDATE: where the member is to those who see it, that they left to others who saw where.

    The member is told whatever they see: a moderator may have moved them to where they see nothing.
    """
    directory, own_id = tx.directory, member.user_id
    user = directory.users[own_id]
    if before is not None and (after is None or after.channel_id != before.channel_id):
        left = events.voice_state_update(guild.id, before, member, user, left=True)
        if after is None:
            _emit_to_viewers(tx, guild, left, before.channel_id, own_id)
        elif only_before := _who_see_only(directory, guild, before.channel_id, after.channel_id) - {own_id}:
            tx.emit(left, to=Users(tuple(sorted(only_before)), guild.id))
    if after is not None:
        here = events.voice_state_update(guild.id, after, member, user)
        _emit_to_viewers(tx, guild, here, after.channel_id, own_id)


def _emit_to_viewers(tx: Transaction, guild: Guild, event: Event, channel_id: int, own_id: int) -> None:
    tx.emit(event, to=ChannelAudience(channel_id, guild.id))
    if not tx.directory.can_view(own_id, channel_id):
        tx.emit(event, to=Users((own_id,), guild.id))


def _who_see_only(directory: Directory, guild: Guild, channel_id: int, other_id: int) -> set[int]:
    """Members who see one channel and not the other: nobody, where the same overwrites are in both."""
    if directory.channels[channel_id].overwrites == directory.channels[other_id].overwrites:
        return set()
    return {
        user_id for user_id in guild.members
        if directory.can_view(user_id, channel_id) and not directory.can_view(user_id, other_id)
    }  # fmt: skip


async def _begin_voice(tx: Transaction, guild_id: int, channel_id: int) -> None:
    started_at = await voice_states.begin_voice(tx.conn, channel_id=channel_id, at=tx.now())
    if started_at is not None:
        event = events.voice_channel_start_time_update(guild_id, channel_id, int(started_at.timestamp()))
        tx.emit(event, to=ChannelAudience(channel_id, guild_id))


async def _end_voice(tx: Transaction, guild_id: int, channel_id: int) -> None:
    ended = await voice_states.end_voice(tx.conn, channel_id=channel_id)
    if ended is not None:
        to = ChannelAudience(channel_id, guild_id)
        tx.emit(events.voice_channel_start_time_update(guild_id, channel_id, None), to=to)
        if ended["status"] is not None:
            tx.emit(events.voice_channel_status_update(guild_id, channel_id, None), to=to)
