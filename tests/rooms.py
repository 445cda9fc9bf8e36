"""Channels of the default guild for tests that are about what goes on in them."""

from __future__ import annotations

from typing import Any

from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Guild
from chatd.model.channels import Channel, ChannelType
from chatd.model.events import Event
from chatd.model.permissions import Overwrite, Permission
from tests.people import general

INSERT_CHANNEL = "insert into channels (id, guild_id, type, name, user_limit) values ($1, $2, $3, $4, $5)"
INSERT_OVERWRITE = """
insert into overwrites (channel_id, target_id, type, allow, deny) values ($1, $2, $3, $4, $5)
"""
VIEW = int(Permission.VIEW_CHANNEL)
COME_IN = int(Permission.VIEW_CHANNEL | Permission.CONNECT)


async def channel(
    store: Any, kind: ChannelType, *, user_limit: int = 0, overwrites: tuple[Overwrite, ...] = ()
) -> Channel:
    """A new channel, as everybody hears of one."""
    guild_id = general(store).guild_id
    made = Channel(
        store.mint.next(), kind, guild_id, kind.name.lower(), user_limit=user_limit,
        overwrites={overwrite.target_id: overwrite for overwrite in overwrites},
    )  # fmt: skip
    async with store.transaction(ANYONE) as tx:
        await tx.conn.execute(INSERT_CHANNEL, made.id, guild_id, int(kind), made.name, user_limit)
        for overwrite in overwrites:
            await tx.conn.execute(INSERT_OVERWRITE, made.id, *overwrite)
        tx.emit(Event("CHANNEL_CREATE", made.payload()), to=Guild(guild_id))
    return store.directory.channels[made.id]  # type: ignore[no-any-return]


async def voice(store: Any, **options: Any) -> Channel:
    return await channel(store, ChannelType.GUILD_VOICE, **options)


async def stage(store: Any, **options: Any) -> Channel:
    return await channel(store, ChannelType.GUILD_STAGE_VOICE, **options)


def only_for(store: Any, *user_ids: int) -> tuple[Overwrite, ...]:
    """Overwrites by which nobody but these see a channel."""
    guild_id = general(store).guild_id
    return (Overwrite(guild_id, 0, 0, VIEW), *(Overwrite(user_id, 1, VIEW, 0) for user_id in user_ids))


async def in_another_guild(store: Any, *actors: Actor) -> Any:
    """A voice channel of a guild that another day made, with these members."""
    guild_id = store.mint.next()
    async with store.pool.acquire() as conn:
        for statement, *row in (
            ("insert into guilds (id, name, owner_id) values ($1, 'other', $2)", actors[0].id),
            ("insert into roles (id, guild_id, name, permissions) values ($1, $1, 'all', $2)", COME_IN),
            ("insert into channels (id, guild_id, type, name) values ($1, $1, 2, 'room')",),
        ):
            await conn.execute(statement, guild_id, *row)
        for actor in actors:
            await conn.execute("insert into members (guild_id, user_id) values ($1, $2)", guild_id, actor.id)
        await store.directory.load(conn)
    return store.directory.channels[guild_id]
