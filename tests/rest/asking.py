"""Asks a RestApp as a browser or a bot would: through the real parser and serializer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chatd.net.body import Body
from chatd.rest import RestApp
from chatd.wire.headers import Headers
from chatd.wire.http1 import BodyPart, EndOfRequest, Request, RequestParser
from chatd.wire.responses import Response, serialize_response

HOST = "chat.example"
ORIGIN = "https://chat.example"
ADDRESS = "192.0.2.7"
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


class Clock:
    """Unix seconds that only a test moves."""

    def __init__(self, now_s: float = 1_800_000_000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


class Unhurried:
    """The connection behind a body that has arrived whole."""

    def body_wanted(self) -> None:
        raise AssertionError("the whole content is there")

    def body_taken(self) -> None:
        pass


@dataclass
class Reply:
    """What came back, as a client reads it."""

    status: int
    headers: Headers
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content) if self.content else None

    @property
    def code(self) -> int:
        return self.json["code"]


def request_of(method: str, target: str, headers: dict[str, str] | None = None, content: bytes = b"",
               address: str = ADDRESS, secure: bool = False) -> Request:
    """The Request that the wire makes of these bytes."""
    lines = {"Host": HOST, **(headers or {})}
    if content and "Transfer-Encoding" not in lines:
        lines.setdefault("Content-Length", str(len(content)))
    fields = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    parser = RequestParser()
    request, *events = parser.feed(f"{method} {target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + content)
    assert isinstance(request, Request)
    request.body = Body(Unhurried())  # type: ignore[arg-type]
    for event in events:
        if isinstance(event, BodyPart):
            request.body.push(event.data)
        elif isinstance(event, EndOfRequest):
            request.body.end(event.trailers)
    request.peer, request.secure = address, secure
    return request


async def whole(response: Response) -> Response:
    """The same with its content in one piece, which must be as long as it says."""
    if isinstance(response.body, bytes):
        return response
    content = b"".join([part async for part in response.body])
    assert ("Content-Length", str(len(content))) in response.headers
    return Response(response.status, response.headers, content)


def form_of(*parts: tuple[str, bytes]) -> bytes:
    """A form whose parts have this Content-Disposition, and further fields, and content."""
    lines = (b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
             for head, content in parts)  # fmt: skip
    return b"".join(lines) + b"--b--\r\n"


def file_part(number: int, name: str, content: bytes) -> tuple[str, bytes]:
    return f'name="files[{number}]"; filename="{name}"\r\nContent-Type: application/octet-stream', content


MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def reply_of(request: Request, response: Response) -> Reply:
    """Through the serializer, so that a response which the wire refuses fails here."""
    assert isinstance(response.body, bytes)
    data = serialize_response(
        response.status, response.headers, response.body, request=request, keep_alive=True, date=DATE
    )
    head, _, content = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    return Reply(response.status, Headers(pairs), content)


class Client:
    """Somebody who asks: with a token, with a cookie (and a browser's Origin), or as nobody."""

    def __init__(self, app: RestApp, token: str | None = None, cookie: str | None = None,
                 address: str = ADDRESS) -> None:
        self.app = app
        self.address = address
        self.headers: dict[str, str] = {}
        if token is not None:
            self.headers["Authorization"] = f"Bot {token}"
        if cookie is not None:
            self.headers["Cookie"] = f"theme=dark; chatd_session={cookie}"
            self.headers["Origin"] = ORIGIN

    async def ask(self, method: str, target: str, body: Any = None, *, content: bytes | None = None,
                  headers: dict[str, str] | None = None, secure: bool = False) -> Reply:
        """`body` goes as JSON; `content` as it is."""
        fields = {**self.headers, **(headers or {})}
        if content is None:
            content = b"" if body is None else json.dumps(body).encode()
            if content:
                fields.setdefault("Content-Type", "application/json")
        request = request_of(method, target, fields, content, self.address, secure)
        return reply_of(request, await whole(await self.app.respond(request)))

    async def api(self, method: str, path: str, body: Any = None, **options: Any) -> Reply:
        return await self.ask(method, "/api/v10" + path, body, **options)

    async def form(self, method: str, path: str, body: Any, *parts: tuple[str, bytes]) -> Reply:
        """A form: `body` as payload_json, unless it is None, then the parts."""
        payload = [] if body is None else [('name="payload_json"', json.dumps(body).encode())]
        return await self.api(method, path, content=form_of(*payload, *parts), headers=MULTIPART)

    async def get(self, target: str, **headers: str) -> Reply:
        """Header names are written with underscores here."""
        return await self.ask("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})
