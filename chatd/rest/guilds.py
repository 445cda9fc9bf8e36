"""Guilds over HTTP. Source: the Discord documentation, "Guild"."""

from __future__ import annotations

from chatd.actions import guilds, images, new_guilds
from chatd.model.guilds import GuildDraft, GuildEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def get_guild(request: RestRequest, guild_id: int) -> Answer:
    with_counts = request.flag("with_counts")
    async with request.reading() as tx:
        guild = await guilds.get_guild(
            tx, guild_id, with_counts=with_counts, is_online=request.app.is_online
        )
    return json(200, guild)


async def get_preview(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, guilds.get_preview(tx, guild_id, is_online=request.app.is_online))


async def create_guild(request: RestRequest) -> Answer:
    draft = GuildDraft.parse(await request.json())
    icon = await images.keep(request.app.store, draft.icon)
    owned_max = request.app.settings.guilds_owned_max
    async with request.transaction() as tx:
        guild = await new_guilds.create_guild(tx, draft, icon=icon, owned_max=owned_max)
    return json(201, guild.payload())


async def update_guild(request: RestRequest, guild_id: int) -> Answer:
    edit = GuildEdit.parse(await request.json())
    store = request.app.store
    hashes = {name: await images.keep(store, image) for name, image in edit.images.items()}
    async with request.transaction() as tx:
        guild = await guilds.update_guild(tx, guild_id, edit, hashes)
    return json(200, guild.payload())


async def leave_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.transaction() as tx:
        await guilds.leave_guild(tx, guild_id)
    return no_content()


async def delete_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.transaction() as tx:
        await guilds.delete_guild(tx, guild_id)
    return no_content()
