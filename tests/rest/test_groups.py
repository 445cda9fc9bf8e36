"""Groups over HTTP: the routes of channels do to them what Discord's do."""

from __future__ import annotations

from tests.compatibility.official import faults_of_object
from tests.people import person
from tests.pictures import data_uri, png
from tests.rest.asking import Client
from tests.rest.conftest import Place


async def newcomer(place: Place, name: str) -> tuple[Client, int]:
    actor, token = await person(place.app.store, name)
    return Client(place.app, token=token), actor.id


async def test_a_group_from_its_beginning_to_its_end(place):
    cleo, cleo_id = await newcomer(place, "cleo")
    reply = await place.ada.api("POST", "/users/@me/channels", {"recipients": [str(place.bob_id)]})
    assert reply.status == 200 and faults_of_object("PrivateGroupChannelResponse", reply.json) == []
    path = f"/channels/{reply.json['id']}"
    assert (await cleo.api("GET", path)).status == 404
    assert (await place.bob.api("PUT", f"{path}/recipients/{cleo_id}")).status == 204
    reply = await place.bob.api("PATCH", path, {"name": "We", "icon": data_uri(png())})
    assert reply.json["name"] == "We" and faults_of_object("PrivateGroupChannelResponse", reply.json) == []
    icon = f"/channel-icons/{reply.json['id']}/{reply.json['icon']}"
    assert (await place.nobody.get(f"{icon}.png")).content == png()
    messages = (await cleo.api("GET", f"{path}/messages")).json
    assert [(message["type"], message["content"]) for message in messages] == [(5, ""), (4, "We"), (1, "")]
    assert (await cleo.api("DELETE", f"{path}/recipients/{place.bob_id}")).json["code"] == 50013
    assert (await place.ada.api("DELETE", f"{path}/recipients/{place.bob_id}")).status == 204
    assert (await place.bob.api("GET", path)).json["code"] == 10003
    assert (await place.ada.api("DELETE", path)).json["name"] == "We"
    reply = await cleo.api("GET", path)
    assert (reply.json["owner_id"], reply.json["recipients"]) == (str(cleo_id), [])
    assert [channel["id"] for channel in (await cleo.api("GET", "/users/@me/channels")).json] == [path[10:]]
    assert (await cleo.api("DELETE", path)).status == 200
    assert (await place.nobody.get(f"{icon}.png")).status == 404


async def test_somebody_is_brought_into_a_talk_of_two_by_a_new_group(place):
    _, cleo_id = await newcomer(place, "cleo")
    direct = await place.ada.api("POST", "/users/@me/channels", {"recipient_id": str(place.bob_id)})
    assert faults_of_object("PrivateChannelResponse", direct.json) == []
    path = f"/channels/{direct.json['id']}"
    reply = await place.ada.api("PUT", f"{path}/recipients/{cleo_id}")
    assert (reply.status, reply.json["type"]) == (201, 3)
    assert faults_of_object("PrivateGroupChannelResponse", reply.json) == []
    assert (await place.ada.api("PATCH", path, {"name": "We"})).json["code"] == 50024
    assert (await place.ada.api("DELETE", path)).json == direct.json
    listed = (await place.ada.api("GET", "/users/@me/channels")).json
    assert [channel["id"] for channel in listed] == [reply.json["id"]]


async def test_bots_and_people_may_open_one_and_a_body_says_which(place):
    reply = await place.robo.api("POST", "/users/@me/channels", {"recipients": [str(place.bob_id)]})
    assert (reply.status, reply.json["code"]) == (403, 20001)
    reply = await place.robo.api("POST", "/users/@me/channels", {"recipient_id": str(place.bob_id)})
    assert (reply.status, reply.json["type"]) == (200, 1)
    reply = await place.ada.api("POST", "/users/@me/channels", {"recipients": []})
    assert set(reply.json["errors"]) == {"recipients"}
    reply = await place.ada.api("POST", "/users/@me/channels", {})
    assert set(reply.json["errors"]) == {"recipient_id"}
