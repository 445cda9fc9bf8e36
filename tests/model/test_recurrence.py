"""Recurrence: what may be asked for, and when the next time is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.json_text import encode_json, parse_json
from chatd.model.recurrence import RecurrenceRule
from chatd.model.shapes import Form

# A Wednesday.
START = "2026-01-28T20:00:00+00:00"


def rule(**fields: Any) -> RecurrenceRule:
    form = Form({"recurrence_rule": {"start": START, **fields}})
    found = RecurrenceRule.of(form, "recurrence_rule")
    form.finish()
    assert found is not None
    return found


def at(month: int, day: int, hour: int = 20, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields, moments",
    [
        # Every weekday
        ({"frequency": 3, "by_weekday": [0, 1, 2, 3, 4]}, [at(1, 28), at(1, 29), at(1, 30), at(2, 2)]),
        # Every day
        ({"frequency": 3}, [at(1, 28), at(1, 29), at(1, 30), at(1, 31)]),
        # Every Wednesday
        ({"frequency": 2, "by_weekday": [2]}, [at(1, 28), at(2, 4), at(2, 11)]),
        # Every other Wednesday, without saying which day
        ({"frequency": 2, "interval": 2}, [at(1, 28), at(2, 11), at(2, 25), at(3, 11)]),
        # Monthly on the fourth Wednesday, and on the fifth Saturday where there is one
        ({"frequency": 1, "by_n_weekday": [{"n": 4, "day": 2}]}, [at(1, 28), at(2, 25), at(3, 25)]),
        ({"frequency": 1, "by_n_weekday": [{"n": 5, "day": 5}]}, [at(1, 31), at(5, 30), at(8, 29)]),
        # Monthly on the day of the start
        ({"frequency": 1}, [at(1, 28), at(2, 28), at(3, 28)]),
        # Annually on July 24, and on a day that not every year has
        ({"frequency": 0, "by_month": [7], "by_month_day": [24]}, [at(7, 24), at(7, 24, year=2027)]),
        ({"frequency": 0, "by_month": [2], "by_month_day": [29]},
         [at(2, 29, year=2028), at(2, 29, year=2032)]),
        ({"frequency": 0}, [at(1, 28), at(1, 28, year=2027)]),
    ],
)  # fmt: skip
def test_the_times_of_the_documentations_rules(fields, moments):
    asked = rule(**fields)
    found, moment = [], at(1, 1)
    for _ in moments:
        moment = asked.next_after(moment)
        found.append(moment)
    assert found == moments


def test_a_day_that_never_comes_has_no_next_time():
    assert rule(frequency=0, by_month=[2], by_month_day=[30]).next_after(at(1, 1)) is None


def test_the_same_day_counts_until_its_hour():
    assert rule(frequency=3).next_after(at(1, 30, hour=19)) == at(1, 30)
    assert rule(frequency=3).next_after(at(1, 30)) == at(1, 31)


def test_a_rule_reads_back_from_its_payload_and_says_what_it_has_not():
    for asked in (rule(frequency=1, by_n_weekday=[{"n": 1, "day": 6}]), rule(frequency=3, by_weekday=[5, 6]),
                  rule(frequency=0, by_month=[1], by_month_day=[2])):  # fmt: skip
        payload = parse_json(encode_json(asked.payload()))
        assert RecurrenceRule.from_payload(payload) == asked
        assert payload.keys() == {
            "start", "end", "frequency", "interval", "by_weekday", "by_n_weekday", "by_month",
            "by_month_day", "by_year_day", "count",
        }  # fmt: skip
        assert payload["end"] is payload["count"] is payload["by_year_day"] is None


@pytest.mark.parametrize(
    "fields, path",
    [
        ({}, "frequency"), ({"frequency": 4}, "frequency"), ({"frequency": 3, "interval": 2}, "interval"),
        ({"frequency": 2, "interval": 3}, "interval"), ({"frequency": 3, "start": "soon"}, "start"),
        ({"frequency": 3, "by_weekday": [0, 2]}, "by_weekday"),
        ({"frequency": 2, "by_weekday": [0, 1]}, "by_weekday"),
        ({"frequency": 1, "by_weekday": [0]}, "by_weekday"),
        ({"frequency": 2, "by_weekday": [7]}, "by_weekday"),
        ({"frequency": 2, "by_n_weekday": [{"n": 1, "day": 1}]}, "by_n_weekday"),
        ({"frequency": 1, "by_n_weekday": [{"n": 6, "day": 1}]}, "by_n_weekday"),
        ({"frequency": 0, "by_month": [1]}, "by_month"),
        ({"frequency": 0, "by_month_day": [1]}, "by_month_day"),
        ({"frequency": 3, "by_month": [1], "by_month_day": [1]}, "by_month"),
        ({"frequency": 3, "count": 5}, "count"), ({"frequency": 3, "end": START}, "end"),
        ({"frequency": 3, "by_year_day": [5]}, "by_year_day"),
    ],
)  # fmt: skip
def test_a_rule_with_a_fault_is_refused_by_its_path(fields, path):
    with pytest.raises(InvalidFormBody) as caught:
        rule(**fields)
    assert path in caught.value.errors["recurrence_rule"]


def test_no_rule_is_none():
    assert RecurrenceRule.of(Form({"recurrence_rule": None}), "recurrence_rule") is None
    assert RecurrenceRule.of(Form({}), "recurrence_rule") is None
