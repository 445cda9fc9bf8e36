"""What is asked of every action, row by row of the table: a refusal leaves no trace, a change is told whole.

The calls are those of test_table.py, which has a good one for each row; here others make them, too.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.beats import all_rows, assert_as_fresh
from tests.people import Heard, person
from tests.rest.asking import Client
from tests.rest.conftest import Place
from tests.rest.test_table import CALLS, with_ids

CHANGES = [call for call in CALLS if call[0] != "GET"]
# A channel remembers its newest message after that is deleted, until the server starts again (directory.py).
DELETIONS = [
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"),
    ("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    ("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
]
TOLD_WHOLE = [call for call in CHANGES if call[:2] not in DELETIONS]
SOMEWHERE = [call for call in CHANGES if call[1].startswith(("/guilds/{", "/channels/{"))]


async def stranger(place: Place) -> Client:
    """Somebody with an account who is in no guild any more."""
    actor, token = await person(place.app.store, "stranger")
    kicked = await place.ada.api("DELETE", f"/guilds/{place.guild_id}/members/{actor.id}")
    assert kicked.status == 204
    return Client(place.app, token=token)


async def call_and_compare(place: Place, client: Client, call: Any) -> int:
    """Make a call whose ids are real. If it is refused, no row has changed and nothing was told."""
    method, path, _, body, _, _ = call
    path, body = await with_ids(place, path, body)
    heard, before = Heard(place.app.store), await all_rows(place.app.store)
    reply = await client.api(method, path, body)
    if reply.status >= 400:
        assert heard.entries == []
        assert await all_rows(place.app.store) == before
    return reply.status


def name_of(call: Any) -> str:
    return f"{call[0]} {call[1]}"


@pytest.mark.parametrize("call", SOMEWHERE, ids=name_of)
async def test_whoever_is_refused_changes_nothing(place, call):
    """Nobody, somebody from elsewhere, and a plain member: the first two always are."""
    assert await call_and_compare(place, place.nobody, call) == 401
    # A body is read before the place is looked up, so it may be refused first.
    assert await call_and_compare(place, await stranger(place), call) in (400, 403, 404)
    assert await call_and_compare(place, place.bob, call) < 500


@pytest.mark.parametrize("call", TOLD_WHOLE, ids=name_of)
async def test_what_a_change_tells_is_all_that_changed(place, call):
    """The directory that followed its events is the one that would be loaded now."""
    method, path, who, body, status, _ = call
    path, body = await with_ids(place, path, body)
    assert (await getattr(place, who).api(method, path, body)).status == status
    await assert_as_fresh(place.app.store)
