"""The handlers of what a client sends, by opcode; Identify and Resume have files of their own.

Each is short: its draft has been read and its moment checked by the gate (dispatch.py). Who sends is
what the connection's session says, never what is in the payload.
"""

from __future__ import annotations

import asyncio
from typing import Any

from chatd.actions import voice_states
from chatd.actions.members import begins_with
from chatd.actions.presence import choose_status
from chatd.gateway.broadcast import dispatch_text
from chatd.gateway.drafts import (
    Presence,
    Request,
    RequestChannelInfo,
    RequestGuildMembers,
    RequestSoundboardSounds,
)
from chatd.gateway.opcodes import Opcode
from chatd.model.errors import ApiError, Unavailable
from chatd.model.intents import Intent
from chatd.model.json_text import encode_json
from chatd.model.soundboard import payloads
from chatd.model.voice_states import VoiceStateDraft

# The Discord documentation, "Guild Members Chunk".
CHUNK_MEMBERS_MAX = 1000
# "Request Guild Members": a search by name returns at most so many.
SEARCH_MEMBERS_MAX = 100


async def on_heartbeat(connection: Any, d: Any) -> None:
    """Op 1. Its `d`, the last `s`, says nothing that TCP does not."""
    connection.gateway.on_heartbeat(connection)
    connection.acknowledge()


async def on_presence_update(connection: Any, d: Presence) -> None:
    """Op 3. A person's status is also the one that their next session begins with."""
    session, gateway = connection.session, connection.gateway
    session.presence = gateway.dated(d, session.presence)
    gateway.presences.enter(session.user_id, session.id, session.presence, session.platform)
    gateway.rows.present(session)
    if not session.actor.bot:
        await choose_status(gateway.store, session.user_id, d.status)


async def on_voice_state_update(connection: Any, d: VoiceStateDraft) -> None:
    """Op 4. Nothing says that it was refused, as with Discord: one stays where one is.

    No VOICE_SERVER_UPDATE follows: there is no voice server, and one without an address would promise that
    there soon will be. A client that wants to speak waits for it, for as long as it likes, and gives up.
    """
    session, gateway = connection.session, connection.gateway
    try:
        async with gateway.store.transaction(session.actor) as tx:
            await voice_states.connect(tx, session.id, d)
    except Unavailable:
        raise
    except ApiError as error:
        connection.log.debug("voice state refused", channel=d.channel_id, reason=error.message)
    if not gateway.presences.has(session.user_id, session.id):
        gateway.voices.end(session.user_id, session.id)  # It ended while the change was on its way.


async def on_request_guild_members(connection: Any, d: RequestGuildMembers) -> None:
    """Op 8: GUILD_MEMBERS_CHUNKs of at most 1000. Always answered, if only by an empty chunk.

    The whole list needs the GUILD_MEMBERS intent and presences need GUILD_PRESENCES; without them they
    are empty. So is the answer for a guild that the user is not in.
    """
    guild = visible_guild(connection, d.guild_id)
    user_ids = [] if guild is None else found_members(connection, guild, d)
    not_found = [str(id) for id in d.user_ids if guild is None or id not in guild.members]
    starts = range(0, len(user_ids) or 1, CHUNK_MEMBERS_MAX)
    chunks = [user_ids[at : at + CHUNK_MEMBERS_MAX] for at in starts]
    for index, ids in enumerate(chunks):
        chunk: dict[str, Any] = {
            "guild_id": str(d.guild_id),
            "chunk_index": index,
            "chunk_count": len(chunks),
            "not_found": not_found if index == 0 else [],
        }
        if d.nonce is not None:
            chunk["nonce"] = d.nonce
        # Who has left between two chunks is left out.
        members = [] if guild is None else connection.gateway.member_texts.of(guild, ids)
        text = f'{encode_json(chunk)[:-1]},"members":[{",".join(members)}]'
        if d.presences:
            text += f',"presences":[{",".join(shown_presences(connection, ids))}]'
        send_dispatch(connection, "GUILD_MEMBERS_CHUNK", text + "}")
        # What was sent is written at the end of this loop pass; then there is room or there is not.
        await asyncio.sleep(0)
        await connection.room()


def visible_guild(connection: Any, guild_id: int) -> Any:
    """The guild, if the session's user is in it."""
    guild = connection.gateway.store.directory.guilds.get(guild_id)
    return guild if guild is not None and connection.session.user_id in guild.members else None


def found_members(connection: Any, guild: Any, d: RequestGuildMembers) -> list[int]:
    """The ids of the members that were asked for: the listed ones, or a search by name."""
    if d.user_ids:
        return [id for id in dict.fromkeys(d.user_ids) if id in guild.members]
    if not d.query and d.limit == 0:
        return sorted(guild.members) if connection.session.intents & Intent.GUILD_MEMBERS else []
    users, start = connection.gateway.store.directory.users, (d.query or "").casefold()
    limit = min(d.limit or SEARCH_MEMBERS_MAX, SEARCH_MEMBERS_MAX)
    found = (id for id, member in sorted(guild.members.items()) if begins_with(member, users[id], start))
    return [id for id, _ in zip(found, range(limit), strict=False)]


def shown_presences(connection: Any, user_ids: list[int]) -> list[str]:
    if not connection.session.intents & Intent.GUILD_PRESENCES:
        return []
    texts: list[str] = connection.gateway.presences.texts_in(frozenset(user_ids))
    return texts


async def on_request_soundboard_sounds(connection: Any, d: RequestSoundboardSounds) -> None:
    """Op 31: one SOUNDBOARD_SOUNDS for each guild that one is in."""
    for guild_id in dict.fromkeys(d.guild_ids):
        guild = visible_guild(connection, guild_id)
        if guild is not None:
            sounds = {"guild_id": str(guild_id), "soundboard_sounds": payloads(guild.sounds.values())}
            send_dispatch(connection, "SOUNDBOARD_SOUNDS", encode_json(sounds))


async def on_request_channel_info(connection: Any, d: RequestChannelInfo) -> None:
    """Op 43: a CHANNEL_INFO that lists the voice channels in use, as far as one sees them."""
    guild = visible_guild(connection, d.guild_id)
    if guild is None:
        return
    can_view, user_id = connection.gateway.store.directory.can_view, connection.session.user_id
    channels = [
        {"id": str(channel_id), **{name: getattr(info, name) for name in d.fields}}
        for channel_id, info in guild.channel_infos.items()
        if can_view(user_id, channel_id)
    ]
    send_dispatch(
        connection, "CHANNEL_INFO", encode_json({"guild_id": str(guild.id), "channels": channels})
    )


def send_dispatch(connection: Any, name: str, payload: str) -> None:
    """Send an answer that is not in the journal: it repeats the position that has been reached."""
    position = connection.gateway.store.feed.position
    connection.last_sent = position
    connection.send_text(dispatch_text(name, position, payload))


async def on_request(connection: Any, d: Request) -> None:
    """Op 100: one call of the HTTP API, answered by op 101 with the same status and body."""
    status, body = await connection.gateway.call(connection.session.actor, d.method, d.path, d.query, d.body)
    connection.send_op(Opcode.RESPONSE, {"id": d.id, "status": status, "body": body})
