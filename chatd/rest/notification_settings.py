"""Notification settings over HTTP, for people only. See docs/api.md."""

from __future__ import annotations

from chatd.actions import notification_settings
from chatd.model.notification_settings import NotificationEdit, read_edits
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def update_settings(request: RestRequest, guild_id: int | None) -> Answer:
    edit = NotificationEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await notification_settings.update_settings(tx, guild_id, edit))


async def update_direct(request: RestRequest) -> Answer:
    return await update_settings(request, None)


async def update_many(request: RestRequest) -> Answer:
    edits = read_edits(await request.json())
    async with request.transaction() as tx:
        return json(200, await notification_settings.update_many(tx, edits))
