"""Guilds for tests: people with roles, and the channels and roles that they make by the real actions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import channels, roles
from chatd.model.actor import Actor
from chatd.model.audience import Guild
from chatd.model.channel_drafts import ChannelDraft
from chatd.model.channels import Channel
from chatd.model.events import guild_member_update
from chatd.model.roles import Role, RoleEdit
from tests.people import general, person


def guild_of(store: Any) -> Any:
    """The default guild."""
    return store.directory.guilds[general(store).guild_id]


async def owner_of(store: Any) -> Actor:
    """Somebody who owns the default guild."""
    owner, _ = await person(store, "owner", admin=True)
    return owner


async def make_role(store: Any, actor: Actor, guild_id: int | None = None, **body: Any) -> Role:
    async with store.transaction(actor) as tx:
        role = await roles.create_role(tx, guild_id or guild_of(store).id, RoleEdit.parse(body))
    return role


async def make_channel(store: Any, actor: Actor, guild_id: int | None = None, **body: Any) -> Channel:
    draft = ChannelDraft.parse({"name": "room", **body})
    async with store.transaction(actor) as tx:
        channel = await channels.create_channel(tx, guild_id or guild_of(store).id, draft)
    return channel


async def edit_channel(store: Any, actor: Actor, channel_id: int, **body: Any) -> Channel:
    draft = ChannelDraft.parse_edit(body, store.directory.channels[channel_id].type)
    async with store.transaction(actor) as tx:
        return await channels.update_channel(tx, channel_id, draft)


async def give_role(store: Any, user_id: int, *role_ids: int, guild_id: int | None = None) -> None:
    """Let a member have exactly these roles, by the row and the event of it."""
    guild_id = guild_id or guild_of(store).id
    async with store.transaction(Actor(user_id)) as tx:
        await tx.conn.execute(
            "delete from member_roles where guild_id = $1 and user_id = $2", guild_id, user_id
        )
        await tx.conn.execute(
            "insert into member_roles select $1, $2, unnest($3::bigint[])", guild_id, user_id, list(role_ids)
        )
        member = replace(store.directory.guilds[guild_id].members[user_id], role_ids=tuple(sorted(role_ids)))
        tx.emit(
            guild_member_update(guild_id, member, store.directory.users[user_id]), to=Guild(guild_id)
        )


async def manager(store: Any, owner: Actor, name: str, permissions: int) -> Actor:
    """A member whose one role grants these permissions."""
    actor, _ = await person(store, name)
    role = await make_role(store, owner, name=f"{name}s", permissions=str(int(permissions)))
    await give_role(store, actor.id, role.id)
    return actor
