"""Between the sockets and the doors: writes down what comes, and answers in the server's place if told to.

The doors are those of an App, which knows nothing of it. A request below the control API's own path goes
there; any other of the HTTP API may meet a fault (bots.py) before it gets to the server. A frame may be
held back, if it is a heartbeat that shall not be acknowledged yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from chatd.actions import tokens
from chatd.app import Doors
from chatd.gateway.opcodes import Close, Opcode
from chatd.model.audience import Audience, Users
from chatd.model.errors import InvalidJSON
from chatd.model.events import Entry
from chatd.model.json_text import parse_json
from chatd.rest.app import answer_of
from chatd.rest.auth import token_of_authorization
from chatd.rest.responses import response_of
from chatd.rest.router import VERSIONS
from chatd.testbench.faults import Faults
from chatd.testbench.records import Records
from chatd.wire.errors import BadRequest
from chatd.wire.http1 import Request
from chatd.wire.multipart import MultipartParser, PartBegin, PartData, parse_boundary
from chatd.wire.responses import Response

# Of a request's content this much is kept for the record: any JSON, and small files.
KEPT_BYTES_MAX = 2**20
HIDDEN = "…"


class Watch:
    """`control` answers what is below `/testbench/<secret>`; `store` is known once the App is made."""

    def __init__(
        self, records: Records, faults: Faults, control: Callable[[Request], Awaitable[Response]], secret: str
    ) -> None:
        self.records = records
        self.faults = faults
        self.control = control
        self.own_path = ("testbench", secret)
        self.store: Any = None
        self.doors: Doors
        # How late a bot's heartbeats are acknowledged, by its user; None: never.
        self.delays_s: dict[int, float | None] = {}
        self._late: set[asyncio.Task[Any]] = set()

    def between(self, doors: Doors) -> Doors:
        self.doors = doors
        return Doors(self.respond, self.open_websocket)

    # ── requests ──

    async def respond(self, request: Request) -> Response:
        if request.segments[:2] == self.own_path:
            return await self.control(request)
        if request.segments[:1] != ("api",):
            return await self.doors.respond(request)
        request.body = kept = KeptBody(request.body)
        asker = await self._asker(request)
        path = path_of(request.segments)
        fault = self.faults.take(request.method, path, asker)
        if fault is None:
            response = await self.doors.respond(request)
        else:
            response = response_of(answer_of(fault, request.method, path), [])
        self.records.add(
            "request", user_id=text(asker), method=request.method, path=path, query=request.query,
            body=content_of(request, kept), status=response.status, answer=json_or_none(response.body),
            is_fault=fault is not None,
        )  # fmt: skip
        return response

    async def _asker(self, request: Request) -> int | None:
        """Whose token it came with. An interaction's answers come with none but in their path."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            return None
        actor = await tokens.authenticate(self.store, token_of_authorization(authorization))
        return None if actor is None else actor.id

    # ── frames ──

    def open_websocket(self, request: Request) -> Any:
        opened = self.doors.open_websocket(request)
        return opened if isinstance(opened, Response) else WatchedConnection(self, opened)

    def note_frame(self, connection: Any, frame: dict[str, Any]) -> None:
        session = connection.session
        d = frame.get("d")
        if isinstance(d, dict) and "token" in d:
            d = {**d, "token": HIDDEN}
        user_id = None if session is None else session.user_id
        self.records.add("frame", user_id=text(user_id), op=frame.get("op"), d=d)

    def later(self, delay_s: float, receive: Callable[[], Awaitable[None] | None]) -> None:
        """Let the server have a frame when it is time. Its connection may be closed by then, and says so."""

        async def wait() -> None:
            await asyncio.sleep(delay_s)
            received = receive()
            if received is not None:
                await received

        task = asyncio.create_task(wait())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    # ── events ──

    def deliver(self, entries: list[Entry]) -> None:
        """What the store's feed calls with each run of entries."""
        for entry in entries:
            if not entry.name.startswith("CHATD_"):
                self.records.add("event", name=entry.name, d=entry.d, user_ids=users_of(entry.audience))


def path_of(segments: tuple[str, ...]) -> str:
    """What stands below /api/v10, as the table has it."""
    return "/" + "/".join(segments[2 if segments[1] in VERSIONS else 1 :]) if len(segments) > 1 else "/"


class WatchedConnection:
    """The gateway's handler of one socket, behind one that sees its messages. See net/handler.py."""

    permessage_deflate = False
    subprotocol = None

    def __init__(self, watch: Watch, connection: Any) -> None:
        self.watch = watch
        self.connection = connection
        self.message_max = connection.message_max
        self.opened = connection.opened
        self.closed = connection.closed
        self.paused = connection.paused
        self.resumed = connection.resumed
        self.shutdown = connection.shutdown

    @property
    def unsent_bytes_max(self) -> int:
        return int(self.connection.unsent_bytes_max)

    async def message(self, link: Any, data: str | bytes) -> None:
        frame, session = self._read(data), self.connection.session
        if frame.get("op") == Opcode.HEARTBEAT and session is not None:
            delay_s = self.watch.delays_s.get(session.user_id, 0.0)
            if delay_s != 0.0:
                self.watch.note_frame(self.connection, frame)
                if delay_s is not None:
                    self.watch.later(delay_s, lambda: self.connection.message(link, data))
                return
        received = self.connection.message(link, data)
        if received is not None:
            await received
        self.watch.note_frame(self.connection, frame)

    def _read(self, data: str | bytes) -> dict[str, Any]:
        """The frame, as far as it is one; the gate tells the client what is wrong with it."""
        try:
            frame = self.connection.form.parse(data)
        except Close:
            frame = None
        return frame if isinstance(frame, dict) else {}


class KeptBody:
    """A request's content, of which a copy stays here. As much of net/body.py as its readers ask for."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.content = bytearray()

    async def read(self, bytes_max: int) -> bytes:
        content: bytes = await self._body.read(bytes_max)
        self._keep(content)
        return content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            self._keep(part)
            yield part

    def _keep(self, content: bytes) -> None:
        self.content += content[: KEPT_BYTES_MAX - len(self.content)]


def content_of(request: Request, kept: KeptBody) -> Any:
    """What the record says of a request's content: its JSON, and the names of its files."""
    content_type = request.headers.get("content-type") or ""
    if not content_type.startswith("multipart/form-data"):
        return json_or_none(bytes(kept.content))
    return form_of(content_type, bytes(kept.content))


def form_of(content_type: str, content: bytes) -> dict[str, Any]:
    """A form as one object: each field by its name, payload_json among them, and of a file its name."""
    form: dict[str, Any] = {}
    name, is_file = "", False
    try:
        for event in MultipartParser(parse_boundary(content_type)).feed(content):
            if isinstance(event, PartBegin):
                name, is_file = event.name, event.filename is not None
                form[name] = event.filename if is_file else ""
            elif isinstance(event, PartData) and not is_file:
                form[name] += event.data.decode(errors="replace")
    except BadRequest:
        return form  # What is wrong with it the server has answered.
    if "payload_json" in form:
        form["payload_json"] = json_or_none(form["payload_json"].encode())
    return form


def json_or_none(content: Any) -> Any:
    """The JSON value of some octets; None for what is none, or is sent bit by bit."""
    if not isinstance(content, bytes) or not content:
        return None
    try:
        return parse_json(content)
    except InvalidJSON:
        return None


def users_of(audience: Audience) -> list[str] | None:
    """Whom an event is for, if it is for some people alone."""
    return [str(id) for id in audience.user_ids] if isinstance(audience, Users) else None


def text(id: int | None) -> str | None:
    return None if id is None else str(id)
