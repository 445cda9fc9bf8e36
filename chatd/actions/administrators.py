"""Administrators: who they are, what they are told, and that there is always one."""

from __future__ import annotations

from chatd.model import events
from chatd.model.actor import Actor
from chatd.model.audience import Users
from chatd.model.errors import LastAdministrator, MissingAccess
from chatd.model.users import User
from chatd.store.queries import administration, settings
from chatd.store.store import Store
from chatd.store.transaction import Reading, Transaction


async def require(store: Store, actor: Actor) -> None:
    """Raises MissingAccess for anybody else.

    The database is asked every time: whoever was one a minute ago may not be now, and the other way round.
    """
    async with store.reading(actor) as tx:
        if not await is_one(tx):
            raise MissingAccess()


async def is_one(tx: Reading) -> bool:
    """Is the actor one now? What came with their token may be minutes old, so the database is asked."""
    if tx.actor.bot:
        return False
    async with tx.connection() as conn:
        return bool(await administration.is_admin(conn, user_id=tx.actor.id))


async def tell(tx: Transaction, kind: str, *, user: User | None = None, by: int | None = None) -> None:
    """Tell every administrator, and nobody else. Emits CHATD_ADMIN_NOTICE."""
    admins = tuple(row["user_id"] for row in await administration.list_admins(tx.conn))
    if admins:
        tx.emit(events.admin_notice(kind, tx.now(), user=user, by=by), to=Users(admins))


async def require_another(tx: Transaction, user_id: int) -> None:
    """Before somebody stops being one. Who stops takes turns with whoever else does.

    Raises LastAdministrator.
    """
    await settings.lock_settings(tx.conn)
    if not await administration.count_other_admins(tx.conn, user_id=user_id):
        raise LastAdministrator()
