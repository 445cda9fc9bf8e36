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
from chatd.store.writer import ALONE
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


# ── a group of one ──


def test_a_query_for_one_takes_the_fields_of_its_batch_in_the_same_order():
    for batch, alone in ALONE.items():
        for name, name_in_batch in zip(alone.parameters, batch.parameters, strict=True):
            assert name_in_batch in (name, f"{name}s")


async def said(connection, position: int, message_id: int):
    """What a write has left: the message and its entry, without what tells two of them apart."""
    message = await connection.fetchrow("select * from messages where id = $1", message_id)
    entry = await connection.fetchrow("select * from journal where position = $1", position)
    return {**message, "id": 0}, {**entry, "position": 0, "payload": "", "at": None}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"guild_ids": None},
        {"known": None},
        {"known": -1},
        {"known": -1, "guild_ids": None},
        {"nonces": "fresh"},
        {"nonces": "used"},
        {"types": 7, "flags": 4, "tts": True, "mention_everyone": True, "mention_ids": "{1,2}"},
        {"mention_role_ids": "{3}", "details": '{"embeds": []}'},
    ],
)
async def test_one_alone_is_written_as_a_batch_of_one(store, connection, fields):
    ada, _ = await person(store, "ada")
    await write(store, ada, "before", nonces="used")
    left = []
    for query in (messages.insert_messages, messages.insert_message):
        await connection.execute("delete from message_nonces where nonce <> 'used'")
        made = {**row(store, ada, "same", **fields), "payloads": "{}"}
        values = [made[name] for name in messages.insert_messages.parameters]
        if query is messages.insert_message:
            position = await query(connection, **dict(zip(query.parameters, values, strict=True)))
        else:
            rows = await query(connection, **{name: [made[name]] for name in query.parameters})
            position = rows[0]["position"] if rows else None
        left.append(None if position is None else await said(connection, position, made["ids"]))
    assert left[0] == left[1]
    assert (left[0] is None) == (fields in ({"known": -1}, {"nonces": "used"}))


async def test_one_alone_that_waits_for_the_head_comes_after_who_held_it(store, connection):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    head = store.feed.position
    async with connection.transaction():
        await connection.execute(
            "select journal_append(array['A', 'B'], array[1::bigint, 1], array[2::bigint, 2], $1, $2)",
            [None, None], ["{}", "{}"],
        )  # fmt: skip
        waiting = asyncio.ensure_future(write(store, ada, "after"))
        while not await connection.fetchval(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        ):
            pass
    assert await waiting
    assert [entry.position for entry in heard.entries] == [head + 1, head + 2, head + 3]
    assert heard.names == ["A", "B", "MESSAGE_CREATE"]
    assert await connection.fetchval("select position from journal_head") == head + 3


async def test_one_alone_is_refused_by_a_change_of_permissions_that_it_has_waited_for(store, connection):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with connection.transaction():
        await connection.execute(
            "update guilds set permission_position = $1 where id = $2", store.feed.position + 1, guild_id
        )
        waiting = asyncio.ensure_future(write(store, ada, "too late"))
        while not await connection.fetchval(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        ):
            pass
    assert await waiting is False
    assert not await connection.fetchval("select count(*) from messages where content = 'too late'")
