"""Large answers go out in gzip to who accepts it, and to nobody else."""

from __future__ import annotations

import gzip
import json

GZIP = {"Accept-Encoding": "gzip, deflate"}


async def test_a_page_of_history_is_compressed_for_who_accepts_it(place):
    path = f"/channels/{place.channel_id}/messages"
    for n in range(12):
        await place.ada.api("POST", path, {"content": f"hello {n}"})
    plain = await place.ada.api("GET", path)
    assert "content-encoding" not in plain.headers
    reply = await place.ada.api("GET", path, headers=GZIP)
    assert reply.headers["content-encoding"] == "gzip" and reply.headers["cache-control"] == "no-store"
    assert len(reply.content) < len(plain.content) // 4
    assert json.loads(gzip.decompress(reply.content)) == plain.json
    refused = await place.ada.api("GET", path, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.content == plain.content


async def test_a_small_answer_is_sent_as_it_is(place):
    reply = await place.ada.api("GET", "/users/@me", headers=GZIP)
    assert "content-encoding" not in reply.headers and reply.json["id"] == str(place.ada_id)
