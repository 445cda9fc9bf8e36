"""What has happened on the bench: one list, numbered, that grows; and who waits for more of it.

There are three kinds. An `event` is one of the journal, or one that is not kept there (typing, presence):
what anybody could have heard. A `request` is a call of the HTTP API with its answer, and a `frame` what a
client has sent to the gateway; both are written down once they have been answered.

A pattern matches a record that has all of it: {"name": "MESSAGE_CREATE", "d": {"author": {"bot": true}}}.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

Record = dict[str, Any]

# A bench serves some minutes of tests. Beyond this the older half is dropped: no test can fill the memory.
RECORDS_MAX = 200_000


class Records:
    """Invariant: `_records` holds consecutive numbers, from `_first` on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._records: list[Record] = []
        self._first = 1
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def last(self) -> int:
        """The number of the newest record; 0 before the first."""
        return self._first + len(self._records) - 1

    def add(self, kind: str, **fields: Any) -> None:
        self._records.append({"n": self.last + 1, "kind": kind, "at": self._clock(), **fields})
        if len(self._records) > RECORDS_MAX:
            del self._records[: RECORDS_MAX // 2]
            self._first = self._records[0]["n"]
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def after(self, n: int, pattern: Any = None) -> Iterator[Record]:
        """The records after number `n`, in their order; with a pattern those that match it."""
        later = islice(self._records, max(0, n + 1 - self._first), None)
        return (record for record in later if pattern is None or matches(record, pattern))

    async def wait(self, pattern: Any, *, after: int, timeout_s: float) -> Record | None:
        """The first record after number `after` that matches, as soon as there is one; None if none comes."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    found, seen = next(self.after(after, pattern), None), self.last
                    if found is not None:
                        return found
                    after = max(after, seen)
                    await self._more()
        except TimeoutError:
            return None

    async def _more(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)


def matches(value: Any, pattern: Any) -> bool:
    """Whether the value has all that the pattern says.

    Of an object that is the named fields, of a list one such element for each of the pattern's. Where the
    value is no list, a list in the pattern names several of which one will do.
    """
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(matches(value.get(name), pattern[name]) for name in pattern)
    if isinstance(pattern, list) and isinstance(value, list):
        return all(any(matches(element, each) for element in value) for each in pattern)
    if isinstance(pattern, list):
        return any(matches(value, each) for each in pattern)
    return bool(value == pattern)
