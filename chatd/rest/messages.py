"""Messages over HTTP. Source: the Discord documentation, "Message"."""

from __future__ import annotations

from chatd.actions import attachments, deletions, messages
from chatd.model.message_drafts import BulkDeleteDraft, MessageDraft, MessageEdit, MessagePage
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content
from chatd.rest.uploads import Parts


async def list_messages(request: RestRequest, channel_id: int) -> Answer:
    page = MessagePage.parse(request.query)
    async with request.reading() as tx:
        found = await messages.list_messages(tx, channel_id, page)
    return json(200, [message.viewed() for message in found])


async def get_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.reading() as tx:
        message = await messages.get_message(tx, channel_id, message_id)
    return json(200, message.viewed())


async def create_message(request: RestRequest, channel_id: int) -> Answer:
    parts = await read_parts(request, channel_id)
    draft = MessageDraft.parse(parts.json, parts.files)
    await parts.keep()
    async with request.transaction() if draft.brings_rows else request.queued() as tx:
        message = await messages.create_message(tx, channel_id, draft)
    return json(200, message.viewed())


async def update_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    parts = await read_parts(request, channel_id)
    edit = MessageEdit.parse(parts.json, parts.files)
    await parts.keep()
    async with request.queued() if edit.attachments is None else request.transaction() as tx:
        message = await messages.update_message(tx, channel_id, message_id, edit)
    return json(200, message.viewed())


async def delete_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.queued() as tx:
        deleted = await deletions.delete_own_message(tx, channel_id, message_id)
    if not deleted:
        async with request.transaction() as tx:
            await deletions.delete_message(tx, channel_id, message_id)
    return no_content()


async def bulk_delete(request: RestRequest, channel_id: int) -> Answer:
    draft = BulkDeleteDraft.parse(await request.json())
    async with request.transaction() as tx:
        await deletions.bulk_delete(tx, channel_id, draft)
    return no_content()


async def read_parts(request: RestRequest, channel_id: int) -> Parts:
    """The body with its files. Those of somebody who may not attach any there are not even read."""

    async def welcome() -> None:
        async with request.reading() as tx:
            await attachments.require_attach(tx, channel_id)

    return await request.parts(welcome=welcome)
