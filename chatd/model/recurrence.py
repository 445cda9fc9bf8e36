"""How often a scheduled event happens again: what a client may ask for, and when the next time is.

A subset of RFC 5545's rules, with the limits of the Discord documentation, "Guild Scheduled Event Recurrence
Rule Object". Days, weeks and months are those of UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from chatd.model.shapes import Form
from chatd.model.times import iso


class Frequency(IntEnum):
    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3


# The sets of days in which a daily event may happen; Monday is 0.
KNOWN_WEEKDAYS = frozenset(
    map(frozenset, ((0, 1, 2, 3, 4), (1, 2, 3, 4, 5), (6, 0, 1, 2, 3), (4, 5), (5, 6), (6, 0)))
)
# "Every other" is for weeks only.
INTERVAL_MAX = 2
# 29 February may be eight years away (1896 to 1904); nothing else is as rare.
DAYS_AHEAD_MAX = 8 * 366


class NthWeekday(NamedTuple):
    """Such as the fourth Wednesday of a month. There is not always a fifth."""

    n: int
    day: int


@dataclass(slots=True, frozen=True)
class RecurrenceRule:
    """At the time of day of `start`, on the days that the rule names; if it names none, on those like it."""

    start: datetime
    frequency: int
    interval: int = 1
    by_weekday: tuple[int, ...] | None = None
    by_n_weekday: tuple[NthWeekday, ...] | None = None
    by_month: tuple[int, ...] | None = None
    by_month_day: tuple[int, ...] | None = None

    @classmethod
    def of(cls, form: Form, name: str) -> RecurrenceRule | None:
        """The rule in the field `name`; None for null and for nothing."""
        inside = form.form(name, default=None)
        if inside is None:
            return None
        rule = cls(
            start=inside.moment("start"),
            frequency=inside.choice("frequency", tuple(map(int, Frequency))),
            interval=inside.integer("interval", default=1, between=(1, INTERVAL_MAX)),
            by_weekday=_tuple(inside.integers("by_weekday", default=None, between=(0, 6), count=(1, 7))),
            by_n_weekday=_nth_weekdays(inside),
            by_month=_tuple(inside.integers("by_month", default=None, between=(1, 12), count=(1, 1))),
            by_month_day=_tuple(inside.integers("by_month_day", default=None, between=(1, 31), count=(1, 1))),
        )
        _find_faults(inside, rule)
        return rule

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> RecurrenceRule:
        nth = d["by_n_weekday"]
        return cls(
            datetime.fromisoformat(d["start"]), d["frequency"], d["interval"], _tuple(d["by_weekday"]),
            None if nth is None else tuple(NthWeekday(each["n"], each["day"]) for each in nth),
            _tuple(d["by_month"]), _tuple(d["by_month_day"]),
        )  # fmt: skip

    def payload(self) -> dict[str, Any]:
        """What cannot be asked for (an end, a count, days of the year) is there, and null."""
        nth = self.by_n_weekday
        return {
            "start": iso(self.start),
            "end": None,
            "frequency": int(self.frequency),
            "interval": self.interval,
            "by_weekday": _list(self.by_weekday),
            "by_n_weekday": None if nth is None else [{"n": each.n, "day": each.day} for each in nth],
            "by_month": _list(self.by_month),
            "by_month_day": _list(self.by_month_day),
            "by_year_day": None,
            "count": None,
        }

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time after `moment`, and not before the rule's start."""
        first = max(self.start, moment).date()
        for ahead in range(DAYS_AHEAD_MAX):
            day = first + timedelta(days=ahead)
            at = datetime.combine(day, self.start.timetz())
            if at > moment and at >= self.start and self._names(day):
                return at
        return None  # such as the 31st of a month that has none

    def _names(self, day: date) -> bool:
        start = self.start.date()
        if self.frequency == Frequency.DAILY:
            return self.by_weekday is None or day.weekday() in self.by_weekday
        if self.frequency == Frequency.WEEKLY:
            weeks = (_monday(day) - _monday(start)).days // 7
            weekdays = self.by_weekday or (start.weekday(),)
            return weeks % self.interval == 0 and day.weekday() in weekdays
        if self.frequency == Frequency.MONTHLY:
            if self.by_n_weekday is None:
                return day.day == start.day
            return NthWeekday((day.day - 1) // 7 + 1, day.weekday()) in self.by_n_weekday
        months, days = self.by_month or (start.month,), self.by_month_day or (start.day,)
        return day.month in months and day.day in days


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _tuple(values: Any) -> tuple[int, ...] | None:
    return None if values is None else tuple(values)


def _list(values: Collection[int] | None) -> list[int] | None:
    return None if values is None else list(values)


def _nth_weekdays(form: Form) -> tuple[NthWeekday, ...] | None:
    forms = form.forms("by_n_weekday", default=None, count=(1, 1))
    if forms is None:
        return None
    return tuple(
        NthWeekday(each.integer("n", between=(1, 5)), each.integer("day", between=(0, 6))) for each in forms
    )


def _find_faults(form: Form, rule: RecurrenceRule) -> None:
    """What the documentation lists as limits of the system."""

    def refuse(name: str, message: str) -> None:
        form.fault(name, "INVALID_RECURRENCE_RULE", message)

    for name in ("end", "count", "by_year_day"):
        if form.raw(name) is not None:
            refuse(name, "Cannot be set.")
    if rule.interval != 1 and rule.frequency != Frequency.WEEKLY:
        refuse("interval", "Must be 1 unless the frequency is weekly.")
    if rule.by_weekday is not None:
        if rule.frequency == Frequency.DAILY and frozenset(rule.by_weekday) not in KNOWN_WEEKDAYS:
            refuse("by_weekday", "Must be one of the known sets of weekdays.")
        elif rule.frequency == Frequency.WEEKLY and len(rule.by_weekday) != 1:
            refuse("by_weekday", "Must be a single day.")
        elif rule.frequency not in (Frequency.DAILY, Frequency.WEEKLY):
            refuse("by_weekday", "Is only for daily and weekly events.")
    if rule.by_n_weekday is not None and rule.frequency != Frequency.MONTHLY:
        refuse("by_n_weekday", "Is only for monthly events.")
    for name, other in (("by_month", rule.by_month_day), ("by_month_day", rule.by_month)):
        if getattr(rule, name) is not None:
            if rule.frequency != Frequency.YEARLY:
                refuse(name, "Is only for yearly events.")
            elif other is None:
                refuse(name, "Must come with a month and a day of it.")
