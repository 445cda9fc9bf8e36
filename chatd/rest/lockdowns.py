"""Lockdowns over HTTP: chatd's own routes, and Discord's own for invites and direct messages of a guild."""

from __future__ import annotations

from chatd.actions import incidents, lockdowns
from chatd.model.incidents import IncidentActions
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_lockdowns(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await lockdowns.list_lockdowns(tx, guild_id))


async def lock_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.transaction() as tx:
        return json(200, await lockdowns.lock_guild(tx, guild_id))


async def unlock_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.transaction() as tx:
        await lockdowns.unlock_guild(tx, guild_id)
    return no_content()


async def lock_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        return json(200, await lockdowns.lock_channel(tx, channel_id))


async def unlock_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        await lockdowns.unlock_channel(tx, channel_id)
    return no_content()


async def set_incident_actions(request: RestRequest, guild_id: int) -> Answer:
    draft = IncidentActions.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await incidents.set_incident_actions(tx, guild_id, draft))
