"""Signing up, in and out: cookies, refusals, limits, and requests that another site's page makes."""

from __future__ import annotations

import pytest

from chatd.rest import LimitSettings
from tests.rest.asking import ORIGIN, Client
from tests.rest.conftest import PASSWORD

LOGIN = {"login": "ada", "password": PASSWORD}


def cookie_of(reply):
    """The session cookie that a reply sets."""
    name, _, value = reply.headers["set-cookie"].partition(";")[0].partition("=")
    assert name == "chatd_session"
    return value


async def browser(place) -> Client:
    """Ada's browser, signed in by cookie."""
    return Client(place.app, cookie=cookie_of(await place.nobody.api("POST", "/auth/login", LOGIN)))


async def test_sign_up_then_out_then_in(place):
    account = {"username": "cleo", "password": PASSWORD, "email": "cleo@chat.example", "display_name": "Cleo"}
    signed_up = await place.nobody.api("POST", "/auth/register", account)
    assert signed_up.status == 201
    assert signed_up.json["user"]["global_name"] == "Cleo"

    cleo = Client(place.app, cookie=cookie_of(signed_up))
    assert (await cleo.api("GET", "/auth/session")).json["email"] == "cleo@chat.example"
    signed_out = await cleo.api("POST", "/auth/logout")
    assert signed_out.status == 204
    assert "chatd_session=; " in signed_out.headers["set-cookie"]
    assert "Max-Age=0" in signed_out.headers["set-cookie"]
    assert (await cleo.api("GET", "/auth/session")).status == 401

    for login in ("cleo", "CLEO", "cleo@chat.example"):
        reply = await place.nobody.api("POST", "/auth/login", {"login": login, "password": PASSWORD})
        assert reply.status == 200, login


async def test_the_token_in_the_body_is_the_one_in_the_cookie(place):
    reply = await place.nobody.api("POST", "/auth/login", LOGIN)
    assert reply.json["token"] == cookie_of(reply)
    for scheme in ("Bot ", "Bearer ", ""):
        headers = {"Authorization": scheme + reply.json["token"]}
        assert (await place.nobody.api("GET", "/users/@me", headers=headers)).json["username"] == "ada"


async def test_a_browser_gets_its_token_only_where_no_script_can_read_it(place):
    reply = await place.nobody.api("POST", "/auth/login", LOGIN, headers={"Origin": ORIGIN})
    assert "token" not in reply.json and cookie_of(reply) not in reply.content.decode()


async def test_the_cookie_is_secure_over_tls(place):
    attributes = (await place.nobody.api("POST", "/auth/login", LOGIN, secure=True)).headers["set-cookie"]
    assert attributes.endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure")


@pytest.mark.parametrize("login", ["ada", "nobody-of-that-name", "bob@chat.example"])
async def test_a_failed_sign_in_sets_no_cookie_and_starts_no_session(place, login):
    async with place.app.store.pool.acquire() as conn:
        before = await conn.fetchval("select count(*) from tokens")
        reply = await place.nobody.api("POST", "/auth/login", {"login": login, "password": "wrong password"})
        assert await conn.fetchval("select count(*) from tokens") == before
    assert reply.status == 401
    assert "set-cookie" not in reply.headers


async def test_an_unknown_user_and_a_wrong_password_look_alike(place):
    wrong = await place.nobody.api("POST", "/auth/login", {"login": "ada", "password": "wrong password"})
    unknown = await place.nobody.api("POST", "/auth/login", {"login": "eve", "password": "wrong password"})
    assert wrong.content == unknown.content
    assert wrong.headers == unknown.headers


async def test_who_is_signed_in_already_is_told_so_and_stays(place):
    ada = await browser(place)
    for path in ("/auth/login", "/auth/register", "/auth/setup"):
        reply = await ada.api("POST", path, LOGIN)
        assert (reply.status, reply.json["already_signed_in"]) == (200, True)
        assert reply.json["user"]["username"] == "ada"
        assert "set-cookie" not in reply.headers
    assert (await ada.api("GET", "/auth/session")).status == 200


async def test_every_fault_of_a_form_is_told_at_once(place):
    wrong = {"username": "x", "password": "short", "email": "?"}
    reply = await place.nobody.api("POST", "/auth/register", wrong)
    assert (reply.status, reply.code) == (400, 50035)
    assert set(reply.json["errors"]) == {"username", "password", "email"}
    taken = await place.nobody.api("POST", "/auth/register", {"username": "Ada", "password": PASSWORD})
    assert set(taken.json["errors"]) == {"username"}
    assert "set-cookie" not in taken.headers


async def test_the_validate_endpoint_renews_the_cookie(place):
    ada = await browser(place)
    assert "Max-Age=2592000" in (await ada.api("GET", "/auth/session")).headers["set-cookie"]
    assert "set-cookie" not in (await place.ada.api("GET", "/auth/session")).headers


async def test_no_answer_holds_a_password_or_a_hash(place):
    async with place.app.store.pool.acquire() as conn:
        hashes = [row["password_hash"] for row in await conn.fetch("select password_hash from accounts")]
    members = f"/guilds/{place.guild_id}/members?limit=9"
    for path in ("/auth/session", "/users/@me", f"/users/{place.bob_id}", members):
        text = (await place.ada.api("GET", path)).content.decode()
        assert "password" not in text and "hash" not in text and "token" not in text
        assert not any(value in text for value in hashes)


# Another site's page


async def test_an_unsafe_request_by_cookie_must_come_from_our_own_page(place):
    ada = await browser(place)
    path, message = f"/channels/{place.channel_id}/messages", {"content": "hello"}
    assert (await ada.api("POST", path, message)).status == 200
    forged = await ada.api("POST", path, message, headers={"Origin": "https://evil.example"})
    assert (forged.status, forged.code) == (403, 0)
    del ada.headers["Origin"]
    assert (await ada.api("POST", path, message)).status == 403
    assert (await ada.api("POST", path, message, headers={"Sec-Fetch-Site": "same-origin"})).status == 200
    assert (await ada.api("GET", path)).status == 200
    async with place.app.store.pool.acquire() as conn:
        assert await conn.fetchval("select count(*) from messages where type = 0") == 2


async def test_a_token_in_the_authorization_needs_no_origin(place):
    forged = {"Origin": "https://evil.example", "Cookie": "chatd_session=x"}
    path = f"/channels/{place.channel_id}/messages"
    assert (await place.ada.api("POST", path, {"content": "hello"}, headers=forged)).status == 200


async def test_another_sites_form_cannot_sign_somebody_in(place):
    headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    reply = await place.nobody.api("POST", "/auth/login", LOGIN, headers=headers)
    assert reply.status == 403
    assert "set-cookie" not in reply.headers


async def test_a_dead_cookie_is_no_one(place):
    stranger = Client(place.app, cookie="MQ.AAAA.gone")
    assert (await stranger.api("GET", "/users/@me")).status == 401
    assert (await stranger.api("POST", "/auth/login", LOGIN)).status == 200


# Limits


async def test_attempts_are_limited_by_login_name_from_wherever_they_come(place):
    place.with_settings(limits=LimitSettings(sign_in_of_one_name_per_300_s=2))
    wrong = {"login": "Ada", "password": "wrong password"}
    for number in range(2):
        client = Client(place.app, address=f"198.51.100.{number}")
        assert (await client.api("POST", "/auth/login", wrong)).status == 401
    reply = await place.nobody.api("POST", "/auth/login", LOGIN)
    assert reply.status == 429
    assert reply.headers["x-ratelimit-scope"] == "shared"
    assert "set-cookie" not in reply.headers
    place.clock.advance(300)
    assert (await place.nobody.api("POST", "/auth/login", LOGIN)).status == 200


async def test_no_spelling_of_a_name_gives_more_attempts_at_it(place):
    """PostgreSQL takes a dotted capital I for an i, and both take the Kelvin sign for a k."""
    account = {"username": "kim", "password": PASSWORD}
    assert (await place.nobody.api("POST", "/auth/register", account)).status == 201
    place.with_settings(limits=LimitSettings(sign_in_of_one_name_per_300_s=1))
    statuses = []
    for number, login in enumerate(("KIM", "k\u0130m", "\u212aim")):
        client = Client(place.app, address=f"198.51.100.{number}")
        reply = await client.api("POST", "/auth/login", {"login": login, "password": PASSWORD})
        statuses.append(reply.status)
    assert statuses == [200, 401, 429]  # another name is nobody's, and the same one is counted


async def test_attempts_are_limited_by_address_whatever_the_name(place):
    place.with_settings(limits=LimitSettings(sign_in_per_300_s=2))
    for login in ("eve", "mallory"):
        reply = await place.nobody.api("POST", "/auth/login", {"login": login, "password": "wrong password"})
        assert reply.status == 401
    reply = await place.nobody.api("POST", "/auth/login", LOGIN)
    assert (reply.status, reply.headers["x-ratelimit-remaining"]) == (429, "0")
    elsewhere = Client(place.app, address="198.51.100.9")
    assert (await elsewhere.api("POST", "/auth/login", LOGIN)).status == 200


async def test_a_listed_origin_may_use_the_cookie(place):
    place.with_settings(cors_origins=("https://listed.example",))
    ada = await browser(place)
    path = f"/channels/{place.channel_id}/typing"
    assert (await ada.api("POST", path, headers={"Origin": "https://listed.example"})).status == 204
    assert (await ada.api("POST", path, headers={"Origin": ORIGIN})).status == 204
    assert (await ada.api("POST", path, headers={"Origin": "https://other.example"})).status == 403
