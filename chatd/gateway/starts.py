"""How often a bot may begin a session. The Discord documentation, "Session Start Limit" and "Sharding".

A day has a total for each bot, and `max_concurrency` of its shards may identify in each five seconds: shards
whose ids leave the same remainder wait for one another. People are not counted: a person has a few devices,
and no library that reconnects in a loop. Counts live in this process and begin anew with it.
"""

from __future__ import annotations

from chatd.gateway.settings import GatewaySettings
from chatd.model.buckets import Bucket, Rate

DAY_S = 86_400.0
IDENTIFY_WINDOW_S = 5.0
# What a bot is told of where there is no limit: it is Discord's own number, and never gets less.
TOTAL_OF_NO_LIMIT = 1000


class SessionStarts:
    def __init__(self, settings: GatewaySettings) -> None:
        self.max_concurrency = settings.max_concurrency
        self.daily = Rate(settings.session_starts_per_day, DAY_S)
        self._days: dict[int, Bucket] = {}
        self._turns: dict[tuple[int, int], Bucket] = {}

    def wait_s(self, user_id: int, shard_id: int, now_s: float) -> float:
        """Count a start. 0 if it may begin now, else the seconds until it may be tried again."""
        if not self.daily.limit:
            return 0.0
        turn = self._turns.setdefault((user_id, shard_id % self.max_concurrency), Bucket())
        taken = turn.take(Rate(1, IDENTIFY_WINDOW_S), now_s)
        if taken.allowed:
            taken = self._days.setdefault(user_id, Bucket()).take(self.daily, now_s)
        return 0.0 if taken.allowed else min(taken.reset_s - now_s, IDENTIFY_WINDOW_S)

    def left(self, user_id: int, now_s: float) -> dict[str, int]:
        """`session_start_limit` of GET /gateway/bot; `reset_after` is in milliseconds."""
        day = self._days.get(user_id, Bucket())
        used, reset_s = (day.used, day.reset_s) if now_s < day.reset_s else (0, now_s)
        total = self.daily.limit or TOTAL_OF_NO_LIMIT
        return {
            "total": total,
            "remaining": total - used,
            "reset_after": int((reset_s - now_s) * 1000),
            "max_concurrency": self.max_concurrency,
        }
