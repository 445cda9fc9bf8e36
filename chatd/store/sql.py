"""SQL files that become modules: `messages = load("messages")` reads sql/messages.sql.

    -- name: messages_before :many
    -- Newest first. `before` is exclusive; pass the largest bigint for the newest page.
    select id, content
      from messages
     where channel_id = :channel_id
       and id < :before;

becomes `await messages.messages_before(conn, channel_id=…, before=…)`. The shape says what comes back:

    :one    the first row as a Record, or None       :value  the first column of the first row
    :many   all rows, a list of Records              :exec   the number of rows touched

`:parameter` is a keyword-only argument; it becomes $n, one number for each name. A colon inside a
string, a quoted identifier, a comment or a `::cast` is left alone, and so is the colon of a slice,
because it follows its lower bound directly: `tags[1:size]`.

Whatever is wrong with a file is an SQLFileError at import, with its file and line. That a query fits
the schema is for PostgreSQL to say: one test prepares every one of them.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Awaitable, Iterator
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from asyncpg import Record

from chatd import assets

HEADER = re.compile(r"--\s*name\s*:(?P<rest>.*)")
NAME_AND_SHAPE = re.compile(r"\s*(?P<name>[a-z][a-z0-9_]*)\s+:(?P<shape>\w+)\s*")

# What may hide a colon, then the parameter itself. PostgreSQL 4.1 (lexical structure).
TOKEN = re.compile(
    r"""
    (?=[-/$eE'":;])  # what a token begins with: the search runs over all else
    (?:
      (?P<comment>      --[^\n]* )
    | (?P<block>        /\* (?: [^*/] | \*(?!/) | /(?!\*) | /\* .*? \*/ )* \*/ )
    | (?P<dollar>       (?<![\w$]) \$ (?P<tag> (?:[^\W\d]\w*)? ) \$ .*? \$ (?P=tag) \$ )
    | (?P<escaped>      (?<!\w) [eE] ' (?: [^'\\] | \\. | '' )* ' )
    | (?P<string>       ' (?: [^'] | '' )* ' )
    | (?P<identifier>   " (?: [^"] | "" )* " )
    | (?P<unclosed>     ['"] | /\* | (?<![\w$]) \$ (?:[^\W\d]\w*)? \$ )
    | (?P<positional>   (?<![\w$]) \$ \d+ )
    | (?P<cast>         :: )
    | (?P<parameter>    (?<! [\w)\]"'$] ) : (?P<argument> [^\W\d]\w* ) )
    | (?P<semicolon>    ; )
    )
    """,
    re.VERBOSE | re.DOTALL,
)
BLANK = re.compile(r"(?:\s|--[^\n]*)*")

REFUSED = {
    "unclosed": "{} is never closed",
    "positional": "{} where a :parameter belongs",
    "semicolon": "a second statement after the `;`",
}
# Names that the functions made here use themselves.
NOT_ARGUMENTS = {"conn", "SQL", "rows_touched"}


class SQLFileError(Exception):
    """A file under sql/ that cannot be loaded: "messages.sql:12: unknown shape :lots"."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")


class Shape(NamedTuple):
    """How a query is called: the body of the function that is made for it, and what that answers."""

    body: str
    answer: Any


# The coroutine of asyncpg is handed on as it is: a query costs one plain call more than asyncpg itself.
SHAPES = {
    "one": Shape("return conn.fetchrow(SQL{arguments})", Awaitable[Record | None]),
    "many": Shape("return conn.fetch(SQL{arguments})", Awaitable[list[Record]]),
    "value": Shape("return conn.fetchval(SQL{arguments})", Awaitable[Any]),
    "exec": Shape("return rows_touched(conn.execute(SQL{arguments}))", Awaitable[int]),
}


class Query(NamedTuple):
    """One statement of a file, ready to be made into a function."""

    name: str
    shape: str
    doc: str
    sql: str
    parameters: tuple[str, ...]
    file: str
    line: int


class SQLModule(ModuleType):
    """The queries of one file, as functions. Iterating yields them in the order of the file.

    Each function also tells `.sql`, `.name`, `.shape`, `.parameters`, `.file` and `.line`.
    """

    __all__: list[str]

    def __init__(self, name: str, queries: list[Query]) -> None:
        super().__init__(name, f"The queries of sql/{name}.sql.")
        self.__all__ = [query.name for query in queries]
        for query in queries:
            setattr(self, query.name, function_of(query, module=name))

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self.__all__)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"sql/{self.__name__}.sql has no query named {name}")


@cache
def load(feature: str) -> SQLModule:
    """The queries of sql/<feature>.sql. Raises SQLFileError, or FileNotFoundError without such a file."""
    file = assets.sql() / f"{feature}.sql"
    return SQLModule(feature, parse_queries(file.read_text("utf-8"), file=f"sql/{feature}.sql"))


def all_queries() -> list[Any]:
    """Every query function of every file under sql/, for tests that prepare or explain them all."""
    files = sorted(file.name for file in assets.sql().iterdir() if file.name.endswith(".sql"))
    return [query for name in files for query in load(name.removesuffix(".sql"))]


async def rows_touched(execute: Awaitable[str]) -> int:
    """The count at the end of a command tag: `UPDATE 3` is 3, `INSERT 0 2` is 2, `LISTEN` is 0."""
    count = (await execute).rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


def function_of(query: Query, *, module: str) -> Any:
    """A function with the query's own name, signature and docstring.

    It is compiled from text, as namedtuple does it, because then Python itself checks the arguments
    and a call costs nothing beyond them.
    """
    keywords = "".join(f", {name}" for name in query.parameters)
    signature = f"(conn, *{keywords})" if keywords else "(conn)"
    body = SHAPES[query.shape].body.format(arguments=keywords)
    names: dict[str, Any] = {"SQL": query.sql, "rows_touched": rows_touched, "__name__": module}
    exec(compile(f"def {query.name}{signature}: {body}", f"<{query.file}>", "exec"), names)
    function = names[query.name]
    function.__doc__ = query.doc or None
    function.__annotations__["return"] = SHAPES[query.shape].answer
    for field in ("name", "shape", "sql", "parameters", "file", "line"):
        setattr(function, field, getattr(query, field))
    return function


def parse_queries(text: str, *, file: str) -> list[Query]:
    """The queries of one file's text, in order. `file` is for messages. Raises SQLFileError."""
    queries: list[Query] = []
    seen: dict[str, int] = {}
    for line, block in blocks_of(text, file):
        query = parse_query(block, file, line)
        if query.name in seen:
            raise SQLFileError(file, line, f"{query.name} is already defined on line {seen[query.name]}")
        seen[query.name] = line
        queries.append(query)
    return queries


def blocks_of(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The file cut at its headers: the number of the header's line, and its lines."""
    blocks: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if HEADER.match(line):
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
        elif line.strip() and not line.startswith("--"):
            raise SQLFileError(file, number, "text before the first `-- name: … :shape` header")
    return blocks


def parse_query(block: list[str], file: str, line: int) -> Query:
    name, shape = parse_header(block[0], file, line)
    comments = 1
    while comments < len(block) and block[comments].startswith("--"):
        comments += 1
    doc = "\n".join(comment[2:].removeprefix(" ").rstrip() for comment in block[1:comments])
    sql, parameters = number_parameters("\n".join(block[comments:]), file, line + comments)
    if not sql:
        raise SQLFileError(file, line, f"{name} has no statement")
    return Query(name, shape, doc, sql, parameters, file, line)


def parse_header(header: str, file: str, line: int) -> tuple[str, str]:
    found = HEADER.match(header)
    assert found is not None, "blocks_of cuts at headers"
    parts = NAME_AND_SHAPE.fullmatch(found["rest"])
    if parts is None:
        raise SQLFileError(file, line, f"not a header, `-- name: lower_case_name :shape`: {header.strip()}")
    if parts["shape"] not in SHAPES:
        raise SQLFileError(file, line, f"unknown shape :{parts['shape']}; there are :{', :'.join(SHAPES)}")
    if keyword.iskeyword(parts["name"]):
        raise SQLFileError(file, line, f"{parts['name']} is a word of Python's; choose another name")
    return parts["name"], parts["shape"]


def number_parameters(text: str, file: str, line: int) -> tuple[str, tuple[str, ...]]:
    """The statement with $n for each `:parameter`, and the parameters' names in order of n.

    `line` is the number of the text's first line. Raises SQLFileError.
    """
    numbers: dict[str, int] = {}
    pieces: list[str] = []
    copied = 0
    for token in TOKEN.finditer(text):
        kind, start = token.lastgroup, token.start()
        if kind == "semicolon" and BLANK.fullmatch(text, token.end()):
            text = text[:start]
            break
        if kind in REFUSED:
            raise SQLFileError(file, line + text.count("\n", 0, start), REFUSED[kind].format(token[0]))
        if kind == "parameter":
            name = token["argument"]
            if keyword.iskeyword(name) or name in NOT_ARGUMENTS:
                reason = f":{name} cannot be an argument's name; choose another"
                raise SQLFileError(file, line + text.count("\n", 0, start), reason)
            number = numbers.setdefault(name, len(numbers) + 1)
            pieces += [text[copied:start], f"${number}"]
            copied = token.end()
    return "".join([*pieces, text[copied:]]).strip(), tuple(numbers)
