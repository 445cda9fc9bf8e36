"""Pruning over HTTP. Source: the Discord documentation, "Guild", "Begin Guild Prune"."""

from __future__ import annotations

from chatd.actions import prunes
from chatd.model.prunes import PruneDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def count(request: RestRequest, guild_id: int) -> Answer:
    draft = PruneDraft.parse(request.query)
    async with request.reading() as tx:
        pruned = await prunes.count(tx, guild_id, draft, is_online=request.app.is_online)
    return json(200, {"pruned": pruned})


async def prune(request: RestRequest, guild_id: int) -> Answer:
    draft = PruneDraft.parse(await request.json())
    async with request.transaction() as tx:
        pruned = await prunes.prune(tx, guild_id, draft, is_online=request.app.is_online)
    return json(200, {"pruned": pruned if draft.counts else None})
