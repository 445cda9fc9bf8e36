"""The WebSocket door as a whole: its connections, its sessions, and what happens to them with time.

app.py of chatd gives it the store's feed (`deliver`), a call once a second (`sweep`) and the requests that
ask for an upgrade (`open`). Between a connection and a session there are three states:

    on_opened ──> unidentified ──attach──> live ──detach──> gone; the session is kept for a resume
                              └─begin_replay─> replaying ──attach──> live
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chatd.gateway import origin
from chatd.gateway.connection import Connection
from chatd.gateway.drafts import Presence
from chatd.gateway.hub import Hub
from chatd.gateway.opcodes import CloseCode
from chatd.gateway.presence import Presences
from chatd.gateway.session import RESUMED_ELSEWHERE, Session, SessionRows, read_presence
from chatd.gateway.settings import GatewaySettings
from chatd.gateway.snapshot import MemberTexts, guild_create_text
from chatd.gateway.starts import SessionStarts
from chatd.gateway.voice import Voices
from chatd.log import logger
from chatd.model.actor import Actor
from chatd.model.events import Entry
from chatd.model.times import iso
from chatd.wire.http1 import Request
from chatd.wire.responses import Response

log = logger.child("gateway")

PATHS = ((), ("gateway",))

Call = Callable[[Actor, str, str, str, object], Awaitable[tuple[int, object]]]


class Gateway:
    """One for each process. `clock` gives seconds that never go back; `sweep` is told the same ones."""

    def __init__(
        self, store: Any, *, settings: GatewaySettings, call: Call, public_url: Callable[[], str],
        clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        """`call` runs a row of the HTTP API; `public_url` is where the server is reached, http or https."""
        self.store = store
        self.settings = settings
        self.call = call
        self.public_url = public_url
        self.clock = clock
        self.sleep = sleep
        self.starts = SessionStarts(settings)
        self.hub = Hub(
            store.directory, partial(guild_create_text, self), self._revoked, self._granted
        )
        store.feed.foresee(self.hub.thread_sync.foresee)
        self.rows = SessionRows(store, settings.resume_window_s)
        self.member_texts = MemberTexts(store.directory)
        self.voices = Voices(store)
        self.presences = Presences(store, clock, settings.presence_grace_s, self.voices.end)
        # All in the order of their deadlines, since each kind has one time limit.
        self.connections: dict[Connection, float] = {}  # when its client was last heard
        self.unidentified: dict[Connection, float] = {}  # when it was opened
        self.paused: dict[Connection, float] = {}  # when it last took something
        self.sessions: dict[str, Session] = {}
        self.replayed: dict[Session, int] = {}  # sessions in replay, and how far they are
        self._stopping = False

    # ── what the server calls ──

    async def start(self) -> None:
        """Take note of the sessions that the run before left. Before the first connection."""
        dropped = await self.rows.drop_live()
        for row in dropped:
            presence, platform = read_presence(row.presence)
            grace_s = self.settings.presence_grace_at_start_s
            self.presences.expect(row.user_id, row.id, presence, platform, grace_s)
        await self.voices.start(row.id for row in dropped)

    def open(self, request: Request) -> Connection | Response:
        """The handler of a new connection, or why there is none."""
        if self._stopping:
            return _refuse(503, "the server is restarting")
        if tuple(segment for segment in request.segments if segment) not in PATHS:
            return _refuse(404, "no gateway here")
        if request.upgrade != "websocket":
            return _refuse(400, "the gateway speaks WebSocket")
        if not origin.is_allowed(request.headers, self.public_url(), self.settings.cors_origins):
            log.info("foreign origin refused", origin=request.headers.get("origin"))
            return _refuse(403, "this origin may not connect")
        return Connection(self, request, log.bind(peer=request.peer))

    def deliver(self, entries: list[Entry]) -> None:
        """What the store's feed calls with each run of entries."""
        self.hub.deliver(entries)

    def sweep(self, now: float) -> None:
        """Once a second: silent clients, stalled readers, presences whose grace is over."""
        steps = (self._close_silent, self._close_unidentified, self._abort_stalled, self.presences.sweep)
        for step in steps:
            try:
                step(now)
            except Exception as error:
                log.exception("sweep failed", error, step=step.__name__)
        self.rows.retry()
        self.voices.retry()

    async def shutdown(self) -> None:
        """Tell every client to come back, and keep every session. Returns when their rows are written."""
        self._stopping = True
        for connection in list(self.connections):
            connection.reconnect()
        await self.rows.settle()
        await self.presences.settle()
        await self.voices.settle()

    def session_start_limit(self, user_id: int) -> dict[str, int]:
        """What is left of a bot's session starts, for GET /gateway/bot."""
        return self.starts.left(user_id, self.clock())

    def is_online(self, user_id: int) -> bool:
        return self.presences.is_online(user_id)

    def is_connected(self, user_id: int) -> bool:
        """Whether there is a session of theirs that would hear of something now."""
        return bool(self.hub.audiences.of_user(user_id))

    def live_connections(self) -> list[dict[str, Any]]:
        """Every connection there is, for administrators; the oldest first."""
        return sorted((described(each) for each in self.connections), key=lambda told: told["connected_at"])

    def close_connection(self, connection_id: str) -> bool:
        """End the one that live_connections names so. Its client may come back and resume."""
        for connection in self.connections:
            if connection.id == connection_id:
                connection.close(CloseCode.UNKNOWN_ERROR, "closed by an administrator")
                return True
        return False

    # ── what a connection tells ──

    def on_opened(self, connection: Connection) -> None:
        self.connections[connection] = self.unidentified[connection] = self.clock()
        connection.opened_at = datetime.fromtimestamp(self.store.clock(), UTC)

    def on_heartbeat(self, connection: Connection) -> None:
        """It is alive: back to the end of the line."""
        if self.connections.pop(connection, None) is not None:
            self.connections[connection] = self.clock()

    def on_paused(self, connection: Connection) -> None:
        self.paused[connection] = self.clock()

    def on_resumed(self, connection: Connection) -> None:
        self.paused.pop(connection, None)

    def on_closed(self, connection: Connection, *, ended: bool) -> None:
        """The socket is gone. `ended`: the client is done with the session too."""
        session = connection.session
        self.detach(connection)
        for registry in (self.connections, self.unidentified, self.paused):
            registry.pop(connection, None)
        if ended and session is not None:
            self.rows.end(session.id)
            self.voices.end(session.user_id, session.id)

    # ── sessions ──

    def attach(self, connection: Connection, session: Session) -> None:
        """The session is live on this connection from here on."""
        self._bind(connection, session)
        self.replayed.pop(session, None)
        self.hub.join(connection)

    def begin_replay(self, connection: Connection, session: Session, start: int) -> None:
        """The session belongs to this connection, and is sent what it missed before it goes live."""
        other = self.sessions.get(session.id)
        if other is not None:
            other.connection.close(CloseCode.SESSION_TIMED_OUT, RESUMED_ELSEWHERE)
        self.rows.keep(session.id)
        self.replayed[session] = start
        self._bind(connection, session)

    def note_replayed(self, session: Session, position: int) -> None:
        self.replayed[session] = position

    def detach(self, connection: Connection, *, at_shutdown: bool = False) -> None:
        """The session is no longer on this connection. Its row says from where it can be resumed."""
        session, connection.session = connection.session, None
        if session is None:
            return
        served = self.replayed.pop(session, None)
        if served is None:
            served = self.store.feed.position
            self.hub.leave(connection, session.user_id)
        session.connection = None
        del self.sessions[session.id]
        self.rows.drop(session.id, served=served, last_sent=connection.last_sent, at_shutdown=at_shutdown)
        if not at_shutdown:
            self.presences.leave(session.user_id, session.id)

    def dated(self, presence: Presence, before: Presence | None = None) -> Presence:
        """The presence with the time at which each activity began; those of `before` go on."""
        now_ms = int(self.store.clock() * 1000)
        known = () if before is None else before.activities
        began = {_undated(activity): activity["created_at"] for activity in known}
        dated = ({**each, "created_at": began.get(_undated(each), now_ms)} for each in presence.activities)
        return Presence(presence.status, tuple(dated))

    def _bind(self, connection: Connection, session: Session) -> None:
        self.unidentified.pop(connection, None)
        connection.session, session.connection = session, connection
        connection.log = log.bind(peer=connection.request.peer, session=session.id[:8])
        self.sessions[session.id] = session
        self.presences.enter(session.user_id, session.id, session.presence, session.platform)

    def _revoked(self, token_hash: bytes) -> None:
        """Somebody signed out, or was signed out: nothing more on this token."""
        for session in [s for s in self.sessions.values() if s.actor.token_hash == token_hash]:
            session.connection.close(CloseCode.AUTHENTICATION_FAILED, "the token was revoked")

    def _granted(self, bot_id: int) -> None:
        """A bot's application is another: what it is not granted any more, its sessions shall not hear."""
        application = self.store.directory.applications[bot_id]
        for session in [s for s in self.sessions.values() if s.user_id == bot_id]:
            if refused := application.ungranted(session.intents):
                session.connection.close(CloseCode.DISALLOWED_INTENTS, f"{refused[0].name} was taken away")

    # ── time ──

    def _close_silent(self, now: float) -> None:
        """A client beats once in an interval; half of one more and some slack is for the way."""
        patience_s = self.settings.heartbeat_interval_ms / 1000 * 1.5 + self.settings.heartbeat_slack_s
        for connection in _due(self.connections, now - patience_s):
            del self.connections[connection]
            connection.close(CloseCode.SESSION_TIMED_OUT, "no heartbeat")

    def _close_unidentified(self, now: float) -> None:
        for connection in _due(self.unidentified, now - self.settings.identify_timeout_s):
            del self.unidentified[connection]
            connection.close(CloseCode.SESSION_TIMED_OUT, "no Identify in time")

    def _abort_stalled(self, now: float) -> None:
        """A reader that has taken something since the last look is slow, not stalled."""
        for connection, since in list(self.paused.items()):
            unsent = connection.link.unsent_bytes
            if unsent < connection.unsent_seen:
                self.paused[connection] = now
            elif now - since >= self.settings.stalled_s:
                del self.paused[connection]
                connection.abort("stalled reader")
            connection.unsent_seen = unsent


def described(connection: Connection) -> dict[str, Any]:
    """A connection as an administrator is shown it. Who has not identified yet is nobody."""
    session, request = connection.session, connection.request
    return {
        "id": connection.id,
        "user_id": None if session is None else str(session.user_id),
        "bot": session is not None and session.actor.bot,
        "address": request.peer,
        "user_agent": request.headers.get("user-agent"),
        "connected_at": iso(connection.opened_at),
        "form": connection.form.name,
        "intents": None if session is None else session.intents,
        "shard": None if session is None else [session.shard_id, session.shard_count],
        "unsent_bytes": connection.link.unsent_bytes,
    }


def _undated(activity: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    return frozenset(item for item in activity.items() if item[0] != "created_at")


def _due(waiting: dict[Connection, float], before: float) -> list[Connection]:
    """Those of a dictionary in the order of its times whose time is `before` or earlier."""
    due = []
    for connection, at in waiting.items():
        if at > before:
            break
        due.append(connection)
    return due


def _refuse(status: int, reason: str) -> Response:
    return Response(status, [("Content-Type", "text/plain; charset=utf-8")], reason.encode())
