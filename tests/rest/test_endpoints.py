"""Applications that are asked over HTTP: an aiohttp server beside the door, as bots' authors write them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from chatd import interaction_endpoint
from chatd.interaction_endpoint import ANSWER_BYTES_MAX, InteractionEndpoints
from chatd.model.jobs import Job, PostInteraction
from chatd.net.addresses import AllowedAddresses
from chatd.net.client import Client, ClientSettings
from tests.endpoints import Answer, Endpoint, endpoint
from tests.faults import faults_in
from tests.people import Heard
from tests.rest.conftest import Place

BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
ROWS = [{"type": 1, "components": [BUTTON]}]


class Asking:
    """A place where robo is asked at its endpoint, and what ada hears of it."""

    def __init__(self, place: Place, there: Endpoint, endpoints: InteractionEndpoints) -> None:
        self.place, self.there, self.endpoints = place, there, endpoints
        self.heard = Heard(place.app.store)
        self.message: dict[str, Any] = {}

    async def settle(self, url: str | None = None) -> Any:
        """Have robo asked there from now on."""
        body = {"interactions_endpoint_url": url or self.there.url}
        return await self.place.robo.api("PATCH", "/applications/@me", body)

    async def click(self, answer: Answer) -> list[str]:
        """Press a button of robo's message; the names of what is told of it, when all has been answered."""
        place, self.there.answer = self.place, answer
        said = await place.robo.api(
            "POST", f"/channels/{place.channel_id}/messages", {"content": "?", "components": ROWS}
        )
        self.message = said.json
        self.heard.take()
        body = {"type": 3, "application_id": str(place.robo_id), "channel_id": str(place.channel_id),
                "message_id": self.message["id"], "nonce": "5", "data": {"custom_id": "go"}}  # fmt: skip
        assert (await place.ada.api("POST", "/interactions", body)).status == 204
        await self.endpoints.drain()
        return self.heard.names

    async def told(self) -> dict[str, Any]:
        path = f"/channels/{self.place.channel_id}/messages/{self.message['id']}"
        return dict((await self.place.ada.api("GET", path)).json)


@asynccontextmanager
async def asking(
    place: Place, *networks: str, settled: bool = True, **settings: Any
) -> AsyncIterator[Asking]:
    settings = {"timeout_s": 10.0, "bytes_max": ANSWER_BYTES_MAX, "tls_to_public": True} | settings
    client = Client(ClientSettings(allowed=AllowedAddresses(networks or ["127.0.0.0/8"]), **settings))
    endpoints = InteractionEndpoints(place.app.store, client, place.app.respond)
    place.app.check_endpoint, place.app.settle = endpoints.check, endpoints.settle

    def later(job: Job) -> None:
        if isinstance(job, PostInteraction):
            endpoints.put(job)

    place.app.store.later = later
    async with endpoint(place.app.store.directory.applications[place.robo_id].verify_key) as there:
        here = Asking(place, there, endpoints)
        if settled:
            assert (await here.settle()).status == 200
        yield here
        await endpoints.stop()
    client.close()


def message(_: dict[str, Any]) -> web.Response:
    return web.json_response({"type": 4, "data": {"content": "Pressed"}})


async def test_an_address_is_stored_once_it_has_been_checked(place):
    async with asking(place, settled=False) as here:
        here.there.answer = lambda _: web.json_response({"type": 2})
        refusal = await here.settle()
        assert (refusal.status, refusal.code) == (400, 50035)
        assert set(faults_in(refusal.json["errors"])) == {"interactions_endpoint_url"}
        assert (await place.robo.api("GET", "/applications/@me")).json["interactions_endpoint_url"] is None
        here.there.answer = lambda _: web.json_response({"type": 1})
        assert (await here.settle()).json["interactions_endpoint_url"] == here.there.url
        gone = await place.robo.api("PATCH", "/applications/@me", {"interactions_endpoint_url": None})
        assert gone.json["interactions_endpoint_url"] is None


async def test_one_that_points_inside_is_refused(place):
    async with asking(place, "192.0.2.0/24", settled=False) as here:
        assert ((await here.settle()).code, here.there.heard, here.there.forged) == (50035, [], 0)


async def test_an_interaction_is_posted_and_its_answer_is_the_callback(place):
    async with asking(place) as here:
        names = await here.click(message)
        assert names == ["INTERACTION_CREATE", "MESSAGE_CREATE", "INTERACTION_SUCCESS"]
        assert here.heard.entries[0].d == {"id": here.there.heard[-1]["id"], "nonce": "5"}
        asked = here.there.heard[-1]
        assert (asked["type"], asked["data"]["custom_id"]) == (3, "go")
        assert asked["message"]["id"] == here.message["id"] and asked["member"]["user"]["username"] == "ada"
        told = here.heard.entries[1].d
        assert (told["content"], told["author"]["id"]) == ("Pressed", str(place.robo_id))


async def test_every_kind_of_answer_is_taken(place):
    async with asking(place) as here:
        await here.click(lambda _: web.json_response({"type": 7, "data": {"content": "Done"}}))
        assert (await here.told())["content"] == "Done"
        names = await here.click(lambda _: web.json_response({"type": 6}))
        assert names == ["INTERACTION_CREATE", "INTERACTION_SUCCESS"]
        await here.click(lambda _: web.json_response({"type": 5}))
        assert here.heard.entries[1].d["flags"] == 1 << 7
        part = {"type": 18, "label": "Why?", "component": {"type": 4, "style": 1, "custom_id": "why"}}
        modal = {"custom_id": "form", "title": "Tell us", "components": [part]}
        names = await here.click(lambda _: web.json_response({"type": 9, "data": modal}))
        assert "INTERACTION_MODAL_CREATE" in names


async def test_an_answer_may_bring_files(place):
    def with_file(_: dict[str, Any]) -> web.Response:
        form = aiohttp.MultipartWriter("form-data")
        part = form.append_json({"type": 4, "data": {"content": "see"}})
        part.set_content_disposition("form-data", name="payload_json")
        part = form.append(b"abc", {"Content-Type": "text/plain"})
        part.set_content_disposition("form-data", name="files[0]", filename="a.txt")
        return web.Response(body=form)

    async with asking(place) as here:
        await here.click(with_file)
        (file,) = here.heard.entries[1].d["attachments"]
        assert (file["filename"], file["size"]) == ("a.txt", 3)


async def test_only_some_forms_are_in_memory_at_once(place, monkeypatch):
    """Any number of small ones are. Nobody keeps others from theirs by two that take their time."""
    monkeypatch.setattr(interaction_endpoint, "FORM_BYTES_MAX", 10_000)
    with_room = {"bytes_max": 4_000}

    def form(size: int) -> web.Response:
        writer = aiohttp.MultipartWriter("form-data")
        part = writer.append_json({"type": 4, "data": {"content": "see"}})
        part.set_content_disposition("form-data", name="payload_json")
        part = writer.append(b"x" * size, {"Content-Type": "text/plain"})
        part.set_content_disposition("form-data", name="files[0]", filename="a.txt")
        return web.Response(body=writer)

    async with asking(place, **with_room) as here:
        assert "MESSAGE_CREATE" in await here.click(lambda _: form(6_000))
        assert "INTERACTION_FAILURE" in await here.click(lambda _: form(11_000))
        with here.endpoints._room(place.robo_id) as one, here.endpoints._room(place.robo_id) as other:
            assert one("multipart/form-data") == other("multipart/form-data") == 10_000
            assert "INTERACTION_FAILURE" in await here.click(lambda _: form(6_000))
            assert "MESSAGE_CREATE" in await here.click(lambda _: form(1_000))
            with here.endpoints._room(1) as anothers:
                assert anothers("multipart/form-data") == 10_000
        assert "MESSAGE_CREATE" in await here.click(lambda _: form(6_000))


async def test_what_is_followed_up_goes_by_the_token(place):
    async with asking(place) as here:
        await here.click(message)
        path = f"/webhooks/{place.robo_id}/{here.there.heard[-1]['token']}"
        assert (await place.nobody.api("POST", path, {"content": "More"})).json["content"] == "More"
        original = await place.nobody.api("GET", path + "/messages/@original")
        assert original.json["content"] == "Pressed"


async def test_what_follows_waits_for_an_answer_that_is_on_its_way(place):
    """A library goes on as soon as it has written its answer, perhaps before we have read that."""
    async with asking(place) as here:
        following: list[asyncio.Task[Any]] = []

        async def deferred(asked: dict[str, Any]) -> web.Response:
            path = f"/webhooks/{place.robo_id}/{asked['token']}/messages/@original"
            edit = place.nobody.api("PATCH", path, {"content": "Later"})
            following.append(asyncio.create_task(edit))
            await asyncio.sleep(0)
            return web.json_response({"type": 5})

        await here.click(deferred)
        assert (await following[0]).json["content"] == "Later"


async def test_an_endpoint_that_waits_for_itself_is_told_that_nothing_is_answered(place, monkeypatch):
    monkeypatch.setattr(interaction_endpoint, "SETTLE_S", 0)
    async with asking(place) as here:

        async def too_early(asked: dict[str, Any]) -> web.Response:
            path = f"/webhooks/{place.robo_id}/{asked['token']}"
            early = await place.nobody.api("POST", path, {"content": "First"})
            return web.json_response({"type": 4, "data": {"content": str(early.code)}})

        await here.click(too_early)
        assert here.heard.entries[1].d["content"] == "10015"


async def test_an_endpoint_may_say_that_it_answers_by_itself(place):
    async with asking(place) as here:
        names = await here.click(lambda _: web.Response(status=202))
        assert names == ["INTERACTION_CREATE"]
        asked = here.there.heard[-1]
        path = f"/interactions/{asked['id']}/{asked['token']}/callback"
        assert (await place.nobody.api("POST", path, {"type": 6})).status == 204


@pytest.mark.parametrize(
    "answer, reason, said",
    [
        (lambda _: web.Response(status=500), 3, "status 500"),
        (lambda _: web.Response(status=202, text="yes"), 3, "status 202"),
        (lambda _: web.Response(text="hello"), 3, "CONTENT_TYPE_INVALID"),
        (lambda _: web.json_response({"type": 1}), 3, "INTERACTION_CALLBACK_TYPE_INVALID"),
        (lambda _: web.json_response({"type": 4, "data": {"content": "x" * 2001}}), 3, "50035"),
        (lambda _: web.json_response([]), 3, "50035"),
        (lambda _: web.Response(body=b"{", content_type="application/json"), 3, "50109"),
        (lambda _: web.Response(body=b"--b", headers={"Content-Type": "multipart/form-data"}), 3, "refused"),
        (lambda _: web.Response(body=b"x" * 5000, content_type="application/json"), 3, "too large"),
    ],
)
async def test_what_is_no_answer_is_told_to_who_has_asked_and_logged_in_a_line(
    place, caplog, answer, reason, said
):
    caplog.set_level(logging.WARNING)
    async with asking(place, bytes_max=4000) as here:
        assert await here.click(answer) == ["INTERACTION_CREATE", "INTERACTION_FAILURE"]
        assert here.heard.entries[1].d == {
            "id": here.there.heard[-1]["id"], "nonce": "5", "reason_code": reason,
        }  # fmt: skip
        (line,) = [each.getMessage() for each in caplog.records if "interaction" in each.getMessage()]
        assert said in line and str(place.robo_id) in line
        assert here.there.heard[-1]["token"] not in line


async def test_who_is_gone_or_late_is_told_of_too(place):
    async with asking(place, timeout_s=10) as here:
        url = here.there.url
        here.endpoints.client.settings = ClientSettings(
            timeout_s=0, allowed=AllowedAddresses(["127.0.0.0/8"]), tls_to_public=True
        )
        await here.click(message)
        assert here.heard.entries[1].d["reason_code"] == 2
        here.endpoints.client.settings = ClientSettings(tls_to_public=True)
        await here.click(message)
        assert here.heard.entries[1].d["reason_code"] == 1
        assert all(asked["type"] == 1 for asked in here.there.heard), url


async def test_garbage_is_no_answer_and_nothing_else(place, rng):
    kinds = ["application/json", "multipart/form-data; boundary=b", "multipart/form-data", "text/plain", ""]
    pieces = [b'{"type":', b"4", b"}", b"--b\r\n", b"\x00\xff", b'"data":{}', b"\r\n\r\n", b"[[[[", b""]

    def garbage(_: dict[str, Any]) -> web.Response:
        body = b"".join(rng.choice(pieces) for _ in range(rng.randrange(8)))
        headers = {"Content-Type": rng.choice(kinds)}
        return web.Response(status=rng.choice([200, 200, 201, 404]), body=body, headers=headers)

    async with asking(place) as here:
        for _ in range(25):
            assert (await here.click(garbage))[-1] in ("INTERACTION_FAILURE", "INTERACTION_SUCCESS")


def part(disposition: str, content: bytes, *fields: str) -> bytes:
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *fields])
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


def answering(body: bytes, kind: str | None = None) -> Answer:
    fields = {"Content-Type": kind or "multipart/form-data; boundary=b"}
    return lambda _: web.Response(body=body, headers=fields)


GOOD = part('name="payload_json"', b'{"type":4,"data":{"content":"x"}}')
HOSTILE_FORMS = {
    "no boundary": ("multipart/form-data", GOOD + b"--b--"),
    "an empty boundary": ('multipart/form-data; boundary=""', b"----"),
    "a boundary that is too long": (f"multipart/form-data; boundary={'b' * 5000}", GOOD + b"--b--"),
    "a boundary that is a pattern": ("multipart/form-data; boundary=.*", GOOD + b"--b--"),
    "two boundaries": ("multipart/form-data; boundary=b; boundary=c", GOOD + b"--b--"),
    "another boundary": ("multipart/form-data; boundary=c", GOOD + b"--b--"),
    "no end": (None, GOOD),
    "a beginning without an end": (None, b"--b\r\nContent-Disposition: form-data; name="),
    "only an end": (None, b"--b--"),
    "something behind a boundary": (None, b"--bee\r\n" + GOOD[5:] + b"--b--"),
    "a part without fields": (None, b"--b\r\n\r\nx\r\n" + GOOD + b"--b--"),
    "a part without a name": (None, part('filename="a"', b"x") + GOOD + b"--b--"),
    "fields without an end": (None, b"--b\r\n" + b"X: y\r\n" * 3000),
    "more fields than any part has": (None, part('name="a"', b"", *["X: y"] * 40) + GOOD + b"--b--"),
    "more parts than any form has": (None, part('name="a"', b"x") * 100 + GOOD + b"--b--"),
    "a field that is too long": (None, part('name="a"', b"x" * 9000) + GOOD + b"--b--"),
    "names that are no UTF-8": (None, b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\r\n--b--'),
    "an encoding": (None, part('name="files[0]"', b"eA==", "Content-Transfer-Encoding: base64") + b"--b--"),
    "a file twice": (None, GOOD + part('name="files[0]"; filename="a"', b"x") * 2 + b"--b--"),
    "files without number": (None, GOOD + part('name="files[99999999]"; filename="a"', b"") * 11 + b"--b--"),
    "JSON nested too deeply": (None, part('name="payload_json"', b"[" * 50_000) + b"--b--"),
    "JSON that breaks off": (None, part('name="payload_json"', b'{"type":4,"data":') + b"--b--"),
    "JSON of another kind": (None, part('name="payload_json"', b"4") + b"--b--"),
    "JSON with half a letter": (None, part('name="payload_json"', b'{"type":4,"data":"\xff"}') + b"--b--"),
    "a number of many digits": (None, part('name="payload_json"', b"9" * 50_000) + b"--b--"),
}  # fmt: skip


async def test_hostile_forms_are_refused_and_the_next_answer_is_taken(place):
    """Each is told to who has asked as what it is, a bad answer, and harms nothing."""
    async with asking(place) as here:
        for what, (kind, body) in HOSTILE_FORMS.items():
            names = await here.click(answering(body, kind))
            assert names == ["INTERACTION_CREATE", "INTERACTION_FAILURE"], what
            assert here.heard.entries[1].d["reason_code"] == 3, what
        assert "MESSAGE_CREATE" in await here.click(message)
        named = part('name="files[0]"; filename="../../../etc/pass%00wd"', b"x")
        await here.click(answering(GOOD + named + b"--b--"))
        (file,) = here.heard.entries[1].d["attachments"]
        assert "/" not in file["filename"] and "\0" not in file["filename"]


async def test_what_is_asked_is_not_told_on_the_gateway(place):
    async with asking(place) as here:
        await here.click(message)
        told = [entry for entry in here.heard.entries if entry.name == "INTERACTION_CREATE"]
        assert [json.dumps(entry.d) for entry in told] == [json.dumps(told[0].d)]
        assert "token" not in told[0].d
