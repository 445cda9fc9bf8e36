"""Things that people do, for tests of who hears of them."""

from __future__ import annotations

from typing import Any

from chatd.actions import accounts, deletions, dms, messages, typing, users
from chatd.model.actor import Actor
from chatd.model.dms import DirectMessageDraft
from chatd.model.message_drafts import MessageDraft, MessageEdit
from chatd.model.users import UserEdit
from tests.people import general


async def say(
    store: Any, actor: Actor, content: str = "hello", channel_id: int | None = None, **fields: Any
) -> Any:
    """A message, in #general unless another channel is named."""
    async with store.queued(actor) as tx:
        draft = MessageDraft.parse({"content": content, **fields})
        return await messages.create_message(tx, channel_id or general(store).id, draft)


async def edit(store: Any, actor: Actor, message: Any, content: str) -> None:
    async with store.queued(actor) as tx:
        await messages.update_message(
            tx, message.channel_id, message.id, MessageEdit.parse({"content": content})
        )


async def delete(store: Any, actor: Actor, message: Any) -> None:
    async with store.transaction(actor) as tx:
        await deletions.delete_message(tx, message.channel_id, message.id)


async def type_in(store: Any, actor: Actor, channel_id: int | None = None) -> None:
    async with store.reading(actor) as tx:
        await typing.start_typing(tx, channel_id or general(store).id)


async def rename(store: Any, actor: Actor, global_name: str) -> None:
    async with store.transaction(actor) as tx:
        await users.update_self(tx, UserEdit.parse({"global_name": global_name}))


async def open_dm(store: Any, actor: Actor, other: Actor) -> int:
    async with store.transaction(actor) as tx:
        channel = await dms.open_dm(tx, DirectMessageDraft.parse({"recipient_id": str(other.id)}))
    return int(channel["id"])


async def sign_out(store: Any, actor: Actor) -> None:
    async with store.transaction(actor) as tx:
        await accounts.sign_out(tx)
