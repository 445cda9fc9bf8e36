"""A bot's own application over HTTP. Source: the Discord documentation, "Application"."""

from __future__ import annotations

from chatd.actions import applications
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def get_self(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await applications.get_own(tx))
