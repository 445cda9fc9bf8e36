"""Presence: many sessions of one user, one status that others see.

The most present session counts: online before idle before dnd; an invisible one is not shown. A session
that drops stays present for a grace period, so that a reload or a resume shows no flicker; then the user
may turn offline, and when that was is stored. A change that others cannot see is told to nobody.

Known to this process only. After a start, the sessions of the run before are expected back: they count as
present until they resume or their grace ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from chatd.actions.presence import go_offline, update_presence
from chatd.gateway.background import Background
from chatd.gateway.drafts import Presence
from chatd.model.actor import ANYONE
from chatd.model.json_text import encode_json

RANK = {"online": 0, "idle": 1, "dnd": 2}


class Shown(NamedTuple):
    """What others see of a user."""

    status: str
    activities: tuple[dict[str, Any], ...]
    client_status: dict[str, str]

    def payload(self, user_id: int) -> dict[str, Any]:
        """As it rides in GUILD_CREATE and GUILD_MEMBERS_CHUNK."""
        return {
            "user": {"id": str(user_id)},
            "status": self.status,
            "activities": list(self.activities),
            "client_status": self.client_status,
        }


OFFLINE = Shown("offline", (), {})


class Presences:
    """Invariant: `shown` has a user if and only if one of their sessions in `_sessions` is visible."""

    def __init__(
        self, store: Any, clock: Callable[[], float], grace_s: float,
        gone: Callable[[int, str], None] = lambda user_id, session_id: None,
    ) -> None:  # fmt: skip
        """`gone` is told of a user's session whose grace is over."""
        self.store = store
        self.clock = clock
        self.grace_s = grace_s
        self._gone = gone
        self.shown: dict[int, Shown] = {}
        self.changed_at: dict[int, int] = {}  # user -> the feed's position when others last saw a change
        self._sessions: dict[int, dict[str, tuple[Presence, str]]] = {}
        # Session -> user and deadline, in the order of the deadlines: each dictionary has one grace period.
        self._leaving: dict[str, tuple[int, float]] = {}
        self._expected: dict[str, tuple[int, float]] = {}
        self._texts: dict[int, str] = {}
        self._unannounced: dict[int, None] = {}
        self._announcing = Background(self._announce, "presence was not announced")

    def of_user(self, user_id: int) -> Shown:
        return self.shown.get(user_id, OFFLINE)

    def has(self, user_id: int, session_id: str) -> bool:
        """Whether the session is connected, or was a moment ago."""
        return session_id in self._sessions.get(user_id, ())

    def is_online(self, user_id: int) -> bool:
        return user_id in self.shown

    def texts_in(self, user_ids: Collection[int]) -> list[str]:
        """The presences of those who are not offline, as JSON, each made once while it lasts."""
        return [self._text(user_id) for user_id in self.shown if user_id in user_ids]

    def changed_since(self, position: int) -> list[int]:
        """Users of whom others may have seen a change after the feed had reached `position`."""
        return [user_id for user_id, changed_at in self.changed_at.items() if changed_at >= position]

    def enter(self, user_id: int, session_id: str, presence: Presence, platform: str) -> None:
        """The session is present, or is present in another way than before."""
        self._leaving.pop(session_id, None)
        self._expected.pop(session_id, None)
        self._sessions.setdefault(user_id, {})[session_id] = presence, platform
        self._update(user_id)

    def leave(self, user_id: int, session_id: str) -> None:
        """The session has lost its connection; it counts until its grace ends."""
        if session_id in self._sessions.get(user_id, ()):
            self._leaving[session_id] = user_id, self.clock() + self.grace_s

    def expect(
        self, user_id: int, session_id: str, presence: Presence, platform: str, grace_s: float
    ) -> None:  # fmt: skip
        """The session was live when the run before ended."""
        self._sessions.setdefault(user_id, {})[session_id] = presence, platform
        self._expected[session_id] = user_id, self.clock() + grace_s
        self._texts.pop(user_id, None)
        self.shown[user_id] = combined(list(self._sessions[user_id].values()))
        if self.shown[user_id].status == OFFLINE.status:
            del self.shown[user_id]

    def sweep(self, now: float) -> None:
        """End the grace of those whose time is over."""
        for waiting in (self._leaving, self._expected):
            while waiting:
                session_id, (user_id, deadline) = next(iter(waiting.items()))
                if deadline > now:
                    break
                del waiting[session_id]
                self._remove(user_id, session_id)
        if self._unannounced:
            self._announcing.kick()

    async def settle(self) -> None:
        await self._announcing.settle()

    def _text(self, user_id: int) -> str:
        text = self._texts.get(user_id)
        if text is None:
            text = self._texts[user_id] = encode_json(self.shown[user_id].payload(user_id))
        return text

    def _remove(self, user_id: int, session_id: str) -> None:
        sessions = self._sessions[user_id]
        del sessions[session_id]
        if not sessions:
            del self._sessions[user_id]
        self._update(user_id)
        self._gone(user_id, session_id)

    def _update(self, user_id: int) -> None:
        """Compute what others see; a change is announced, and silence is kept when there is none."""
        shown = combined(list(self._sessions.get(user_id, {}).values()))
        if shown == self.of_user(user_id):
            return
        self._texts.pop(user_id, None)
        if shown.status == OFFLINE.status:
            del self.shown[user_id]
        else:
            self.shown[user_id] = shown
        self.changed_at[user_id] = self.store.feed.position
        self._unannounced[user_id] = None
        self._announcing.kick()

    async def _announce(self) -> None:
        """Tell the guilds of everyone who has changed, as they are now."""
        users, self._unannounced = self._unannounced, {}
        try:
            async with self.store.reading(ANYONE) as tx:
                for user_id in users:
                    shown = self.of_user(user_id)
                    update_presence(tx, user_id, shown.status, list(shown.activities), shown.client_status)
            offline = [user_id for user_id in users if user_id not in self.shown]
            if offline:
                await go_offline(self.store, offline)
        except BaseException:
            self._unannounced = {**users, **self._unannounced}
            raise


def combined(sessions: list[tuple[Presence, str]]) -> Shown:
    """One presence of many. The activities are those of the sessions that others see, the latest first."""
    visible = [(presence, platform) for presence, platform in sessions if presence.status in RANK]
    if not visible:
        return OFFLINE
    client_status: dict[str, str] = {}
    activities: list[dict[str, Any]] = []
    for presence, platform in reversed(visible):
        best = client_status.get(platform, presence.status)
        client_status[platform] = min(best, presence.status, key=RANK.__getitem__)
        activities += [activity for activity in presence.activities if activity not in activities]
    return Shown(min(client_status.values(), key=RANK.__getitem__), tuple(activities), client_status)
