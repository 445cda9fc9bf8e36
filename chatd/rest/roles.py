"""Roles over HTTP. Source: the Discord documentation, "Guild", "Permissions"."""

from __future__ import annotations

from chatd.actions import images, roles
from chatd.model.roles import RoleEdit, read_role_positions
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_roles(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await roles.list_roles(tx, guild_id))


async def get_role(request: RestRequest, guild_id: int, role_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, (await roles.get_role(tx, guild_id, role_id)).payload())


async def count_members(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await roles.count_members(tx, guild_id))


async def create_role(request: RestRequest, guild_id: int) -> Answer:
    edit = RoleEdit.parse(await request.json())
    icon = await images.keep(request.app.store, edit.icon)
    async with request.transaction() as tx:
        role = await roles.create_role(tx, guild_id, edit, icon=icon)
    return json(200, role.payload())


async def move_roles(request: RestRequest, guild_id: int) -> Answer:
    moves = read_role_positions(await request.json())
    async with request.transaction() as tx:
        moved = await roles.move_roles(tx, guild_id, moves)
    return json(200, moved)


async def update_role(request: RestRequest, guild_id: int, role_id: int) -> Answer:
    edit = RoleEdit.parse(await request.json())
    icon = await images.keep(request.app.store, edit.icon)
    async with request.transaction() as tx:
        role = await roles.update_role(tx, guild_id, role_id, edit, icon=icon)
    return json(200, role.payload())


async def delete_role(request: RestRequest, guild_id: int, role_id: int) -> Answer:
    async with request.transaction() as tx:
        await roles.delete_role(tx, guild_id, role_id)
    return no_content()
