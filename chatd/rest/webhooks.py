"""Webhooks over HTTP. Source: the Discord documentation, "Webhook".

Where a path names a webhook's token, that alone says who asks: from `_prove` on, the webhook itself.
"""

from __future__ import annotations

from chatd.actions import images, webhooks
from chatd.model.webhooks import Webhook, WebhookDraft, WebhookEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def create_webhook(request: RestRequest, channel_id: int) -> Answer:
    draft = WebhookDraft.parse(await request.json())
    avatar = await images.keep(request.app.store, draft.avatar)
    async with request.transaction() as tx:
        return json(200, await webhooks.create_webhook(tx, channel_id, draft, avatar))


async def list_of_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await webhooks.list_of_channel(tx, channel_id))


async def list_of_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await webhooks.list_of_guild(tx, guild_id))


async def get_webhook(request: RestRequest, webhook_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await webhooks.get_webhook(tx, webhook_id))


async def update_webhook(request: RestRequest, webhook_id: int) -> Answer:
    edit = WebhookEdit.parse(await request.json())
    avatar = await images.keep(request.app.store, edit.avatar)
    async with request.transaction() as tx:
        return json(200, await webhooks.update_webhook(tx, webhook_id, edit, avatar))


async def delete_webhook(request: RestRequest, webhook_id: int) -> Answer:
    async with request.transaction() as tx:
        await webhooks.delete_webhook(tx, webhook_id)
    return no_content()


# ── by the token ──


async def get_own(request: RestRequest, webhook_id: int, token: str) -> Answer:
    webhook = await _prove(request, webhook_id, token)
    async with request.reading() as tx:
        return json(200, webhooks.own_payload(tx, webhook))


async def update_own(request: RestRequest, webhook_id: int, token: str) -> Answer:
    await _prove(request, webhook_id, token)
    edit = WebhookEdit.parse(await request.json())
    avatar = await images.keep(request.app.store, edit.avatar)
    async with request.transaction() as tx:
        return json(200, await webhooks.update_own(tx, edit, avatar))


async def delete_own(request: RestRequest, webhook_id: int, token: str) -> Answer:
    await _prove(request, webhook_id, token)
    async with request.transaction() as tx:
        await webhooks.delete_own(tx)
    return no_content()


async def _prove(request: RestRequest, webhook_id: int, token: str) -> Webhook:
    """Let the webhook be who asks. Raises UnknownWebhook, InvalidWebhookToken."""
    async with request.reading() as tx:
        webhook = await webhooks.find_by_token(tx, webhook_id, token)
    request.actor = webhook.actor()
    return webhook
