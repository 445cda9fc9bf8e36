"""Typing over HTTP. Source: the Discord documentation, "Trigger Typing Indicator"."""

from __future__ import annotations

from chatd.actions import typing
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, no_content


async def start_typing(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        await typing.start_typing(tx, channel_id)
    return no_content()
