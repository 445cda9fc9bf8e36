"""The soundboard over HTTP. Source: the Discord documentation, "Soundboard"."""

from __future__ import annotations

from chatd.actions import soundboard
from chatd.model.soundboard import SoundDraft, SoundEdit, SoundToPlay
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_default_sounds(request: RestRequest) -> Answer:
    """None: chatd brings no sounds along. Some clients are not ready until they have asked."""
    return json(200, [])


async def list_sounds(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await soundboard.list_sounds(tx, guild_id))


async def get_sound(request: RestRequest, guild_id: int, sound_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await soundboard.get_sound(tx, guild_id, sound_id))


async def create_sound(request: RestRequest, guild_id: int) -> Answer:
    draft = SoundDraft.parse(await request.json())
    blob = await soundboard.keep(request.app.store, draft)
    async with request.transaction() as tx:
        return json(201, await soundboard.create_sound(tx, guild_id, draft, blob))


async def update_sound(request: RestRequest, guild_id: int, sound_id: int) -> Answer:
    edit = SoundEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await soundboard.update_sound(tx, guild_id, sound_id, edit))


async def delete_sound(request: RestRequest, guild_id: int, sound_id: int) -> Answer:
    async with request.transaction() as tx:
        await soundboard.delete_sound(tx, guild_id, sound_id)
    return no_content()


async def play_sound(request: RestRequest, channel_id: int) -> Answer:
    wanted = SoundToPlay.parse(await request.json())
    async with request.reading() as tx:
        await soundboard.play_sound(tx, channel_id, wanted)
    return no_content()
