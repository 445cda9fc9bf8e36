"""Guilds over HTTP. Source: the Discord documentation, "Guild"."""

from __future__ import annotations

from chatd.actions import guilds
from chatd.model.shapes import Form
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def get_guild(request: RestRequest, guild_id: int) -> Answer:
    query = Form(request.query)
    with_counts = query.flag("with_counts")
    query.finish()
    async with request.reading() as tx:
        guild = await guilds.get_guild(
            tx, guild_id, with_counts=with_counts, is_online=request.app.is_online
        )
    return json(200, guild)
