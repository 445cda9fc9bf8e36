"""Turns: when each member has last spoken in a channel with slow mode.

Known from the messages themselves, which the directory loads and follows, so a restart lets nobody speak
earlier and nothing is written for it. What is on its way to the database is marked here as well: of two
messages that somebody sends at once, one is too early.
"""

from __future__ import annotations

from asyncpg import Connection

from chatd.model.channels import SLOW_MODE_SECONDS_MAX
from chatd.model.messages import SAID_BY_USERS
from chatd.model.snowflakes import created_at
from chatd.store.queries import directory as queries

# Beyond so many, those whose turn has come again in any case are forgotten.
TURNS_MAX = 10_000

Key = tuple[int, int]  # channel and user


class Turns:
    def __init__(self) -> None:
        self._last_s: dict[Key, float] = {}
        self._underway: set[Key] = set()

    async def load(self, conn: Connection) -> None:
        """Read what has been said in channels with slow mode since somebody may last have had to wait."""
        for row in await queries.list_turns(conn, types=sorted(SAID_BY_USERS)):
            self.take(row["channel_id"], row["author_id"], row["message_id"])

    def take(self, channel_id: int, user_id: int, message_id: int) -> None:
        """Somebody has spoken."""
        at_s = created_at(message_id).timestamp()
        if len(self._last_s) >= TURNS_MAX:
            self._last_s = {
                key: last for key, last in self._last_s.items() if last > at_s - SLOW_MODE_SECONDS_MAX
            }
        self._last_s[channel_id, user_id] = max(at_s, self._last_s.get((channel_id, user_id), 0.0))

    def wait_s(self, channel_id: int, user_id: int, slow_mode_s: int, now_s: float) -> float:
        """How long somebody has to wait; 0 if it is their turn."""
        if (channel_id, user_id) in self._underway:
            return float(slow_mode_s)
        return max(0.0, self._last_s.get((channel_id, user_id), 0.0) + slow_mode_s - now_s)

    def begin(self, channel_id: int, user_id: int) -> None:
        self._underway.add((channel_id, user_id))

    def end(self, channel_id: int, user_id: int) -> None:
        """It has been committed and taken, or it has failed."""
        self._underway.discard((channel_id, user_id))
