"""What a webhook posts: a message in its channel, in a thread of it, or as a new post of a forum.

The webhook itself is the actor here (webhooks.py `find_by_token`), and access.py knows where it may speak; so
all else is as with members. It is no user: its messages have no author_id but, in their details, the name and
face that they are shown with, which stay when the webhook is changed or gone.

Source: the Discord documentation, "Execute Webhook".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, deletions, message_rows, messages, threads
from chatd.actions.access import ChannelAccess
from chatd.model.channels import FORUMS
from chatd.model.errors import (
    UnknownChannel,
    UnknownMessage,
    WebhookNeedsThread,
    WebhookThreadOutsideForum,
    WebhookThreadTwice,
)
from chatd.model.message_drafts import MessageEdit
from chatd.model.messages import Message, merged
from chatd.model.webhook_messages import WebhookMessageDraft
from chatd.model.webhooks import Webhook
from chatd.store.queries import webhooks
from chatd.store.transaction import Queued, Reading, Transaction


async def execute(
    tx: Queued, webhook: Webhook, draft: WebhookMessageDraft, thread_id: int | None, avatar: str | None
) -> Message:
    """Post a message as the webhook, under the draft's name and `avatar`, or its own.

    Members' permissions do not matter to it, nor does slow mode. An archived thread is active again. Emits
    MESSAGE_CREATE, and of a new post what threads.create_thread does; then `tx` is a Transaction.
    Raises UnknownChannel, WebhookNeedsThread, WebhookThreadTwice, WebhookThreadOutsideForum, and what
    messages.create_message and threads.create_thread raise.
    """
    place = await access.channel(tx, webhook.channel_id)
    if thread_id is not None and draft.thread_name is not None:
        raise WebhookThreadTwice()
    if draft.thread_name is not None and place.channel.type not in FORUMS:
        raise WebhookThreadOutsideForum()
    if thread_id is None and draft.thread_name is None and place.channel.type in FORUMS:
        raise WebhookNeedsThread()
    shown = replace(webhook, name=draft.username or webhook.name, avatar=avatar or webhook.avatar)
    message = replace(draft.message, details=merged(draft.message.details, _details(tx, shown)))
    if avatar is not None:
        await _keep_avatar(tx, webhook, avatar)
    if draft.post is not None:
        assert isinstance(tx, Transaction), "a post and its message are one commit"
        _, posted = await threads.create_post(tx, place, replace(draft.post, message=message), shown.author())
        return posted
    return await messages.create_message(tx, _where(webhook, thread_id), message, shown.author())


async def get_message(tx: Reading, webhook: Webhook, thread_id: int | None, message_id: int) -> Message:
    """One that the webhook has posted. Raises UnknownChannel, UnknownMessage."""
    place = await access.channel(tx, _where(webhook, thread_id))
    (message,) = await message_rows.view(tx, [await _own(tx, place, message_id)])
    return message


async def update_message(
    tx: Queued, webhook: Webhook, thread_id: int | None, message_id: int, edit: MessageEdit
) -> Message:
    """Edit one that the webhook has posted; under which name and face stays as it was.

    Emits MESSAGE_UPDATE. Raises UnknownChannel, UnknownMessage, and what messages.update_message raises.
    """
    place = await access.channel(tx, _where(webhook, thread_id))
    await _own(tx, place, message_id)
    return await messages.update_message(tx, place.channel.id, message_id, edit)


async def delete_message(tx: Queued, webhook: Webhook, thread_id: int | None, message_id: int) -> None:
    """Delete one that the webhook has posted.

    Emits MESSAGE_DELETE. Raises UnknownChannel, UnknownMessage, ThreadLocked.
    """
    place = await access.channel(tx, _where(webhook, thread_id))
    if not await deletions.delete_own_message(tx, place.channel.id, message_id):
        raise UnknownMessage()


def _where(webhook: Webhook, thread_id: int | None) -> int:
    """The channel of the message. Raises UnknownChannel for a thread that is none."""
    if thread_id == webhook.channel_id:
        raise UnknownChannel()
    return webhook.channel_id if thread_id is None else thread_id


async def _own(tx: Reading, place: ChannelAccess, message_id: int) -> Message:
    """What others have written there does not exist to the webhook. Raises UnknownMessage."""
    message = await message_rows.find(tx, place.channel.id, message_id)
    if message.author.id != tx.actor.id:
        raise UnknownMessage()
    return message


def _details(tx: Reading, shown: Webhook) -> dict[str, Any]:
    maker = tx.directory.users.get(shown.user_id) if shown.user_id is not None else None
    application_id = shown.application_id(maker)
    return {
        **shown.message_details(),
        **({} if application_id is None else {"application_id": application_id}),
    }


async def _keep_avatar(tx: Queued, webhook: Webhook, avatar: str) -> None:
    """Have a face of one message found under the webhook's id; most have been shown before."""
    async with tx.connection() as conn:
        if await webhooks.has_shown(conn, webhook_id=webhook.id, avatar=avatar):
            return
    async with tx.transaction() as inner:
        await webhooks.keep_avatar(inner.conn, webhook_id=webhook.id, avatar=avatar)
