"""Channels over HTTP. Source: the Discord documentation, "Channel"."""

from __future__ import annotations

from chatd.actions import channels
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def get_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await channels.get_channel(tx, channel_id))
