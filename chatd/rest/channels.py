"""Channels over HTTP. Source: the Discord documentation, "Channel", "Guild".

What a PATCH or a DELETE of a channel means depends on what the channel is, so these two look first.
"""

from __future__ import annotations

from chatd.actions import channels, overwrites
from chatd.model.channel_drafts import ChannelDraft, OverwriteDraft, read_channel_moves
from chatd.model.channels import SETTINGS, THREADS, Channel
from chatd.model.errors import WrongChannelType
from chatd.rest import dms, threads
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def get_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await channels.get_channel(tx, channel_id))


async def list_channels(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await channels.list_channels(tx, guild_id))


async def create_channel(request: RestRequest, guild_id: int) -> Answer:
    draft = ChannelDraft.parse(await request.json())
    async with request.transaction() as tx:
        channel = await channels.create_channel(tx, guild_id, draft)
    return json(201, channel.payload())


async def move_channels(request: RestRequest, guild_id: int) -> Answer:
    moves = read_channel_moves(await request.json())
    async with request.transaction() as tx:
        await channels.move_channels(tx, guild_id, moves)
    return no_content()


async def update_channel(request: RestRequest, channel_id: int) -> Answer:
    body = await request.json()
    async with request.reading() as tx:
        known = await channels.find_channel(tx, channel_id)
    if known.guild_id is None:
        return await dms.update_group(request, channel_id, body)
    if known.type in THREADS:
        return await threads.update_thread(request, channel_id)
    if known.type not in SETTINGS:
        raise WrongChannelType()
    draft = ChannelDraft.parse_edit(body, known.type)
    async with request.transaction() as tx:
        channel = await channels.update_channel(tx, channel_id, draft)
        count_renaming(request, known, channel)
    return json(200, channel.payload())


async def delete_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        known = await channels.find_channel(tx, channel_id)
    if known.guild_id is None:
        return await dms.close(request, channel_id)
    if known.type in THREADS:
        return await threads.delete_thread(request, channel_id)
    async with request.transaction() as tx:
        channel = await channels.delete_channel(tx, channel_id)
    return json(200, channel.payload())


async def put_overwrite(request: RestRequest, channel_id: int, overwrite_id: int) -> Answer:
    draft = OverwriteDraft.parse(await request.json())
    async with request.transaction() as tx:
        await overwrites.put_overwrite(tx, channel_id, overwrite_id, draft)
    return no_content()


async def delete_overwrite(request: RestRequest, channel_id: int, overwrite_id: int) -> Answer:
    async with request.transaction() as tx:
        await overwrites.delete_overwrite(tx, channel_id, overwrite_id)
    return no_content()


def count_renaming(request: RestRequest, before: Channel, after: Channel) -> None:
    """Another name or topic is seldom wanted often: a bucket of the channel's own counts what would succeed.

    Raises RateLimited, which undoes the change.
    """
    if (after.name, after.topic) != (before.name, before.topic):
        request.app.limits.take_shared("channel_rename_per_600_s", str(after.id), request.now_s)
