"""Records: what matches a pattern, and that a wait ends with the record itself."""

from __future__ import annotations

import asyncio

import pytest

from chatd.testbench import records as module
from chatd.testbench.records import Records, matches


@pytest.fixture
def records():
    return Records(lambda: 1_800_000_000.0)


@pytest.mark.parametrize(
    "value, pattern",
    [
        ({"a": 1, "b": 2}, {}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 1}}}),
        ({"type": 19}, {"type": [0, 19]}),
        ({"embeds": [{"title": "x", "type": "rich"}]}, {"embeds": [{"title": "x"}]}),
        ({"a": None}, {"a": None}),
        ({}, {"a": None}),
    ],
)
def test_a_record_matches_that_has_all_of_the_pattern(value, pattern):
    assert matches(value, pattern)


@pytest.mark.parametrize(
    "value, pattern",
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": {"b": 1}}),
        ({"type": 7}, {"type": [0, 19]}),
        ({"embeds": []}, {"embeds": [{"title": "x"}]}),
    ],
)
def test_a_record_that_lacks_something_does_not_match(value, pattern):
    assert not matches(value, pattern)


async def test_a_wait_is_answered_by_what_has_happened_already_in_its_order(records):
    records.add("event", name="A")
    records.add("event", name="B", number=1)
    records.add("event", name="B", number=2)
    found = await records.wait({"name": "B"}, after=0, timeout_s=10)
    assert (found["n"], found["number"]) == (2, 1)
    assert (await records.wait({"name": "B"}, after=2, timeout_s=10))["number"] == 2


async def test_a_wait_ends_with_the_record_it_is_for(records):
    waiting = [asyncio.create_task(records.wait({"name": name}, after=0, timeout_s=30)) for name in "AB"]
    await asyncio.sleep(0)
    records.add("event", name="C")
    records.add("event", name="B")
    assert (await waiting[1])["n"] == 2
    assert not waiting[0].done()
    records.add("event", name="A")
    assert (await waiting[0])["n"] == 3


async def test_a_wait_for_what_does_not_come_gives_nothing(records):
    records.add("event", name="A")
    assert await records.wait({"name": "B"}, after=0, timeout_s=0) is None


async def test_the_older_half_goes_when_there_are_too_many(records, monkeypatch):
    monkeypatch.setattr(module, "RECORDS_MAX", 4)
    for number in range(1, 7):
        records.add("event", number=number)
    assert [record["number"] for record in records.after(0)] == [record["n"] for record in records.after(0)]
    assert [record["n"] for record in records.after(0)] == [3, 4, 5, 6]
    assert [record["n"] for record in records.after(4)] == [5, 6]
    assert records.last == 6
