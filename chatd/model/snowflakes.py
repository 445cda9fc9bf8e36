"""Snowflakes: 64-bit ids that sort by time and need no coordination to make.

    63                                         22        17        12          0
     | milliseconds since 2015-01-01 (42 bits) | worker 5 | process 5 | counter 12 |

Source: the Discord documentation, "Snowflakes". Out they go as decimal strings, in they come as strings
or numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
SNOWFLAKE_MAX = 2**63 - 1  # PostgreSQL's bigint is signed; the top bit stays free until the year 2084.
_COUNTER_MAX = 0xFFF


class Mint:
    """Makes ids that only ever grow, whatever the clock does.

    Invariant: `_last_ms` and `_counter` are those of the newest id. A clock that stands still or
    steps back, and a burst of more than 4096 ids in a millisecond, borrow from the future.
    """

    __slots__ = ("_place", "_clock", "_last_ms", "_counter")

    def __init__(self, worker: int, process: int, clock: Callable[[], float], after: int = 0) -> None:
        """`clock` gives Unix seconds; `worker` and `process` are below 32 and tell minters apart.

        Every id is larger than `after`, the newest that an earlier minter is known to have made.
        """
        assert 0 <= worker < 32 and 0 <= process < 32
        self._place = worker << 17 | process << 12
        self._clock = clock
        self._last_ms = after >> 22
        self._counter = _COUNTER_MAX

    def next(self) -> int:
        now_ms = int(self._clock() * 1000) - EPOCH_MS
        if now_ms > self._last_ms:
            self._last_ms, self._counter = now_ms, 0
        elif self._counter < _COUNTER_MAX:
            self._counter += 1
        else:
            self._last_ms, self._counter = self._last_ms + 1, 0
        return self._last_ms << 22 | self._place | self._counter


def parse_snowflake(value: object) -> int:
    """Read an id that came in as a decimal string or a number. Raises ValueError for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19:
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise ValueError("not a snowflake")
    if not 0 <= number <= SNOWFLAKE_MAX:
        raise ValueError("not a snowflake")
    return number


def created_ms(snowflake: int) -> int:
    """When the id was made, in Unix milliseconds."""
    return (snowflake >> 22) + EPOCH_MS


def created_at(snowflake: int) -> datetime:
    return datetime.fromtimestamp(created_ms(snowflake) / 1000, UTC)


def at_ms(unix_ms: int) -> int:
    """The smallest id of that millisecond: a bound for searches by time."""
    return max(0, unix_ms - EPOCH_MS) << 22
