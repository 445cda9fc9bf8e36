"""Threads over HTTP: the channel routes that mean threads, posts with files, and what faults are answered."""

from __future__ import annotations

from typing import Any

from tests.rest.asking import file_part
from tests.rest.conftest import Place


async def thread_of(place: Place, **body: Any) -> dict[str, Any]:
    body = {"name": "talk", "type": 11, **body}
    made = await place.ada.api("POST", f"/channels/{place.channel_id}/threads", body)
    assert made.status == 201, made.content
    return made.json


async def test_a_channel_s_routes_mean_the_thread_where_it_is_one(place):
    thread = await thread_of(place)
    path = f"/channels/{thread['id']}"
    found = await place.ada.api("GET", path)
    assert found.json["member"]["user_id"] == str(place.ada_id)
    assert "member" not in (await place.bob.api("GET", path)).json
    changed = await place.ada.api("PATCH", path, {"name": "other", "locked": True})
    assert (changed.status, changed.json["name"]) == (200, "other")
    assert changed.json["thread_metadata"]["locked"] is True
    assert (await place.bob.api("PATCH", path, {"name": "mine"})).code == 160005
    assert (await place.ada.api("PATCH", path, {"name": ""})).code == 50035
    assert (await place.bob.api("DELETE", path)).code == 50013
    gone = await place.ada.api("DELETE", path)
    assert (gone.status, gone.json["id"]) == (200, thread["id"])
    assert (await place.ada.api("GET", path)).code == 10003
    channels = await place.ada.api("GET", f"/guilds/{place.guild_id}/channels")
    assert thread["id"] not in [channel["id"] for channel in channels.json]


async def test_a_thread_has_no_overwrites_and_is_no_place_for_another(place):
    thread = await thread_of(place)
    overwrite = f"/channels/{thread['id']}/permissions/{place.bob_id}"
    assert (await place.ada.api("PUT", overwrite, {"type": 1, "deny": "1024"})).code == 50024
    assert (await place.ada.api("POST", f"/channels/{thread['id']}/threads", {"name": "x"})).code == 50024


async def test_a_post_comes_with_files(place):
    forum = await place.ada.api("POST", f"/guilds/{place.guild_id}/channels", {"name": "help", "type": 15})
    path = f"/channels/{forum.json['id']}/threads"
    payload = {"name": "how?", "message": {"attachments": [{"id": 0, "filename": "note.txt"}]}}
    made = await place.ada.form("POST", path, payload, file_part(0, "a.txt", b"like this"))
    assert made.status == 201, made.content
    (attachment,) = made.json["message"]["attachments"]
    assert (attachment["filename"], attachment["size"]) == ("note.txt", 9)
    assert made.json["id"] == made.json["message"]["id"]
    history = await place.bob.api("GET", f"/channels/{made.json['id']}/messages")
    assert [message["attachments"][0]["filename"] for message in history.json] == ["note.txt"]
    empty = await place.ada.api("POST", path, {"name": "how?", "message": {"content": " "}})
    assert (empty.status, empty.code) == (400, 50006)


async def test_two_pages_of_archived_threads_are_all_of_them(place):
    made = [await thread_of(place) for _ in range(3)]
    for thread in made:
        await place.ada.api("PATCH", f"/channels/{thread['id']}", {"archived": True})
    path, seen, before = f"/channels/{place.channel_id}/threads/archived/public?limit=2", [], ""
    while True:
        page = (await place.ada.api("GET", path + before)).json
        seen += [thread["id"] for thread in page["threads"]]
        if not page["has_more"]:
            break
        last = page["threads"][-1]["thread_metadata"]["archive_timestamp"]
        before = f"&before={last.replace('+', '%2B')}"
    assert seen == [thread["id"] for thread in reversed(made)]
    refused = await place.ada.api("GET", path + "&before=yesterday")
    assert refused.json["errors"]["before"]["_errors"][0]["code"] == "DATE_TIME_TYPE_PARSE"
