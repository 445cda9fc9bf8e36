"""Purges over HTTP: chatd's own routes, by which moderators take away what somebody has said."""

from __future__ import annotations

from chatd.actions import purges
from chatd.model.purges import PurgeDraft, PurgePage
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def create_purge(request: RestRequest, guild_id: int) -> Answer:
    draft = PurgeDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(202, await purges.create_purge(tx, guild_id, draft))


async def list_purges(request: RestRequest, guild_id: int) -> Answer:
    page = PurgePage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await purges.list_purges(tx, guild_id, page))


async def get_purge(request: RestRequest, guild_id: int, purge_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await purges.get_purge(tx, guild_id, purge_id))
