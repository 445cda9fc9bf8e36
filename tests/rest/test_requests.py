"""What a handler reads of a request, and that nothing a client sends is a fault of ours."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from chatd.model.actor import ANYONE
from chatd.model.errors import InvalidFormBody
from chatd.rest import RestApp, RestSettings
from chatd.rest.pages import CLIENT
from chatd.rest.requests import RestRequest
from chatd.rest.table import ROUTES
from tests.rest.asking import Client, Clock, request_of
from tests.rest.conftest import doorless


def rest_request(query: str = "", **headers: str) -> RestRequest:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return RestRequest(doorless(), ROUTES[0], ANYONE, 0.0, query, request_of("GET", "/", fields))


def test_of_a_repeated_name_the_last_value_counts():
    assert rest_request("limit=1&limit=2&x=%C3%A9+y").query == {"limit": "2", "x": "é y"}
    assert rest_request().query == {}


@pytest.mark.parametrize(
    "public_url, secure, url",
    [("", False, "ws://chat.example"), ("", True, "wss://chat.example"),
     ("https://public.example/", False, "wss://public.example"),
     ("http://public.example:81", True, "ws://public.example:81")],
)  # fmt: skip
async def test_the_gateway_is_where_the_client_can_reach_it(public_url, secure, url):
    client = Client(doorless(RestSettings(public_url=public_url)))
    assert (await client.api("GET", "/gateway", secure=secure)).json == {"url": url}


def test_the_reason_for_the_audit_log_is_percent_encoded_text():
    said = quote("zu laut: 猫", safe="")
    assert rest_request(X_Audit_Log_Reason=said).reason == "zu laut: 猫"
    assert rest_request(X_Audit_Log_Reason="plain text").reason == "plain text"
    assert rest_request().reason is None and rest_request(X_Audit_Log_Reason="").reason is None


@pytest.mark.parametrize("reason", [quote("é") * 513, "%00"])
def test_a_reason_that_cannot_be_kept_is_a_fault(reason):
    with pytest.raises(InvalidFormBody) as caught:
        _ = rest_request(X_Audit_Log_Reason=reason).reason
    assert set(caught.value.errors) == {"reason"}


URLENCODED = "application/x-www-form-urlencoded"


def posted(content: bytes, content_type: str) -> RestRequest:
    wire = request_of("POST", "/", {"Content-Type": content_type}, content)
    return RestRequest(doorless(), ROUTES[0], ANYONE, 0.0, "", wire)


async def test_the_json_of_a_form_without_a_file_is_read():
    said = {"content": "a + b = ½", "tts": False}
    content = urlencode({"payload_json": json.dumps(said)}).encode()
    assert await posted(content, URLENCODED).json() == said


@pytest.mark.parametrize(
    "content, content_type",
    [(b"content=hello", URLENCODED), (b"{}", "text/plain")],
)
async def test_content_of_another_kind_is_refused(content, content_type):
    with pytest.raises(InvalidFormBody) as caught:
        await posted(content, content_type).json()
    assert caught.value.errors["_errors"][0]["code"] == "CONTENT_TYPE_INVALID"


async def test_an_own_404_page_is_shown(tmp_path):
    for name in ("index.html", "favicon.svg", "404.html"):
        (tmp_path / name).write_text(f"<h1>{name}</h1>")
    client_module = tmp_path.joinpath(*CLIENT)
    client_module.parent.mkdir(parents=True)
    client_module.write_text("")
    client = Client(RestApp(None, settings=RestSettings(), assets=tmp_path, clock=Clock()))
    reply = await client.get("/nowhere", If_None_Match="*", Range="bytes=0-1")
    assert (reply.status, reply.content) == (404, b"<h1>404.html</h1>")


# Values that clients send when something is wrong with them, or with us.
STRANGE = [
    None, True, 0, -1, 1.5, 1e300, 2**63, 2**64, 10**40, "", "0", "-1", "x", "\0", "\ud800", "é" * 3000,
    "1e5", [], [[]], {}, {"id": 1}, [None], {"parse": [{}]}, {"users": ["x"]}, "../..", "%00",
]  # fmt: skip
NAMES = [
    "content", "nonce", "enforce_nonce", "tts", "flags", "allowed_mentions", "recipient_id", "login",
    "username", "password", "email", "secret", "invite", "display_name", "global_name",
    "limit", "before", "query",
]  # fmt: skip
SEGMENTS = ["0", "1", "@me", "9" * 19, "9" * 30, "-1", "x", "é", "1 ", "", "%2F"]
# These end a session, or cost a slow hash each time.
LEFT_OUT = ("/auth/logout", "/auth/register")


async def test_nothing_that_is_sent_is_a_fault_of_ours(place, rng):
    """Random rows, ids, queries and bodies: each is answered, none with 500."""
    known = [str(place.guild_id), str(place.channel_id), str(place.ada_id)]
    rows = [row for row in ROUTES if row.path not in LEFT_OUT]
    for _ in range(400):
        row = rng.choice(rows)
        steps = [rng.choice(known + SEGMENTS) if "{" in step else step for step in row.path.split("/")]
        values = [quote(str(rng.choice(STRANGE))[:100], errors="replace") for _ in range(2)]
        query = "&".join(f"{rng.choice(NAMES)}={value}" for value in values)
        body = {rng.choice(NAMES): rng.choice(STRANGE) for _ in range(rng.randrange(6))}
        text = json.dumps(rng.choice([body, body, body, rng.choice(STRANGE)]))
        client = rng.choice([place.ada, place.ada, place.robo, place.nobody])
        path = quote("/".join(steps), safe="/%@")
        reply = await client.api(row.method, f"{path}?{query}", content=text.encode())
        assert reply.status < 500, (row.method, path, query, text)
