"""What is written though an act was refused: only then, once all else is undone, and by the same actor."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.audience import Nobody
from chatd.model.errors import MessageBlocked
from chatd.model.events import Event
from tests.people import Heard, person

INSERT = "insert into former_members (guild_id, user_id) select id, $1 from guilds"


async def word_of_it(tx: Any) -> None:
    tx.emit(Event("CHATD_REFUSED", {"by": str(tx.actor.id)}), to=Nobody())


async def test_a_refused_transaction_leaves_word_of_itself_and_nothing_else(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    with pytest.raises(MessageBlocked):
        async with store.transaction(ada) as tx:
            await tx.conn.execute(INSERT, ada.id)
            tx.emit(Event("CHATD_DONE", {}), to=Nobody())
            tx.even_if_refused(word_of_it)
            raise MessageBlocked()
    assert [(entry.name, entry.d) for entry in heard.entries] == [("CHATD_REFUSED", {"by": str(ada.id)})]
    assert await store.pool.fetchval("select count(*) from former_members") == 0


async def test_a_refused_queued_one_does_too(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    with pytest.raises(MessageBlocked):
        async with store.queued(ada) as tx:
            tx.even_if_refused(word_of_it)
            raise MessageBlocked()
    assert [entry.name for entry in heard.entries] == ["CHATD_REFUSED"]


async def test_what_is_not_refused_leaves_none(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        tx.even_if_refused(word_of_it)
    async with store.queued(ada) as queued:
        queued.even_if_refused(word_of_it)
    assert heard.entries == []


async def test_a_fault_of_ours_is_no_refusal(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    for opened in (store.transaction(ada), store.queued(ada)):
        with pytest.raises(ZeroDivisionError):
            async with opened as tx:
                tx.even_if_refused(word_of_it)
                raise ZeroDivisionError
    assert heard.entries == []


async def test_it_needs_no_second_connection(store):
    """Else, of as many as there are connections that are refused at once, each would wait for the others."""
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    # All but one, beside the listener's own.
    held = [await store.pool.acquire() for _ in range(store.pool.get_max_size() - 2)]
    try:
        with pytest.raises(MessageBlocked):
            async with store.transaction(ada) as tx:
                tx.even_if_refused(word_of_it)
                raise MessageBlocked()
    finally:
        for conn in held:
            await store.pool.release(conn)
    assert [entry.name for entry in heard.entries] == ["CHATD_REFUSED"]
