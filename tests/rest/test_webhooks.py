"""Webhooks at the HTTP door: what proves who asks, files, pictures, limits."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.rest import LimitSettings
from tests.pictures import data_uri, png
from tests.rest.asking import Client
from tests.rest.conftest import Place


async def made(place: Place, **body: Any) -> str:
    """A new webhook's path."""
    body = {"name": "News", **body}
    webhook = (await place.ada.api("POST", f"/channels/{place.channel_id}/webhooks", body)).json
    return f"/webhooks/{webhook['id']}/{webhook['token']}"


async def last(place: Place) -> dict[str, Any]:
    (message,) = (await place.bob.api("GET", f"/channels/{place.channel_id}/messages?limit=1")).json
    return message


async def test_the_token_in_the_path_is_all_that_is_looked_at(place):
    path = await made(place)
    stranger = Client(place.app, token="no token at all")
    assert (await stranger.api("POST", path, {"content": "hello"})).status == 204
    assert (await last(place))["content"] == "hello"
    assert (await place.ada.api("GET", path)).json["name"] == "News"
    for wrong, status, code in ((path + "x", 401, 50027), ("/webhooks/12345/x", 404, 10015)):
        for method in ("GET", "PATCH", "DELETE", "POST"):
            refusal = await place.ada.api(method, wrong, {"name": "x", "content": "x"})
            assert (refusal.status, refusal.code) == (status, code)
    assert (await last(place))["content"] == "hello"


async def test_files_are_posted_and_stay_with_an_edit(place):
    path = await made(place)
    part = ('name="files[0]"; filename="cat.png"\r\nContent-Type: image/png', png())
    reply = await place.nobody.form("POST", path + "?wait=true", {"content": "look"}, part)
    (file,) = reply.json["attachments"]
    assert (file["filename"], file["content_type"]) == ("cat.png", "image/png")
    posted = f"{path}/messages/{reply.json['id']}"
    edited = await place.nobody.api("PATCH", posted, {"content": "see"})
    assert [each["id"] for each in edited.json["attachments"]] == [file["id"]]
    more = await place.nobody.form("PATCH", posted, {"attachments": [{"id": 0}]}, part)
    assert [each["id"] for each in more.json["attachments"]] != [file["id"]]
    shown = (await place.nobody.api("GET", posted)).json
    assert (await last(place))["attachments"][0]["id"] == shown["attachments"][0]["id"]


async def test_an_avatar_by_address_is_shown_under_the_webhook(place):
    path = await made(place, avatar=data_uri(png(8, 8)))

    async def fetch_avatar(url: str) -> str | None:
        assert url == "https://pictures.example/face.png"
        return await place.app.store.blobs.put(png())  # type: ignore[no-any-return]

    place.app.fetch_avatar = fetch_avatar
    body = {"content": "hello", "avatar_url": "https://pictures.example/face.png", "username": "Ada"}
    for _ in range(2):
        author = (await place.nobody.api("POST", path + "?wait=1", body)).json["author"]
        picture = await place.nobody.ask("GET", f"/avatars/{author['id']}/{author['avatar']}.png")
        assert (picture.status, picture.content) == (200, png())
    own = (await place.nobody.api("POST", path + "?wait=1", {"content": "hello"})).json["author"]
    picture = await place.nobody.ask("GET", f"/avatars/{own['id']}/{own['avatar']}.png")
    assert picture.content == png(8, 8)


async def test_without_anybody_to_ask_it_has_its_own_face(place):
    path = await made(place, avatar=data_uri(png()))
    body = {"content": "hello", "avatar_url": "https://pictures.example/face.png"}
    author = (await place.nobody.api("POST", path + "?wait=1", body)).json["author"]
    assert author["avatar"] == (await place.nobody.api("GET", path)).json["avatar"]


FOREIGN = [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]


@pytest.mark.parametrize("fields", FOREIGN)
async def test_a_page_from_elsewhere_may_post_with_the_token(place, fields):
    reply = await place.nobody.api("POST", await made(place), {"content": "hello"}, headers=fields)
    assert reply.status == 204


async def test_a_webhook_has_a_bucket_of_its_own(place):
    one, other = await made(place), await made(place)
    place.with_settings(limits=LimitSettings(webhook_execute_per_2_s=2))
    for who in (place.nobody, place.ada):
        assert (await who.api("POST", one, {"content": "x"})).status == 204
    refusal = await place.bob.api("POST", one, {"content": "x"})
    assert (refusal.status, refusal.headers["x-ratelimit-limit"]) == (429, "2")
    assert (await place.bob.api("POST", other, {"content": "x"})).status == 204


async def test_a_thread_that_is_no_id_is_refused(place):
    reply = await place.nobody.api("POST", await made(place) + "?thread_id=x&wait=maybe", {"content": "x"})
    assert (reply.code, set(reply.json["errors"])) == (50035, {"thread_id", "wait"})


async def test_github_and_slack_are_translated(place):
    path = await made(place)
    event = {"action": "created", "sender": {"login": "ada"}, "repository": {"full_name": "ada/engine"}}
    for kind, title in (("star", "[ada/engine] New star added"), ("unheard_of", None)):
        posted = await place.nobody.api("POST", path + "/github", event, headers={"X-GitHub-Event": kind})
        assert posted.status == 204
        if title:
            assert (await last(place))["embeds"][0]["title"] == title
    before = await last(place)
    assert before["embeds"][0]["title"] == "[ada/engine] New star added", "the other was not posted"
    reply = await place.nobody.api("POST", path + "/slack", {"text": "hello", "username": "CI"})
    assert (reply.status, reply.json) == (200, "ok")
    message = await last(place)
    assert (message["content"], message["author"]["username"]) == ("hello", "CI")
    assert (await place.nobody.api("POST", path + "x/slack", {"text": "hello"})).code == 50027
