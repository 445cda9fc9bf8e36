"""Garbage of the right shapes, sent to every route: it is refused or done, and never a fault of ours (500).

A body is made up while it is read: whenever a Form is asked for a field that is not there, one is put in its
place, mostly of the right type and at a bound, sometimes of any type at all. So it reaches behind the checks
of types, to where numbers become columns and texts become names. Seeded by `rng`; SEEDS in the environment
says with how many seeds it goes on, for whoever looks for more.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from chatd.model.actor import Actor
from chatd.model.shapes import Form
from chatd.rest.router import Route
from chatd.rest.table import ROUTES
from chatd.wire.errors import BadRequest
from tests.beats import assert_as_fresh
from tests.interacting import Application, listen, make_command, use
from tests.people import Heard
from tests.pictures import data_uri, png
from tests.rest.asking import Client, file_part, form_of
from tests.rest.conftest import Place
from tests.sounds import ogg

CALLS = 600
CALLS_BETWEEN_LOOKS = 200

PICTURE, SOUND = data_uri(png()), data_uri(ogg(), "audio/ogg")
TEXTS = [
    "", " ", "a", "\x00", "\ud800", "😀", "\x1f\x7f\u202e\u2028", "ß\u0130\ufdfd", "٣", "x" * 5000,
    "../../etc/passwd", "a\r\nX: y", "'; drop table users; --", "%_\\", "&|!():*<->", "<@1> <@&1> <:a:1>",
    "<t:9999>", "@everyone", "-1", "1.5", "NaN", "99999999999999999999", "true", "https://x.example/", "http://[::1",
    "data:image/png;base64,####", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "🔥", "a:123", PICTURE,
]  # fmt: skip
NUMBERS = [
    0, 1, 2, 5, -1, 255, 256, 2**15, 2**16, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 2**64, 10**30,
    -(2**31), -(2**63), 1.0, 1.5, 1e308,
]  # fmt: skip
IDS = [0, 1, 2**22, 2**53, 2**63 - 1, 2**63, 2**64, -1]
MOMENTS = ["2030-01-01", "2030-01-01T00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "now"]

# What takes the place away from whoever walks through it, and so is called seldom.
FINAL = {
    ("DELETE", "/channels/{channel_id}"), ("DELETE", "/users/@me/guilds/{guild_id}"),
    ("DELETE", "/guilds/{guild_id}/members/{user_id}"), ("PUT", "/guilds/{guild_id}/bans/{user_id}"),
    ("POST", "/guilds/{guild_id}/bulk-ban"),
}  # fmt: skip
# Signing in and out is left out: it costs a password's hash, and it is in tests/rest/test_accounts.py.
WALK = [route for route in ROUTES if not route.path.startswith("/auth/")]


class Garbage:
    """Makes up values; `ids` are those that somebody has."""

    def __init__(self, rng: random.Random, ids: list[int]) -> None:
        self.rng = rng
        self.ids = ids
        self.omitted = 0.5  # of what need not be there

    def id(self) -> int:
        return self.rng.choice(self.ids if self.rng.random() < 0.9 else IDS)

    def anything(self, depth: int = 0) -> Any:
        of_each: list[Callable[[], Any]] = [
            lambda: None, lambda: self.rng.random() < 0.5, lambda: self.rng.choice(NUMBERS),
            lambda: self.rng.choice(TEXTS), lambda: str(self.id()),
            lambda: [self.anything(depth + 1) for _ in range(self.rng.randrange(3) * (depth < 3))],
            lambda: {self.rng.choice(TEXTS): self.anything(depth + 1) for _ in range(2 * (depth < 3))},
        ]  # fmt: skip
        return self.rng.choice(of_each)()

    def text(self, length: tuple[int, int] = (0, 2000)) -> str:
        if self.rng.random() < 0.3:
            return self.rng.choice(TEXTS)
        least, most = length[0], min(length[1], 5000)
        letters = self.rng.choice(["a", "漢字", "e\u0301😀", "0123456789", "*_`|<@#:>~\n"])
        size = self.rng.choice([least, least + 1, most, (least + most) // 2])
        return "".join(self.rng.choices(letters, k=size))

    def number(self, between: tuple[float, float] = (0, 2**53)) -> Any:
        least, most = between
        return self.rng.choice([least, most, least + 1, str(most), least - 1, most + 1])

    def field(self, kind: str, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """A value that a reader of this kind may be content with."""
        if kind in ("string", "pattern", "url", "raw") and self.rng.random() < 0.5:
            if name in ("image", "icon", "avatar", "banner", "splash", "file"):
                return PICTURE
            if name == "sound":
                return SOUND
        least, most = options.get("count", (0, 3))
        size = self.rng.choice([least, min(most, least + 1), min(most, least + 3)])
        choices = [*arguments[0]] if kind in ("choice", "choices") else []
        length, between = options.get("length", (0, 2000)), options.get("between", (0, 2**53))
        one: dict[str, Callable[[], Any]] = {
            "string": lambda: self.text(length), "pattern": lambda: self.text(length),
            "url": lambda: self.rng.choice(TEXTS), "integer": lambda: self.number(between),
            "number": lambda: self.number(between), "boolean": lambda: self.rng.random() < 0.5,
            "flag": lambda: self.rng.choice(["0", "true", "x"]), "moment": lambda: self.rng.choice(MOMENTS),
            "snowflake": lambda: self.rng.choice([str, int])(self.id()),
            "choice": lambda: self.rng.choice(choices), "form": dict, "raw": self.anything,
            "items": self.anything, "snowflakes": lambda: str(self.id()),
            "integers": lambda: self.number(between), "strings": lambda: self.text(length),
            "patterns": lambda: self.text(length),
            "choices": lambda: self.rng.choice(choices), "forms": dict,
        }  # fmt: skip
        if kind in ("items", "snowflakes", "integers", "strings", "patterns", "choices", "forms"):
            return [one[kind]() for _ in range(size)]
        if kind == "forms_by_id":
            return {str(self.id()): {} for _ in range(size)}
        return one[kind]()


READERS = (
    "string", "pattern", "url", "integer", "number", "boolean", "flag", "moment", "snowflake", "choice",
    "raw", "items", "snowflakes", "integers", "strings", "patterns", "choices", "form", "forms",
    "forms_by_id",
)  # fmt: skip


def make_up(monkeypatch: pytest.MonkeyPatch, garbage: Garbage) -> None:
    """From here on a Form finds what it asks for."""
    for kind in READERS:
        monkeypatch.setattr(Form, kind, inventive(getattr(Form, kind), kind, garbage))


def inventive(read: Callable[..., Any], kind: str, garbage: Garbage) -> Callable[..., Any]:
    def reader(self: Form, name: str, *arguments: Any, **options: Any) -> Any:
        fields, chance = self._fields, garbage.rng.random()
        omitted = garbage.omitted if "default" in options or kind in ("boolean", "raw", "flag") else 0.02
        if name not in fields and chance >= omitted:
            is_wild = garbage.rng.random() < 0.05
            fields[name] = garbage.anything() if is_wild else garbage.field(kind, name, arguments, options)
        return read(self, name, *arguments, **options)

    return reader


async def furnished(place: Place) -> dict[str, list[Any]]:
    """Something of each kind that a path may name, by the name that it has there."""
    there: dict[str, list[Any]] = {
        "guild_id": [place.guild_id], "channel_id": [place.channel_id], "role_id": [place.guild_id],
        "user_id": [place.bob_id, place.ada_id, place.robo_id], "application_id": [place.robo_id],
        "overwrite_id": [place.guild_id, place.bob_id], "integration_id": [place.robo_id],
        "answer_id": [1, 2], "emoji": ["🔥", "x:1"], "code": [],
    }  # fmt: skip

    async def make(name: str, path: str, body: Any, key: str = "id") -> None:
        reply = await place.ada.api("POST", path, body)
        assert reply.status < 300, (path, reply.content)
        made = reply.json[key]
        there.setdefault(name, []).append(made if name == "code" else int(made))

    guild, channel = f"/guilds/{place.guild_id}", f"/channels/{place.channel_id}"
    poll = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "!"}}]}
    for said in ({"content": "hello"}, {"poll": poll}):
        await make("message_id", f"{channel}/messages", said)
    for kind in (11, 12):
        await make("channel_id", f"{channel}/threads", {"name": "talk", "type": kind})
    for kind in (2, 4, 5, 13, 15):
        await make("channel_id", f"{guild}/channels", {"name": "room", "type": kind})
    await make("channel_id", "/users/@me/channels", {"recipient_id": str(place.bob_id)})
    await make("role_id", f"{guild}/roles", {"name": "red"})
    await make("emoji_id", f"{guild}/emojis", {"name": "wave", "image": PICTURE})
    await make("sound_id", f"{guild}/soundboard-sounds", {"name": "quack", "sound": SOUND}, "sound_id")
    await make("code", f"{channel}/invites", {}, "code")
    hook = (await place.ada.api("POST", f"{channel}/webhooks", {"name": "hook"})).json
    there |= {"webhook_id": [int(hook["id"])], "webhook_token": [hook["token"]]}
    answered, unanswered = await interactions_of(place)
    there["webhook_id"].append(place.robo_id)
    there["webhook_token"].append(answered.token)
    return there | {"interaction_id": [unanswered.id], "interaction_token": [unanswered.token]}


async def interactions_of(place: Place) -> list[Application]:
    """Two of a command, of which the first has been answered; the clock stands still, so that they last."""
    store, made = place.app.store, []
    now = store.clock()
    store.clock = lambda: now
    await listen(store, place.robo_id)
    command = await make_command(store, Actor(place.robo_id, bot=True))
    heard = Heard(store)
    for _ in range(2):
        await use(store, Actor(place.bob_id), command)
        made.append(Application.of(store, heard))
    await made[0].answer(4, {"content": "pong"})
    return made


def path_to(route: Route, there: dict[str, list[Any]], garbage: Garbage) -> str:
    path = route.path
    for name in route.parameters:
        if name in there and garbage.rng.random() < 0.85:
            value = str(garbage.rng.choice(there[name]))
        elif name.endswith("_id"):
            value = str(garbage.id())
        else:
            value = garbage.rng.choice(TEXTS) or "x"
        path = path.replace(f"{{{name}}}", quote(value, safe="", errors="replace"))
    return path


def query_of(garbage: Garbage) -> str:
    """Some of the names that lists are asked for by; the forms make up the others."""
    names = garbage.rng.sample(["limit", "before", "after", "around", "query", "content", "days", "type"], 2)
    return "&".join(f"{name}={quote(str(garbage.anything()), errors='replace')}" for name in names)


@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "1"))))
async def test_no_garbage_is_a_fault_of_ours(place: Place, rng, monkeypatch, seed):
    there = await furnished(place)
    rng = random.Random(rng.random() + seed)
    garbage = Garbage(rng, [id for ids in there.values() for id in ids if isinstance(id, int)])
    with monkeypatch.context() as patch:
        for number in range(CALLS):
            route = rng.choice(WALK)
            if (route.method, route.path) in FINAL and rng.random() < 0.9:
                continue
            path = path_to(route, there, garbage)
            body = rng.choice([{}, {}, {}, {}, [{}], garbage.anything()])
            actor = Actor(*rng.choice([(place.ada_id,), (place.bob_id,), (place.robo_id, True)]))
            garbage.omitted = rng.choice([0.2, 0.6, 0.95])
            with patch.context() as made_up:
                make_up(made_up, garbage)
                status, answer = await place.app.call(actor, route.method, path, query_of(garbage), body)
            assert status < 500, (number, route.method, path, body, answer)
            assert json.dumps(answer)
            if number % CALLS_BETWEEN_LOOKS == 0:
                await assert_as_fresh(place.app.store)
    await assert_as_fresh(place.app.store)


KINDS = [
    "application/json", "multipart/form-data; boundary=b", "multipart/form-data", "text/plain", 'a;b="',
    "application/x-www-form-urlencoded",
]  # fmt: skip
BODIES = [
    b"", b"{", b"[" * 5000, b'{"a":' * 3000, b"\xff\xfe", b'{"content":"\\ud800"}', b"1" * 5000,
    b"--b\r\n--b--", b"payload_json=%7B%22content%22:1%7D&payload_json", b"payload_json=\xff",
    form_of(('name="payload_json"', b'{"content":"x\\u0000"}')),
    form_of(file_part(0, "a\x7f/../b", b"x"), file_part(0, "a", b"x")),
]  # fmt: skip
QUERIES = ["", "?", "?a=%ff&limit=%00", "?=&&", "?before=-1&limit=1e9", "?" + "a=b&" * 300]
REASONS = ["", "%00", "%ff%fe", "x" * 600, "\xe9"]


async def test_no_garbage_in_a_request_is_a_fault_of_ours(place: Place, rng):
    """What only HTTP has: bodies that are no JSON, forms that are none, odd fields and odd queries."""
    there = await furnished(place)
    garbage = Garbage(rng, there["channel_id"])
    for _ in range(CALLS // 2):
        route = rng.choice(WALK)
        client: Client = rng.choice([place.ada, place.bob, place.robo, place.nobody])
        path = path_to(route, there, garbage) + rng.choice(QUERIES)
        fields = {"Content-Type": rng.choice(KINDS), "X-Audit-Log-Reason": rng.choice(REASONS)}
        with suppress(BadRequest):  # what is no request at all does not come as far as the table
            reply = await client.api(route.method, path, content=rng.choice(BODIES), headers=fields)
            assert reply.status < 500, (route.method, path, fields, reply.content)
