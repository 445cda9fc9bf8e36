"""A gateway session: who it is, what it asked for. It outlives its connection, and its process.

The row of a session (actions/gateway_sessions.py) is written behind: what opens, drops, changes and ends
is collected and committed together, so ten thousand lost connections are one statement. A resume waits
for what is on its way (`settle`) before it reads.

A session's id ends with the position at which it began. READY and the GUILD_CREATEs after it carry the
position before that one, all but the last of them: so a client that lost its connection between them comes
back with a sequence number from before its session began, and is told to identify anew (resume.py).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from chatd.actions import gateway_sessions
from chatd.actions.gateway_sessions import DroppedSession, SavedSession
from chatd.gateway.background import Background
from chatd.gateway.drafts import Presence
from chatd.model.actor import Actor
from chatd.model.json_text import encode_json

# Why a connection whose session another one has resumed is closed.
RESUMED_ELSEWHERE = "the session was resumed on another connection"


@dataclass(slots=True, eq=False)
class Session:
    """What its connection is attached to while it is live. `user_id` is the actor's, for the hot paths."""

    id: str
    actor: Actor
    intents: int
    shard_id: int
    shard_count: int
    large_threshold: int
    presence: Presence
    platform: str
    connection: Any = None
    user_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.user_id = self.actor.id

    def to_row(self) -> SavedSession:
        assert self.actor.token_hash is not None, "a session is opened with a token"
        return SavedSession(
            self.id, self.user_id, self.actor.token_hash, self.intents, self.shard_id, self.shard_count,
            self.large_threshold, self.presence_text(),
        )  # fmt: skip

    @classmethod
    def from_row(cls, row: SavedSession, actor: Actor) -> Session:
        presence, platform = read_presence(row.presence)
        return cls(
            row.id, actor, row.intents, row.shard_id, row.shard_count, row.large_threshold, presence, platform
        )

    def presence_text(self) -> str:
        return encode_json({**self.presence.payload(), "platform": self.platform})


def read_presence(text: str) -> tuple[Presence, str]:
    """A row's presence and platform, as presence_text wrote them."""
    d = json.loads(text)
    return Presence(d["status"], tuple(d["activities"])), d["platform"]


def mint_session_id(position: int) -> str:
    """An id that cannot be guessed, and says where the session began."""
    return f"{secrets.token_hex(16)}{position:x}"


def began_at(session_id: str) -> int:
    return int(session_id[32:], 16)


class SessionRows:
    """Changes to the rows of sessions, on their way to the database. One transaction at a time."""

    def __init__(self, store: Any, window_s: float) -> None:
        """`window_s`: how long a session without a connection can be resumed."""
        self.store = store
        self.window_s = window_s
        self.opened: dict[str, SavedSession] = {}
        self.dropped: dict[str, DroppedSession] = {}
        self.presences: dict[str, str] = {}
        self.ended: set[str] = set()
        self._writing = Background(self._write, "session rows were not written")

    @property
    def waiting(self) -> bool:
        return bool(self.opened or self.dropped or self.presences or self.ended)

    def open(self, session: Session) -> None:
        self.opened[session.id] = session.to_row()
        self._writing.kick()

    def drop(self, session_id: str, *, served: int, last_sent: int, at_shutdown: bool = False) -> None:
        """It has lost its connection. After a shutdown its time to resume begins with the next start."""
        self.dropped[session_id] = DroppedSession(session_id, served, last_sent, at_shutdown)
        self._writing.kick()

    def keep(self, session_id: str) -> None:
        """It lives on another connection: what was said of its drop is void."""
        self.dropped.pop(session_id, None)

    def present(self, session: Session) -> None:
        self.presences[session.id] = session.presence_text()
        self._writing.kick()

    def end(self, session_id: str) -> None:
        self.ended.add(session_id)
        self._writing.kick()

    def retry(self) -> None:
        """Write what an earlier failure left."""
        if self.waiting:
            self._writing.kick()

    async def settle(self) -> None:
        """Return once everything asked for so far has been written, or has failed and waits for a retry."""
        await self._writing.settle()

    async def find(self, session_id: str) -> SavedSession | None:
        """The row, with everything that has happened to it, unless its time to resume is over."""
        await self.settle()
        return await gateway_sessions.find_session(self.store, session_id, window_s=self.window_s)

    async def take_up(self, session_id: str) -> bool:
        """The session is live again. False when it has ended meanwhile."""
        return await gateway_sessions.take_up_session(self.store, session_id)

    async def drop_live(self) -> list[SavedSession]:
        """At a start: those that were live when the run before ended."""
        return await gateway_sessions.drop_live_sessions(self.store)

    async def _write(self) -> None:
        opened, dropped, presences, ended = self.opened, self.dropped, self.presences, self.ended
        self.opened, self.dropped, self.presences, self.ended = {}, {}, {}, set()
        try:
            await gateway_sessions.save_sessions(
                self.store,
                opened=list(opened.values()),
                presences=presences,
                dropped=list(dropped.values()),
                ended=list(ended),
            )
        except BaseException:
            # What has come in since is newer.
            self.opened, self.dropped = {**opened, **self.opened}, {**dropped, **self.dropped}
            self.presences, self.ended = {**presences, **self.presences}, ended | self.ended
            raise
