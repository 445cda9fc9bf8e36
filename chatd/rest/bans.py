"""Bans over HTTP. Source: the Discord documentation, "Guild", "Ban Object"."""

from __future__ import annotations

from chatd.actions import bans
from chatd.model.bans import BanDraft, BanPage, BulkBanDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_bans(request: RestRequest, guild_id: int) -> Answer:
    page = BanPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await bans.list_bans(tx, guild_id, page))


async def get_ban(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await bans.get_ban(tx, guild_id, user_id))


async def create_ban(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    draft = BanDraft.parse(await request.json(), request.query)
    async with request.transaction() as tx:
        await bans.create_ban(tx, guild_id, user_id, draft)
    return no_content()


async def bulk_ban(request: RestRequest, guild_id: int) -> Answer:
    draft = BulkBanDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await bans.bulk_ban(tx, guild_id, draft))


async def delete_ban(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await bans.delete_ban(tx, guild_id, user_id)
    return no_content()
