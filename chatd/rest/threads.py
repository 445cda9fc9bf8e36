"""Threads over HTTP. Source: the Discord documentation, "Channel", from "Start Thread from Message" on."""

from __future__ import annotations

from chatd.actions import thread_lists, thread_members, threads
from chatd.model.thread_drafts import (
    ArchivedPage,
    JoinedPage,
    ThreadDraft,
    ThreadEdit,
    ThreadMemberPage,
    ThreadSearch,
)
from chatd.rest.messages import read_parts
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def create_from_message(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    draft = ThreadDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(201, await threads.create_from_message(tx, channel_id, message_id, draft))


async def create_thread(request: RestRequest, channel_id: int) -> Answer:
    """In a forum it may come with the files of its first message."""
    parts = await read_parts(request, channel_id)
    draft = ThreadDraft.parse(parts.json, parts.files)
    await parts.keep()
    async with request.transaction() as tx:
        return json(201, await threads.create_thread(tx, channel_id, draft))


async def update_thread(request: RestRequest, channel_id: int) -> Answer:
    edit = ThreadEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await threads.update_thread(tx, channel_id, edit))


async def delete_thread(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        return json(200, await threads.delete_thread(tx, channel_id))


async def join(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        await thread_members.join(tx, channel_id)
    return no_content()


async def add_member(request: RestRequest, channel_id: int, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await thread_members.add_member(tx, channel_id, user_id)
    return no_content()


async def leave(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        await thread_members.leave(tx, channel_id)
    return no_content()


async def remove_member(request: RestRequest, channel_id: int, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await thread_members.remove_member(tx, channel_id, user_id)
    return no_content()


async def get_member(request: RestRequest, channel_id: int, user_id: int) -> Answer:
    with_member = request.flag("with_member")
    async with request.reading() as tx:
        return json(200, await thread_members.get_member(tx, channel_id, user_id, with_member=with_member))


async def list_members(request: RestRequest, channel_id: int) -> Answer:
    page = ThreadMemberPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await thread_members.list_members(tx, channel_id, page))


async def list_active(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await thread_lists.list_active(tx, guild_id))


async def search_threads(request: RestRequest, channel_id: int) -> Answer:
    search = ThreadSearch.parse(request.query_lists)
    async with request.reading() as tx:
        return json(200, await thread_lists.search_threads(tx, channel_id, search))


async def list_public_archived(request: RestRequest, channel_id: int) -> Answer:
    page = ArchivedPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await thread_lists.list_public_archived(tx, channel_id, page))


async def list_private_archived(request: RestRequest, channel_id: int) -> Answer:
    page = ArchivedPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await thread_lists.list_private_archived(tx, channel_id, page))


async def list_joined_archived(request: RestRequest, channel_id: int) -> Answer:
    page = JoinedPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await thread_lists.list_joined_archived(tx, channel_id, page))
