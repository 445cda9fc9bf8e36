"""Every answer of a running server, as Discord's official description has it.

One walk through the whole API, over real sockets (scenario.py); then one test for each official operation
that chatd has: it was asked, and whatever it answered validates. docs/compatibility.md has their number.
"""

from __future__ import annotations

import asyncio
import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.compatibility.bots import folder_for_a_server
from tests.compatibility.official import OFFICIAL, implemented, missing
from tests.compatibility.scenario import PARTS
from tests.compatibility.walk import Walk
from tests.end_to_end.chatd_process import running

PAGE = (Path(__file__).parent.parent.parent / "docs" / "compatibility.md").read_text()


@pytest.fixture(scope="session")
def walk(runner: asyncio.Runner) -> Iterator[Walk]:
    with folder_for_a_server() as data:
        yield runner.run(walked(data))


async def walked(data: Path) -> Walk:
    """Walk part after part; one that cannot go on is kept as broken, and the next begins."""
    async with running(data) as server, aiohttp.ClientSession() as http:
        walk = Walk(server, http)
        for part in PARTS:
            try:
                await part(walk)
            except Exception:
                walk.broken.append(f"{part.__name__}: {traceback.format_exc(limit=-1)}")
    return walk


def test_the_walk_comes_to_its_end(walk: Walk) -> None:
    assert not walk.broken, "\n".join(walk.broken)


@pytest.mark.parametrize("operation", implemented())
def test_the_answer_is_as_the_official_description_has_it(walk: Walk, operation: str) -> None:
    assert operation in walk.faults, "the walk never asked for it"
    assert not walk.faults[operation], "\n".join(walk.faults[operation])


def test_the_page_says_what_there_is(walk: Walk, record_property: Callable[[str, object], None]) -> None:
    """The counts and the list of what is missing are those of this run; conftest.py prints them."""
    validated = [operation for operation in implemented() if walk.faults.get(operation) == []]
    counts = f"{len(OFFICIAL['operations'])} official operations: {len(implemented())} implemented, "
    counts += f"{len(validated)} validated, {len(missing())} missing"
    record_property("official operations", counts)
    assert counts in PAGE
    assert sorted(re.findall(r"^- `([A-Z]+ /[^`]+)`", PAGE, re.M)) == missing()
