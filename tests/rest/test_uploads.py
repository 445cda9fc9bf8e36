"""Forms with files over HTTP: streamed to disk, bounded, and gone unless a message has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatd.model.permissions import Permission
from tests.rest.asking import MULTIPART, file_part, form_of, request_of
from tests.rest.conftest import Place


def path_of(place: Place) -> str:
    return f"/channels/{place.channel_id}/messages"


async def content_of(place: Place, attachment: dict[str, Any]) -> bytes:
    return (await place.nobody.get(attachment["url"].removeprefix(place.app.store.links.base_url))).content


def left_over(place: Place) -> list[Any]:
    folder = place.app.store.blobs.incoming
    return list(folder.iterdir()) if folder.exists() else []


async def test_files_come_with_their_message_in_any_order_of_parts(place):
    said = {"content": "look", "attachments": [{"id": 1, "filename": "zwei.txt", "description": "dos"}]}
    payload = ('name="payload_json"', json.dumps(said).encode())
    one, two = file_part(0, "one.txt", b"first"), file_part(1, "two.txt", b"second")
    for parts in ((payload, one, two), (two, payload, one), (one, two, payload)):
        reply = await place.ada.form("POST", path_of(place), None, *parts)
        assert reply.status == 200, reply.content
        by_name = {one["filename"]: one for one in reply.json["attachments"]}
        assert by_name.keys() == {"one.txt", "zwei.txt"}
        assert by_name["zwei.txt"]["description"] == "dos"
        assert await content_of(place, by_name["one.txt"]) == b"first"
        assert await content_of(place, by_name["zwei.txt"]) == b"second"
    assert left_over(place) == []


async def test_a_form_without_payload_says_the_message_in_plain_fields(place):
    parts = ('name="content"', b"from curl"), ('name="file"; filename="a.bin"', b"\x00\xff")
    reply = await place.ada.form("POST", path_of(place), None, *parts)
    assert (reply.status, reply.json["content"]) == (200, "from curl")
    assert await content_of(place, reply.json["attachments"][0]) == b"\x00\xff"


async def test_an_edit_brings_files_too(place):
    first = await place.ada.form("POST", path_of(place), {}, file_part(0, "a.txt", b"a"))
    path = f"{path_of(place)}/{first.json['id']}"
    reply = await place.ada.form("PATCH", path, {"attachments": [{"id": 0}]}, file_part(0, "b.txt", b"b"))
    assert [one["filename"] for one in reply.json["attachments"]] == ["b.txt"]
    reply = await place.ada.api("PATCH", path, {"content": "kept"})
    assert [one["filename"] for one in reply.json["attachments"]] == ["b.txt"]


async def test_a_file_larger_than_allowed_is_refused_and_nothing_stays(place):
    place.with_settings(attachment_bytes_max=1000)
    assert (await place.ada.form("POST", path_of(place), {}, file_part(0, "a", bytes(1000)))).status == 200
    reply = await place.ada.form("POST", path_of(place), {}, file_part(0, "a", bytes(1001)))
    assert (reply.status, reply.code) == (413, 40005)
    assert left_over(place) == []


@pytest.mark.parametrize(("parts", "path"), [
    ([file_part(n, f"{n}", b"x") for n in range(11)], "files"),
    ([file_part(0, "a", b"x"), file_part(0, "b", b"y")], "files.0"),
    ([('name="content"', b"\xff"), file_part(0, "a", b"x")], "content"),
])  # fmt: skip
async def test_a_form_that_cannot_be_is_refused_where_it_stands(place, parts, path):
    reply = await place.ada.form("POST", path_of(place), None, *parts)
    assert (reply.status, reply.code) == (400, 50035)
    fault = reply.json["errors"]
    for key in path.split("."):
        fault = fault[key]
    assert fault["_errors"] and left_over(place) == []


async def test_a_field_that_is_no_file_may_not_be_large(place):
    reply = await place.ada.form("POST", path_of(place), None, ('name="content"', b"x" * 8193))
    assert (reply.status, reply.code) == (413, 40005)


async def test_the_files_of_somebody_who_may_not_attach_are_not_read(place):
    guild = place.app.store.directory.guilds[place.guild_id]
    guild.roles[place.guild_id].permissions &= ~Permission.ATTACH_FILES
    # The form never ends: whoever reads on waits for ever, which a body in a test refuses to do.
    content = form_of(file_part(0, "a", bytes(100)))[:-80]
    request = request_of("POST", "/api/v10" + path_of(place), {**place.bob.headers, **MULTIPART}, content)
    response = await place.app.respond(request)
    assert response.status == 403
    reply = await place.bob.form("POST", path_of(place), {"content": "no files"})
    assert reply.status == 200


async def test_a_draft_at_fault_leaves_no_file(place):
    before = set(await place.app.store.blobs.names())
    reply = await place.ada.form("POST", path_of(place), {"tts": 5}, file_part(0, "a", b"never kept"))
    assert (reply.status, reply.code) == (400, 50035)
    assert left_over(place) == [] and set(await place.app.store.blobs.names()) == before


async def test_a_large_file_is_on_disk_while_it_comes(place, rng):
    data = rng.randbytes(3_000_000)
    reply = await place.ada.form("POST", path_of(place), {}, file_part(0, "large.bin", data))
    (attachment,) = reply.json["attachments"]
    assert (attachment["size"], await content_of(place, attachment)) == (len(data), data)


async def test_a_disk_that_is_full_is_said_to_be(place):
    place.app.store.blobs.room_bytes_min = 2**63
    reply = await place.ada.form("POST", path_of(place), {}, file_part(0, "a", b"x"))
    assert (reply.status, reply.json["message"]) == (507, "507: Insufficient Storage")
    assert left_over(place) == []
