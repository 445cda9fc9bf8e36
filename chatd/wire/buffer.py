"""Received bytes that no parser has taken yet. Looks at no octet twice, and copies each at most once.

An arrival into an empty buffer is kept as it came, without a copy; most requests are one arrival. How
much may wait here is for the parser to bound.
"""

from __future__ import annotations


class ReceiveBuffer:
    """Octets in order of arrival. All offsets given and returned count from the first unread octet.

    Invariant: 0 <= _at <= len(_data), and everything before _searched (counted like the offsets) has
    been looked at by find() or next_line() since octets were last taken.
    """

    __slots__ = ("_data", "_at", "_searched", "_line_start")

    def __init__(self) -> None:
        self._data: bytes | bytearray = b""
        self._at = 0
        self._searched = 0
        self._line_start = 0

    def __len__(self) -> int:
        return len(self._data) - self._at

    def append(self, data: bytes) -> None:
        """Add what arrived. `data` is kept, not copied, when nothing else is waiting."""
        if self._at == len(self._data):
            self._data = data
            self._at = 0
            return
        if not isinstance(self._data, bytearray):
            self._data = bytearray(memoryview(self._data)[self._at :])
        elif self._at:
            del self._data[: self._at]
        self._at = 0
        self._data += data

    def first_octet(self) -> int:
        return self._data[self._at]

    def starts_with(self, prefix: bytes) -> bool:
        return self._data.startswith(prefix, self._at)

    def peek(self, size: int) -> bytes:
        """The first `size` octets, or as many as there are."""
        return bytes(self._data[self._at : self._at + size])

    def text(self, start: int, end: int) -> str:
        """The octets from start to end as latin-1, one character for one octet."""
        return str(self._data[self._at + start : self._at + end], "latin-1")

    def find_once(self, wanted: bytes, end: int) -> int:
        """Where `wanted` begins, ending at or before `end`; -1 if it has not arrived. Remembers nothing."""
        return max(-1, self._data.find(wanted, self._at, self._at + end) - self._at)

    def find(self, wanted: bytes, end: int) -> int:
        """Where `wanted` begins, ending at or before `end`; -1 if it has not arrived.

        Remembers how far it looked, so ask for the same octets until something is taken.
        """
        found = self._data.find(wanted, self._at + self._searched, self._at + end)
        if found < 0:
            self._searched = max(self._searched, min(len(self), end) - len(wanted) + 1)
            return -1
        return found - self._at

    def next_line(self) -> tuple[int, int] | None:
        """Start and end of the next line, line feed included; None until the line feed is there."""
        found = self._data.find(b"\n", self._at + self._searched)
        if found < 0:
            self._searched = len(self)
            return None
        start, end = self._line_start, found + 1 - self._at
        self._line_start = self._searched = end
        return start, end

    @property
    def unfinished_line_bytes(self) -> int:
        """How many octets wait after the last line that next_line() returned."""
        return len(self) - self._line_start

    @property
    def looked_at_lines(self) -> bool:
        return self._searched != 0

    def skip(self, size: int) -> None:
        self._at += size
        self._searched = self._line_start = 0
        assert self._at <= len(self._data)

    def take(self, size: int) -> bytes:
        """Take the first `size` octets, or as many as there are. One copy at most."""
        data, at = self._data, self._at
        size = min(size, len(data) - at)
        self.skip(size)
        if isinstance(data, bytes):
            return data[at : at + size]
        return bytes(memoryview(data)[at : at + size])

    def take_all(self) -> bytes:
        return self.take(len(self))
