"""Webhooks over HTTP. Source: the Discord documentation, "Webhook"."""

from __future__ import annotations

from chatd.actions import webhooks
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_of_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await webhooks.list_of_channel(tx, channel_id))


async def list_of_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await webhooks.list_of_guild(tx, guild_id))


async def get_webhook(request: RestRequest, webhook_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await webhooks.get_webhook(tx, webhook_id))


async def delete_webhook(request: RestRequest, webhook_id: int) -> Answer:
    async with request.transaction() as tx:
        await webhooks.delete_webhook(tx, webhook_id)
    return no_content()
