"""docs/api.md is the table of routes and the table of errors, as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chatd.model.errors import ApiError
from chatd.rest.table import ROUTES

PAGE = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


def kinds(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


def test_every_route_is_a_row_of_the_page():
    documented = [(method, path, who, limit) for method, path, who, _, limit in rows("Routes")]
    assert documented == [(route.method, route.path, route.who.value, route.limit) for route in ROUTES]


def test_every_error_is_a_row_of_the_page():
    documented = {(int(status), int(code), message) for status, code, message in rows("Errors")}
    here = [kind for kind in kinds(ApiError) if kind.__module__ == "chatd.model.errors"]
    assert documented == {(kind.status, kind.code, kind.message) for kind in here}
