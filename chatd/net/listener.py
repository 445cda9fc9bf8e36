"""Listening sockets and accepting: from an address, or a socket handed over, to a connected protocol.

Accepts by itself instead of through asyncio's Server, for two reasons. asyncio makes a Task and a Future
for every connection. And when the process is out of file descriptors it logs as many errors as the
backlog is long, again and again; here that is one line, a pause, and one line when it is over.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from chatd.log import logger
from chatd.net.transport import SocketTransport

if TYPE_CHECKING:
    from chatd.net.http import HTTPConnection

log = logger.child("net")

# Connections taken in one loop pass; those beyond wait for the next, behind the sockets that are readable.
ACCEPTS_PER_PASS = 64
# accept(2): errors of a connection that died in the queue, or of its network; the next one may be well.
DEAD_ON_ARRIVAL = (
    errno.ECONNABORTED, errno.EPERM, errno.EPROTO, errno.ENETDOWN, errno.EHOSTDOWN, errno.EHOSTUNREACH,
    errno.ENETUNREACH, errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.EINTR,
)  # fmt: skip
# All others (EMFILE, ENFILE, ENOBUFS, ENOMEM) say "not now" about the process or the machine.
EXHAUSTED_PAUSE_S = 1.0


def bind(host: str | Iterable[str] | None, port: int, backlog: int) -> list[socket.socket]:
    """One listening socket per address of `host`; None, "" and "*" are every address of both families.

    With port 0 all of them get the port that the first was given. Raises OSError, naming the address.
    """
    hosts: list[str | None] = [host] if host is None or isinstance(host, str) else list(host)
    sockets: list[socket.socket] = []
    try:
        for family, address in addresses(hosts, port):
            if not port and sockets:
                address = (address[0], sockets[0].getsockname()[1], *address[2:])
            sockets.append(bind_one(family, address, backlog))
    except BaseException:
        for bound in sockets:
            bound.close()
        raise
    return sockets


def addresses(hosts: Iterable[str | None], port: int) -> list[tuple[int, tuple[str, int]]]:
    """(family, address) of every host, each once."""
    found: dict[tuple[int, tuple[str, int]], None] = {}
    for host in hosts:
        name = None if host in (None, "", "*") else host
        for family, _, _, _, address in socket.getaddrinfo(
            name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        ):
            found[family, address] = None  # type: ignore[index]
    # Where IPv6 is switched off, the machine still names its addresses.
    usable = [entry for entry in found if entry[0] != socket.AF_INET6 or has_ipv6()]
    return usable or list(found)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM):
            return socket.has_ipv6
    except OSError:
        return False


def bind_one(family: int, address: tuple[str, int], backlog: int) -> socket.socket:
    # With the protocol named, asyncio knows that this is TCP, and turns Nagle off under TLS as well.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # Each family its own socket: 0.0.0.0 and :: can then stand side by side.
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(backlog)
    except OSError as error:
        listening.close()
        reason = f"cannot listen on {address[0]} port {address[1]}: {error.strerror}"
        raise OSError(error.errno, reason) from error
    return listening


class Listener:
    """Accepts on one listening socket until closed; `make_protocol` gives each connection its protocol."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listening: socket.socket,
        make_protocol: Callable[[], HTTPConnection],
        read_buffer: memoryview,
        *,
        ssl: ssl.SSLContext | None,
        handshake_timeout_s: float,
    ) -> None:
        listening.setblocking(False)
        self.socket = listening
        self._loop = loop
        self._make_protocol = make_protocol
        self._read_buffer = read_buffer
        self._ssl = ssl
        self._handshake_timeout_s = handshake_timeout_s
        self._handshakes: set[asyncio.Task[None]] = set()
        self._exhausted = 0  # pauses in a row
        self._pause: asyncio.TimerHandle | None = None
        if listening.family in (socket.AF_INET, socket.AF_INET6):
            # Accepted sockets inherit it: one call, instead of one for each of them.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop.add_reader(listening.fileno(), self._accept_ready)

    def close(self) -> None:
        """Accept no more. Connections that wait in the kernel's queue are refused."""
        if self.socket.fileno() < 0:
            return
        self._loop.remove_reader(self.socket.fileno())
        if self._pause is not None:
            self._pause.cancel()
        self.socket.close()
        for handshake in self._handshakes:
            handshake.cancel()

    def _accept_ready(self) -> None:
        for _ in range(ACCEPTS_PER_PASS):
            try:
                accepted, address = self.socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in DEAD_ON_ARRIVAL:
                    continue
                self._wait_for_better_times(error)
                return
            self._recover()
            self._connect(accepted, address)

    def _wait_for_better_times(self, error: OSError) -> None:
        # The socket stays readable: without a pause this would be called in every loop pass.
        self._exhausted += 1
        if self._exhausted == 1:
            log.error("cannot accept connections", reason=error.strerror)
        self._loop.remove_reader(self.socket.fileno())
        self._pause = self._loop.call_later(EXHAUSTED_PAUSE_S, self._try_again)

    def _try_again(self) -> None:
        self._pause = None
        self._loop.add_reader(self.socket.fileno(), self._accept_ready)

    def _recover(self) -> None:
        if self._exhausted:
            log.info("accepting connections again", pauses=self._exhausted)
            self._exhausted = 0

    def _connect(self, accepted: socket.socket, address: Any) -> None:
        accepted.setblocking(False)
        if self._ssl is None:
            SocketTransport(self._loop, accepted, address, self._make_protocol(), self._read_buffer)
        else:
            handshake = self._loop.create_task(self._connect_with_tls(accepted))
            self._handshakes.add(handshake)
            handshake.add_done_callback(self._handshakes.discard)

    async def _connect_with_tls(self, accepted: socket.socket) -> None:
        """asyncio's own transport, once the handshake is done."""
        timeout_s = self._handshake_timeout_s
        try:
            await self._loop.connect_accepted_socket(
                self._make_protocol, accepted, ssl=self._ssl, ssl_handshake_timeout=timeout_s
            )
        except (OSError, EOFError) as error:
            # TLS that never came to be: scanners, plain HTTP, clients that distrust the certificate.
            log.debug("TLS handshake failed", reason=str(error) or type(error).__name__)
            accepted.close()
