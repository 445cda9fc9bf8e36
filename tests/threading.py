"""Threads for tests, made by the real actions."""

from __future__ import annotations

from typing import Any

from chatd.actions import thread_members, threads
from chatd.model.actor import Actor
from chatd.model.channels import ChannelType
from chatd.model.thread_drafts import ThreadDraft, ThreadEdit
from tests.people import general

ANNOUNCEMENT = int(ChannelType.ANNOUNCEMENT_THREAD)
PUBLIC, PRIVATE = int(ChannelType.PUBLIC_THREAD), int(ChannelType.PRIVATE_THREAD)


async def start(store: Any, actor: Actor, channel_id: int | None = None, **body: Any) -> Any:
    """A thread from nothing, a public one unless the body says otherwise. Gives the channel."""
    draft = ThreadDraft.parse({"name": "talk", "type": PUBLIC, **body})
    async with store.transaction(actor) as tx:
        made = await threads.create_thread(tx, channel_id or general(store).id, draft)
    return store.directory.channels[int(made["id"])]


async def start_from(store: Any, actor: Actor, message: Any, **body: Any) -> Any:
    """A thread of a message. Gives the channel."""
    draft = ThreadDraft.parse({"name": "talk", **body})
    async with store.transaction(actor) as tx:
        made = await threads.create_from_message(tx, message.channel_id, message.id, draft)
    return store.directory.channels[int(made["id"])]


async def edit(store: Any, actor: Actor, channel_id: int, **body: Any) -> Any:
    async with store.transaction(actor) as tx:
        await threads.update_thread(tx, channel_id, ThreadEdit.parse(body))
    return store.directory.channels[channel_id]


async def join(store: Any, actor: Actor, channel_id: int) -> None:
    async with store.transaction(actor) as tx:
        await thread_members.join(tx, channel_id)


async def add(store: Any, actor: Actor, channel_id: int, user_id: int) -> None:
    async with store.transaction(actor) as tx:
        await thread_members.add_member(tx, channel_id, user_id)


async def leave(store: Any, actor: Actor, channel_id: int) -> None:
    async with store.transaction(actor) as tx:
        await thread_members.leave(tx, channel_id)


async def remove(store: Any, actor: Actor, channel_id: int, user_id: int) -> None:
    async with store.transaction(actor) as tx:
        await thread_members.remove_member(tx, channel_id, user_id)
