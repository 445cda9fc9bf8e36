"""Webhooks over HTTP. Source: the Discord documentation, "Webhook".

Where a path names a webhook's token, that alone says who asks: from `_prove` on, the webhook itself.
"""

from __future__ import annotations

from chatd.actions import images, webhook_messages, webhooks
from chatd.model.credentials import interaction_of
from chatd.model.errors import UnknownMessage
from chatd.model.message_drafts import MessageEdit
from chatd.model.messages import Message
from chatd.model.webhook_messages import WebhookMessageDraft, WebhookQuery
from chatd.model.webhook_services import github_message, slack_message
from chatd.model.webhooks import Webhook, WebhookDraft, WebhookEdit
from chatd.rest import interactions
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


# ── what it posts ──


async def execute(request: RestRequest, webhook_id: int, token: str) -> Answer:
    if is_of_interaction(token):
        return await interactions.follow_up(request, webhook_id, token)
    webhook = await _prove(request, webhook_id, token)
    query = WebhookQuery.parse(request.query)
    parts = await request.parts()
    draft = WebhookMessageDraft.parse(parts.json, parts.files)
    await parts.keep()
    message = await _post(request, webhook, draft, query.thread_id)
    return json(200, message.viewed()) if query.wait else no_content()


async def execute_slack(request: RestRequest, webhook_id: int, token: str) -> Answer:
    """As Slack answers: the text "ok"."""
    webhook = await _prove(request, webhook_id, token)
    thread_id = WebhookQuery.parse(request.query).thread_id
    draft = WebhookMessageDraft.parse(slack_message(await request.json()))
    await _post(request, webhook, draft, thread_id)
    return json(200, "ok")


async def execute_github(request: RestRequest, webhook_id: int, token: str) -> Answer:
    webhook = await _prove(request, webhook_id, token)
    thread_id = WebhookQuery.parse(request.query).thread_id
    event = request.wire.headers.get("x-github-event") if request.wire is not None else None
    message = github_message(event or "", await request.json())
    if message is not None:
        await _post(request, webhook, WebhookMessageDraft.parse(message), thread_id)
    return no_content()


async def get_message(request: RestRequest, webhook_id: int, token: str, message_id: int) -> Answer:
    if is_of_interaction(token):
        return await interactions.get_message(request, webhook_id, token, message_id)
    webhook = await _prove(request, webhook_id, token)
    thread_id = WebhookQuery.parse(request.query).thread_id
    async with request.reading() as tx:
        message = await webhook_messages.get_message(tx, webhook, thread_id, message_id)
    return json(200, message.viewed())


async def update_message(request: RestRequest, webhook_id: int, token: str, message_id: int) -> Answer:
    if is_of_interaction(token):
        return await interactions.update_message(request, webhook_id, token, message_id)
    webhook = await _prove(request, webhook_id, token)
    thread_id = WebhookQuery.parse(request.query).thread_id
    parts = await request.parts()
    edit = MessageEdit.parse(parts.json, parts.files)
    await parts.keep()
    async with request.queued() if edit.attachments is None else request.transaction() as tx:
        message = await webhook_messages.update_message(tx, webhook, thread_id, message_id, edit)
    return json(200, message.viewed())


async def delete_message(request: RestRequest, webhook_id: int, token: str, message_id: int) -> Answer:
    if is_of_interaction(token):
        return await interactions.delete_message(request, webhook_id, token, message_id)
    webhook = await _prove(request, webhook_id, token)
    thread_id = WebhookQuery.parse(request.query).thread_id
    async with request.queued() as tx:
        await webhook_messages.delete_message(tx, webhook, thread_id, message_id)
    return no_content()


async def get_original(request: RestRequest, webhook_id: int, token: str) -> Answer:
    """The first answer to an interaction. Of what a webhook posts none is the first, here and below."""
    if is_of_interaction(token):
        return await interactions.get_message(request, webhook_id, token, None)
    await _prove(request, webhook_id, token)
    raise UnknownMessage


async def update_original(request: RestRequest, webhook_id: int, token: str) -> Answer:
    if is_of_interaction(token):
        return await interactions.update_message(request, webhook_id, token, None)
    await _prove(request, webhook_id, token)
    raise UnknownMessage


async def delete_original(request: RestRequest, webhook_id: int, token: str) -> Answer:
    if is_of_interaction(token):
        return await interactions.delete_message(request, webhook_id, token, None)
    await _prove(request, webhook_id, token)
    raise UnknownMessage


def is_of_interaction(token: str) -> bool:
    """An application posts its answers as by a webhook: by its own id, and the interaction's token."""
    return interaction_of(token) is not None


async def _post(
    request: RestRequest, webhook: Webhook, draft: WebhookMessageDraft, thread_id: int | None
) -> Message:
    avatar = None if draft.avatar_url is None else await request.app.fetch_avatar(draft.avatar_url)
    brings_rows = draft.message.brings_rows or draft.post is not None
    async with request.transaction() if brings_rows else request.queued() as tx:
        return await webhook_messages.execute(tx, webhook, draft, thread_id, avatar)


async def _prove(request: RestRequest, webhook_id: int, token: str) -> Webhook:
    """Let the webhook be who asks. Raises UnknownWebhook, InvalidWebhookToken."""
    async with request.reading() as tx:
        webhook = await webhooks.find_by_token(tx, webhook_id, token)
    request.actor = webhook.actor()
    return webhook
