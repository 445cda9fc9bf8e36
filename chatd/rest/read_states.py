"""Read states over HTTP, for people only. See docs/api.md."""

from __future__ import annotations

from chatd.actions import read_states
from chatd.model.read_states import Ack, read_acks
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def ack_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    ack = Ack.parse(channel_id, message_id, await request.json())
    async with request.queued() as tx:
        await read_states.ack(tx, [ack])
    return json(200, {"token": None})


async def ack_messages(request: RestRequest) -> Answer:
    acks = read_acks(await request.json())
    async with request.queued() as tx:
        await read_states.ack(tx, acks)
    return no_content()


async def ack_pins(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        await read_states.ack_pins(tx, channel_id)
    return no_content()


async def forget(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        await read_states.forget(tx, channel_id)
    return no_content()
