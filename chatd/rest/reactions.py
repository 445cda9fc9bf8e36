"""Reactions over HTTP. Source: the Discord documentation, "Message"."""

from __future__ import annotations

from chatd.actions import reactions
from chatd.model.reactions import EmojiKey, ReactionPage
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def add_reaction(request: RestRequest, channel_id: int, message_id: int, emoji: str) -> Answer:
    key = EmojiKey.parse(emoji)
    async with request.queued() as tx:
        await reactions.add_reaction(tx, channel_id, message_id, key)
    return no_content()


async def remove_own_reaction(request: RestRequest, channel_id: int, message_id: int, emoji: str) -> Answer:
    return await remove_reaction(request, channel_id, message_id, emoji, request.actor.id)


async def remove_reaction(
    request: RestRequest, channel_id: int, message_id: int, emoji: str, user_id: int
) -> Answer:
    key = EmojiKey.parse(emoji)
    async with request.queued() as tx:
        await reactions.remove_reaction(tx, channel_id, message_id, key, user_id)
    return no_content()


async def list_users(request: RestRequest, channel_id: int, message_id: int, emoji: str) -> Answer:
    key, page = EmojiKey.parse(emoji), ReactionPage.parse(request.query)
    async with request.reading() as tx:
        users = await reactions.list_users(tx, channel_id, message_id, key, page)
    return json(200, [user.payload() for user in users])


async def remove_emoji(request: RestRequest, channel_id: int, message_id: int, emoji: str) -> Answer:
    key = EmojiKey.parse(emoji)
    async with request.transaction() as tx:
        await reactions.remove_emoji(tx, channel_id, message_id, key)
    return no_content()


async def remove_all(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.transaction() as tx:
        await reactions.remove_all(tx, channel_id, message_id)
    return no_content()
