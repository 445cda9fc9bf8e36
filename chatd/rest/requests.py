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
from chatd.rest.uploads import FormLimits, Parts, Welcome, read_parts
from chatd.wire.errors import BadRequest
from chatd.wire.http1 import Request
from chatd.wire.url import parse_query

if TYPE_CHECKING:
    from chatd.rest.app import RestApp

JSON, FORM = "application/json", "multipart/form-data"
# What aiohttp makes of a form without a file, and so py-cord of an answer to an interaction.
FIELDS = "application/x-www-form-urlencoded"
CONTENT_TYPE_RULE = (
    f'Expected "Content-Type" header to be one of {{{JSON!r}, {FORM!r}}}, or {FIELDS!r} with a payload_json.'
)

# The body has not been read yet.
UNREAD: Any = object()


class RestRequest:
    """One call of one row of the table."""

    __slots__ = ("app", "route", "actor", "now_s", "wire", "_query", "_body", "uploads")

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
        self.uploads: Parts | None = None

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
    def query_lists(self) -> dict[str, list[str]]:
        """The query's names with all their values, for a route where a name may come several times."""
        lists: dict[str, list[str]] = {}
        for name, value in parse_query(self._query) if self._query else ():
            lists.setdefault(name, []).append(value)
        return lists

    def flag(self, name: str) -> bool:
        """What the query says of a flag, false where it says nothing. Raises InvalidFormBody."""
        query = Form(self.query)
        value = query.flag(name)
        query.finish()
        return value

    @property
    def json_bytes_max(self) -> int:
        settings = self.app.settings
        return settings.large_json_bytes_max if self.route.large else settings.json_bytes_max

    def gateway_url(self) -> str:
        """Where a client finds the gateway: under the public URL, else under the Host that it asked."""
        settings, wire = self.app.settings, self.wire
        host = wire.headers.get("host") if wire is not None else None
        if settings.public_url or not host:
            return "ws" + (settings.public_url or settings.local_url).rstrip("/").removeprefix("http")
        return f"{'wss' if wire is not None and wire.secure else 'ws'}://{host}"

    def web_url(self) -> str:
        """Where people find this server's pages, likewise."""
        return "http" + self.gateway_url().removeprefix("ws")

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
            if kind_of(self.wire) != FORM:
                self._body = await read_json(self.wire, self.json_bytes_max)
            else:
                parts = await self._read_form(FormLimits(self.json_bytes_max, 0, file_count_max=0))
                if parts.json is None:
                    raise InvalidFormBody.at("payload_json", "BASE_TYPE_REQUIRED", "This field is required")
                self._body = parts.json
        return {} if self._body is None else self._body

    async def parts(self, *, file_bytes_max: int | None = None, welcome: Welcome | None = None) -> Parts:
        """The body of a route that takes files: its JSON value, or the plain fields of a form that has none.

        A file may have `file_bytes_max` octets, as many as an attachment by default; `welcome` is asked
        before the first is read. What is not kept of them is gone when the request has been answered.
        Raises as `json` does.
        """
        if self.wire is None or kind_of(self.wire) != FORM:
            return Parts(await self.json())
        bytes_max = self.app.settings.attachment_bytes_max if file_bytes_max is None else file_bytes_max
        parts = await self._read_form(FormLimits(self.json_bytes_max, bytes_max), welcome)
        if parts.json is None:
            parts.json = dict(parts.fields)
        return parts

    async def _read_form(self, limits: FormLimits, welcome: Welcome | None = None) -> Parts:
        assert self.wire is not None and self.uploads is None, "a form is read once"
        self.uploads = Parts()
        try:
            await read_parts(self.wire, limits, self.app.store.blobs, self.uploads, welcome)
        except ConnectionError:
            raise broken_off() from None
        return self.uploads


def kind_of(wire: Request) -> str:
    """The media type of the body, as far as it is said."""
    return (wire.headers.get("content-type") or JSON).partition(";")[0].strip().lower()


async def read_json(wire: Request, bytes_max: int) -> Any:
    """The body's JSON value, None for an empty one."""
    if not wire.chunked and not wire.content_length:
        return None  # Clients send bodyless POSTs with any content type, octet-stream among them.
    try:
        text = await read_bounded(wire, bytes_max)
    except ConnectionError:
        raise broken_off() from None
    if not text:
        return None
    if kind_of(wire) == FIELDS:
        text = payload_json_of(text)
    elif kind_of(wire) != JSON:
        raise wrong_content_type()
    return parse_json(text)


def payload_json_of(fields: bytes) -> bytes:
    """The one field of a urlencoded form that is read. Without it the form is refused like other content."""
    form = dict(parse_query(fields.decode("utf-8", "surrogateescape")))  # which refuses what is not UTF-8
    if "payload_json" not in form:
        raise wrong_content_type()
    return form["payload_json"].encode()


def wrong_content_type() -> InvalidFormBody:
    return InvalidFormBody({"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": CONTENT_TYPE_RULE}]})


def broken_off() -> BadRequest:
    """Whoever asked is gone, and will not read this either."""
    return BadRequest(400, "The connection ended within the content.")


async def read_bounded(wire: Request, bytes_max: int) -> bytes:
    """The whole body. Raises EntityTooLarge (40005) above `bytes_max`."""
    if wire.content_length is not None and wire.content_length > bytes_max:
        raise EntityTooLarge
    return await wire.body.read(bytes_max)  # type: ignore[no-any-return]


def parse_parameters(route: Route, texts: list[str]) -> list[Any]:
    """The ids and texts that a path names. Raises InvalidFormBody (50035) with every id that is none."""
    named = zip(route.parameters, texts, strict=True)
    values = [id_or_minus_one(text) if name.endswith("_id") else text for name, text in named]
    if -1 not in values:
        return values
    errors = {}
    for name, text, value in zip(route.parameters, texts, values, strict=True):
        if value == -1:
            message = f'Value "{text[:40]}" is not snowflake.'
            errors[name] = {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": message}]}
    raise InvalidFormBody(errors)


def id_or_minus_one(text: str) -> int:
    try:
        return parse_snowflake(text)
    except ValueError:
        return -1
