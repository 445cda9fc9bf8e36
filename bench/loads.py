"""Loads on one WebSocket server: echo, fan-out, opening handshakes, idle connections.

A load opens its connections when it is made; each `run()` sends a fixed amount of work, returns when
the last byte of it has arrived and was found complete and in order, and tells how many operations
that was. Raises Misdelivered for anything else. Measures nothing: that is wire.py's business.
"""

from __future__ import annotations

import base64
import random
import resource
import select
import socket
from abc import ABC, abstractmethod

from bench import client
from bench.client import BINARY, CLOSE, RECEIVE_BYTES, TEXT, TIMEOUT_S, Misdelivered

CLOSE_NORMALLY = client.client_frame(CLOSE, b"\x03\xe8")  # 1000, section 7.4.1
CLOSED_NORMALLY = client.server_frame(CLOSE, b"\x03\xe8")


def payload(label: str, length: int) -> bytes:
    """ASCII text of this length that begins with the label."""
    return label.encode().ljust(length, b".")[:length]


def allow_open_files(count: int) -> None:
    """Raise this process's limit of open files (children inherit it). ValueError above the hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


class Load:
    """Connections that are watched by one epoll, and closed together."""

    def __init__(self) -> None:
        self.poller = select.epoll()
        self.sockets: dict[int, socket.socket] = {}

    def open(self, port: int, target: str) -> socket.socket:
        connection, rest = client.open_websocket(port, target)
        if rest:
            raise Misdelivered(f"bytes that nobody asked for: {rest[:80]!r}")
        self.sockets[connection.fileno()] = connection
        self.poller.register(connection, select.EPOLLIN)
        return connection

    def ready(self) -> list[tuple[int, int]]:
        events = self.poller.poll(TIMEOUT_S)
        if not events:
            raise Misdelivered(f"nothing arrived for {TIMEOUT_S:.0f} s")
        return events

    def expect_silence(self) -> None:
        """Whatever is readable now was delivered twice, or to the wrong connection."""
        for descriptor, _ in self.poller.poll(0):
            raise Misdelivered(f"too much arrived: {self.sockets[descriptor].recv(80)!r}")

    def close(self) -> None:
        for connection in self.sockets.values():
            connection.close()
        self.poller.close()


class Work(Load, ABC):
    """A load that is done again and again."""

    @abstractmethod
    def run(self) -> int:
        """Do the work once; how many operations that was."""


class Echo(Work):
    """Each connection sends a message, waits until it is back, sends the next. One operation: one echo."""

    VARIANTS = 16  # different messages per connection, sent in turn

    def __init__(self, port: int, *, connections: int, payload_bytes: int, rounds: int, binary: bool) -> None:
        super().__init__()
        self.rounds = rounds
        opcode = BINARY if binary else TEXT
        self.frames: dict[int, list[tuple[bytes, bytes]]] = {}  # per descriptor: (to send, to get back)
        for number in range(connections):
            descriptor = self.open(port, "/echo").fileno()
            payloads = [payload(f"{number} {variant} ", payload_bytes) for variant in range(self.VARIANTS)]
            self.frames[descriptor] = [
                (client.client_frame(opcode, data), client.server_frame(opcode, data)) for data in payloads
            ]

    def run(self) -> int:
        frames, sockets, last = self.frames, self.sockets, self.rounds - 1
        sent = dict.fromkeys(sockets, 0)
        received = dict.fromkeys(sockets, b"")
        for descriptor, connection in sockets.items():
            connection.send(frames[descriptor][0][0])
        unfinished = len(sockets)
        while unfinished:
            for descriptor, _ in self.ready():
                data = sockets[descriptor].recv(RECEIVE_BYTES)
                number = sent[descriptor]
                expected = frames[descriptor][number % self.VARIANTS][1]
                if data != expected:
                    data = received[descriptor] = received[descriptor] + data
                    if data != expected:
                        if not data or not expected.startswith(data):
                            raise Misdelivered(f"{data[:80]!r} instead of {expected[:80]!r}")
                        continue
                    received[descriptor] = b""
                if number == last:
                    unfinished -= 1
                    continue
                sent[descriptor] = number = number + 1
                sockets[descriptor].send(frames[descriptor][number % self.VARIANTS][0])
        self.expect_silence()
        return len(sockets) * self.rounds


class FanOut(Work):
    """One publisher, many subscribers. One operation: one message delivered to one subscriber.

    The publisher sends `burst` messages in one write, and the next ones when every subscriber has
    them all.
    """

    def __init__(
        self, port: int, *, subscribers: int, burst: int, bursts: int, payload_bytes: int, binary: bool
    ) -> None:
        super().__init__()
        for _ in range(subscribers):
            self.open(port, "/sub")
        self.publisher, _ = client.open_websocket(port, "/pub")
        self.burst, self.bursts = burst, bursts
        opcode = BINARY if binary else TEXT
        payloads = [payload(f"message {number} ", payload_bytes) for number in range(burst * bursts)]
        self.published = [
            b"".join(client.client_frame(opcode, data) for data in payloads[start : start + burst])
            for start in range(0, burst * bursts, burst)
        ]
        self.delivered = b"".join(client.server_frame(opcode, data) for data in payloads)

    def run(self) -> int:
        stream, sockets = self.delivered, self.sockets
        arrived = dict.fromkeys(sockets, 0)  # bytes of the stream, per descriptor
        burst_bytes = len(stream) // self.bursts  # every message is as long as the next
        for number, burst in enumerate(self.published, 1):
            self.publisher.sendall(burst)
            end, unfinished = number * burst_bytes, len(sockets)
            while unfinished:
                for descriptor, _ in self.ready():
                    data = sockets[descriptor].recv(RECEIVE_BYTES)
                    at = arrived[descriptor]
                    if not data or not stream.startswith(data, at):
                        raise Misdelivered(f"{data[:80]!r} instead of {stream[at : at + 80]!r}")
                    arrived[descriptor] = at = at + len(data)
                    if at == end:
                        unfinished -= 1
        self.expect_silence()
        return len(sockets) * self.burst * self.bursts

    def close(self) -> None:
        self.publisher.close()
        super().close()


class Handshakes(Work):
    """Connect, upgrade, close. One operation: all of that, to the server's FIN; a few at a time."""

    AT_ONCE = 16

    def __init__(self, port: int, *, batches: int) -> None:
        super().__init__()
        self.port, self.batches = port, batches
        keys = [base64.b64encode(random.Random(number).randbytes(16)) for number in range(self.AT_ONCE)]
        self.requests = [(client.upgrade_request("/echo", key), client.accept_for(key)) for key in keys]

    def run(self) -> int:
        for _ in range(self.batches):
            connections = [client.connect(self.port) for _ in self.requests]
            for connection, (request, _) in zip(connections, self.requests, strict=True):
                connection.send(request)
            for connection, (_, accept) in zip(connections, self.requests, strict=True):
                if client.receive_upgrade(connection, accept):
                    raise Misdelivered("bytes that nobody asked for")
                connection.send(CLOSE_NORMALLY)
            for connection in connections:
                self._expect_close(connection)
        return self.batches * self.AT_ONCE

    @staticmethod
    def _expect_close(connection: socket.socket) -> None:
        """5.5.1: a close frame is answered by one; 7.1.1: the server closes the TCP connection first."""
        received = b""
        while data := connection.recv(RECEIVE_BYTES):
            received += data
        connection.close()
        if received != CLOSED_NORMALLY:
            raise Misdelivered(f"{received[:80]!r} instead of a close frame with 1000")


class Idle(Load):
    """Connections that are open and say nothing. One operation: one of them."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def open_many(self, count: int) -> None:
        for _ in range(count):
            self.open(self.port, "/sub")
