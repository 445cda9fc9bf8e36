import asyncio
import hashlib

import asyncpg
import pytest

from chatd.store.migrate import LOCK_KEY, MigrationError, Step, migrate, read_steps, status

PEOPLE = Step(1, "people", "create table people (id bigint primary key);\ninsert into people values (1);\n")
NAMES = Step(2, "names", "alter table people add column name text;\ncreate index on people (name);\n")
BROKEN = Step(3, "broken", "create table half (id bigint);\ninsert into people (id)\n  values (nothing);\n")


@pytest.fixture
def empty(runner, empty_database):
    """A connection to a database without a table."""
    connection = runner.run(asyncpg.connect(**empty_database))
    yield connection
    runner.run(connection.close())


async def versions(connection):
    rows = await connection.fetch("select version from schema_migrations order by version")
    return [row["version"] for row in rows]


async def test_steps_are_applied_once_and_in_order(empty):
    assert await migrate(empty, [PEOPLE]) == (0, 1)
    assert await migrate(empty, [PEOPLE, NAMES]) == (1, 2)
    assert await migrate(empty, [PEOPLE, NAMES]) == (2, 2)
    assert await versions(empty) == [1, 2]
    assert await empty.fetch("select id, name from people") == [(1, None)]
    row = await empty.fetchrow("select name, sha256 from schema_migrations where version = 2")
    assert tuple(row) == ("names", hashlib.sha256(NAMES.sql.encode()).hexdigest())


async def test_chatd_s_own_schema_applies_and_applies_again_without_harm(empty):
    count = len(read_steps())
    assert await migrate(empty) == (0, count)
    assert await migrate(empty) == (count, count)
    assert all(step.applied_at for step in await status(empty))


async def test_a_step_that_fails_is_undone_and_those_before_it_stay(empty):
    with pytest.raises(MigrationError) as failed:
        await migrate(empty, [PEOPLE, NAMES, BROKEN])
    assert str(failed.value) == (
        'sql/schema/0003_broken.sql failed and was undone: line 3: column "nothing" does not exist'
    )
    assert isinstance(failed.value.__cause__, asyncpg.UndefinedColumnError)
    assert await versions(empty) == [1, 2]
    assert await empty.fetchval("select to_regclass('half')") is None
    mended = Step(3, "broken", "create table half (id bigint);")
    assert await migrate(empty, [PEOPLE, NAMES, mended]) == (2, 3)


async def test_an_applied_file_that_was_edited_is_refused(empty):
    await migrate(empty, [PEOPLE, NAMES])
    edited = Step(1, "people", PEOPLE.sql + "-- one more word\n")
    for look in (migrate, status):
        with pytest.raises(MigrationError, match=r"0001_people\.sql is not the file that was applied on 20"):
            await look(empty, [edited, NAMES])


async def test_a_database_of_a_newer_chatd_is_refused(empty):
    await migrate(empty, [PEOPLE, NAMES])
    for look in (migrate, status):
        with pytest.raises(MigrationError, match=r"at schema 2 \(names\), but this chatd knows only up to 1"):
            await look(empty, [PEOPLE])


async def test_a_database_with_a_gap_is_refused(empty):
    await migrate(empty, [PEOPLE, NAMES])
    await empty.execute("delete from schema_migrations where version = 1")
    with pytest.raises(MigrationError, match=r"never saw sql/schema/0001_people\.sql"):
        await migrate(empty, [PEOPLE, NAMES])


async def test_starters_at_once_do_the_work_once(empty_database):
    connections = [await asyncpg.connect(**empty_database) for _ in range(5)]
    ranges = await asyncio.gather(*(migrate(connection, [PEOPLE, NAMES]) for connection in connections))
    assert sorted(ranges) == [(0, 2), (2, 2), (2, 2), (2, 2), (2, 2)]
    for connection in connections:
        await connection.close()


async def test_the_lock_is_given_back_even_by_a_failure(empty, empty_database):
    with pytest.raises(MigrationError):
        await migrate(empty, [PEOPLE, NAMES, BROKEN])
    assert await empty.fetchval("select count(*) from pg_locks where locktype = 'advisory'") == 0


async def test_a_starter_waits_while_another_holds_the_lock(empty, empty_database):
    other = await asyncpg.connect(**empty_database)
    await other.execute("select pg_advisory_lock($1)", LOCK_KEY)
    waiting = asyncio.ensure_future(migrate(empty, [PEOPLE]))
    # It has asked at least once when its session has run a statement.
    asked = "select count(*) from pg_stat_activity where query like '%pg_try_advisory_lock%' and pid <> $1"
    while not await other.fetchval(asked, other.get_server_pid()):
        await asyncio.wait([waiting], timeout=0.001)
    assert not waiting.done()
    assert await other.fetchval("select to_regclass('schema_migrations')") is None
    await other.close()
    assert await waiting == (0, 1)


async def test_status_lists_what_is_applied_and_what_is_not_and_changes_nothing(empty):
    assert [step.applied_at for step in await status(empty, [PEOPLE, NAMES])] == [None, None]
    assert await empty.fetchval("select to_regclass('schema_migrations')") is None
    await migrate(empty, [PEOPLE])
    first, second = await status(empty, [PEOPLE, NAMES])
    assert (first.version, first.name, second.version, second.name) == (1, "people", 2, "names")
    assert first.applied_at is not None
    assert second.applied_at is None


def test_steps_are_read_in_order_with_line_ends_made_equal(tmp_path):
    (tmp_path / "0002_names.sql").write_bytes(b"select 2;\r\n")
    (tmp_path / "0001_people.sql").write_bytes(b"select 1;\n")
    assert read_steps(tmp_path) == [Step(1, "people", "select 1;\n"), Step(2, "names", "select 2;\n")]


@pytest.mark.parametrize(
    "names, complaint",
    [
        (["0001_people.sql", "0003_names.sql"], r"0003_names\.sql: the next number is 0002"),
        (["0001_people.sql", "0001_twin.sql"], r"0001_twin\.sql: the next number is 0002"),
        (["0001_people.sql", "notes.txt"], r"notes\.txt: a step is called NNNN_name\.sql"),
        (["1_people.sql"], r"1_people\.sql: a step is called NNNN_name\.sql"),
    ],
)
def test_files_that_cannot_be_ordered_are_refused(tmp_path, names, complaint):
    for name in names:
        (tmp_path / name).write_text("select 1;")
    with pytest.raises(MigrationError, match=complaint):
        read_steps(tmp_path)
