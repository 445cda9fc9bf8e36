"""Emoji over HTTP. Source: the Discord documentation, "Emoji"."""

from __future__ import annotations

from chatd.actions import emojis, images
from chatd.model.emojis import EmojiDraft, EmojiEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_emojis(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await emojis.list_emojis(tx, guild_id))


async def get_emoji(request: RestRequest, guild_id: int, emoji_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await emojis.get_emoji(tx, guild_id, emoji_id))


async def create_emoji(request: RestRequest, guild_id: int) -> Answer:
    draft = EmojiDraft.parse(await request.json())
    image = await images.keep(request.app.store, draft.image)
    async with request.transaction() as tx:
        return json(201, await emojis.create_emoji(tx, guild_id, draft, image))


async def update_emoji(request: RestRequest, guild_id: int, emoji_id: int) -> Answer:
    edit = EmojiEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await emojis.update_emoji(tx, guild_id, emoji_id, edit))


async def delete_emoji(request: RestRequest, guild_id: int, emoji_id: int) -> Answer:
    async with request.transaction() as tx:
        await emojis.delete_emoji(tx, guild_id, emoji_id)
    return no_content()


async def list_application_emojis(request: RestRequest, application_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await emojis.list_application_emojis(tx, application_id))


async def get_application_emoji(request: RestRequest, application_id: int, emoji_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await emojis.get_application_emoji(tx, application_id, emoji_id))


async def create_application_emoji(request: RestRequest, application_id: int) -> Answer:
    draft = EmojiDraft.parse(await request.json())
    image = await images.keep(request.app.store, draft.image)
    async with request.transaction() as tx:
        return json(201, await emojis.create_application_emoji(tx, application_id, draft, image))


async def update_application_emoji(request: RestRequest, application_id: int, emoji_id: int) -> Answer:
    edit = EmojiEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await emojis.update_application_emoji(tx, application_id, emoji_id, edit))


async def delete_application_emoji(request: RestRequest, application_id: int, emoji_id: int) -> Answer:
    async with request.transaction() as tx:
        await emojis.delete_application_emoji(tx, application_id, emoji_id)
    return no_content()
