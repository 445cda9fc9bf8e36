"""Link previews: which links are meant, and the embed of what lies behind one."""

from __future__ import annotations

import pytest

from chatd.model.image_formats import Format, Picture
from chatd.model.page_head import PageHead
from chatd.model.previews import (
    links_in,
    of_page,
    of_picture,
    pictures_in,
    shortened,
    web_address,
    with_picture,
    without_previews,
)

LINKS = [
    ("see https://a.example/x?y=1#z", ["https://a.example/x?y=1#z"]),
    ("(https://a.example/x), http://b.example. Or HTTPS://C.example!",
     ["https://a.example/x", "http://b.example", "HTTPS://C.example"]),
    ("https://a.example/F_(b) and (https://a.example/b)", ["https://a.example/F_(b)", "https://a.example/b"]),
    ("[text](https://a.example/x) **https://b.example/**", ["https://a.example/x", "https://b.example/"]),
    ("https://a.example https://a.example", ["https://a.example"]),
    ("<https://a.example> `https://b.example` ```\nhttps://c.example\n``` ||https://d.example||", []),
    ("<@123> <https://a.example/x> https://b.example", ["https://b.example"]),
    ("ftp://a.example javascript:alert(1) http:// https:/x no links", []),
    ("https://chat.example/channels/1/2 https://chat.example", []),
    ("https://chat.example.net https://chat.example:81/", ["https://chat.example.net", "https://chat.example:81/"]),
    (" ".join(f"https://{n}.example" for n in range(9)), [f"https://{n}.example" for n in range(5)]),
    ("https://bücher.example/ü", ["https://bücher.example/ü"]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "links"), LINKS)
def test_links_as_they_were_meant(content, links):
    assert links_in(content, "https://chat.example") == links


def test_a_text_full_of_what_looks_like_links_costs_little():
    for hostile in ("https://" * 300, "<" * 2000, "`" * 2000, "||" * 1000, "```" * 600,
                    "https://a" + ")" * 1900):  # fmt: skip
        assert len(links_in(hostile)) <= 5


def test_a_page_becomes_an_embed():
    head = PageHead("Title", {
        "og:title": "Graph", "og:description": "d" * 400, "og:site_name": "Site", "og:type": "article",
        "og:image": "../i.png", "theme-color": "#00ff00",
    })  # fmt: skip
    found = of_page("https://a.example", "https://www.a.example/x/y", head)
    assert found is not None and found.picture_url == "https://www.a.example/i.png"
    assert found.embed == {
        "type": "article", "url": "https://a.example", "title": "Graph", "description": "d" * 349 + "…",
        "color": 0x00FF00, "provider": {"name": "Site"},
    }  # fmt: skip
    picture = Picture(Format.PNG, 30, 20, False)
    assert with_picture(found, picture, "f" * 32) == {**found.embed, "thumbnail": {
        "url": found.picture_url, "proxy_url": "preview://" + "f" * 32 + ".png", "width": 30, "height": 20,
    }}  # fmt: skip


def test_the_pictures_of_a_message_are_those_that_it_shows_and_forwards():
    def link(blob: str) -> dict[str, object]:
        return {"type": "link", "thumbnail": {"url": "https://a.example/i", "proxy_url": f"preview://{blob}.png"}}

    sent = {"type": "rich", "thumbnail": {"url": "https://a.example/i", "proxy_url": "https://a.example/i"}}
    snapshot = {"message": {"embeds": [link("b"), {"type": "link", "title": "x"}]}}
    assert pictures_in({"embeds": [sent, link("a")], "message_snapshots": [snapshot]}) == {"a", "b"}
    assert pictures_in(None) == set()


def test_a_page_that_says_little_is_shown_with_little():
    head = PageHead("Only a title", {"theme-color": "red"})
    found = of_page("https://a.example", "https://a.example", head)
    assert found is not None
    assert found.embed == {"type": "link", "url": "https://a.example", "title": "Only a title"}
    assert of_page("https://a.example", "https://a.example", PageHead("", {"og:type": "article"})) is None


def test_a_picture_is_its_own_preview():
    found = of_picture("https://a.example/i.png")
    assert found.embed == {"type": "image", "url": "https://a.example/i.png"}
    assert found.picture_url == "https://a.example/i.png"


@pytest.mark.parametrize(("reference", "url"), [
    ("i.png", "https://a.example/x/i.png"), ("//b.example/i", "https://b.example/i"), ("", ""),
    ("data:image/png;base64,xx", ""), ("javascript:alert(1)", ""), ("http://[::1", ""),
    ("i" * 3000, ""), ("file:///etc/passwd", ""),
])  # fmt: skip
def test_only_the_web_is_referred_to(reference, url):
    assert web_address("https://a.example/x/y", reference) == url


def test_previews_are_told_from_what_was_sent():
    rich, link = {"type": "rich", "title": "x"}, {"type": "link", "url": "y"}
    assert without_previews({"embeds": [rich, link], "a": 1}) == {"embeds": [rich], "a": 1}
    assert without_previews({"embeds": [link], "a": 1}) == {"a": 1}
    assert without_previews({"embeds": [link]}) is None and without_previews(None) is None


def test_a_long_text_ends_in_dots():
    assert shortened("abc", 3) == "abc" and shortened("ab cd", 4) == "ab…"
