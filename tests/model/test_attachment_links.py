"""Addresses of attachments: signed for one file, for a while, and put where a message shows the file."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from chatd.model.attachment_links import AttachmentLinks, read_url, shown
from tests.rest.asking import Clock

BASE = "https://chat.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def links(clock: Clock) -> AttachmentLinks:
    return AttachmentLinks(b"k" * 32, clock, base_url=BASE, lifetime_s=3600)


def asked(url: str) -> tuple[tuple[int, int, str], dict[str, str]]:
    parts = urlsplit(url)
    found = read_url(url)
    assert found is not None
    return found, dict(parse_qsl(parts.query))


def test_an_address_names_the_file_and_is_valid(links):
    url = links.url(1, 2, "Grüße & mehr?.txt")
    assert url.startswith("https://chat.example/attachments/1/2/Gr%C3%BC%C3%9Fe%20%26%20mehr%3F.txt?ex=")
    path, query = asked(url)
    assert path == (1, 2, "Grüße & mehr?.txt") and set(query) == {"ex", "is", "hm"}
    assert links.is_valid(*path, query)


def test_an_address_is_valid_for_its_lifetime_and_the_same_for_half_of_it(links, clock):
    clock.now_s = 3600.0 * 500
    path, query = asked(first := links.url(1, 2, "a"))
    clock.advance(1799)
    assert links.url(1, 2, "a") == first
    clock.advance(1801)
    assert links.is_valid(*path, query) and links.url(1, 2, "a") != first
    clock.advance(1800)
    assert not links.is_valid(*path, query)


def test_a_signature_holds_for_one_file_one_time_and_one_key(links, clock):
    path, query = asked(links.url(12, 3, "a"))
    assert not links.is_valid(1, 23, "a", query)
    assert not links.is_valid(12, 3, "b", query)
    assert not links.is_valid(*path, {**query, "ex": "f" * 10})
    assert not links.is_valid(*path, {**query, "is": "0"})
    assert not AttachmentLinks(b"other" * 8, clock).is_valid(*path, query)
    for name in query:
        assert not links.is_valid(*path, {key: value for key, value in query.items() if key != name})
        for wrong in ("", "é", "-1", "0x1", "g", "1" * 99):
            assert not links.is_valid(*path, {**query, name: wrong})


def test_any_other_path_is_no_attachments():
    assert read_url("/attachments/1/2/a%20b.txt") == (1, 2, "a b.txt")
    for other in ("/avatars/1/2.png", "nonsense", "", "/attachments/1/2/", "/attachments/1/2/%FF",
                  "/attachments/9999999999999999999/2/a", "/x/attachments/1/2/a", "http://[::1"):  # fmt: skip
        assert read_url(other) is None


def record(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "filename": name, "size": 3, "content_type": "image/png", **more}


def test_every_attachment_is_shown_with_its_address(links):
    details = {"attachments": [record(2, "a.png", width=5)], "stickers": []}
    before = repr(details)
    (seen,) = shown(details, 1, links)["attachments"]
    url = links.url(1, 2, "a.png")
    assert seen == {**record(2, "a.png", width=5), "url": url, "proxy_url": url}
    assert repr(details) == before


def test_a_file_that_an_embed_shows_stands_there_alone(links):
    embed = {
        "type": "rich",
        "image": {"url": "attachment://a.png"}, "thumbnail": {"url": "https://x.example/t.png"},
        "author": {"name": "x", "icon_url": "attachment://b.png"}, "footer": {"text": "attachment://c.png"},
        "video": {"url": "attachment://nowhere.mp4"},
    }  # fmt: skip
    records = [record(2, "a.png", width=5, height=6), record(3, "b.png"), record(4, "c.png")]
    seen = shown({"attachments": records, "embeds": [embed]}, 1, links)
    a, b = links.url(1, 2, "a.png"), links.url(1, 3, "b.png")
    assert [one["filename"] for one in seen["attachments"]] == ["c.png"]
    (embed,) = seen["embeds"]
    assert embed["image"] == {"url": a, "proxy_url": a, "width": 5, "height": 6, "content_type": "image/png"}
    assert embed["author"] == {"name": "x", "icon_url": b, "proxy_icon_url": b}
    assert embed["footer"] == {"text": "attachment://c.png"}
    assert embed["video"] == {"url": "attachment://nowhere.mp4"}


def test_a_file_that_a_component_shows_is_not_listed_beside_it(links):
    gallery = {"type": 12, "id": 1, "items": [{"media": {"id": "5", "url": "attachment://a.png"}}]}
    seen = shown({"attachments": [record(2, "a.png", width=5)], "components": [gallery]}, 1, links)
    assert seen["attachments"] == []
    assert seen["components"][0]["items"][0]["media"]["proxy_url"] == links.url(1, 2, "a.png")


def test_what_was_forwarded_has_files_of_its_own(links):
    details = {
        "message_reference": {"type": 1, "channel_id": "77", "message_id": "78"},
        "message_snapshots": [{"message": {"content": "x", "attachments": [record(2, "a.png")]}}],
    }
    seen = shown(details, 1, links)
    assert seen["attachments"] == []
    (file,) = seen["message_snapshots"][0]["message"]["attachments"]
    assert file["url"] == links.url(1, 2, "a.png")
