"""Emoji over HTTP. Source: the Discord documentation, "Emoji".

A guild has some, and an application has some of its own; what is asked of either is the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from chatd.actions import emojis, images
from chatd.model.emojis import EmojiDraft, EmojiEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content

# Of a guild's or an application's id.
OfAll = Callable[[RestRequest, int], Awaitable[Answer]]
# And of an emoji's.
OfOne = Callable[[RestRequest, int, int], Awaitable[Answer]]


def listing(action: Callable[..., Awaitable[Any]]) -> OfAll:
    async def handler(request: RestRequest, owner_id: int) -> Answer:
        async with request.reading() as tx:
            return json(200, await action(tx, owner_id))

    return handler


def getting(action: Callable[..., Awaitable[Any]]) -> OfOne:
    async def handler(request: RestRequest, owner_id: int, emoji_id: int) -> Answer:
        async with request.reading() as tx:
            return json(200, await action(tx, owner_id, emoji_id))

    return handler


def creating(action: Callable[..., Awaitable[Any]]) -> OfAll:
    async def handler(request: RestRequest, owner_id: int) -> Answer:
        draft = EmojiDraft.parse(await request.json())
        image = await images.keep(request.app.store, draft.image)
        async with request.transaction() as tx:
            return json(201, await action(tx, owner_id, draft, image))

    return handler


def updating(action: Callable[..., Awaitable[Any]]) -> OfOne:
    async def handler(request: RestRequest, owner_id: int, emoji_id: int) -> Answer:
        edit = EmojiEdit.parse(await request.json())
        async with request.transaction() as tx:
            return json(200, await action(tx, owner_id, emoji_id, edit))

    return handler


def deleting(action: Callable[..., Awaitable[Any]]) -> OfOne:
    async def handler(request: RestRequest, owner_id: int, emoji_id: int) -> Answer:
        async with request.transaction() as tx:
            await action(tx, owner_id, emoji_id)
        return no_content()

    return handler


list_emojis = listing(emojis.list_emojis)
get_emoji = getting(emojis.get_emoji)
create_emoji = creating(emojis.create_emoji)
update_emoji = updating(emojis.update_emoji)
delete_emoji = deleting(emojis.delete_emoji)

list_application_emojis = listing(emojis.list_application_emojis)
get_application_emoji = getting(emojis.get_application_emoji)
create_application_emoji = creating(emojis.create_application_emoji)
update_application_emoji = updating(emojis.update_application_emoji)
delete_application_emoji = deleting(emojis.delete_application_emoji)
