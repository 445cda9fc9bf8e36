"""Members over HTTP. Source: the Discord documentation, "Guild", "Guild Member Object"."""

from __future__ import annotations

from chatd.actions import members
from chatd.model.members import MemberPage, MemberSearch
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def list_members(request: RestRequest, guild_id: int) -> Answer:
    page = MemberPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await members.list_members(tx, guild_id, page))


async def search_members(request: RestRequest, guild_id: int) -> Answer:
    search = MemberSearch.parse(request.query)
    async with request.reading() as tx:
        return json(200, await members.search_members(tx, guild_id, search))


async def get_member(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await members.get_member(tx, guild_id, user_id))


async def get_self(request: RestRequest, guild_id: int) -> Answer:
    return await get_member(request, guild_id, request.actor.id)
