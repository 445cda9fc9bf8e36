"""Stickers over HTTP. Source: the Discord documentation, "Sticker"."""

from __future__ import annotations

from chatd.actions import stickers
from chatd.model.stickers import STICKER_BYTES_MAX, StickerDraft, StickerEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_packs(request: RestRequest) -> Answer:
    """None: chatd brings no stickers along."""
    return json(200, {"sticker_packs": []})


async def get_sticker(request: RestRequest, sticker_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, stickers.get_sticker(tx, sticker_id).payload())


async def list_stickers(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await stickers.list_stickers(tx, guild_id))


async def get_guild_sticker(request: RestRequest, guild_id: int, sticker_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await stickers.get_guild_sticker(tx, guild_id, sticker_id))


async def create_sticker(request: RestRequest, guild_id: int) -> Answer:
    """A form of plain fields and one file, which is not even read for somebody who may not make stickers."""

    async def welcome() -> None:
        async with request.reading() as tx:
            await stickers.require_create(tx, guild_id)

    parts = await request.parts(file_bytes_max=STICKER_BYTES_MAX, welcome=welcome)
    draft = StickerDraft.parse(parts.json, parts.files)
    await parts.keep()
    await stickers.look_at(request.app.store, draft)
    async with request.transaction() as tx:
        return json(201, await stickers.create_sticker(tx, guild_id, draft))


async def update_sticker(request: RestRequest, guild_id: int, sticker_id: int) -> Answer:
    edit = StickerEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await stickers.update_sticker(tx, guild_id, sticker_id, edit))


async def delete_sticker(request: RestRequest, guild_id: int, sticker_id: int) -> Answer:
    async with request.transaction() as tx:
        await stickers.delete_sticker(tx, guild_id, sticker_id)
    return no_content()
