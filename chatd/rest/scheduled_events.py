"""Scheduled events over HTTP. Source: the Discord documentation, "Guild Scheduled Event".

That one wants to come is said as Discord's own clients say it; its documentation has no route for that.
"""

from __future__ import annotations

from chatd.actions import images, scheduled_event_users, scheduled_events
from chatd.model.scheduled_events import InterestedPage, ScheduledEventDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_events(request: RestRequest, guild_id: int) -> Answer:
    with_user_count = request.flag("with_user_count")
    async with request.reading() as tx:
        found = await scheduled_events.list_events(tx, guild_id, with_user_count=with_user_count)
    return json(200, found)


async def create_event(request: RestRequest, guild_id: int) -> Answer:
    draft = ScheduledEventDraft.parse(await request.json())
    image = await images.keep(request.app.store, draft.image)
    async with request.transaction() as tx:
        return json(200, await scheduled_events.create_event(tx, guild_id, draft, image))


async def get_event(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    with_user_count = request.flag("with_user_count")
    async with request.reading() as tx:
        event = await scheduled_events.get_event(tx, guild_id, event_id, with_user_count=with_user_count)
    return json(200, event)


async def update_event(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    draft = ScheduledEventDraft.parse_edit(await request.json())
    image = await images.keep(request.app.store, draft.image)
    async with request.transaction() as tx:
        return json(200, await scheduled_events.update_event(tx, guild_id, event_id, draft, image))


async def delete_event(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    async with request.transaction() as tx:
        await scheduled_events.delete_event(tx, guild_id, event_id)
    return no_content()


async def list_users(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    page = InterestedPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await scheduled_event_users.list_users(tx, guild_id, event_id, page))


async def count_users(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await scheduled_event_users.count_users(tx, guild_id, event_id))


async def add_interest(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    async with request.transaction() as tx:
        return json(200, await scheduled_event_users.add_interest(tx, guild_id, event_id))


async def remove_interest(request: RestRequest, guild_id: int, event_id: int) -> Answer:
    async with request.transaction() as tx:
        await scheduled_event_users.remove_interest(tx, guild_id, event_id)
    return no_content()
