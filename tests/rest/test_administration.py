"""Administration over HTTP: administrators get in, and everybody else the same refusal whatever they ask."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.rest.live import Live
from chatd.rest.router import Who
from chatd.rest.table import ROUTES
from tests.rest.asking import Client, Reply
from tests.rest.conftest import PASSWORD, Place

ADMIN = [(route.method, route.path) for route in ROUTES if route.who is Who.ADMINS]
# A body that no route takes: whether it is looked at would tell something.
NONSENSE: Any = [1]


def at(place: Place, path: str) -> str:
    return path.format(user_id=place.bob_id, connection="x", report_id=1)


async def sign_in(place: Place, password: str) -> Reply:
    return await place.nobody.api("POST", "/auth/login", {"login": "bob", "password": password})


@pytest.mark.parametrize("method, path", ADMIN)
async def test_everybody_else_is_told_nothing(place, method, path):
    for client in (place.bob, place.robo):
        reply = await client.api(method, at(place, path), None if method == "GET" else NONSENSE)
        assert (reply.status, reply.json) == (403, {"message": "Missing Access", "code": 50001})
    assert (await place.nobody.api(method, at(place, path))).status == 401


async def test_who_is_made_an_administrator_is_one_with_the_next_request(place):
    assert (await place.bob.api("GET", "/admin/users")).status == 403
    user = f"/admin/users/{place.bob_id}"
    assert (await place.ada.api("PATCH", user, {"admin": True})).json["admin"] is True
    assert (await place.bob.api("GET", "/users/@me")).json["admin"] is True
    assert (await place.bob.api("GET", "/admin/users")).json["total"] == 4
    assert (await place.ada.api("PATCH", user, {"admin": False})).status == 200
    assert (await place.bob.api("GET", "/admin/users")).status == 403


async def test_a_new_user_comes_in_by_the_link(place):
    made = await place.ada.api("POST", "/admin/users", {"username": "cleo", "email": "cleo@chat.example"})
    link = made.json["link"]
    assert link["url"] == f"http://chat.example/reset#k={link['token']}"
    assert (made.json["user"]["username"], made.json["user"]["session_count"]) == ("cleo", 0)
    body = {"token": link["token"], "password": PASSWORD}
    chosen = await place.nobody.api("POST", "/auth/reset-password", body)
    assert (chosen.status, chosen.json["user"]["username"]) == (200, "cleo")
    assert "chatd_session=" in chosen.headers["set-cookie"]
    again = await place.nobody.api("POST", "/auth/reset-password", body)
    assert (again.status, again.code) == (403, 10020)
    assert "set-cookie" not in again.headers
    login = {"login": "cleo", "password": PASSWORD}
    assert (await place.nobody.api("POST", "/auth/login", login)).status == 200


async def test_an_account_without_a_password_lets_nobody_in(place):
    await place.ada.api("POST", "/admin/users", {"username": "cleo"})
    for password in ("", "cleo", PASSWORD):
        reply = await place.nobody.api("POST", "/auth/login", {"login": "cleo", "password": password})
        assert reply.status in (400, 401)


async def test_who_is_disabled_is_refused_from_then_on(place):
    reply = await place.ada.api("PATCH", f"/admin/users/{place.bob_id}", {"disabled": True})
    assert reply.json["disabled_at"] is not None and reply.json["session_count"] == 0
    assert (await place.bob.api("GET", "/users/@me")).status == 401
    assert (await sign_in(place, PASSWORD)).code == 20013


async def test_a_new_password_needs_the_old_one(place):
    change = {"password": "not this one", "new_password": "another password"}
    wrong = await place.bob.api("PATCH", "/auth/account", change)
    assert (wrong.status, set(wrong.json["errors"])) == (400, {"password"})
    change["password"] = PASSWORD
    assert (await place.bob.api("PATCH", "/auth/account", change)).status == 200
    assert (await sign_in(place, PASSWORD)).status == 401
    assert (await sign_in(place, "another password")).status == 200
    assert (await place.bob.api("GET", "/users/@me")).status == 200


async def test_every_fault_is_told_at_once(place):
    wrong = {"username": "X!", "email": "?", "admin": "yes"}
    reply = await place.ada.api("POST", "/admin/users", wrong)
    assert set(reply.json["errors"]) == {"username", "email", "admin"}
    reply = await place.ada.api("PATCH", "/admin/settings", {"server_name": "", "registration": "maybe"})
    assert set(reply.json["errors"]) == {"server_name", "registration"}
    reply = await place.ada.api("GET", "/admin/users?limit=1000&kind=cats&before=x")
    assert set(reply.json["errors"]) == {"limit", "kind", "before"}


async def test_no_answer_holds_a_hash_or_a_token(place):
    for path in ("/admin/users", f"/admin/users/{place.bob_id}", "/admin/bots", "/auth/sessions"):
        text = (await place.ada.api("GET", path)).content.decode()
        assert "password" not in text and "hash" not in text and place.ada_token not in text


async def test_connections_are_those_of_the_process(place):
    there = {"a": {"id": "a"}}
    place.app.live = Live(
        lambda: list(there.values()), lambda id: there.pop(id, None) is not None, lambda: {"http": 2}
    )
    assert (await place.ada.api("GET", "/admin/connections")).json == {
        "gateway": [{"id": "a"}], "sockets": {"http": 2},
    }  # fmt: skip
    assert (await place.ada.api("DELETE", "/admin/connections/b")).status == 404
    assert (await place.ada.api("DELETE", "/admin/connections/a")).status == 204
    assert (await place.ada.api("DELETE", "/admin/connections/a")).status == 404


async def test_the_server_says_what_it_stands_on(place):
    told = (await place.ada.api("GET", "/admin/server")).json
    assert set(told["versions"]) == {"chatd", "schema", "postgresql", "python"}
    assert told["counts"] == {"users": 2, "bots": 2, "guilds": 1, "channels": 1}
    storage = (await place.ada.api("GET", "/admin/storage")).json
    assert storage["messages"]["count"] == 3 and storage["database"]["bytes"] > 0


async def test_an_announcement_is_read_by_everybody(place):
    said = await place.ada.api("POST", "/admin/announcements", {"content": "Tea at four."})
    message = said.json["messages"][0]
    read = await place.bob.api("GET", f"/channels/{message['channel_id']}/messages?limit=1")
    assert read.json[0]["id"] == message["id"] and read.json[0]["mention_everyone"]


async def test_sessions_over_http(place):
    login = await place.nobody.api("POST", "/auth/login", {"login": "bob", "password": PASSWORD})
    other = Client(place.app, token=login.json["token"])
    sessions = (await place.bob.api("GET", "/auth/sessions")).json["sessions"]
    assert [each["address"] for each in sessions if not each["current"]] == ["192.0.2.7"]
    assert (await place.bob.api("DELETE", "/auth/sessions")).status == 204
    assert (await other.api("GET", "/users/@me")).status == 401
    assert (await place.bob.api("GET", "/users/@me")).status == 200
    assert len((await place.bob.api("GET", "/auth/sessions")).json["sessions"]) == 1
