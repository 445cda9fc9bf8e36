"""Interactions that nobody answers: given up in their order, with one timer while any of them waits."""

from __future__ import annotations

import asyncio
from typing import Any

from chatd import jobs
from chatd.interaction_deadlines import InteractionDeadlines
from chatd.model.interactions import ANSWER_WITHIN
from chatd.model.jobs import AwaitAnswer
from tests.interacting import Application, listening_bot, make_command, use
from tests.people import Heard, person


async def used(store: Any, times: int) -> tuple[Heard, list[int]]:
    ada, _ = await person(store, "ada")
    command = await make_command(store, await listening_bot(store))
    heard = Heard(store)
    return heard, [(await use(store, ada, command)).id for _ in range(times)]


def failed(heard: Heard) -> list[int]:
    return [int(entry.d["id"]) for entry in heard.entries if entry.name == "INTERACTION_FAILURE"]


async def until(ready: Any) -> None:
    while not ready():
        await asyncio.sleep(0)


async def test_those_that_nobody_answers_are_given_up_and_those_that_were_answered_are_not(store):
    deadlines = InteractionDeadlines(store, wait_s=0)
    heard, ids = await used(store, 3)
    answered = Application.of(store, heard)
    await answered.answer(4, {"content": "pong"})
    for interaction_id in ids:
        deadlines.begin(AwaitAnswer(interaction_id))
    await until(lambda: len(failed(heard)) == 2)
    await deadlines.settle()
    assert failed(heard) == [id for id in ids if id != answered.id]
    assert not deadlines.is_waiting


async def test_a_commit_begins_the_deadline_of_what_it_has_made(store):
    deadlines = InteractionDeadlines(store)
    store.later = deadlines.begin
    assert not deadlines.is_waiting
    await used(store, 2)
    assert deadlines.is_waiting
    await deadlines.stop()


async def test_what_a_server_was_waiting_for_when_it_ended_is_given_up_by_the_sweep(store):
    heard, ids = await used(store, 2)
    now = store.clock()
    store.clock = lambda: now + ANSWER_WITHIN.total_seconds() + 1
    assert await jobs.give_up_interactions(store) == 2
    assert failed(heard) == ids
    assert await jobs.give_up_interactions(store) == 0
