import inspect
import pydoc
from collections.abc import Awaitable

import asyncpg
import pytest

from chatd.store.sql import SQLFileError, SQLModule, all_queries, load, parse_queries, rows_touched


def one(sql):
    (query,) = parse_queries(f"-- name: query :many\n{sql}\n", file="sql/some.sql")
    return query


def module_of(text):
    return SQLModule("some", parse_queries(text, file="sql/some.sql"))


PEOPLE = module_of("""
-- The people of the test.

-- name: create_people :exec
create temporary table people (id bigint primary key, name text, tags text[]);

-- name: insert_person :exec
-- One person; `name` may repeat.
insert into people (id, name, tags)
     values (:id, :name, :tags);

-- name: rename_people :exec
update people set name = :to where name = :name;

-- name: person :one
select id, name from people where id = :id;

-- name: people_before :many
-- Newest first.
-- `before` is exclusive.
select id, name
  from people
 where id < :before
 order by id desc
 limit :limit;

-- name: count_people :value
select count(*) from people;
""")


@pytest.mark.parametrize(
    "sql, sent, parameters",
    [
        ("select :a", "select $1", ("a",)),
        ("select :b, :a, :b", "select $1, $2, $1", ("b", "a")),
        ("select :a::bigint, ':b'::text", "select $1::bigint, ':b'::text", ("a",)),
        ("select 'it''s :a', :b", "select 'it''s :a', $1", ("b",)),
        (r"select E'\':a', :b", r"select E'\':a', $1", ("b",)),
        (r"select '\', :b, '\'", r"select '\', $1, '\'", ("b",)),
        ('select ":a", ":""b" from t where c=:c', 'select ":a", ":""b" from t where c=$1', ("c",)),
        ("select 1 -- not :a, it's\n , :b", "select 1 -- not :a, it's\n , $1", ("b",)),
        ("select /* :a /* :b */ ' */ :c", "select /* :a /* :b */ ' */ $1", ("c",)),
        ("select $$:a 'x$$, $b$ :c $$ $b$, :d", "select $$:a 'x$$, $b$ :c $$ $b$, $1", ("d",)),
        ("select tags[1:2], tags[low:high], tags[:at], tags[f(1):n]", None, ("at",)),
        ("select array[:a, :b], tags[2:]", "select array[$1, $2], tags[2:]", ("a", "b")),
        ("select f(x := :a, y => :b)", "select f(x := $1, y => $2)", ("a", "b")),
        ("select a$1b, :c from t", "select a$1b, $1 from t", ("c",)),
        ("select 1 ; -- the end; really\n", "select 1", ()),
        ("select ';', :a;", "select ';', $1", ("a",)),
    ],
)
def test_parameters_are_numbered_where_they_are_parameters(sql, sent, parameters):
    query = one(sql)
    assert query.parameters == parameters
    assert query.sql == (sent or "select tags[1:2], tags[low:high], tags[$1], tags[f(1):n]")


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("select 1;\n", "sql/some.sql:1: text before the first"),
        ("-- fine\n\n-- name: a :lots\nselect 1;", "sql/some.sql:3: unknown shape :lots"),
        ("-- name: a\nselect 1;", "sql/some.sql:1: not a header"),
        ("-- name: Two Words :one\nselect 1;", "sql/some.sql:1: not a header"),
        ("--name: :one\nselect 1;", "sql/some.sql:1: not a header"),
        ("-- name: import :one\nselect 1;", "sql/some.sql:1: import is a word of Python's"),
        ("-- name: a :one\nselect 1;\n-- name: a :one\nselect 2;", "sql/some.sql:3: a is already defined"),
        ("-- name: a :one\n-- only words\n\n", "sql/some.sql:1: a has no statement"),
        ("-- name: a :one\n;\n", "sql/some.sql:1: a has no statement"),
        ("-- name: a :one\nselect 1;\nselect 2;", "sql/some.sql:2: a second statement"),
        ("-- name: a :one\n-- why\nselect\n $1;", "sql/some.sql:4: $1 where a :parameter belongs"),
        ("-- name: a :one\nselect 'x", "sql/some.sql:2: ' is never closed"),
        ("-- name: a :one\nselect 1 /* x", "sql/some.sql:2: /* is never closed"),
        ("-- name: a :one\nselect $x$ $$", "sql/some.sql:2: $x$ is never closed"),
        ("-- name: a :one\nselect\n:from", "sql/some.sql:3: :from cannot be an argument's name"),
        ("-- name: a :one\nselect :conn", "sql/some.sql:2: :conn cannot be an argument's name"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(text, complaint):
    with pytest.raises(SQLFileError) as refused:
        parse_queries(text, file="sql/some.sql")
    assert str(refused.value).startswith(complaint)


def test_a_query_tells_the_truth_about_itself():
    query = PEOPLE.people_before
    assert str(inspect.signature(query)).startswith("(conn, *, before, limit)")
    assert inspect.signature(query).return_annotation == Awaitable[list[asyncpg.Record]]
    assert query.__doc__ == "Newest first.\n`before` is exclusive."
    assert (query.name, query.shape, query.parameters) == ("people_before", "many", ("before", "limit"))
    assert (query.file, query.line) == ("sql/some.sql", 18)
    assert query.sql.startswith("select id, name\n  from people\n where id < $1")
    assert "people_before(conn, *, before, limit)" in pydoc.render_doc(PEOPLE, renderer=pydoc.plaintext)


def test_a_module_lists_its_queries_and_names_what_it_lacks():
    assert [query.name for query in PEOPLE][:2] == ["create_people", "insert_person"]
    with pytest.raises(AttributeError, match="sql/some.sql has no query named persons"):
        _ = PEOPLE.persons


@pytest.mark.parametrize("arguments", [{}, {"id": 1, "extra": 2}])
def test_a_wrong_argument_is_python_s_own_type_error(arguments):
    with pytest.raises(TypeError, match=r"person\(\)"):
        PEOPLE.person(None, **arguments)


async def test_each_shape_answers_as_it_says(empty_database):
    connection = await asyncpg.connect(**empty_database)
    assert await PEOPLE.create_people(connection) == 0
    for id in (1, 2, 3):
        assert await PEOPLE.insert_person(connection, id=id, name="ada", tags=["a:b"]) == 1
    assert await PEOPLE.rename_people(connection, name="ada", to="Ada") == 3
    assert await PEOPLE.rename_people(connection, name="nobody", to="x") == 0
    assert dict(await PEOPLE.person(connection, id=2)) == {"id": 2, "name": "Ada"}
    assert await PEOPLE.person(connection, id=4) is None
    assert [row["id"] for row in await PEOPLE.people_before(connection, before=3, limit=9)] == [2, 1]
    assert await PEOPLE.people_before(connection, before=0, limit=9) == []
    assert await PEOPLE.count_people(connection) == 3
    await connection.close()


@pytest.mark.parametrize("tag, rows", [("UPDATE 3", 3), ("INSERT 0 12", 12), ("CREATE TABLE", 0)])
async def test_rows_touched_reads_the_command_tag(tag, rows):
    async def execute():
        return tag

    assert await rows_touched(execute()) == rows


def test_a_feature_without_a_file_is_an_error():
    with pytest.raises(FileNotFoundError):
        load("no_such_feature")


@pytest.mark.parametrize("query", all_queries(), ids=lambda query: f"{query.file}:{query.name}")
async def test_every_query_fits_the_schema(schema_connection, query):
    await schema_connection.prepare(query.sql)
