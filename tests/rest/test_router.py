"""The tree of routes."""

from __future__ import annotations

import pytest

from chatd.model.errors import MethodNotAllowed, RouteNotFound
from chatd.rest.router import Route, Router
from chatd.rest.table import ROUTES
from chatd.wire.url import split_path


async def nothing(*_: object) -> None:
    """A handler that nobody calls."""


TABLE = [
    Route("GET", "/users/@me", nothing),
    Route("PATCH", "/users/@me", nothing),
    Route("GET", "/users/{user_id}", nothing),
    Route("GET", "/guilds/{guild_id}/members/search", nothing),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", nothing),
]


def found(method: str, path: str) -> tuple[str, list[str]]:
    route, texts = Router(TABLE).match(method, split_path(path))
    return route.path, texts


@pytest.mark.parametrize("base", ["/api/v10", "/api/v9", "/api", ""])
def test_every_base_means_the_same(base):
    assert found("GET", base + "/users/7") == ("/users/{user_id}", ["7"])


def test_a_literal_goes_before_a_parameter():
    assert found("GET", "/api/v10/users/@me") == ("/users/@me", [])
    assert found("GET", "/api/v10/users/%40me") == ("/users/@me", [])
    assert found("GET", "/api/v10/guilds/1/members/search") == ("/guilds/{guild_id}/members/search", ["1"])
    assert found("GET", "/api/v10/guilds/1/members/2")[1] == ["1", "2"]


def test_an_encoded_slash_separates_nothing():
    assert found("GET", "/api/v10/users/1%2F2") == ("/users/{user_id}", ["1/2"])


@pytest.mark.parametrize(
    "path", ["/api", "/api/v10", "/api/v10/", "/api/v8/users/@me", "/api/v10/users", "/api/v10/users/@me/",
             "/api/v10//users/@me", "/api/v10/nothing", "/api/api/users/@me"],
)  # fmt: skip
def test_an_unknown_path_is_not_found(path):
    with pytest.raises(RouteNotFound):
        Router(TABLE).match("GET", split_path(path))


def test_a_wrong_method_is_told_the_right_ones():
    with pytest.raises(MethodNotAllowed) as refused:
        Router(TABLE).match("DELETE", split_path("/api/v10/users/@me"))
    assert refused.value.headers() == [("Allow", "GET, HEAD, OPTIONS, PATCH")]


def test_head_is_answered_by_the_row_of_get():
    assert found("HEAD", "/api/v10/users/@me") == ("/users/@me", [])


def test_a_row_cannot_stand_twice():
    with pytest.raises(ValueError, match="twice"):
        Router([*TABLE, TABLE[0]])


def test_the_major_parameter_is_known_by_its_place():
    assert TABLE[-1].parameters == ("guild_id", "user_id")
    assert TABLE[-1].major_of([5, 6]) == 5
    assert TABLE[0].major_of([]) is None


def test_a_webhook_is_counted_with_its_token():
    by_token = Route("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", TABLE[0].handler)
    assert by_token.major_of([5, "secret", 6]) == (5, "secret")
    assert Route("GET", "/webhooks/{webhook_id}", TABLE[0].handler).major_of([5]) == 5


def test_the_real_table_compiles_and_finds_each_of_its_rows():
    router = Router(ROUTES)
    for row in ROUTES:
        route, texts = router.match(row.method, split_path("/api/v10" + row.path))
        assert route is row
        assert len(texts) == len(row.parameters)
