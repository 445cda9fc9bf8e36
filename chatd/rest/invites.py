"""Invites over HTTP. Source: the Discord documentation, "Invite"."""

from __future__ import annotations

from chatd.actions import invites
from chatd.model.invites import InviteDraft, VanityDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def get_invite(request: RestRequest, code: str) -> Answer:
    with_counts = request.flag("with_counts")
    async with request.reading() as tx:
        invite = await invites.get_invite(
            tx, code, with_counts=with_counts, is_online=request.app.is_online
        )
    return json(200, invite)


async def accept(request: RestRequest, code: str) -> Answer:
    async with request.transaction() as tx:
        return json(200, await invites.accept(tx, code))


async def delete_invite(request: RestRequest, code: str) -> Answer:
    async with request.transaction() as tx:
        return json(200, await invites.delete_invite(tx, code))


async def list_of_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await invites.list_of_channel(tx, channel_id))


async def create_invite(request: RestRequest, channel_id: int) -> Answer:
    draft = InviteDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await invites.create_invite(tx, channel_id, draft))


async def list_of_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await invites.list_of_guild(tx, guild_id))


async def get_vanity(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await invites.get_vanity(tx, guild_id))


async def set_vanity(request: RestRequest, guild_id: int) -> Answer:
    draft = VanityDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await invites.set_vanity(tx, guild_id, draft.code))
