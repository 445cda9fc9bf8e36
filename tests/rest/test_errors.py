"""Each kind of refusal has one status, one code and one sentence, whatever brought it about."""

from __future__ import annotations

import asyncio

import pytest

from chatd.model.errors import UnknownGuild
from chatd.rest import LimitSettings
from chatd.rest.errors import refusal_of
from chatd.wire.errors import BadRequest
from tests.rest.asking import MULTIPART, form_of
from tests.rest.conftest import Place

# Who asks what, and the status and code that it earns.
REFUSALS = [
    ("nobody", "GET", "/users/@me", None, 401, 0),
    ("nobody", "POST", "/channels/{channel_id}/messages", {"content": "x"}, 401, 0),
    ("ada", "GET", "/nothing", None, 404, 0),
    ("nobody", "GET", "/nothing", None, 404, 0),
    ("ada", "PUT", "/users/@me", None, 405, 0),
    ("ada", "GET", "/channels/1", None, 404, 10003),
    ("ada", "POST", "/channels/1/messages", {"content": "x"}, 404, 10003),
    ("ada", "GET", "/guilds/1", None, 404, 10004),
    ("ada", "GET", "/guilds/{guild_id}/members/1", None, 404, 10007),
    ("ada", "GET", "/channels/{channel_id}/messages/1", None, 404, 10008),
    ("ada", "GET", "/users/1", None, 404, 10013),
    ("robo", "POST", "/auth/logout", None, 403, 20001),
    ("ada", "GET", "/applications/@me", None, 403, 20002),
    ("ada", "POST", "/channels/{channel_id}/messages", {}, 400, 50006),
    ("ada", "POST", "/channels/{channel_id}/messages", {"content": " \n"}, 400, 50006),
    ("ada", "POST", "/channels/{channel_id}/messages", {"content": "x" * 2001}, 400, 50035),
    ("ada", "POST", "/channels/{channel_id}/messages", {"content": "a\0b"}, 400, 50035),
    ("ada", "POST", "/channels/{channel_id}/messages", {"content": "\ud800"}, 400, 50035),
    ("ada", "POST", "/channels/{channel_id}/messages", {"content": 10**30}, 400, 50035),
    ("ada", "POST", "/channels/{channel_id}/messages", ["content"], 400, 50035),
    ("ada", "POST", "/users/@me/channels", {}, 400, 50035),
    ("ada", "POST", "/users/@me/channels", {"recipient_id": 10**30}, 400, 50035),
    ("ada", "GET", "/channels/general", None, 400, 50035),
    ("ada", "GET", "/channels/-1", None, 400, 50035),
    ("ada", "GET", "/channels/9223372036854775808", None, 400, 50035),
    ("ada", "GET", "/channels/%D9%A1", None, 400, 50035),
    ("ada", "GET", "/channels/{channel_id}/messages?limit=101", None, 400, 50035),
    ("ada", "GET", "/channels/{channel_id}/messages?before=x", None, 400, 50035),
    ("ada", "GET", "/channels/{channel_id}/messages?before=1&after=1", None, 400, 50035),
    ("ada", "GET", "/channels/{channel_id}/messages?before=%FF", None, 400, 0),
    ("bob", "PATCH", "/channels/{channel_id}/messages/1", {"content": "x"}, 404, 10008),
]


@pytest.mark.parametrize("who, method, path, body, status, code", REFUSALS)
async def test_the_table_of_refusals(place: Place, who, method, path, body, status, code):
    path = path.format(channel_id=place.channel_id, guild_id=place.guild_id)
    reply = await getattr(place, who).api(method, path, body)
    assert (reply.status, reply.code) == (status, code), reply.content
    assert reply.json["message"]
    assert reply.headers["content-type"] == "application/json"
    assert ("errors" in reply.json) == (code == 50035)
    assert "via" not in reply.headers


# Bodies as they come

BODIES = [
    (b"{", "application/json", 400, 50109),
    (b"NaN", "application/json", 400, 50109),
    (b'{"content": "\xff"}', "application/json", 400, 50109),
    (b"[" * 5000 + b"]" * 5000, "application/json", 400, 50109),
    (b'{"content": ' + b"9" * 5000 + b"}", "application/json", 400, 50109),
    (b"{}", "text/plain", 400, 50035),
    (b"content=hello", "application/x-www-form-urlencoded", 400, 50035),
    (b"payload_json={", "application/x-www-form-urlencoded", 400, 50109),
    (b"payload_json=%7", "application/x-www-form-urlencoded", 400, 0),
    (b'payload_json={"content":"\xff"}', "application/x-www-form-urlencoded", 400, 0),
    (b"null", "application/json", 400, 50006),
    (b"x", "multipart/form-data", 400, 0),
    (b"x", "multipart/form-data; boundary=b", 400, 0),
    (b" " * 2**21, "application/json", 413, 40005),
]


@pytest.mark.parametrize("content, content_type, status, code", BODIES)
async def test_what_cannot_be_read_is_refused(place, content, content_type, status, code):
    path = f"/channels/{place.channel_id}/messages"
    reply = await place.ada.api("POST", path, content=content, headers={"Content-Type": content_type})
    assert (reply.status, reply.code) == (status, code), reply.content


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"]
)
async def test_json_is_read_with_any_parameter(place, content_type):
    path = f"/channels/{place.channel_id}/messages"
    reply = await place.ada.api("POST", path, {"content": "é"}, headers={"Content-Type": content_type})
    assert (reply.status, reply.json["content"]) == (200, "é")


async def test_a_chunked_body_is_read_and_bounded(place):
    path, chunked = f"/channels/{place.channel_id}/messages", {"Transfer-Encoding": "chunked"}
    pieces = b'8\r\n{"conten\r\n9\r\nt": "hi"}\r\n0\r\n\r\n'
    assert (await place.ada.api("POST", path, content=pieces, headers=chunked)).json["content"] == "hi"
    long = b"".join(b"10000\r\n" + b" " * 0x10000 + b"\r\n" for _ in range(17)) + b"0\r\n\r\n"
    assert (await place.ada.api("POST", path, content=long, headers=chunked)).code == 40005


async def test_a_bodyless_post_may_have_any_content_type(place):
    headers = {"Content-Type": "application/octet-stream", "Content-Length": "0"}
    reply = await place.ada.api("POST", f"/channels/{place.channel_id}/typing", headers=headers)
    assert reply.status == 204


async def test_a_message_may_come_as_a_form(place):
    content = form_of(('name="other"', b"x"), ('name="payload_json"', b'{"content": "from a form"}'))
    path = f"/channels/{place.channel_id}/messages"
    reply = await place.ada.api("POST", path, content=content, headers=MULTIPART)
    assert (reply.status, reply.json["content"]) == (200, "from a form")


async def test_a_file_is_refused_where_none_is_taken(place):
    payload = ('name="payload_json"', b'{"content": "x"}')
    file = ('name="files[0]"; filename="a.txt"', b"hello")
    for parts in ((payload, file), (file, payload)):
        reply = await place.ada.api("PATCH", "/users/@me", content=form_of(*parts), headers=MULTIPART)
        assert (reply.status, reply.code) == (400, 50035)
        (fault,) = reply.json["errors"]["files"]["_errors"]
        assert fault["message"] == "This route takes no files."


async def test_a_form_without_payload_or_with_too_much_of_it_is_refused(place):
    reply = await place.ada.form("PATCH", "/users/@me", None, ('name="username"', b"x"))
    assert set(reply.json["errors"]) == {"payload_json"}
    path = f"/channels/{place.channel_id}/messages"
    long = form_of(('name="payload_json"', b" " * (2**20 + 1)))
    assert (await place.ada.api("POST", path, content=long, headers=MULTIPART)).code == 40005


# Errors that are not the caller's


def test_each_error_of_ours_is_told_as_one_refusal():
    for error in (KeyError("x"), OSError("x"), TimeoutError()):
        refusal = refusal_of(error, "GET", "/")
        assert (refusal.status, refusal.code) == (500, 0)
    assert refusal_of(BadRequest(413, "too large"), "POST", "/").code == 40005
    assert refusal_of(BadRequest(408, "too slow"), "POST", "/").status == 408
    unknown = UnknownGuild()
    assert refusal_of(unknown, "GET", "/") is unknown


async def test_a_fault_of_ours_says_nothing_of_itself(place):
    place.app.is_online = None  # anything that cannot be called will do
    reply = await place.ada.api("GET", f"/guilds/{place.guild_id}?with_counts=1")
    assert (reply.status, reply.json) == (500, {"message": "Internal Server Error", "code": 0})


async def test_a_flag_that_is_none_is_refused_by_both_routes_that_have_one(place):
    for path in (f"/guilds/{place.guild_id}", "/users/@me/guilds"):
        reply = await place.ada.api("GET", f"{path}?with_counts=maybe")
        assert (reply.status, reply.code, set(reply.json["errors"])) == (400, 50035, {"with_counts"})


async def test_a_database_that_is_away_is_told_so(place, admin, database):
    ask = ("GET", f"/channels/{place.channel_id}/messages")
    name = database["database"]
    await admin.execute(f"alter database {name} with connection limit 0")
    await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
    while place.app.store.pool.get_size():
        await asyncio.sleep(0)
    refused = await place.ada.api(*ask)
    await admin.execute(f"alter database {name} with connection limit -1")
    assert refused.status == 503, refused.content
    assert refused.headers["retry-after"] == "2"
    assert (await place.ada.api(*ask)).status == 200


# Limits, over HTTP


async def test_every_answer_of_a_row_carries_its_limits(place):
    place.with_settings(limits=LimitSettings())
    for client, method, path in [
        (place.ada, "GET", "/users/@me"), (place.nobody, "GET", "/users/@me"),
        (place.ada, "GET", "/guilds/1"),
        (place.ada, "POST", f"/channels/{place.channel_id}/typing"), (place.ada, "GET", "/channels/x"),
        (place.nobody, "GET", "/gateway"),
    ]:  # fmt: skip
        reply = await client.api(method, path)
        for name in ("limit", "remaining", "reset", "reset-after", "bucket"):
            assert f"x-ratelimit-{name}" in reply.headers, (path, name)


async def test_a_429_has_all_that_clients_look_for(place):
    place.with_settings(limits=LimitSettings(message_create_per_5_s=1))
    path, message = f"/channels/{place.channel_id}/messages", {"content": "hello"}
    assert (await place.ada.api("POST", path, message)).headers["x-ratelimit-remaining"] == "0"
    place.clock.advance(0.5)
    reply = await place.ada.api("POST", path, message)
    assert reply.status == 429
    assert reply.json == {"message": "You are being rate limited.", "retry_after": 4.5, "global": False}
    assert reply.headers["retry-after"] == "5"
    assert reply.headers["via"] == "1.1 chatd"
    assert reply.headers["x-ratelimit-scope"] == "user"
    assert reply.headers["x-ratelimit-remaining"] == "0"
    assert "x-ratelimit-global" not in reply.headers
    assert (await place.bob.api("POST", path, message)).status == 200
    place.clock.advance(float(reply.headers["x-ratelimit-reset-after"]))
    assert (await place.ada.api("POST", path, message)).status == 200


async def test_the_global_limit_says_that_it_is(place):
    place.with_settings(limits=LimitSettings(global_per_1_s=2))
    for _ in range(2):
        assert (await place.ada.api("GET", "/users/@me")).status == 200
    reply = await place.ada.api("GET", f"/channels/{place.channel_id}")
    assert (reply.status, reply.json["global"]) == (429, True)
    assert reply.headers["x-ratelimit-global"] == "true"
    assert reply.headers["x-ratelimit-scope"] == "global"
    assert (await place.bob.api("GET", "/users/@me")).status == 200


async def test_different_writings_of_an_id_share_a_bucket(place):
    place.with_settings(limits=LimitSettings(message_list_per_5_s=1))
    assert (await place.ada.api("GET", "/channels/7/messages")).status == 404
    assert (await place.ada.api("GET", "/channels/007/messages")).status == 429
