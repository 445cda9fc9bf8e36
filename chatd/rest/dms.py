"""Direct messages over HTTP. Source: the Discord documentation, "Create DM", "Create Group DM", "Channel"."""

from __future__ import annotations

from typing import Any

from chatd.actions import dms, images
from chatd.model.dms import DirectMessageDraft, GroupDraft, GroupEdit, is_of_group
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_dms(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, dms.list_dms(tx))


async def open_channel(request: RestRequest) -> Answer:
    body = await request.json()
    if is_of_group(body):
        group = GroupDraft.parse(body)
        async with request.transaction() as tx:
            return json(200, await dms.create_group(tx, group))
    draft = DirectMessageDraft.parse(body)
    async with request.transaction() as tx:
        return json(200, await dms.open_dm(tx, draft))


async def add_recipient(request: RestRequest, channel_id: int, user_id: int) -> Answer:
    async with request.transaction() as tx:
        made = await dms.add_recipient(tx, channel_id, user_id)
    return no_content() if made is None else json(201, made)


async def remove_recipient(request: RestRequest, channel_id: int, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await dms.remove_recipient(tx, channel_id, user_id)
    return no_content()


async def update_group(request: RestRequest, channel_id: int, body: Any) -> Answer:
    """What a PATCH of a channel is where the channel is no guild's."""
    edit = GroupEdit.parse(body)
    icon = await images.keep(request.app.store, edit.icon)
    async with request.transaction() as tx:
        return json(200, await dms.update_group(tx, channel_id, edit, icon=icon))


async def close(request: RestRequest, channel_id: int) -> Answer:
    """What a DELETE of a channel is there."""
    async with request.transaction() as tx:
        return json(200, await dms.close(tx, channel_id))
