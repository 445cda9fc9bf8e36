"""People of the default guild with roles, one above the other, for tests of what they may do to others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from chatd.actions import members, roles
from chatd.model import permissions
from chatd.model.permissions import Permission
from chatd.model.roles import RoleEdit
from tests.people import Heard, general, person

# All that a role can grant which is not above everything.
EVERY_PERMISSION = permissions.ALL & ~Permission.ADMINISTRATOR


async def company(store: Any, granted: int = EVERY_PERMISSION) -> Any:
    """The owner, a moderator whose role grants what is said, and bob with a lower one that grants nothing."""
    owner, _ = await person(store, "owner", admin=True)
    moderator, _ = await person(store, "moderator")
    bob, _ = await person(store, "bob")
    high = await make_role(store, owner, "high", granted)
    low = await make_role(store, owner, "low")
    await give(store, owner, moderator, high)
    await give(store, owner, bob, low)
    return SimpleNamespace(owner=owner, moderator=moderator, bob=bob, high=high, low=low)


async def make_role(store: Any, owner: Any, name: str, granted: int = 0) -> int:
    """A role below those made before; its id."""
    async with store.transaction(owner) as tx:
        body = RoleEdit.parse({"name": name, "permissions": str(int(granted))})
        return (await roles.create_role(tx, general(store).guild_id, body)).id


async def give(store: Any, actor: Any, who: Any, role_id: int) -> None:
    async with store.transaction(actor) as tx:
        await members.add_role(tx, general(store).guild_id, who.id, role_id)


def member_of(store: Any, who: Any) -> Any:
    return store.directory.guilds[general(store).guild_id].members[who.id]


def recorded(heard: Heard) -> list[Any]:
    """What was told of the audit log's entries."""
    return [entry.d for entry in heard.entries if entry.name == "GUILD_AUDIT_LOG_ENTRY_CREATE"]
