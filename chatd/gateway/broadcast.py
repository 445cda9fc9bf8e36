"""One event, its bytes made once for each form, written to everyone who gets it.

A form (forms.py) is what a client asked for at its opening handshake: JSON or Erlang terms, plain or as a
segment of a compressed stream. Every connection of a form is handed the same bytes object. Everyone has the
same sequence number, so nothing in an event is one connection's own. Most clients take text, or JSON as a
zlib-stream, in which a segment may lean on the one before it (wire/transport_compression.py).

    Packet   one dispatch: its text, and each form of it, made when first needed
    Parcel   the packets that one connection gets in one go, joined to a single write
    write    the loop that hands a parcel to many connections

Whom a packet is for is the hub's business. Deliveries are this program's most frequent act: `write` costs
an attribute or two for each above the kernel's send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from chatd.gateway.forms import Form
from chatd.model.audience import Users
from chatd.model.events import AUTO_MODERATION_ACTION_EXECUTION, Entry
from chatd.model.json_text import encode_json
from chatd.model.messages import without_content
from chatd.wire.transport_compression import segment, segment_after
from chatd.wire.websocket import binary_frame, text_frame

# What a session without the MESSAGE_CONTENT intent is not shown, unless the message concerns it.
CONTENT_EVENTS = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE", AUTO_MODERATION_ACTION_EXECUTION})


class Recipient(Protocol):
    """The part of a Connection that a delivery touches."""

    form: Form
    last: bytes | None  # the plaintext that its zlib-stream ended with
    last_sent: int
    send: Callable[[bytes], None]


class Packet:
    """One dispatch. `before` is the text of the one before it in the same stream of events, if any."""

    __slots__ = ("text", "position", "before", "_frame", "_alone", "_after")

    def __init__(self, text: bytes, position: int, before: bytes | None = None) -> None:
        self.text = text
        self.position = position
        self.before = before
        self._frame: bytes | None = None
        self._alone: bytes | None = None
        self._after: bytes | None = None

    def frame(self) -> bytes:
        """A text frame, for connections without compression."""
        if self._frame is None:
            self._frame = text_frame(self.text)
        return self._frame

    def alone(self) -> bytes:
        """A binary frame that fits any zlib-stream."""
        if self._alone is None:
            self._alone = binary_frame(segment(self.text))
        return self._alone

    def after(self) -> bytes:
        """A binary frame for the streams that ended with `before`."""
        assert self.before is not None, "no packet came before this one"
        if self._after is None:
            self._after = binary_frame(segment_after(self.before, self.text))
        return self._after

    def after_text(self, previous: bytes) -> bytes:
        """A binary frame for the streams that ended with `previous`."""
        if previous is self.before:
            return self.after()
        return binary_frame(segment_after(previous, self.text))


class Parcel:
    """Packets that go out together: one write for each connection, the joined bytes shared."""

    __slots__ = ("packets", "_frames", "_alone", "_after", "_in_form")

    def __init__(self, packets: Sequence[Packet]) -> None:
        self.packets = packets
        self._in_form: dict[Form, bytes] = {}
        self._frames: bytes | None = None
        self._alone: bytes | None = None
        self._after: bytes | None = None

    @property
    def position(self) -> int:
        return self.packets[-1].position

    @property
    def before(self) -> bytes | None:
        return self.packets[0].before

    @property
    def last(self) -> bytes:
        return self.packets[-1].text

    def frames(self) -> bytes:
        if self._frames is None:
            self._frames = _joined([packet.frame() for packet in self.packets])
        return self._frames

    def alone(self) -> bytes:
        if self._alone is None:
            self._alone = _joined([self.packets[0].alone(), *self._following()])
        return self._alone

    def after(self) -> bytes:
        if self._after is None:
            self._after = _joined([self.packets[0].after(), *self._following()])
        return self._after

    def in_form(self, form: Form) -> bytes:
        """The frames in one of the rarer forms."""
        made = self._in_form.get(form)
        if made is None:
            made = self._in_form[form] = _joined([form.frame(packet.text) for packet in self.packets])
        return made

    def _following(self) -> list[bytes]:
        """Within a parcel each packet knows what came right before it."""
        pairs = zip(self.packets, self.packets[1:], strict=False)
        return [packet.after_text(previous.text) for previous, packet in pairs]


def _joined(frames: list[bytes]) -> bytes:
    return frames[0] if len(frames) == 1 else b"".join(frames)


def write(parcel: Parcel, connections: Iterable[Any], failed: Callable[[Any, Exception], None]) -> None:
    """Hand the parcel to each connection. One that fails is told to `failed`, and the rest go on.

    The caller iterates over a copy if a delivery may change who is there.
    """
    frames, before, last, position = parcel.frames(), parcel.before, parcel.last, parcel.position
    for connection in connections:
        # Before the send: what failed counts as sent and lost, never as not meant for them (resume.py).
        connection.last_sent = position
        try:
            form = connection.form
            if form.text:
                connection.send(frames)
            elif not form.json_zlib:
                connection.send(parcel.in_form(form))
            else:
                # Identity is enough, and cheap: the stream's last text is the very object or another event.
                follows = before is not None and connection.last is before
                connection.send(parcel.after() if follows else parcel.alone())
                connection.last = last
        except Exception as error:
            failed(connection, error)


def dispatch_text(name: str, position: int, payload: str) -> bytes:
    """The frame's text: `payload` is the JSON of `d`, taken over as it is."""
    return f'{{"t":"{name}","s":{position},"op":0,"d":{payload}}}'.encode()


def payload_text(op: int, d: object = None) -> bytes:
    """Any other frame's text: s and t are null unless op is 0."""
    return f'{{"t":null,"s":null,"op":{op},"d":{encode_json(d)}}}'.encode()


def entry_text(entry: Entry) -> bytes:
    return dispatch_text(entry.name, entry.position, entry.payload)


def bare_text(entry: Entry) -> bytes:
    """A message without what MESSAGE_CONTENT protects, or what a rule has done without the words it found."""
    if entry.name == AUTO_MODERATION_ACTION_EXECUTION:
        d = {**entry.d, "content": "", "matched_content": ""}
    else:
        d = without_content(entry.d)
    return dispatch_text(entry.name, entry.position, encode_json(d))


def concerned_users(entry: Entry) -> set[int]:
    """Who is shown content without the intent: the author, whom it mentions, and whom alone it is for."""
    d = entry.d
    if entry.name == AUTO_MODERATION_ACTION_EXECUTION:
        return set()
    alone = entry.audience.user_ids if isinstance(entry.audience, Users) else ()
    return {int(d["author"]["id"]), *(int(user["id"]) for user in d["mentions"]), *alone}
