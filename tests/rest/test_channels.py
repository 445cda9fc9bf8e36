"""Channels over HTTP: what a PATCH means, and how often a channel gets another name."""

from __future__ import annotations

from chatd.rest import LimitSettings
from tests.beats import assert_as_fresh


async def test_another_name_or_topic_is_counted_for_all_who_may_give_one(place):
    place.with_settings(limits=LimitSettings(global_per_1_s=0))
    path = f"/channels/{place.channel_id}"
    assert (await place.ada.api("PATCH", path, {"name": "one"})).status == 200
    for _ in range(3):  # who may not, and what changes neither, does not count
        assert (await place.bob.api("PATCH", path, {"name": "bob's"})).status == 403
        assert (await place.ada.api("PATCH", path, {"name": "one", "nsfw": True})).status == 200
    assert (await place.ada.api("PATCH", path, {"topic": "all of it"})).status == 200
    refused = await place.ada.api("PATCH", path, {"name": "two"})
    assert (refused.status, refused.headers["x-ratelimit-scope"]) == (429, "shared")
    assert 0 < refused.json["retry_after"] <= 600
    assert (await place.ada.api("GET", path)).json["name"] == "one"
    await assert_as_fresh(place.app.store)
    place.clock.advance(600)
    assert (await place.ada.api("PATCH", path, {"name": "two"})).status == 200


async def test_all_faults_are_told_at_once(place):
    body = {"name": "", "topic": 5, "rate_limit_per_user": -1, "nsfw": "yes", "position": "first"}
    reply = await place.ada.api("PATCH", f"/channels/{place.channel_id}", body)
    assert (reply.status, reply.code) == (400, 50035)
    assert set(reply.json["errors"]) == set(body)
    reply = await place.ada.api("PATCH", f"/guilds/{place.guild_id}/channels", {"id": 1})
    assert (reply.status, reply.json["errors"]["_errors"][0]["code"]) == (400, "LIST_TYPE_CONVERT")
    moves = [{"position": -1}, 5, {"id": "x", "lock_permissions": 1}]
    reply = await place.ada.api("PATCH", f"/guilds/{place.guild_id}/channels", moves)
    assert {at: set(faults) for at, faults in reply.json["errors"].items()} == {
        "0": {"id", "position"}, "1": {"_errors", "id"}, "2": {"id", "lock_permissions"},
    }  # fmt: skip


async def test_the_reason_is_kept_in_the_audit_log(place):
    headers = {"X-Audit-Log-Reason": "more%20room"}
    path = f"/guilds/{place.guild_id}"
    made = await place.ada.api("POST", f"{path}/channels", {"name": "room"}, headers=headers)
    (entry,) = (await place.ada.api("GET", f"{path}/audit-logs?limit=1")).json["audit_log_entries"]
    assert (entry["reason"], entry["target_id"], entry["action_type"]) == ("more room", made.json["id"], 10)
