"""Asking other servers: one GET, its redirects followed, or one POST, within limits of time, size and reach.

    fetched = await Client(settings).get("https://example.org/a", accept="text/html")
    answer = await Client(settings).post("https://example.org/b", b"{}", [("Content-Type", "text/plain")])

The address comes from people, so each step is judged anew: scheme, host and port, and every address that
the name resolves to (addresses.py). The connection goes to the judged address; TLS proves the name. No
cookie, no credentials, and with a GET no content is ever sent. What comes back is as hostile as whoever
named the address: its head and framing are wire/http1_client.py's business, its size is bounded here, and
all of it together has `timeout_s` seconds.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from chatd.net.addresses import AllowedAddresses
from chatd.wire.errors import BadResponse
from chatd.wire.headers import Headers
from chatd.wire.http1 import BodyPart
from chatd.wire.http1_client import EndOfResponse, ResponseHead, ResponseParser, serialize_request

REDIRECTS = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}
URL_CHARACTERS_MAX = 2048
TOOK_TOO_LONG = "took too long"
# What tells these two apart tells of hosts that are nobody's business (interaction_endpoint.py).
HOST_NOT_FOUND, NOT_ALLOWED = "host not found", "address not allowed"
READ_BYTES = 65_536

# What stays as it is within a path and a query: RFC 3986 pchar, "/", "?", and escapes.
PATH_SAFE = "/%:@!$&'()*+,;=-._~"
QUERY_SAFE = PATH_SAFE + "?"

# Names that are looked up at once, and addresses of one host that are tried.
RESOLVERS_MAX = 4
ADDRESSES_MAX = 3

Resolve = Callable[[str, int], Awaitable[list[str]]]
Take = Callable[[str], int]


class FetchError(Exception):
    """Nothing was fetched; `reason` says why in a few words, for a log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fetched(NamedTuple):
    """What came in the end. `is_whole` is False where the content went on beyond the limit."""

    url: str
    status: int
    headers: Headers
    content: bytes
    is_whole: bool

    @property
    def media_type(self) -> str:
        return (self.headers.get("content-type") or "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How far a fetch may go."""

    # From the first name that is resolved to the last octet.
    timeout_s: float = 10.0
    bytes_max: int = 2**20
    redirects_max: int = 4
    # Without TLS only to the networks that are named in `allowed`.
    tls_to_public: bool = False
    user_agent: str = "chatd"
    allowed: AllowedAddresses = field(default_factory=AllowedAddresses)


class Step(NamedTuple):
    """An address of the web, taken apart and found sound."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """As Host has it: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


class Client:
    """Fetches; may be shared. `resolve` and `tls` are the system's own unless a test says otherwise."""

    def __init__(self, settings: ClientSettings, *, resolve: Resolve | None = None,
                 tls: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        # A name server that somebody makes slow holds up other names, and no other work.
        self._resolvers = ThreadPoolExecutor(RESOLVERS_MAX, "resolve")
        self._resolve = resolve or self._resolve_by_system
        self._tls = tls or ssl.create_default_context()

    def close(self) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def get(self, url: str, *, accept: str = "*/*", take: Take | None = None) -> Fetched:
        """The answer in the end; `take` says how many octets of a media type are of interest, at most.

        Raises FetchError, whatever goes wrong.
        """
        fields = [("Accept", accept)]
        return await self._in_time(self._follow(url, fields, take or self._take_all))

    async def post(
        self, url: str, content: bytes, fields: list[tuple[str, str]], *, take: Take | None = None
    ) -> Fetched:
        """The answer to some content, whatever its status is; `take` as with `get`.

        Raises FetchError, whatever goes wrong.
        """
        return await self._in_time(self._ask(url, fields, take or self._take_all, content))

    def _take_all(self, _: str) -> int:
        return self.settings.bytes_max

    async def _in_time(self, asking: Coroutine[Any, Any, Fetched]) -> Fetched:
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await asking
        except TimeoutError:
            raise FetchError(TOOK_TOO_LONG) from None
        except BadResponse as error:
            raise FetchError(error.reason) from None
        except OSError as error:  # ssl.SSLError among them
            raise FetchError(type(error).__name__) from None

    async def _follow(self, url: str, fields: list[tuple[str, str]], take: Take) -> Fetched:
        for _ in range(self.settings.redirects_max + 1):
            fetched = await self._ask(url, fields, take)
            location = fetched.headers.get("location")
            if fetched.status not in REDIRECTS or not location:
                return fetched
            url = joined(url, location)
        raise FetchError("redirected too often")

    async def _ask(
        self, url: str, fields: list[tuple[str, str]], take: Take, content: bytes | None = None
    ) -> Fetched:
        step = parse_url(url)
        try:
            request = serialize_request("GET" if content is None else "POST", step.target, step.authority, [
                ("User-Agent", self.settings.user_agent), *fields, ("Accept-Encoding", "identity"),
            ], content)  # fmt: skip
        except ValueError:
            raise FetchError("address malformed") from None
        reader, writer = await self._connect(step)
        try:
            writer.write(request)
            return await self._read(url, reader, take)
        finally:
            writer.transport.abort()

    async def _connect(self, step: Step) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the first address of the host that may be asked and answers. Raises FetchError, OSError."""
        failure: Exception = FetchError(NOT_ALLOWED)
        addresses = [
            address for address in await self._addresses(step)
            if self._may_ask(step, address)
        ]  # fmt: skip
        for address in addresses[:ADDRESSES_MAX]:
            try:
                if step.scheme == "http":
                    return await asyncio.open_connection(address, step.port)
                return await asyncio.open_connection(
                    address, step.port, ssl=self._tls, server_hostname=step.host
                )
            except OSError as error:
                failure = error
        raise failure

    def _may_ask(self, step: Step, address: str) -> bool:
        allowed = self.settings.allowed
        if self.settings.tls_to_public and step.scheme == "http" and not allowed.is_named(address):
            return False
        return allowed.may_ask(address, step.port)

    async def _addresses(self, step: Step) -> list[str]:
        try:
            return await self._resolve(step.host, step.port)
        except OSError:
            raise FetchError(HOST_NOT_FOUND) from None

    async def _resolve_by_system(self, host: str, port: int) -> list[str]:
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._resolvers, ask)
        return [str(address[0]) for *_, address in found]

    async def _read(self, url: str, reader: asyncio.StreamReader, take: Take) -> Fetched:
        """The response as far as it is wanted. Raises BadResponse."""
        parser, content, wanted = ResponseParser(), bytearray(), 0
        fetched = Fetched(url, 0, Headers(), b"", is_whole=False)
        while True:
            data = await reader.read(READ_BYTES)
            for event in parser.feed(data) if data else parser.finish():
                if isinstance(event, ResponseHead):
                    fetched = fetched._replace(status=event.status, headers=event.headers)
                    wanted = 0 if event.status in REDIRECTS else take(fetched.media_type)
                elif isinstance(event, BodyPart):
                    content += event.data
                if isinstance(event, EndOfResponse):
                    return fetched._replace(content=bytes(content), is_whole=True)
                if wanted == 0 or len(content) > wanted:
                    return fetched._replace(content=bytes(content[:wanted]))


def joined(url: str, location: str) -> str:
    """Where a redirect leads. Raises FetchError for one that leads nowhere."""
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchError("address malformed") from None


def parse_url(url: str) -> Step:
    """Take an address of the web apart. Raises FetchError for any other, and for one with a user's name."""
    if len(url) > URL_CHARACTERS_MAX:
        raise FetchError("address too long")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise FetchError("address malformed") from None
    if scheme not in DEFAULT_PORTS or not ascii_host or parts.username is not None or "%" in ascii_host:
        raise FetchError("address not of the web")
    target = quote(parts.path or "/", safe=PATH_SAFE)
    if parts.query:
        target += "?" + quote(parts.query, safe=QUERY_SAFE)
    return Step(scheme, ascii_host, DEFAULT_PORTS[scheme] if port is None else port, target)
