"""Snowflakes: ids that only grow, whatever the clock does, and ids that come in from anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.model.snowflakes import (
    EPOCH_MS,
    SNOWFLAKE_MAX,
    Mint,
    at_ms,
    created_at,
    created_ms,
    parse_snowflake,
)
from chatd.model.times import iso, iso_of_snowflake, iso_or_none

# The documentation's example: 175928847299117063 was made on 2016-04-30 at 11:18:25.796 by worker 1.
EXAMPLE, EXAMPLE_MS = 175928847299117063, 1462015105796


class Clock:
    """A clock that shows what it is told to."""

    def __init__(self, *times_ms: int) -> None:
        self.times_ms = list(times_ms)

    def __call__(self) -> float:
        now_ms = self.times_ms.pop(0) if len(self.times_ms) > 1 else self.times_ms[0]
        return now_ms / 1000


def test_the_example_of_the_documentation():
    assert created_ms(EXAMPLE) == EXAMPLE_MS
    assert created_at(EXAMPLE) == datetime(2016, 4, 30, 11, 18, 25, 796000, UTC)
    assert ((EXAMPLE >> 17) & 31, (EXAMPLE >> 12) & 31, EXAMPLE & 0xFFF) == (1, 0, 7)
    assert iso_of_snowflake(EXAMPLE) == "2016-04-30T11:18:25.796000+00:00"


def test_an_id_tells_when_and_by_whom_it_was_made():
    made = Mint(3, 17, Clock(EXAMPLE_MS)).next()
    assert abs(created_ms(made) - EXAMPLE_MS) <= 1  # a float of seconds may round down to the one before
    assert ((made >> 17) & 31, (made >> 12) & 31, made & 0xFFF) == (3, 17, 0)


def test_ids_of_a_standing_clock_grow():
    mint = Mint(0, 0, Clock(EXAMPLE_MS))
    made = [mint.next() for _ in range(10)]
    assert made == sorted(set(made)) and len({created_ms(each) for each in made}) == 1


def test_a_burst_of_more_than_a_millisecond_holds_borrows_from_the_next():
    mint = Mint(31, 31, Clock(EXAMPLE_MS))
    made = [mint.next() for _ in range(4096 * 2 + 1)]
    assert made == sorted(set(made))
    first = created_ms(made[0])
    assert [created_ms(made[at]) - first for at in (4095, 4096, 8191, 8192)] == [0, 1, 1, 2]
    assert {(each >> 12) & 0x3FF for each in made} == {31 << 5 | 31}


def test_ids_grow_while_the_clock_steps_back_and_on():
    mint = Mint(0, 0, Clock(EXAMPLE_MS, EXAMPLE_MS - 60_000, EXAMPLE_MS - 59_000, EXAMPLE_MS + 1, EXAMPLE_MS))
    made = [mint.next() for _ in range(8)]
    assert made == sorted(set(made))
    assert created_ms(made[-1]) - created_ms(made[0]) == 1


@settings(derandomize=True, max_examples=100)
@given(st.lists(st.integers(EPOCH_MS, EPOCH_MS + 10_000), min_size=1, max_size=50))
def test_ids_grow_whatever_the_clock_shows(times_ms):
    mint = Mint(0, 0, Clock(*times_ms))
    made = [mint.next() for _ in range(len(times_ms) + 5)]
    assert all(earlier < later for earlier, later in zip(made, made[1:], strict=False))


def test_two_places_never_make_the_same_id():
    makers = [Mint(worker, process, Clock(EXAMPLE_MS)) for worker in (0, 1, 31) for process in (0, 1, 31)]
    made = [mint.next() for mint in makers for _ in range(20)]
    assert len(set(made)) == len(made)


def test_ids_go_on_after_the_newest_of_a_run_whose_clock_was_ahead():
    """Even if it was made by a minter whose place sorts after ours."""
    newest = Mint(31, 31, Clock(EXAMPLE_MS + 60_000)).next()
    mint = Mint(0, 0, Clock(EXAMPLE_MS), after=newest)
    made = [mint.next() for _ in range(3)]
    assert newest < made[0] < made[1] < made[2]


@pytest.mark.parametrize("place", [(32, 0), (0, 32), (-1, 0)])
def test_a_place_that_does_not_fit_is_our_own_mistake(place):
    with pytest.raises(AssertionError):
        Mint(*place, Clock(0))


@pytest.mark.parametrize(
    "value, expected",
    [("0", 0), (0, 0), ("175928847299117063", EXAMPLE), (EXAMPLE, EXAMPLE), ("007", 7),
     (SNOWFLAKE_MAX, SNOWFLAKE_MAX), (str(SNOWFLAKE_MAX), SNOWFLAKE_MAX)],
)  # fmt: skip
def test_ids_come_in_as_strings_and_numbers(value, expected):
    assert parse_snowflake(value) == expected


@pytest.mark.parametrize(
    "value",
    ["", " ", " 1", "1 ", "1\n", "+1", "-1", "1_000", "0x10", "1e3", "1.0", "abc", "\u0661\u0662\u0663",
     "\uff11", "\xb2", "1\x00", "\ud800", "9" * 19, str(SNOWFLAKE_MAX + 1), "0" * 20, "1" * 100_000,
     SNOWFLAKE_MAX + 1, -1, 10**400, True, False, 1.0, float("nan"), float("inf"), None, [], [1],
     {}, b"1", object()],
)  # fmt: skip
def test_anything_else_is_no_snowflake(value):
    with pytest.raises(ValueError):
        parse_snowflake(value)


def test_a_bound_by_time_is_the_first_id_of_its_millisecond():
    bound = at_ms(EXAMPLE_MS)
    assert created_ms(bound) == EXAMPLE_MS and created_ms(bound - 1) == EXAMPLE_MS - 1
    assert at_ms(0) == 0


def test_the_largest_id_has_a_time():
    assert created_at(SNOWFLAKE_MAX).year == 2084


def test_times_always_have_six_digits_and_an_offset():
    assert iso(datetime(2026, 1, 31, 12, tzinfo=UTC)) == "2026-01-31T12:00:00.000000+00:00"
    assert iso(datetime.fromisoformat("2026-01-31T12:00:00.123+02:00")) == "2026-01-31T10:00:00.123000+00:00"
    assert iso_or_none(None) is None
