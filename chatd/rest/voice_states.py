"""Voice states and voice channels over HTTP. Source: the Discord documentation, "Voice" and "Channel"."""

from __future__ import annotations

from chatd.actions import voice_states
from chatd.model.voice_states import VoiceStateEdit, read_status
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_regions(request: RestRequest) -> Answer:
    return json(200, voice_states.REGIONS)


async def list_guild_regions(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await voice_states.list_regions(tx, guild_id))


async def get_own(request: RestRequest, guild_id: int) -> Answer:
    return await get_voice_state(request, guild_id, request.actor.id)


async def get_voice_state(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await voice_states.get_voice_state(tx, guild_id, user_id))


async def update_own(request: RestRequest, guild_id: int) -> Answer:
    edit = VoiceStateEdit.parse(await request.json(), own=True)
    async with request.transaction() as tx:
        await voice_states.update_own(tx, guild_id, edit)
    return no_content()


async def update_voice_state(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    edit = VoiceStateEdit.parse(await request.json(), own=False)
    async with request.transaction() as tx:
        await voice_states.update_voice_state(tx, guild_id, user_id, edit)
    return no_content()


async def update_status(request: RestRequest, channel_id: int) -> Answer:
    status = read_status(await request.json())
    async with request.transaction() as tx:
        await voice_states.update_status(tx, channel_id, status)
    return no_content()
