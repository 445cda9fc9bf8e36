"""Tokens: who somebody is, by the token that they show.

What a token proves is remembered in the directory for a while, because every request asks; an entry
of the journal (TOKEN_REVOKED) makes every process forget it at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chatd.model.actor import ANYONE, Actor
from chatd.model.credentials import hash_token
from chatd.store.directory import RememberedActor
from chatd.store.queries import accounts
from chatd.store.store import Store

# After this long a token is looked up again, so that nothing that expires or changes goes unseen.
REMEMBERED_S = 300.0
# A session is extended at most this often.
EXTEND_AFTER = timedelta(hours=1)
# Longer than any token of ours; more is not worth hashing.
TOKEN_CHARACTERS_MAX = 200


async def authenticate(store: Store, token: str, session: timedelta | None = None) -> Actor | None:
    """The actor behind a token, or None. With `session`, its length, a session in use is extended."""
    if not token or len(token) > TOKEN_CHARACTERS_MAX:
        return None
    token_hash = hash_token(token)
    remembered = store.directory.actors.get(token_hash)
    if remembered is not None and remembered.until_s > store.clock():
        return remembered.actor
    return await _look_up(store, token_hash, session)


async def _look_up(store: Store, token_hash: bytes, session: timedelta | None) -> Actor | None:
    epoch = store.directory.token_epoch
    async with store.reading(ANYONE) as tx, tx.connection() as conn:
        row = await accounts.find_token(conn, hash=token_hash, now=tx.now())
        if row is None:
            return None
        if session is not None and _is_due(row, tx.now()):
            await accounts.extend_token(conn, hash=token_hash, now=tx.now(), expires_at=tx.now() + session)
    if row["user_id"] not in store.directory.users:
        await store.feed.catch_up()  # Another process has made this user a moment ago.
    actor = Actor(row["user_id"], bot=row["bot"], admin=row["admin"], token_hash=token_hash)
    if store.directory.token_epoch == epoch:  # Else it may have been revoked while we looked.
        until_s = store.clock() + REMEMBERED_S
        if row["expires_at"] is not None:
            until_s = min(until_s, row["expires_at"].timestamp())
        store.directory.remember_actor(token_hash, RememberedActor(actor, until_s))
    return actor


def _is_due(row: Any, now: datetime) -> bool:
    return bool(row["kind"] == "session" and now - row["last_used_at"] > EXTEND_AFTER)
