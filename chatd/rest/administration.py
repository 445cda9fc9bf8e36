"""Administration over HTTP: chatd's own routes below /admin, for administrators and nobody else.

Who that is, app.py asks the database before anything of a request is read, so a refusal tells nothing.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from chatd.actions import administration, applications, server
from chatd.model.administration import AccountEdit, Announcement, NewUser, Removal, ServerSettings, UserPage
from chatd.model.errors import UnknownConnection
from chatd.model.times import iso
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_users(request: RestRequest) -> Answer:
    page = UserPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await administration.list_users(tx, page, is_online=request.app.is_online))


async def create_user(request: RestRequest) -> Answer:
    draft = NewUser.parse(await request.json())
    async with request.transaction() as tx:
        user, link = await administration.create_user(tx, draft)
    told = await user_of(request, user.id)
    return json(201, {"user": told, "link": link.payload(request.web_url())})


async def get_user(request: RestRequest, user_id: int) -> Answer:
    return json(200, await user_of(request, user_id))


async def update_user(request: RestRequest, user_id: int) -> Answer:
    edit = AccountEdit.parse(await request.json())
    async with request.transaction() as tx:
        await administration.update_user(tx, user_id, edit)
    return json(200, await user_of(request, user_id))


async def delete_user(request: RestRequest, user_id: int) -> Answer:
    removal = Removal.parse(request.query)
    async with request.transaction() as tx:
        await administration.delete_user(tx, user_id, removal)
    return no_content()


async def make_link(request: RestRequest, user_id: int) -> Answer:
    async with request.transaction() as tx:
        link = await administration.make_link(tx, user_id)
    return json(201, link.payload(request.web_url()))


async def sign_out_user(request: RestRequest, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await administration.sign_out(tx, user_id)
    return no_content()


async def get_settings(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await server.get_settings(tx))


async def update_settings(request: RestRequest) -> Answer:
    edit = ServerSettings.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await server.update_settings(tx, edit))


async def announce(request: RestRequest) -> Answer:
    draft = Announcement.parse(await request.json())
    async with request.transaction() as tx:
        said = await server.announce(tx, draft)
    return json(201, {"messages": [message.payload() for message in said]})


async def list_bots(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        rows = await applications.list_bots(tx)
        users, is_online = tx.directory.users, request.app.is_online
        told = [bot_payload(row, users, online=is_online(row["id"])) for row in rows]
    return json(200, {"bots": told})


async def reset_bot_token(request: RestRequest, user_id: int) -> Answer:
    async with request.transaction() as tx:
        return json(200, {"token": await administration.reset_bot_token(tx, user_id)})


async def delete_bot(request: RestRequest, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await administration.delete_bot(tx, user_id)
    return no_content()


async def get_storage(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await server.storage(tx, request.app.store.blobs))


async def list_connections(request: RestRequest) -> Answer:
    live = request.app.live
    return json(200, {"gateway": live.gateway(), "sockets": live.sockets()})


async def close_connection(request: RestRequest, connection: str) -> Answer:
    if not request.app.live.close(connection):
        raise UnknownConnection()
    return no_content()


async def get_server(request: RestRequest) -> Answer:
    """What runs here, since when, and by which limits."""
    live, settings = request.app.live, request.app.settings
    async with request.reading() as tx:
        versions, counts = await server.versions(tx), server.counts(tx)
    started_at_s = request.now_s if live.started_at_s is None else live.started_at_s
    told: dict[str, Any] = {
        "versions": {"chatd": live.version, **versions},
        "started_at": iso(datetime.fromtimestamp(started_at_s, UTC)),
        "uptime_s": int(request.now_s - started_at_s),
        "url": request.web_url(),
        "counts": counts,
        "limits": asdict(settings.limits),
        "attachment_bytes_max": settings.attachment_bytes_max,
        "session_days": settings.session.total_seconds() / 86_400,
    }
    return json(200, told)


async def user_of(request: RestRequest, user_id: int) -> dict[str, Any]:
    async with request.reading() as tx:
        return await administration.get_user(tx, user_id, is_online=request.app.is_online)


def bot_payload(row: Any, users: dict[int, Any], *, online: bool) -> dict[str, Any]:
    owner = users.get(row["owner_id"])
    return {
        **users[row["id"]].payload(),
        "owner": None if owner is None else owner.payload(),
        "created_at": iso(row["created_at"]),
        "online": online,
    }
