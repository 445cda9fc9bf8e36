"""docs/api.md is the table of routes and the table of errors, as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chatd.model.errors import ApiError
from chatd.rest.table import ROUTES
from tests.compatibility.official import NAMED, nameless

PAGE = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text()
# Behind the path of a route that Discord's description does not have.
MARK = " †"


def rows(*names: str) -> list[list[str]]:
    """The cells of all tables with these columns, from the top of the page to its end."""
    head = re.escape("| " + " | ".join(names) + " |") + r"\n\|[-|]+\n"
    lines = "".join(re.findall(head + r"((?:\|.*\n)+)", PAGE)).splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def routes() -> list[list[str]]:
    return rows("method", "path", "who", "answers", "limit")


def plain(cell: str) -> str:
    return cell.removesuffix(MARK).strip("`")


def kinds(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


def test_every_route_is_a_row_of_the_page():
    documented = [(method, plain(path), who, plain(limit)) for method, path, who, _, limit in routes()]
    assert documented == [(route.method, route.path, route.who.value, route.limit) for route in ROUTES]


def test_what_discord_does_not_describe_is_marked():
    marked = {f"{method} {plain(path)}" for method, path, *_ in routes() if path.endswith(MARK)}
    here = {f"{route.method} {route.path}" for route in ROUTES}
    assert marked == {operation for operation in here if nameless(operation) not in NAMED}


def test_every_error_is_a_row_of_the_page():
    errors = rows("HTTP", "code", "message")
    documented = {(int(status), int(code), message) for status, code, message in errors}
    here = [kind for kind in kinds(ApiError) if kind.__module__ == "chatd.model.errors"]
    assert documented == {(kind.status, kind.code, kind.message) for kind in here}
