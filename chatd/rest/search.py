"""Search over HTTP. Source: the Discord documentation, "Search Guild Messages"."""

from __future__ import annotations

from chatd.actions import search
from chatd.model.search import MessageSearch
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def search_guild(request: RestRequest, guild_id: int) -> Answer:
    wanted = MessageSearch.parse(request.query_lists)
    async with request.reading() as tx:
        return json(200, await search.search_guild(tx, guild_id, wanted))


async def search_channel(request: RestRequest, channel_id: int) -> Answer:
    wanted = MessageSearch.parse(request.query_lists)
    async with request.reading() as tx:
        return json(200, await search.search_channel(tx, channel_id, wanted))
