"""Faces over HTTP: an avatar is kept before it is announced, and one too large for JSON is refused."""

from __future__ import annotations

from tests.pictures import data_uri, gif, png


async def test_an_avatar_is_kept_and_its_hash_told(place):
    face = {"avatar": data_uri(gif(frames=2)), "banner": data_uri(png())}
    reply = await place.ada.api("PATCH", "/users/@me", face)
    assert reply.status == 200
    avatar, banner = reply.json["avatar"], reply.json["banner"]
    assert avatar.startswith("a_") and len(avatar) == 34 and len(banner) == 32
    assert await place.app.store.blobs.beginning(avatar.removeprefix("a_")) == gif(frames=2)
    assert await place.app.store.blobs.beginning(banner) == png()


async def test_only_a_route_that_takes_images_reads_so_much(place):
    large = "x" * 1_100_000
    reply = await place.ada.api("PATCH", "/users/@me", {"username": large})
    assert (reply.status, reply.code) == (400, 50035)
    reply = await place.ada.api("POST", "/users/@me/channels", {"recipient_id": large})
    assert (reply.status, reply.code) == (413, 40005)
    place.with_settings(large_json_bytes_max=1000)
    assert (await place.ada.api("PATCH", "/users/@me", {"username": large})).status == 413


async def test_what_is_no_image_is_refused_and_nothing_kept(place):
    reply = await place.ada.api("PATCH", "/users/@me", {"avatar": data_uri(b"<svg/>"), "global_name": ""})
    assert reply.status == 400 and set(reply.json["errors"]) == {"avatar", "global_name"}
