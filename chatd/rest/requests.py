"""What a handler is given: who asks, which ids the path names, the query, the JSON of the body.

The same object serves both doors. Over HTTP the body is read, bounded and decoded here; from the
gateway's REQUEST it comes decoded. What its fields may hold is for the drafts of model.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from chatd.model.actor import ANYONE, Actor
from chatd.model.audit_log import REASON_CHARACTERS_MAX
from chatd.model.errors import EntityTooLarge, InvalidFormBody
from chatd.model.json_text import parse_json
from chatd.model.shapes import Form
from chatd.model.snowflakes import parse_snowflake
from chatd.rest.router import Route
from chatd.wire.errors import BadRequest
from chatd.wire.http1 import Request
from chatd.wire.multipart import MultipartParser, PartBegin, PartData, parse_boundary
from chatd.wire.url import parse_query

if TYPE_CHECKING:
    from chatd.rest.app import RestApp

CONTENT_TYPE_RULE = (
    'Expected "Content-Type" header to be one of {\'application/json\', \'multipart/form-data\'}.'
)

# The body has not been read yet.
UNREAD: Any = object()


class RestRequest:
    """One call of one row of the table."""

    __slots__ = ("app", "route", "actor", "now_s", "wire", "_query", "_body")

    def __init__(self, app: RestApp, route: Route, actor: Actor, now_s: float, query: str,
                 wire: Request | None, body: Any = UNREAD) -> None:
        """`wire` is None, and `body` decoded, for a call that came through the gateway."""
        self.app = app
        self.route = route
        self.actor = actor
        self.now_s = now_s
        self.wire = wire
        self._query = query
        self._body = body

    @property
    def is_signed_in(self) -> bool:
        return self.actor is not ANYONE

    @property
    def query(self) -> dict[str, str]:
        """The query's names and values; of a repeated name the last value counts.

        Raises BadRequest(400) for one that cannot be decoded.
        """
        return dict(parse_query(self._query)) if self._query else {}

    @property
    def json_bytes_max(self) -> int:
        settings = self.app.settings
        return settings.image_json_bytes_max if self.route.images else settings.json_bytes_max

    def gateway_url(self) -> str:
        """Where a client finds the gateway: under the public URL, else under the Host that it asked."""
        settings, wire = self.app.settings, self.wire
        host = wire.headers.get("host") if wire is not None else None
        if settings.public_url or not host:
            return "ws" + (settings.public_url or settings.local_url).rstrip("/").removeprefix("http")
        return f"{'wss' if wire is not None and wire.secure else 'ws'}://{host}"

    @property
    def reason(self) -> str | None:
        """X-Audit-Log-Reason: why somebody says that they do this, percent-encoded UTF-8.

        Raises InvalidFormBody for one that is too long or is no text.
        """
        field = self.wire.headers.get("x-audit-log-reason") if self.wire is not None else None
        if not field:
            return None
        form = Form({"reason": unquote(field)})
        reason: str = form.string("reason", length=(0, REASON_CHARACTERS_MAX))
        form.finish()
        return reason or None

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        return self.app.store.transaction(self.actor, self.reason)  # type: ignore[no-any-return]

    def queued(self) -> AbstractAsyncContextManager[Any]:
        return self.app.store.queued(self.actor)  # type: ignore[no-any-return]

    def reading(self) -> AbstractAsyncContextManager[Any]:
        return self.app.store.reading(self.actor)  # type: ignore[no-any-return]

    async def json(self) -> Any:
        """The body's JSON value; an empty body is an empty object.

        Raises EntityTooLarge, InvalidJSON, InvalidFormBody (another content type, or files), and the
        shell's BadRequest for a body that breaks off.
        """
        if self._body is UNREAD:
            assert self.wire is not None
            self._body = await read_body(self.wire, self.json_bytes_max)
        return {} if self._body is None else self._body


async def read_body(wire: Request, json_bytes_max: int) -> Any:
    """The body's JSON value, None for an empty one."""
    if not wire.chunked and not wire.content_length:
        return None  # Clients send bodyless POSTs with any content type, octet-stream among them.
    content_type = wire.headers.get("content-type") or "application/json"
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await read_multipart(wire, content_type, json_bytes_max)
        text = await read_bounded(wire, json_bytes_max)
    except ConnectionError:
        # Whoever asked is gone, and will not read this either.
        raise BadRequest(400, "The connection ended within the content.") from None
    if not text:
        return None
    if kind != "application/json":
        raise InvalidFormBody({"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": CONTENT_TYPE_RULE}]})
    return parse_json(text)


async def read_bounded(wire: Request, bytes_max: int) -> bytes:
    """The whole body. Raises EntityTooLarge (40005) above `bytes_max`."""
    if wire.content_length is not None and wire.content_length > bytes_max:
        raise EntityTooLarge
    return await wire.body.read(bytes_max)  # type: ignore[no-any-return]


async def read_multipart(wire: Request, content_type: str, json_bytes_max: int) -> Any:
    """The value of `payload_json`, whatever its part's type. RFC 7578.

    Attachments are not enabled on this server: a part `files[n]` is InvalidFormBody at `files`, said as
    soon as its head is here, without waiting for its content.
    """
    parser = MultipartParser(parse_boundary(content_type))
    payload: bytearray | None = None
    part = ""
    async for data in wire.body:
        for event in parser.feed(data):
            if isinstance(event, PartBegin):
                refuse_file(event)
                part = event.name
                payload = bytearray() if part == "payload_json" else payload
            elif isinstance(event, PartData) and part == "payload_json" and payload is not None:
                payload += event.data
                if len(payload) > json_bytes_max:
                    raise EntityTooLarge
    parser.finish()
    if payload is None:
        raise InvalidFormBody.at("payload_json", "BASE_TYPE_REQUIRED", "This field is required")
    return parse_json(bytes(payload))


def refuse_file(part: PartBegin) -> None:
    if part.filename is not None or part.name.startswith("files["):
        message = "Attachments are not enabled on this server."
        raise InvalidFormBody.at("files", "ATTACHMENTS_NOT_ENABLED", message)


def parse_ids(route: Route, texts: list[str]) -> list[int]:
    """The ids that a path names. Raises InvalidFormBody (50035) with every one that is none."""
    ids = [id_or_minus_one(text) for text in texts]
    if -1 not in ids:
        return ids
    errors = {}
    for name, text, number in zip(route.parameters, texts, ids, strict=True):
        if number == -1:
            message = f'Value "{text[:40]}" is not snowflake.'
            errors[name] = {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": message}]}
    raise InvalidFormBody(errors)


def id_or_minus_one(text: str) -> int:
    try:
        return parse_snowflake(text)
    except ValueError:
        return -1
