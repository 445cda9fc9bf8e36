"""The head of a page: title and metas, whatever the page, at a cost that does not depend on its malice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.model.page_head import TAGS_MAX, PageHead, clean, decoded, read_head

PAGE = """<!doctype html><html><head><TITLE class=x> A  title &amp;
 more </TITLE><meta charset=utf-8>
<meta property="og:title" content="An &quot;open&quot; graph">
<meta content='Content first &#39;here&#39;' name='description' />
<meta name=twitter:card content=summary>
<META NAME="Theme-Color"   CONTENT = "#aBcDeF">
<meta property="og:title" content="the second does not count">
<meta property="og:image" content="/a>b.png"><meta name="empty"><meta content="nameless">
</head><body><meta name="late" content="x"></body>"""


def test_a_page_says_what_it_is():
    assert read_head(PAGE) == PageHead("A title & more", {
        "og:title": 'An "open" graph', "description": "Content first 'here'", "twitter:card": "summary",
        "theme-color": "#aBcDeF", "og:image": "/a>b.png",
    })  # fmt: skip


def test_the_first_that_says_anything_counts():
    head = read_head("<meta name=a content=''><meta name=b content=x><meta name=c content=y>")
    assert head.first("a", "b", "c") == "x" and head.first("a", "z") == ""


@pytest.mark.parametrize("text", [
    "", "<", "<title", "<title>", "<title>never closed", "<meta", "<meta name=", "<meta name='",
    "<meta name='x' content", "<title></title><meta>", "</head><title>late</title>",
])  # fmt: skip
def test_a_page_that_breaks_off_says_nothing(text):
    head = read_head(text)
    assert head.title == "" and not any(head.metas.values())


@pytest.mark.parametrize("hostile", [
    "<meta " * 200_000, "<meta name=\"" * 100_000, "<title" * 200_000, "<meta a='" + "b='" * 300_000,
    "<meta " + "/" * 500_000, "<meta " + " " * 500_000, "<meta " + "a=" * 250_000, "<" * 500_000,
    "<title>" + "<" * 400_000, "<meta content='" + "&#" * 200_000 + "' name=x>",
    "<meta name=x content=y>" * 50_000, ("<meta " + "a " * 4000) * 60,
])  # fmt: skip
def test_a_hostile_page_is_looked_at_only_so_far(hostile):
    head = read_head(hostile)  # would take minutes if any of this were looked at again and again
    assert len(head.metas) <= TAGS_MAX


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for page in (text, "<meta " + text, f"<title>{text}", f"<meta name='{text}' content=\"{text}\">"):
        head = read_head(page)
        assert all(line.isprintable() or "\u200d" in line for line in (head.title, *head.metas.values()))


@pytest.mark.parametrize(("content", "content_type", "text"), [
    ("Grüße".encode(), "text/html", "Grüße"),
    ("Grüße".encode("latin-1"), "text/html; charset=ISO-8859-1", "Grüße"),
    ("<meta charset=windows-1251>Привет".encode("cp1251"), "text/html", "<meta charset=windows-1251>Привет"),
    ("こんにちは".encode("shift_jis"), "text/html;charset='Shift_JIS'", "こんにちは"),
    (b"\xff\xfeok", "text/html", "\ufffd\ufffdok"),
    (b"ok", "text/html; charset=nonsense", "ok"),
    *((b"ok", f"text/html; charset={name}", "ok") for name in ("hex", "rot13", "idna", "punycode", "zip")),
])  # fmt: skip
def test_a_page_is_decoded_by_what_it_says(content, content_type, text):
    assert decoded(content, content_type) == text


def test_text_is_on_one_line_and_can_be_seen():
    assert clean("a\r\n\tb\x00c\u202ed&#x202e;e&nbsp;f") == "a bcde f"
    assert clean("👩\u200d🚀") == "👩\u200d🚀"
