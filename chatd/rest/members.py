"""Members over HTTP. Source: the Discord documentation, "Guild", "Guild Member Object"."""

from __future__ import annotations

from chatd.actions import images, members
from chatd.model.members import MemberEdit, MemberPage, MemberSearch, OwnMemberEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


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
    async with request.reading() as tx:
        return json(200, await members.get_own(tx, guild_id))


async def update_member(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    edit = MemberEdit.parse(await request.json())
    async with request.transaction() as tx:
        member = await members.update_member(tx, guild_id, user_id, edit)
    return json(200, member)


async def update_self(request: RestRequest, guild_id: int) -> Answer:
    edit = OwnMemberEdit.parse(await request.json())
    avatar = await images.keep(request.app.store, edit.avatar)
    banner = await images.keep(request.app.store, edit.banner)
    async with request.transaction() as tx:
        member = await members.update_own(tx, guild_id, edit, avatar=avatar, banner=banner)
    return json(200, member)


async def kick(request: RestRequest, guild_id: int, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await members.kick(tx, guild_id, user_id)
    return no_content()


async def add_role(request: RestRequest, guild_id: int, user_id: int, role_id: int) -> Answer:
    async with request.transaction() as tx:
        await members.add_role(tx, guild_id, user_id, role_id)
    return no_content()


async def remove_role(request: RestRequest, guild_id: int, user_id: int, role_id: int) -> Answer:
    async with request.transaction() as tx:
        await members.remove_role(tx, guild_id, user_id, role_id)
    return no_content()
