"""Interactions over HTTP: who may ask and who may answer, what is told of it, and how often."""

from __future__ import annotations

from typing import Any

from chatd.actions import interactions
from chatd.model.actor import ANYONE, Actor
from chatd.model.interactions import TOKEN_LIFE
from chatd.rest import LimitSettings
from tests.interacting import Application, listen, make_command
from tests.people import Heard
from tests.rest.asking import Reply, file_part
from tests.rest.conftest import Place

ECHO = {"name": "echo", "options": [{"type": 11, "name": "file", "description": "A file", "required": True}]}


class Scene:
    """robo has a command and is on the gateway."""

    def __init__(self, place: Place, command: Any) -> None:
        self.place, self.command = place, command
        self.heard = Heard(place.app.store)

    @classmethod
    async def make(cls, place: Place, **command: Any) -> Scene:
        await listen(place.app.store, place.robo_id)
        return cls(place, await make_command(place.app.store, Actor(place.robo_id, bot=True), **command))

    def body(self, **data: Any) -> dict[str, Any]:
        return {
            "type": 2, "application_id": str(self.place.robo_id), "channel_id": str(self.place.channel_id),
            "data": {"id": str(self.command.id), **data},
        }  # fmt: skip

    async def ask(self, *parts: tuple[str, bytes], **data: Any) -> Application:
        """bob uses the command; what robo was told."""
        bob, body = self.place.bob, self.body(**data)
        reply = await (bob.form("POST", "/interactions", body, *parts) if parts
                       else bob.api("POST", "/interactions", body))  # fmt: skip
        assert reply.status == 204, reply.content
        return Application.of(self.place.app.store, self.heard)

    async def answer(self, told: Application, type: int, query: str = "", **data: Any) -> Reply:
        path = f"/interactions/{told.id}/{told.token}/callback{query}"
        return await self.place.nobody.api("POST", path, {"type": type, "data": data})

    def posted(self, told: Application, path: str = "") -> str:
        return f"/webhooks/{told.application_id}/{told.token}{path}"


async def test_people_ask_and_bots_do_not(place: Place) -> None:
    scene = await Scene.make(place)
    assert (await place.robo.api("POST", "/interactions", scene.body())).code == 20001
    assert (await place.nobody.api("POST", "/interactions", scene.body())).status == 401
    reply = await place.bob.api("POST", "/interactions", {"type": 9})
    assert reply.status == 400
    assert reply.json["errors"].keys() == {"type", "application_id", "channel_id", "data"}


async def test_an_answer_is_not_counted_and_needs_no_authorization(place: Place) -> None:
    scene = await Scene.make(place)
    place.with_settings(limits=LimitSettings(global_per_1_s=2))
    first = await scene.ask()
    for _ in range(5):
        reply = await scene.answer(first, 99)
        assert reply.status == 400
    reply = await scene.answer(first, 4, content="pong")
    assert reply.status == 204 and not reply.content
    assert not [name for name in reply.headers if name.lower().startswith("x-ratelimit")]
    assert (await scene.answer(first, 4, content="again")).code == 40060
    first.token += "x"
    assert (await scene.answer(first, 4, content="again")).code == 10062


async def test_what_has_come_of_an_answer_is_told_to_who_asks_for_it(place: Place) -> None:
    scene = await Scene.make(place)
    told = await scene.ask()
    reply = await scene.answer(told, 4, "?with_response=1", content="pong")
    assert reply.status == 200 and reply.json["resource"]["message"]["content"] == "pong"
    assert reply.json["interaction"]["response_message_id"] == reply.json["resource"]["message"]["id"]


async def test_a_file_is_asked_about_and_another_comes_back(place: Place) -> None:
    scene = await Scene.make(place, **ECHO)
    options = [{"type": 11, "name": "file", "value": "3"}]
    files = [{"id": "3", "filename": "cat.txt"}]
    told = await scene.ask(file_part(3, "x", b"meow"), options=options, attachments=files)
    (attachment,) = told.told["data"]["resolved"]["attachments"].values()
    assert (await place.nobody.get(attachment["url"].partition("127.0.0.1")[2])).content == b"meow"
    path = f"/interactions/{told.id}/{told.token}/callback?with_response=true"
    body = {"type": 4, "data": {"attachments": [{"id": 0, "filename": "dog.txt"}]}}
    reply = await place.nobody.form("POST", path, body, file_part(0, "y", b"woof"))
    (answer,) = reply.json["resource"]["message"]["attachments"]
    assert (answer["filename"], answer["size"]) == ("dog.txt", 4)
    assert (await place.nobody.get(answer["url"].partition("127.0.0.1")[2])).content == b"woof"


async def test_by_the_token_messages_follow_as_by_a_webhook_s(place: Place) -> None:
    scene = await Scene.make(place)
    told = await scene.ask()
    post = scene.posted(told)
    assert (await place.nobody.api("POST", post, {"content": "early"})).code == 10015
    await scene.answer(told, 5)
    reply = await place.nobody.api("POST", post, {"content": "done"})
    assert reply.status == 200  # as if with `wait`
    first = reply.json["id"]
    assert (await place.nobody.api("GET", post + "/messages/@original")).json["id"] == first
    more = (await place.nobody.api("POST", post, {"content": "more", "flags": 64})).json
    path = f"{post}/messages/{more['id']}"
    assert (await place.nobody.api("GET", path)).json["flags"] == 64
    form = await place.nobody.form("PATCH", path, {"content": "less"}, file_part(0, "a.txt", b"a"))
    assert form.json["content"] == "less" and form.json["attachments"][0]["filename"] == "a.txt"
    assert (await place.nobody.api("DELETE", path)).status == 204
    assert (await place.nobody.api("GET", path)).code == 10008
    for path in (post, post + "/slack", post + "/github"):
        assert (await place.nobody.api("POST" if path != post else "GET", path, None)).code == 10015
    foreign = post.replace(str(place.robo_id), str(place.bob_id))
    assert (await place.nobody.api("POST", foreign, {"content": "more"})).code == 50027
    store = place.app.store
    now = store.clock()
    store.clock = lambda: now + TOKEN_LIFE.total_seconds() + 1
    assert (await place.nobody.api("POST", post, {"content": "late"})).code == 50027


async def test_a_webhook_has_no_first_message(place: Place) -> None:
    made = (await place.ada.api("POST", f"/channels/{place.channel_id}/webhooks", {"name": "News"})).json
    path = f"/webhooks/{made['id']}/{made['token']}/messages/@original"
    for method in ("GET", "PATCH", "DELETE"):
        assert (await place.nobody.api(method, path)).code == 10008
    assert (await place.nobody.api("GET", path.replace(made["token"], "x"))).code == 50027


async def test_an_ephemeral_message_is_nowhere_but_with_its_token(place: Place) -> None:
    scene = await Scene.make(place)
    told = await scene.ask()
    reply = await scene.answer(told, 4, "?with_response=true", content="secret", flags=64)
    message = reply.json["resource"]["message"]
    where = f"/channels/{place.channel_id}/messages"
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/threads"),
                         ("PUT", "/reactions/%F0%9F%94%A5/@me")):  # fmt: skip
        body = {"name": "x"} if method in ("PATCH", "POST") else None
        reply = await place.bob.api(method, f"{where}/{message['id']}{path}", body)
        assert reply.code == 10008, (method, path, reply.json)
    assert message["id"] not in [each["id"] for each in (await place.bob.api("GET", where)).json]
    pins = f"{where}/pins/{message['id']}"
    assert (await place.ada.api("PUT", pins)).code == 10008


async def test_what_waits_for_an_answer_is_not_unanswered_yet(place: Place) -> None:
    scene = await Scene.make(place)
    await scene.ask()
    async with place.app.store.reading(ANYONE) as tx:
        assert await interactions.unanswered(tx) == []
