"""Pins over HTTP. Source: the Discord documentation, "Message", with the older routes that it still has."""

from __future__ import annotations

from chatd.actions import pins
from chatd.model.pins import PinPage, pin_payload
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_pins(request: RestRequest, channel_id: int) -> Answer:
    page = PinPage.parse(request.query)
    async with request.reading() as tx:
        found, has_more = await pins.list_pins(tx, channel_id, page)
    return json(200, {"items": [pin_payload(message) for message in found], "has_more": has_more})


async def list_pins_the_old_way(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        found, _ = await pins.list_pins(tx, channel_id, PinPage())
    return json(200, [message.viewed() for message in found])


async def pin_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.transaction() as tx:
        await pins.pin_message(tx, channel_id, message_id)
    return no_content()


async def unpin_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.transaction() as tx:
        await pins.unpin_message(tx, channel_id, message_id)
    return no_content()
