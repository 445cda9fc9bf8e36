"""Load on a whole chatd: members who post over HTTP, and sessions that receive over the gateway.

While the clock runs, the generator only takes frames apart and notes when each came; what is in them
(inflating included) is looked at afterwards: every session must have got every message once, all
sessions in the same order. Raises Misdelivered otherwise.
"""

from __future__ import annotations

import gc
import json
import re
import select
import socket
import time
import zlib
from dataclasses import dataclass, field

from bench import client
from bench.client import TEXT, TIMEOUT_S, Misdelivered

RECEIVE_BYTES = 16_384
SETUP_BATCH = 50  # sessions that identify at the same time

# GUILDS | GUILD_MESSAGES | MESSAGE_CONTENT: the messages, and no presences beside them.
INTENTS = 1 << 0 | 1 << 9 | 1 << 15
DISPATCH, HEARTBEAT, IDENTIFY, HEARTBEAT_ACK = 0, 1, 2, 11

CONTENT_CHARACTERS = 100
MARK = re.compile(rb'"content": ?"bench (\d{8})')
CONTENT_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(slots=True)
class Session:
    """One gateway connection. `received` holds (when, frame as it came) since the last take."""

    socket: socket.socket
    inflater: zlib._Decompress | None
    buffer: bytearray = field(default_factory=bytearray)
    received: list[tuple[float, bytes]] = field(default_factory=list)

    def receive(self) -> int:
        """Read what is there; returns the number of frames that it completed."""
        data = self.socket.recv(RECEIVE_BYTES)
        now = time.perf_counter()
        if not self.buffer and is_one_frame(data):  # nearly always
            self.received.append((now, data))
            return 1
        if not data:
            raise Misdelivered("chatd closed a gateway connection")
        self.buffer += data
        frames = client.split_frames(self.buffer)
        self.received.extend((now, client.server_frame(opcode, payload)) for opcode, payload in frames)
        return len(frames)

    def take(self) -> list[tuple[float, bytes]]:
        """When and what was received, as JSON text; forgets it."""
        taken = [(when, self._text(frame)) for when, frame in self.received]
        self.received.clear()
        return taken

    def _text(self, frame: bytes) -> bytes:
        [(opcode, payload)] = client.split_frames(bytearray(frame))
        if opcode == client.CLOSE:
            code = int.from_bytes(payload[:2], "big")
            raise Misdelivered(f"chatd closed a gateway connection: {code} {payload[2:]!r}")
        if self.inflater is None:
            return payload
        # A gateway message ends with a sync flush, so that it can be read at once.
        if not payload.endswith(b"\x00\x00\xff\xff"):
            raise Misdelivered("a zlib-stream message without a sync flush")
        return self.inflater.decompress(payload)

    def send(self, op: int, d: object) -> None:
        self.socket.sendall(client.client_frame(TEXT, json.dumps({"op": op, "d": d}).encode()))


class Audience:
    """Sessions that are identified and have got their guilds."""

    def __init__(self, port: int, target: str, tokens: list[str]) -> None:
        self.sessions: list[Session] = []
        for start in range(0, len(tokens), SETUP_BATCH):
            batch = [(self._open(port, target), token) for token in tokens[start : start + SETUP_BATCH]]
            for session, token in batch:
                properties = {"os": "linux", "browser": "bench", "device": "bench"}
                session.send(IDENTIFY, {"token": token, "intents": INTENTS, "properties": properties})
            for session, _ in batch:
                self._await_guilds(session)

    def _open(self, port: int, target: str) -> Session:
        connection, rest = client.open_websocket(port, target)
        inflater = zlib.decompressobj() if "compress=zlib-stream" in target else None
        self.sessions.append(Session(connection, inflater, bytearray(rest)))
        return self.sessions[-1]

    @staticmethod
    def _await_guilds(session: Session) -> None:
        """Read on through READY to the GUILD_CREATE of every guild it lists."""
        guilds_missing: set[str] | None = None
        while guilds_missing is None or guilds_missing:
            session.receive()
            for _, text in session.take():
                event = json.loads(text)
                if event.get("t") == "READY":
                    guilds_missing = {guild["id"] for guild in event["d"]["guilds"]}
                elif event.get("t") == "GUILD_CREATE" and guilds_missing is not None:
                    guilds_missing.discard(event["d"]["id"])
                elif event["op"] == 9:
                    raise Misdelivered("chatd refused IDENTIFY: invalid session")

    def heartbeat(self) -> None:
        """One heartbeat of every session, answered: to be done between runs, not in them."""
        for session in self.sessions:
            session.send(HEARTBEAT, None)
        for session in self.sessions:
            while not any(json.loads(text)["op"] == HEARTBEAT_ACK for _, text in session.take()):
                session.receive()

    def close(self) -> None:
        for session in self.sessions:
            session.socket.close()


class Sender:
    """One keep-alive HTTP connection of one member; posts a message and reads the answer."""

    def __init__(self, port: int, target: str, authorization: str) -> None:
        self.socket = client.connect(port)
        body_bytes = len(self._body(0))
        self.head = (
            f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {authorization}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {body_bytes}\r\n\r\n"
        ).encode()
        self.answer = b""
        self.number = -1

    @staticmethod
    def _body(number: int) -> bytes:
        return b'{"content":"%b"}' % (b"bench %08d " % number).ljust(CONTENT_CHARACTERS, b"x")

    def post(self, number: int) -> None:
        self.number = number
        self.socket.sendall(self.head + self._body(number))

    def receive(self) -> bool:
        """Read what is there; whether the answer is whole. Raises Misdelivered if it is not a 200."""
        data = self.socket.recv(RECEIVE_BYTES)
        self.answer += data
        head, separator, content = self.answer.partition(b"\r\n\r\n")
        if not data or (separator and not head.startswith(b"HTTP/1.1 200 ")):
            raise Misdelivered(f"a message was refused: {self.answer[:1000]!r}")
        length = CONTENT_LENGTH.search(head + b"\r\n") if separator else None
        if length is None or len(content) < int(length[1]):
            return False
        if number_in(content) != self.number:
            raise Misdelivered(f"the answer is about another message: {content[:200]!r}")
        self.answer = b""
        return True


def is_one_frame(data: bytes) -> bool:
    """Whether this is one whole server frame below 64 KiB, and nothing after it."""
    size = len(data)
    if size < 4:
        return False
    length = data[1]
    return length + 2 == size if length < 126 else length == 126 and (data[2] << 8 | data[3]) + 4 == size


def number_in(text: bytes) -> int | None:
    """The number that we wrote into a message's content; None if this is not one of ours."""
    found = MARK.search(text)
    return int(found[1]) if found else None


@dataclass(frozen=True)
class Posted:
    """What one run gave; times in seconds."""

    messages: int
    deliveries: int
    elapsed_s: float  # from the first post to the last answer or receipt
    answers_s: list[float]  # per message, from its post to its answer
    last_receipts_s: list[float]  # per message, from its post to the last session's receipt
    generator_cpu_s: float


class Posting:
    """A run: `messages` posts by these senders to this audience.

    Each sender posts again when it has its answer; with `lockstep`, all of them post together when
    everything of the round before has been answered and delivered.
    """

    def __init__(self, senders: list[Sender], audience: Audience, messages: int, *, lockstep: bool) -> None:
        if lockstep and messages % len(senders):
            raise ValueError("in lockstep every sender posts equally often")
        self.audience, self.messages, self.lockstep = audience, messages, lockstep
        self.senders = {sender.socket.fileno(): sender for sender in senders}
        self.sessions = {session.socket.fileno(): session for session in audience.sessions}
        self.posted_at: list[float] = []
        self.answered_at = [0.0] * messages
        self.answered = self.delivered = 0

    def run(self) -> Posted:
        """Do it, then check and count."""
        poller = select.epoll()
        for descriptor in (*self.senders, *self.sessions):
            poller.register(descriptor, select.EPOLLIN)
        gc.collect()
        gc.disable()  # what we note is no garbage, and looking for some would take time
        try:
            cpu_before, start = time.process_time(), time.perf_counter()
            self._post_and_receive(poller)
            elapsed_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu_before
        finally:
            gc.enable()
            poller.close()
        last_receipt_at = self._check_receipts()
        return Posted(
            self.messages,
            self.delivered,
            elapsed_s,
            [after - before for before, after in zip(self.posted_at, self.answered_at, strict=True)],
            [after - before for before, after in zip(self.posted_at, last_receipt_at, strict=True)],
            cpu_s,
        )

    def _post_and_receive(self, poller: select.epoll) -> None:
        sessions, deliveries = self.sessions, self.messages * len(self.sessions)
        self._post_all()
        while self.answered < self.messages or self.delivered < deliveries:
            events = poller.poll(TIMEOUT_S)
            if not events:
                raise Misdelivered(
                    f"nothing came for {TIMEOUT_S:.0f} s: {self.answered} of {self.messages} messages "
                    f"answered, {self.delivered} of {deliveries} delivered"
                )
            for descriptor, _ in events:
                if descriptor in sessions:
                    self.delivered += sessions[descriptor].receive()
                else:
                    self._on_answer(self.senders[descriptor])
            if self.lockstep and self._all_arrived():
                self._post_all()

    def _all_arrived(self) -> bool:
        posted = len(self.posted_at)
        return self.answered == posted and self.delivered == posted * len(self.sessions)

    def _post_all(self) -> None:
        for sender in self.senders.values():
            self._post(sender)

    def _post(self, sender: Sender) -> None:
        number = len(self.posted_at)
        if number < self.messages:
            self.posted_at.append(time.perf_counter())
            sender.post(number)

    def _on_answer(self, sender: Sender) -> None:
        if sender.receive():
            self.answered_at[sender.number] = time.perf_counter()
            self.answered += 1
            if not self.lockstep:
                self._post(sender)

    def _check_receipts(self) -> list[float]:
        """When the last session had each message. Raises Misdelivered unless all got all, in one order."""
        last_at = [0.0] * self.messages
        order: list[int | None] | None = None
        for session in self.audience.sessions:
            numbers: list[int | None] = []
            for when, text in session.take():
                number = number_in(text)
                if number is None or b'"MESSAGE_CREATE"' not in text:
                    raise Misdelivered(f"something else came: {text[:200]!r}")
                numbers.append(number)
                last_at[number] = max(last_at[number], when)
            if order is None:
                order = numbers
                if set(order) != set(range(self.messages)) or len(order) != self.messages:
                    raise Misdelivered("messages are missing, or came twice")
            elif numbers != order:
                raise Misdelivered("two sessions received the messages in different order")
        return last_at
