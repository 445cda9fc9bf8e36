"""Embeds: every limit, each fault by its path, and the object that comes out."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.embeds import characters_in
from chatd.model.errors import InvalidFormBody
from chatd.model.message_drafts import MessageDraft, MessageEdit
from tests.faults import faults_in


def embeds(*embed: Any) -> list[dict[str, Any]]:
    details = MessageDraft.parse({"embeds": list(embed)}).details
    assert details is not None
    return list(details["embeds"])


def faults_of(*embed: Any) -> set[str]:
    """The dotted paths of the faults below `embeds`."""
    with pytest.raises(InvalidFormBody) as refused:
        embeds(*embed)
    return set(faults_in(refused.value.errors["embeds"]))


def test_an_embed_with_everything():
    (embed,) = embeds(
        {
            "type": "video", "title": " A title ", "description": "text", "url": "https://chat.example/a?b#c",
            "color": 0xFFFFFF, "timestamp": "2026-01-31T13:00:00+01:00",
            "footer": {"text": "foot", "icon_url": "https://chat.example/f.png"},
            "image": {"url": "HTTP://chat.example/i.png", "proxy_url": "https://evil.example", "width": 5},
            "thumbnail": {"url": "attachment://t.png"},
            "author": {"name": "Ada", "url": "https://chat.example", "icon_url": None},
            "fields": [{"name": "n", "value": "v"}, {"name": "n", "value": "v", "inline": True}],
            "provider": {"name": "somebody else"}, "video": {"url": "https://chat.example/v.mp4"},
        }
    )  # fmt: skip
    assert embed == {
        "type": "rich", "title": "A title", "description": "text", "url": "https://chat.example/a?b#c",
        "color": 0xFFFFFF, "timestamp": "2026-01-31T12:00:00.000000+00:00",
        "footer": {"text": "foot", "icon_url": "https://chat.example/f.png",
                   "proxy_icon_url": "https://chat.example/f.png"},
        "image": {"url": "HTTP://chat.example/i.png", "proxy_url": "HTTP://chat.example/i.png"},
        "thumbnail": {"url": "attachment://t.png"},
        "author": {"name": "Ada", "url": "https://chat.example"},
        "fields": [{"name": "n", "value": "v", "inline": False}, {"name": "n", "value": "v", "inline": True}],
    }  # fmt: skip


def test_what_is_not_there_is_absent_and_not_null():
    nothing = dict.fromkeys(("title", "url", "color", "timestamp", "footer", "image", "author", "fields"))
    assert embeds({"description": "text", **nothing}) == [{"type": "rich", "description": "text"}]


def test_an_embed_that_says_nothing_is_left_out():
    assert embeds({}, {"type": "rich"}, {"title": "  ", "image": {"url": ""}, "fields": []}) == []


@pytest.mark.parametrize(
    "name, longest, wrap",
    [
        ("title", 256, lambda text: {"title": text}),
        ("description", 4096, lambda text: {"description": text}),
        ("footer.text", 2048, lambda text: {"footer": {"text": text}}),
        ("author.name", 256, lambda text: {"author": {"name": text}}),
        ("fields.0.name", 256, lambda text: {"fields": [{"name": text, "value": "v"}]}),
        ("fields.0.value", 1024, lambda text: {"fields": [{"name": "n", "value": text}]}),
    ],
)
def test_each_text_has_its_limit_without_the_spaces_around_it(name, longest, wrap):
    assert embeds(wrap(" " + "😀" * longest + " "))
    assert faults_of(wrap("x" * (longest + 1))) == {f"0.{name}"}


def test_all_embeds_together_have_6000_characters():
    full = [{"description": "x" * 3000}, {"title": "x" * 200, "description": "x" * 2800}]
    assert sum(map(characters_in, embeds(*full))) == 6000
    parts = {"footer": {"text": "x"}, "author": {"name": "x"}, "fields": [{"name": "x", "value": "x"}]}
    for name, part in parts.items():
        assert faults_of(*full, {name: part}) == {""}, name


def test_there_are_10_embeds_of_25_fields():
    field = {"name": "n", "value": "v"}
    assert len(embeds(*[{"title": "t"}] * 10)) == 10
    assert faults_of(*[{"title": "t"}] * 11) == {""}
    assert len(embeds({"fields": [field] * 25})[0]["fields"]) == 25
    assert faults_of({"fields": [field] * 26}) == {"0.fields"}


@pytest.mark.parametrize(
    "embed, fault",
    [
        ("text", "0"),
        ({"title": 5}, "0.title"),
        ({"title": "\x00"}, "0.title"),
        ({"color": -1}, "0.color"),
        ({"color": 0x1000000}, "0.color"),
        ({"color": "red"}, "0.color"),
        ({"timestamp": "yesterday"}, "0.timestamp"),
        ({"timestamp": 1_800_000_000}, "0.timestamp"),
        ({"url": "javascript:alert(1)"}, "0.url"),
        ({"url": "ftp://chat.example"}, "0.url"),
        ({"url": "https://"}, "0.url"),
        ({"url": "https://chat.example/a b"}, "0.url"),
        ({"url": "attachment://a.png"}, "0.url"),
        ({"url": "https://chat.example/" + "x" * 2048}, "0.url"),
        ({"image": {"url": "data:image/png;base64,AAAA"}}, "0.image.url"),
        ({"image": "https://chat.example"}, "0.image"),
        ({"footer": {"text": "t", "icon_url": "file:///etc/passwd"}}, "0.footer.icon_url"),
        ({"author": {"name": "n", "url": "attachment://a.png"}}, "0.author.url"),
        ({"fields": [{"name": "n"}]}, "0.fields.0.value"),
        ({"fields": [{"name": " ", "value": "v"}]}, "0.fields.0.name"),
        ({"fields": [{"name": "n", "value": "v", "inline": 1}]}, "0.fields.0.inline"),
        ({"fields": {}}, "0.fields"),
    ],
)
def test_other_embeds_are_refused_where_they_are_at_fault(embed, fault):
    assert faults_of(embed) == {fault}


def test_every_fault_of_every_embed_at_once():
    assert faults_of({"title": 5, "color": -1}, {"title": "t"}, {"footer": {"text": []}}) == {
        "0.title", "0.color", "2.footer.text"
    }  # fmt: skip


def test_an_edit_tells_no_embeds_from_embeds_that_were_not_sent():
    assert MessageEdit.parse({"content": "x"}).details is None
    for nothing in ([], None):
        assert MessageEdit.parse({"embeds": nothing}).details == {"embeds": []}
