"""The group-commit writer and the feed, on a real pool: together, alone, and when the database goes away."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chatd.model.audience import Channel, Guild, Nobody, Users
from chatd.model.errors import Unavailable
from chatd.model.events import Entry, Event
from chatd.store.journal import JournalCut, entry_of, place_of
from chatd.store.pool import is_away
from chatd.store.queries import messages
from tests.people import Heard, general, person


def row(store, actor, content: str, **fields):
    channel = general(store)
    return {
        "ids": store.mint.next(), "channel_ids": channel.id, "guild_ids": channel.guild_id,
        "author_ids": actor.id, "contents": content, "types": 0, "flags": 0, "tts": False,
        "mention_everyone": False, "mention_ids": "{}", "mention_role_ids": "{}", "details": None,
        "nonces": None, "known": store.feed.position, **fields,
    }  # fmt: skip


def write(store, actor, content: str, **fields):
    async def run() -> bool:
        channel = general(store)
        made = row(store, actor, content, **fields)
        event = Event("MESSAGE_CREATE", {"id": str(made["ids"]), "channel_id": str(channel.id)})
        async with store.queued(actor) as tx:
            return await tx.write(
                messages.insert_messages, made, event, to=Channel(channel.id, channel.guild_id)
            )

    return run()


async def test_a_write_that_fails_alone_does_not_fail_its_neighbours(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    results = await asyncio.gather(
        write(store, ada, "before"), write(store, ada, "bad", author_ids=404), write(store, ada, "after"),
        return_exceptions=True,
    )  # fmt: skip
    assert results[0] is True and results[2] is True
    assert isinstance(results[1], asyncpg.ForeignKeyViolationError)
    assert len(heard.entries) == 2


async def test_a_refused_write_takes_no_position(store, connection):
    ada, _ = await person(store, "ada")
    head = store.feed.position
    writes = write(store, ada, "a"), write(store, ada, "b", known=-1), write(store, ada, "c")
    assert await asyncio.gather(*writes) == [True, False, True]
    assert store.feed.position == head + 2
    assert await connection.fetchval("select position from journal_head") == head + 2


async def test_a_group_whose_connection_is_lost_is_told_so_and_the_next_goes_through(store, connection):
    """What was committed before the loss, and by whom, the feed learns from the journal."""
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    head = store.feed.position
    async with connection.transaction():
        await connection.execute("select position from journal_head for update")
        waiting = asyncio.ensure_future(write(store, ada, "lost"))
        while not await connection.fetchval(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        ):
            pass
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
        )
        with pytest.raises(Unavailable):
            await waiting
    assert await write(store, ada, "kept")
    assert [entry.position for entry in heard.entries] == [head + 1]


async def test_entries_out_of_turn_wait_for_the_gap_before_them(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    head = store.feed.position
    late = [Entry(head + 2, "X", "{}", Nobody()), Entry(head + 3, "Y", "{}", Nobody())]
    store.feed.committed(late)
    assert heard.entries == []
    store.feed.committed([Entry(head + 1, "W", "{}", Nobody())])
    assert heard.names == ["W", "X", "Y"] and store.feed.position == head + 3
    store.feed.committed(late)
    assert heard.names == ["W", "X", "Y"]


async def test_what_another_process_commits_is_read_from_the_journal(store, connection):
    heard = Heard(store)
    read = asyncio.Event()
    store.feed.subscribe(lambda entries: read.set())
    await connection.execute(
        """select pg_notify('chatd_journal', 'another:' || journal_append(
               array['A', 'B'], array[1::bigint, null], array[2::bigint, null],
               array[null, '{3,4}'], array['{}', '{}']))"""
    )
    await read.wait()
    assert [(entry.name, entry.audience) for entry in heard.entries] == [
        ("A", Channel(2, 1)),
        ("B", Users((3, 4))),
    ]


@pytest.mark.parametrize(
    "audience", [Channel(1, 2), Channel(1, None), Guild(2), Users((1, 2)), Users((1,), 2), Nobody()]
)
def test_an_audience_comes_back_from_its_columns(audience):
    guild_id, channel_id, user_ids = place_of(audience)
    ids = None if user_ids is None else [int(part) for part in user_ids.strip("{}").split(",") if part]
    found = entry_of(
        {
            "position": 1,
            "name": "X",
            "payload": "{}",
            "guild_id": guild_id,
            "channel_id": channel_id,
            "user_ids": ids,
        }
    )
    assert found.audience == audience


def test_a_database_that_is_away_is_told_from_a_fault_of_ours():
    away = (asyncpg.CannotConnectNowError(), asyncpg.InterfaceError("x"), asyncpg.AdminShutdownError(),
            asyncpg.TooManyConnectionsError(), ConnectionRefusedError(), TimeoutError())  # fmt: skip
    for error in away:
        assert is_away(error)
    for error in (asyncpg.DataError("x"), asyncpg.UniqueViolationError("x"), KeyError("x")):
        assert not is_away(error)


async def test_a_commit_of_which_nobody_knows_is_found_in_the_journal(store, connection):
    """The connection dies while COMMIT is on its way, and the commit has taken place all the same."""
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    told = asyncio.Event()
    store.feed.subscribe(lambda entries: told.set())
    await connection.execute(
        "select journal_append(array['LOST'], array[1::bigint], array[2::bigint], array[null], array['{}'])"
    )
    with pytest.raises(Unavailable):
        async with store.transaction(ada) as tx:
            tx.emit(Event("UNDONE", {}), to=Nobody())
            await tx.before_commit()
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'"
            )
    await told.wait()
    assert heard.names == ["LOST"]


async def test_who_is_told_of_a_commit_finds_it_in_the_directory(store, connection):
    """Another process has committed just before, and its notification is not here yet."""
    ada, _ = await person(store, "ada")
    await connection.execute(
        "select journal_append(array['OTHER'], array[1::bigint], array[2::bigint], array[null], array['{}'])"
    )
    assert await write(store, ada, "first")
    assert general(store).last_message_id is not None
    await connection.execute(
        "select journal_append(array['OTHER'], array[1::bigint], array[2::bigint], array[null], array['{}'])"
    )
    bob, _ = await person(store, "bob")
    assert bob.id in store.directory.users


async def test_a_feed_that_finds_the_journal_cut_says_so_and_delivers_nothing_out_of_order(store, connection):
    heard = Heard(store)
    append = "select journal_append(array['A', 'B'], array[1::bigint, 1], array[2::bigint, 2], $1, $2)"
    last = await connection.fetchval(append, [None, None], ["{}", "{}"])
    await connection.execute("delete from journal where position < $1", last)
    with pytest.raises(JournalCut):
        await store.feed.catch_up()
    assert store.feed.failure is not None and heard.entries == []


async def test_an_entry_that_cannot_be_folded_does_not_keep_back_the_next(store):
    heard = Heard(store)
    at = store.feed.position
    store.feed.committed([Entry(at + 1, "GUILD_UPDATE", "{}", Nobody()), Entry(at + 2, "X", "{}", Nobody())])
    assert heard.names == ["GUILD_UPDATE", "X"] and store.feed.position == at + 2
