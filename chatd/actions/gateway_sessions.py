"""The rows of gateway sessions: what lets a session outlive its connection, its process and its host.

The gateway acts here for itself, with sessions whose token it has checked; so there is no permission to
ask for and no event to emit. It writes behind and in groups (gateway/session.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatd.model.actor import ANYONE
from chatd.store.queries import gateway_sessions


@dataclass(slots=True, frozen=True)
class SavedSession:
    """A session as its row has it. `presence` is JSON; the last two are None until it first dropped."""

    id: str
    user_id: int
    token_hash: bytes
    intents: int
    shard_id: int
    shard_count: int
    large_threshold: int
    presence: str
    dropped_at: datetime | None = None
    served: int | None = None
    last_sent: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> SavedSession:
        return cls(
            row["id"], row["user_id"], row["token_hash"], row["intents"], row["shard_id"], row["shard_count"],
            row["large_threshold"], row["presence"], row["dropped_at"], row["served"], row["last_sent"],
        )  # fmt: skip


@dataclass(slots=True, frozen=True)
class DroppedSession:
    """A session without its connection: fed up to `served`, and last sent the `s` that is `last_sent`."""

    id: str
    served: int
    last_sent: int
    at_shutdown: bool = False


async def save_sessions(
    store: Any,
    *,
    opened: Sequence[SavedSession] = (),
    presences: dict[str, str] | None = None,
    dropped: Sequence[DroppedSession] = (),
    ended: Sequence[str] = (),
) -> None:
    """Write what happened to sessions, in this order, in one transaction. `presences` is by session id."""
    async with store.transaction(ANYONE) as tx:
        if opened:
            await _insert(tx, opened)
        if presences:
            await gateway_sessions.update_presences(
                tx.conn, ids=list(presences), presences=list(presences.values())
            )
        if dropped:
            await gateway_sessions.drop_sessions(
                tx.conn,
                ids=[session.id for session in dropped],
                served=[session.served for session in dropped],
                last_sent=[session.last_sent for session in dropped],
                at_shutdown=[session.at_shutdown for session in dropped],
                at=tx.now(),
            )
        if ended:
            await gateway_sessions.delete_sessions(tx.conn, ids=list(ended))


async def _insert(tx: Any, opened: Sequence[SavedSession]) -> None:
    await gateway_sessions.insert_sessions(
        tx.conn,
        ids=[session.id for session in opened],
        user_ids=[session.user_id for session in opened],
        token_hashes=[session.token_hash for session in opened],
        intents=[session.intents for session in opened],
        shard_ids=[session.shard_id for session in opened],
        shard_counts=[session.shard_count for session in opened],
        large_thresholds=[session.large_threshold for session in opened],
        presences=[session.presence for session in opened],
        at=tx.now(),
    )


async def find_session(store: Any, session_id: str, *, window_s: float) -> SavedSession | None:
    """The session, unless there is none or its time to resume, `window_s` from its drop, is over."""
    async with store.reading(ANYONE) as tx:
        async with tx.connection() as conn:
            row = await gateway_sessions.find_session(conn, id=session_id)
        if row is None:
            return None
        session = SavedSession.from_row(row)
        since = tx.now() - timedelta(seconds=window_s)
        return None if session.dropped_at is not None and session.dropped_at <= since else session


async def take_up_session(store: Any, session_id: str) -> bool:
    """The session is live again. False when it has ended meanwhile."""
    async with store.transaction(ANYONE) as tx:
        return bool(await gateway_sessions.take_up_session(tx.conn, id=session_id))


async def drop_live_sessions(store: Any) -> list[SavedSession]:
    """At a start: those that were live when the run before ended. Their time to resume begins now."""
    async with store.transaction(ANYONE) as tx:
        rows = await gateway_sessions.drop_live_sessions(tx.conn, at=tx.now())
        return [SavedSession.from_row(row) for row in rows]
