"""Announcements over HTTP. Source: the Discord documentation, "Channel", "Message"."""

from __future__ import annotations

from chatd.actions import announcements
from chatd.model.webhooks import FollowDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def follow_channel(request: RestRequest, channel_id: int) -> Answer:
    draft = FollowDraft.parse(await request.json())
    async with request.transaction() as tx:
        webhook = await announcements.follow_channel(tx, channel_id, draft)
    return json(200, {"channel_id": str(channel_id), "webhook_id": str(webhook.id)})


async def crosspost_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.transaction() as tx:
        message = await announcements.crosspost_message(tx, channel_id, message_id)
    return json(200, message.viewed())
