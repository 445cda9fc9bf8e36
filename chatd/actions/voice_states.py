"""Voice states: come into a voice or stage channel, move, leave, speak on a stage; and see others out.

Each of these asks, and then goes the one way of voice.py. The guild is held by access.channel, access.guild
or hold_permissions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from chatd.actions import access, audit_log, voice
from chatd.actions.access import ChannelAccess, GuildAccess
from chatd.actions.system_messages import create_system_message
from chatd.model import events
from chatd.model.actor import ANYONE
from chatd.model.audience import Audience
from chatd.model.audit_log import AuditAction
from chatd.model.channels import VOCAL, ChannelType
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    NotInVoice,
    UnknownChannel,
    UnknownMember,
    UnknownVoiceState,
    WrongChannelType,
)
from chatd.model.guilds import Guild
from chatd.model.members import Member
from chatd.model.messages import MessageType
from chatd.model.permissions import Permission
from chatd.model.voice_states import VoiceState, VoiceStateDraft, VoiceStateEdit
from chatd.store.queries import voice_states
from chatd.store.transaction import Reading, Transaction

# There is no media, and so no place for it to go through.
REGIONS: list[dict[str, Any]] = []

# How old a request to speak may be when it arrives.
REQUEST_AGE_S_MAX = 60

_CONNECT, _MOVE = int(Permission.CONNECT), int(Permission.MOVE_MEMBERS)


# ── one's own, from a gateway session ──


async def connect(tx: Transaction, session_id: str, draft: VoiceStateDraft) -> None:
    """Come into a channel, move to it, or say there whether one mutes oneself. Without a channel: leave.

    Needs CONNECT to come in, and MOVE_MEMBERS where the channel is full. A person is in one channel at
    a time, wherever; a bot in one of each guild. Emits VOICE_STATE_UPDATE.
    Raises UnknownChannel, MissingPermissions.
    """
    if draft.channel_id is None:
        await _leave(tx, draft.guild_id)
        return
    if not tx.actor.bot:
        await _leave(tx, None, but=draft.guild_id)
    place = await access.channel(tx, draft.channel_id)
    guild, channel = place.guild, place.channel
    if guild is None or guild.id != draft.guild_id or channel.type not in VOCAL:
        raise UnknownChannel()
    before = await voice.find(tx, guild.id, tx.actor.id)
    if before is None or before.channel_id != channel.id:
        await _require_entry(tx, place)
        suppress = channel.type == ChannelType.GUILD_STAGE_VOICE or not place.may(Permission.SPEAK)
        state = VoiceState(tx.actor.id, channel.id, session_id, suppress=suppress)
    else:
        state = replace(before, session_id=session_id)
    after = replace(state, self_mute=draft.self_mute, self_deaf=draft.self_deaf, self_video=draft.self_video)
    await voice.change(tx, guild, before, after)


async def _leave(tx: Transaction, guild_id: int | None, *, but: int | None = None) -> None:
    """Leave the channel of a guild, or of all of them but one."""
    await voice_states.hold_user(tx.conn, id=tx.actor.id)
    if guild_id is None:
        rows = await voice_states.list_guilds_of_user(tx.conn, user_id=tx.actor.id)
        guild_ids = [row["guild_id"] for row in rows]
    else:
        guild_ids = [guild_id]
    # In the order of their ids, the one that is come to among them: two who cross do not wait for each other.
    held = sorted({*guild_ids, *([] if but is None else [but])})
    for each in held:
        await tx.hold_permissions(each)
    for each in held:
        if each != but:
            await leave(tx, each, [tx.actor.id])


async def _require_entry(tx: Transaction, place: ChannelAccess) -> None:
    place.require(_CONNECT)
    if place.channel.user_limit and not place.may(_MOVE):
        here = await voice_states.count_in_channel(tx.conn, channel_id=place.channel.id)
        if here >= place.channel.user_limit:
            raise MissingPermissions()


# ── over HTTP ──


async def list_regions(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """Those that a guild can choose of. Raises UnknownGuild."""
    await access.guild(tx, guild_id)
    return REGIONS


async def get_voice_state(tx: Reading, guild_id: int, user_id: int) -> dict[str, Any]:
    """Where a member is. Of another's channel one must be allowed to connect to it.

    Raises UnknownGuild, UnknownVoiceState, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    state = place.guild.voice_states.get(user_id)
    if state is None:
        raise UnknownVoiceState()
    if user_id != tx.actor.id:
        granted = tx.directory.permissions(tx.actor.id, state.channel_id, tx.now())
        if not granted & Permission.VIEW_CHANNEL:
            raise UnknownVoiceState()
        if not granted & _CONNECT:
            raise MissingPermissions()
    return state.payload(guild_id, place.guild.members[user_id], tx.directory.users[user_id])


async def update_own(tx: Transaction, guild_id: int, edit: VoiceStateEdit) -> None:
    """Ask to speak on a stage, take that back, go back to the audience, or up if one may.

    Needs REQUEST_TO_SPEAK to ask and MUTE_MEMBERS to go up. Emits VOICE_STATE_UPDATE, and says in the
    channel when somebody speaks now. Raises UnknownGuild, NotInVoice, WrongChannelType, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    before = await _on_stage(tx, place, tx.actor.id, edit)
    granted = tx.directory.permissions(tx.actor.id, before.channel_id, tx.now())
    after = before
    if edit.suppress is not None and edit.suppress != before.suppress:
        if not edit.suppress and not granted & Permission.MUTE_MEMBERS:
            raise MissingPermissions()
        after = replace(after, suppress=edit.suppress, request_to_speak_at=None)
    if edit.sets_request:
        if edit.request_to_speak_at is not None:
            if not granted & Permission.REQUEST_TO_SPEAK:
                raise MissingPermissions()
            _refuse_past(edit.request_to_speak_at, tx.now())
        after = replace(after, request_to_speak_at=edit.request_to_speak_at)
    await _change_on_stage(tx, place.guild, before, after)


async def update_voice_state(tx: Transaction, guild_id: int, user_id: int, edit: VoiceStateEdit) -> None:
    """Send somebody on a stage to the audience, or let them speak: a bot at once, a person by an invitation.

    Needs MUTE_MEMBERS there. Emits VOICE_STATE_UPDATE.
    Raises UnknownGuild, UnknownMember, NotInVoice, WrongChannelType, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    before = await _on_stage(tx, place, user_id, edit)
    if not tx.directory.permissions(tx.actor.id, before.channel_id, tx.now()) & Permission.MUTE_MEMBERS:
        raise MissingPermissions()
    if edit.suppress is None or edit.suppress == before.suppress:
        return
    invited = not edit.suppress and not tx.directory.users[user_id].bot
    after = replace(before, suppress=edit.suppress, request_to_speak_at=tx.now() if invited else None)
    await _change_on_stage(tx, place.guild, before, after)


async def update_status(tx: Transaction, channel_id: int, status: str | None) -> None:
    """Say what is going on in a voice channel.

    Needs SET_VOICE_CHANNEL_STATUS, and MANAGE_CHANNELS of who is not there. Emits
    VOICE_CHANNEL_STATUS_UPDATE to those who see the channel.
    Raises UnknownChannel, WrongChannelType, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    if place.guild is None or place.channel.type != ChannelType.GUILD_VOICE:
        raise WrongChannelType()
    place.require(Permission.SET_VOICE_CHANNEL_STATUS)
    own = await voice.find(tx, place.guild.id, tx.actor.id)
    if own is None or own.channel_id != channel_id:
        place.require(Permission.MANAGE_CHANNELS)
    if status == await voice_states.find_status(tx.conn, channel_id=channel_id):
        return
    await voice_states.set_status(tx.conn, channel_id=channel_id, status=status)
    tx.emit(events.voice_channel_status_update(place.guild.id, channel_id, status), to=place.audience)
    told, options = AuditAction.VOICE_CHANNEL_STATUS_DELETE, {"channel_id": str(channel_id)}
    if status is not None:
        told, options = AuditAction.VOICE_CHANNEL_STATUS_CREATE, {**options, "status": status}
    await audit_log.record(tx, place.guild.id, told, target_id=channel_id, options=options)


async def _on_stage(tx: Transaction, place: GuildAccess, user_id: int, edit: VoiceStateEdit) -> VoiceState:
    """The voice state of somebody who is on the stage that the edit names."""
    if user_id not in place.guild.members:
        raise UnknownMember()
    state = await voice.find(tx, place.guild.id, user_id)
    if state is None or not tx.directory.can_view(tx.actor.id, state.channel_id):
        raise NotInVoice()
    if edit.channel_id is not None and edit.channel_id != state.channel_id:
        raise NotInVoice()
    if tx.directory.channels[state.channel_id].type != ChannelType.GUILD_STAGE_VOICE:
        raise WrongChannelType()
    return state


def _refuse_past(moment: datetime, now: datetime) -> None:
    """A request is of now or of later; clocks differ, and a request takes its time."""
    if (now - moment).total_seconds() > REQUEST_AGE_S_MAX:
        message = "Must be present or future."
        raise InvalidFormBody.at("request_to_speak_timestamp", "DATE_TIME_TYPE_PARSE", message)


async def _change_on_stage(tx: Transaction, guild: Guild, before: VoiceState, after: VoiceState) -> None:
    await voice.change(tx, guild, before, after)
    if after.speaks and not before.speaks:
        await create_system_message(
            tx, after.channel_id, MessageType.STAGE_SPEAKER, author_id=after.user_id
        )  # fmt: skip


# ── what moderators do to others, in an edit of their member ──


async def require_in_voice(tx: Transaction, guild_id: int, user_id: int) -> VoiceState:
    """The voice state of a member who is to be muted, deafened or moved. Raises NotInVoice."""
    state = await voice.find(tx, guild_id, user_id)
    if state is None:
        raise NotInVoice()
    return state


async def tell_member(tx: Transaction, guild: Guild, member: Member) -> None:
    """The guild has muted or deafened the member, or no longer does: their voice state shows it.

    Emits VOICE_STATE_UPDATE, if they are in a channel.
    """
    state = await voice.find(tx, guild.id, member.user_id)
    if state is not None:
        voice.tell(tx, guild, member, state, state)


async def move_member(tx: Transaction, place: GuildAccess, user_id: int, channel_id: int | None) -> None:
    """Move somebody to another channel, or out of voice.

    Needs MOVE_MEMBERS where they are and where they come to, and to be able to connect there; they need
    not. Emits VOICE_STATE_UPDATE. Raises NotInVoice, UnknownChannel, WrongChannelType, MissingPermissions.
    """
    guild = place.guild
    before = await require_in_voice(tx, guild.id, user_id)
    if not tx.directory.permissions(tx.actor.id, before.channel_id, tx.now()) & _MOVE:
        raise MissingPermissions()
    if channel_id is None:
        await voice.change(tx, guild, before, None)
        await audit_log.record(tx, guild.id, AuditAction.MEMBER_DISCONNECT, options={"count": "1"})
        return
    to = await access.channel(tx, channel_id)
    if to.guild_id != guild.id:
        raise UnknownChannel()
    if to.channel.type not in VOCAL:
        raise WrongChannelType()
    to.require(_MOVE | _CONNECT)
    if channel_id == before.channel_id:
        return
    speaks = tx.directory.permissions(user_id, channel_id, tx.now()) & Permission.SPEAK
    suppress = to.channel.type == ChannelType.GUILD_STAGE_VOICE or not speaks
    after = replace(before, channel_id=channel_id, suppress=suppress, request_to_speak_at=None)
    await voice.change(tx, guild, before, after)
    options = {"channel_id": str(channel_id), "count": "1"}
    await audit_log.record(tx, guild.id, AuditAction.MEMBER_MOVE, options=options)


# ── when somebody or something goes ──


async def leave(tx: Transaction, guild_id: int, user_ids: Iterable[int]) -> None:
    """End the voice states that these members have in a guild, which the caller holds."""
    rows = await voice_states.list_of_users(tx.conn, guild_id=guild_id, user_ids=list(user_ids))
    for row in rows:
        await voice.change(tx, tx.directory.guilds[guild_id], VoiceState.from_row(row), None)


async def clear_channel(tx: Transaction, guild: Guild, channel_id: int, to: Audience) -> None:
    """Tell of those in a channel that they are in none. Their rows go with it, when it is deleted now.

    `to` is who saw the channel, since nobody will by the time that they are told.
    """
    for row in await voice_states.list_in_channel(tx.conn, channel_id=channel_id):
        member, user = guild.members[row["user_id"]], tx.directory.users[row["user_id"]]
        left = events.voice_state_update(guild.id, VoiceState.from_row(row), member, user, left=True)
        tx.emit(left, to=to)


async def end_sessions(store: Any, session_ids: Iterable[str]) -> None:
    """These gateway sessions have ended, and with them the voice states that belonged to them."""
    session_ids = list(session_ids)
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        guild_ids = await voice_states.list_guilds_of_sessions(conn, session_ids=session_ids)
    for row in guild_ids:
        async with store.transaction(ANYONE) as tx:
            await tx.hold_permissions(row["guild_id"])
            for state in await voice_states.list_of_sessions(tx.conn, session_ids=session_ids, **row):
                await voice.change(tx, tx.directory.guilds[row["guild_id"]], VoiceState.from_row(state), None)


async def sessions_but(store: Any, session_ids: Iterable[str]) -> list[str]:
    """The gateway sessions that voice states belong to, but for these."""
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        rows = await voice_states.list_other_sessions(conn, session_ids=list(session_ids))
    return [row["session_id"] for row in rows]
