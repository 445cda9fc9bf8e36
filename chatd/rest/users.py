"""Users over HTTP. Source: the Discord documentation, "User"."""

from __future__ import annotations

from chatd.actions import guilds, images, users
from chatd.model.guilds import GuildPage
from chatd.model.users import UserEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def get_self(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await users.get_self(tx))


async def update_self(request: RestRequest) -> Answer:
    edit = UserEdit.parse(await request.json(), of_bot=request.actor.bot)
    store = request.app.store
    avatar, banner = await images.keep(store, edit.avatar), await images.keep(store, edit.banner)
    async with request.transaction() as tx:
        return json(200, await users.update_self(tx, edit, avatar=avatar, banner=banner))


async def get_user(request: RestRequest, user_id: int) -> Answer:
    async with request.reading() as tx:
        user = users.get_user(tx, user_id)
    return json(200, user.payload())


async def list_guilds(request: RestRequest) -> Answer:
    page = GuildPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, guilds.list_guilds(tx, page, is_online=request.app.is_online))
