"""User settings over HTTP, for people only. See docs/api.md."""

from __future__ import annotations

from chatd.actions import user_settings
from chatd.model.user_settings import UserSettingsEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def get_settings(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await user_settings.get_settings(tx))


async def update_settings(request: RestRequest) -> Answer:
    edit = UserSettingsEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await user_settings.update_settings(tx, edit))
