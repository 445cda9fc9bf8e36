"""Search: what a message is found by beside its words, and what may be asked."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.search import MessageSearch, document_of

PLAIN: dict[str, Any] = {
    "content": "", "author": {"id": "7", "bot": False}, "mentions": [], "mention_roles": [], "embeds": [],
    "mention_everyone": False, "attachments": [], "pinned": False,
}  # fmt: skip


def marks(**fields: Any) -> set[str]:
    """The marks of such a message, but for those of its author."""
    document = document_of({**PLAIN, **fields})
    found = {lexeme.strip("'") for lexeme in document.split(" '") if "#" in lexeme}
    return {mark.removeprefix("#") for mark in found} - {"from:7", "by:user"}


def parse(**query: str | list[str]) -> MessageSearch:
    lists = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
    return MessageSearch.parse(lists)


def test_a_plain_message_has_its_author_and_no_more():
    assert document_of(PLAIN) == "'#by:user' '#from:7'"
    assert "'#by:bot'" in document_of({**PLAIN, "author": {"id": "7", "bot": True}})
    assert "'#by:webhook'" in document_of({**PLAIN, "webhook_id": "5"})


@pytest.mark.parametrize(
    "fields, found",
    [
        ({"mentions": [{"id": "1"}], "mention_roles": ["2"]}, {"mention:1", "role:2"}),
        ({"mention_everyone": True, "pinned": True}, {"everyone", "pinned"}),
        ({"content": "see https://a.example.com:8080/x, or http://[broken"},
         {"has:link", "host:a.example.com", "host:example.com"}),
        ({"attachments": [{"filename": "Cat.PNG", "content_type": "image/png"}]},
         {"has:file", "has:image", "file:cat.png", "extension:png"}),
        ({"attachments": [{"filename": "a.ogg", "content_type": "audio/ogg; x"}]},
         {"has:file", "has:sound", "file:a.ogg", "extension:ogg"}),
        ({"embeds": [{"type": "gifv", "provider": {"name": "Tenor"}}]},
         {"has:embed", "has:video", "embed:gif", "provider:tenor"}),
        ({"embeds": [{"type": "rich", "title": "x"}]}, {"has:embed", "embed:rich", "provider:"}),
        ({"sticker_items": [{"id": "1"}]}, {"has:sticker"}),
        ({"message_reference": {"message_id": "9", "channel_id": "1"},
          "referenced_message": {"author": {"id": "3"}}}, {"to:9", "to_user:3"}),
        ({"message_reference": {"channel_id": "1"}, "referenced_message": None}, set()),
    ],
)  # fmt: skip
def test_what_it_has_and_whom_it_concerns_are_marks(fields, found):
    assert marks(**fields) == found


def test_what_goes_with_a_text_is_found_too_and_counts_for_less():
    document = document_of({
        **PLAIN,
        "content": "look",
        "embeds": [{"title": "title", "description": "said", "fields": [{"name": "key", "value": "val"}],
                    "author": {"name": "who"}, "footer": {"text": "foot"}}],
        "attachments": [{"filename": "cat.png", "description": "sleeping"}],
        "poll": {"question": {"text": "when"}, "answers": [{"poll_media": {"text": "now"}}]},
        "message_snapshots": [{"message": {"content": "before"}}],
    })  # fmt: skip
    assert "'look':1A" in document
    for word in ("title", "said", "key", "val", "who", "foot", "cat", "png", "sleeping", "when", "now",
                 "before"):  # fmt: skip
        assert f"'{word}':" in document, word


def test_no_text_can_pass_for_a_mark():
    assert marks(content="#from:1 #has:link '#pinned'") == set()


def test_nothing_asked_for_is_everything():
    search = parse()
    assert (search.query, search.is_hopeless, search.channel_ids) == (None, False, None)
    assert (search.limit, search.offset, search.by_relevance, search.oldest_first) == (25, 0, False, False)


@pytest.mark.parametrize(
    "query, wanted",
    [
        ({"content": "hi"}, "('hi':*)"),
        ({"author_id": ["1", "2"]}, "('#from:1' | '#from:2')"),
        ({"mentions": "1", "content": "hi"}, "('hi':*) & ('#mention:1')"),
        ({"has": ["link", "-file"]}, "'#has:link' & !'#has:file'"),
        ({"author_type": ["user", "-bot"]}, "('#by:user') & !'#by:bot'"),
        ({"pinned": "true", "mention_everyone": "0"}, "!'#everyone' & '#pinned'"),
        ({"link_hostname": "Example.COM"}, "('#host:example.com')"),
        ({"attachment_filename": "it's.png"}, "('#file:it''s.png')"),
        ({"replied_to_user_id": "1", "replied_to_message_id": "2"}, "('#to_user:1') & ('#to:2')"),
        ({"embed_type": ["gif", "image"]}, "('#embed:gif' | '#embed:image')"),
    ],
)
def test_filters_are_one_query(query, wanted):
    assert parse(**query).query == wanted


def test_a_text_without_a_word_finds_nothing():
    assert parse(content="?!").is_hopeless and not parse(content=" ").is_hopeless


def test_relevance_needs_words():
    assert parse(sort_by="relevance", content="hi").by_relevance
    assert not parse(sort_by="relevance", author_id="1").by_relevance


def test_every_fault_is_said_by_its_name():
    faulty = {
        "content": "x" * 1025, "slop": "101", "author_id": ["x"], "author_type": ["human"], "has": ["luck"],
        "min_id": "y", "limit": "26", "offset": "9976", "sort_by": "luck", "sort_order": "up",
        "pinned": "maybe", "embed_type": "rich", "channel_id": ["1"] * 501, "include_nsfw": "2",
    }  # fmt: skip
    with pytest.raises(InvalidFormBody) as caught:
        parse(**faulty)
    assert set(caught.value.errors) == set(faulty)
