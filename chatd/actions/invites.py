"""Invites: codes by which somebody may sign up where the policy asks for one."""

from __future__ import annotations

import secrets
from datetime import datetime

from chatd.store.queries import invites, settings
from chatd.store.transaction import Transaction


async def create_invite(tx: Transaction, *, max_uses: int, expires_at: datetime | None) -> str:
    """A new code for the default guild; `max_uses` 0 means any number."""
    rules = await settings.find_settings(tx.conn)
    code = secrets.token_urlsafe(8)
    await invites.insert_invite(
        tx.conn, code=code, guild_id=rules["guild_id"], channel_id=rules["channel_id"], inviter_id=None,
        expires_at=expires_at, max_uses=max_uses,
    )  # fmt: skip
    return code
