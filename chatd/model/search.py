"""Search: what a message can be found by, and what somebody may ask for.

A message is found by its words and those that go with it (search_words.py), and by marks: lexemes that no
text can hold, since they begin with "#". They say who wrote it, whom it mentions and what it has, so that one
index answers all filters together. Source: the Discord documentation, "Search Guild Messages".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chatd.model.search_words import Lexemes, quoted, sought
from chatd.model.shapes import Form
from chatd.model.snowflakes import SNOWFLAKE_MAX

CONTENT_CHARACTERS_MAX = 1024
LIMIT_MAX, OFFSET_MAX, SLOP_MAX = 25, 9975, 100
IDS_MAX, CHANNELS_MAX, NAMES_MAX = 100, 500, 100
# Of what goes with a text, such as embeds, so much is read.
BESIDE_CHARACTERS_MAX = 4000
MARK_CHARACTERS_MAX = 300

AUTHOR_TYPES = ("user", "bot", "webhook")
HAS = ("link", "embed", "file", "image", "video", "sound", "sticker", "poll", "snapshot")
EMBED_TYPES = ("image", "video", "gif", "sound", "article")

_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
# What a file or an embed of a kind counts as.
_HAS_OF_MEDIA = {"image": "image", "video": "video", "audio": "sound"}
_HAS_OF_EMBED = {"image": "image", "video": "video", "gifv": "video"}


def document_of(d: dict[str, Any]) -> str:
    """What a message object, as its event tells it, can be found by: a tsvector."""
    lexemes = Lexemes()
    lexemes.add_text(d["content"], "A")
    left = BESIDE_CHARACTERS_MAX
    for text in _texts_beside(d):
        lexemes.add_text(text[:left], "B")
        left = max(0, left - len(text))
    for mark in _marks_of(d):
        lexemes.add_mark(mark_of(mark))
    return lexemes.literal()


def _texts_beside(d: dict[str, Any]) -> Iterator[str]:
    for snapshot in d.get("message_snapshots", ()):
        yield snapshot["message"]["content"]
    for embed in d["embeds"]:
        fields = [part for each in embed.get("fields", ()) for part in (each["name"], each["value"])]
        around = [embed.get(part, {}).get(name) for part, name in (("author", "name"), ("footer", "text"))]
        yield from filter(None, (embed.get("title"), embed.get("description"), *fields, *around))
    for attachment in d["attachments"]:
        yield from filter(None, (attachment["filename"], attachment.get("description")))
    if poll := d.get("poll"):
        yield poll["question"].get("text") or ""
        yield from (answer["poll_media"].get("text") or "" for answer in poll["answers"])


def _kind_of_author(d: dict[str, Any]) -> str:
    """An answer to an interaction has a webhook_id too, but a bot for its author."""
    if "webhook_id" in d and "interaction_metadata" not in d:
        return "webhook"
    return "bot" if d["author"]["bot"] else "user"


def _marks_of(d: dict[str, Any]) -> Iterator[str]:
    yield f"from:{d['author']['id']}"
    yield f"by:{_kind_of_author(d)}"
    yield from (f"mention:{user['id']}" for user in d["mentions"])
    yield from (f"role:{role_id}" for role_id in d["mention_roles"])
    if d["mention_everyone"]:
        yield "everyone"
    if d["pinned"]:
        yield "pinned"
    if (reference := d.get("message_reference")) and "message_id" in reference:
        yield f"to:{reference['message_id']}"
    if referenced := d.get("referenced_message"):
        yield f"to_user:{referenced['author']['id']}"
    yield from (f"has:{each}" for each in _has(d))
    yield from (f"host:{host}" for url in _LINK.findall(d["content"]) for host in _hosts(url))
    for embed in d["embeds"]:
        yield f"embed:{'gif' if embed.get('type') == 'gifv' else embed.get('type')}"
        yield f"provider:{embed.get('provider', {}).get('name', '').lower()}"
    for attachment in d["attachments"]:
        name = attachment["filename"].lower()
        yield f"file:{name}"
        yield f"extension:{name.rpartition('.')[2]}"


def _has(d: dict[str, Any]) -> set[str]:
    things = {
        "link": _LINK.search(d["content"]), "embed": d["embeds"], "file": d["attachments"],
        "sticker": d.get("sticker_items"), "poll": d.get("poll"), "snapshot": d.get("message_snapshots"),
    }  # fmt: skip
    found = {name for name, there in things.items() if there}
    media = {(attachment.get("content_type") or "").partition("/")[0] for attachment in d["attachments"]}
    found |= {_HAS_OF_MEDIA[kind] for kind in media & _HAS_OF_MEDIA.keys()}
    return found | {_HAS_OF_EMBED[e["type"]] for e in d["embeds"] if e.get("type") in _HAS_OF_EMBED}


def _hosts(url: str) -> Iterator[str]:
    """The host of a link and every domain that it is in."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:  # brackets around what is no address
        return
    yield from (".".join(labels[at:]) for at in range(max(1, len(labels) - 1)))


def mark_of(mark: str) -> str:
    """A mark as a lexeme, which PostgreSQL wants to be short."""
    return f"#{mark[:MARK_CHARACTERS_MAX]}"


@dataclass(slots=True, frozen=True)
class MessageSearch:
    """What somebody looks for. `query` None is everything; `is_hopeless` is nothing, since no word was said.

    `after` and `before` are message ids, exclusive. `channel_ids` None is everywhere.
    """

    query: str | None
    ranking: str | None
    is_hopeless: bool
    channel_ids: frozenset[int] | None
    after: int
    before: int
    include_nsfw: bool
    by_relevance: bool
    oldest_first: bool
    limit: int
    offset: int

    @classmethod
    def parse(cls, query: dict[str, list[str]]) -> MessageSearch:
        """Names with all their values; where only one counts it is the last."""
        form = Form({name: values if name in _LISTS else values[-1] for name, values in query.items()})
        content = form.string("content", default="", length=(0, CONTENT_CHARACTERS_MAX))
        words = sought(content, form.integer("slop", default=None, between=(0, SLOP_MAX)))
        terms = [*([] if words is None else [words.matching]), *_filters(form)]
        channel_ids = form.snowflakes("channel_id", default=None, count=(0, CHANNELS_MAX))
        by_relevance = form.choice("sort_by", ("timestamp", "relevance"), default="timestamp") == "relevance"
        search = cls(
            query=" & ".join(terms) or None,
            ranking=None if words is None else words.ranking,
            is_hopeless=words is None and bool(content.strip()),
            channel_ids=frozenset(channel_ids) if channel_ids else None,
            after=form.snowflake("min_id", default=0),
            before=form.snowflake("max_id", default=SNOWFLAKE_MAX),
            include_nsfw=form.flag("include_nsfw"),
            by_relevance=by_relevance and words is not None,
            oldest_first=form.choice("sort_order", ("desc", "asc"), default="desc") == "asc",
            limit=form.integer("limit", default=LIMIT_MAX, between=(1, LIMIT_MAX)),
            offset=form.integer("offset", default=0, between=(0, OFFSET_MAX)),
        )
        form.finish()
        return search


# The names that may come several times.
_LISTS = {
    "author_id", "author_type", "mentions", "mentions_role_id", "replied_to_user_id", "replied_to_message_id",
    "has", "link_hostname", "embed_provider", "embed_type", "attachment_extension", "attachment_filename",
    "channel_id",
}  # fmt: skip


def _filters(form: Form) -> Iterator[str]:
    """Each filter as a tsquery over marks. Of several values one must do; of what it has, all must."""
    for name, mark in (("author_id", "from"), ("mentions", "mention"), ("mentions_role_id", "role"),
                       ("replied_to_user_id", "to_user"), ("replied_to_message_id", "to")):  # fmt: skip
        ids = form.snowflakes(name, default=[], count=(0, IDS_MAX))
        yield from _any_of(f"{mark}:{id}" for id in ids)
    for name, mark in (("link_hostname", "host"), ("embed_provider", "provider"),
                       ("attachment_extension", "extension"), ("attachment_filename", "file")):  # fmt: skip
        texts = form.strings(name, default=[], count=(0, NAMES_MAX), length=(1, 1024))
        yield from _any_of(f"{mark}:{text.lower()}" for text in texts)
    yield from _any_of(f"embed:{kind}" for kind in form.choices("embed_type", EMBED_TYPES, default=[]))
    kinds = form.choices("author_type", _or_not(AUTHOR_TYPES), default=[])
    yield from _any_of(f"by:{kind}" for kind in kinds if kind[0] != "-")
    yield from (_not(f"by:{kind[1:]}") for kind in kinds if kind[0] == "-")
    for kind in form.choices("has", _or_not(HAS), default=[]):
        yield _not(f"has:{kind[1:]}") if kind[0] == "-" else _mark(f"has:{kind}")
    for name, mark in (("mention_everyone", "everyone"), ("pinned", "pinned")):
        if name in form:
            yield _mark(mark) if form.flag(name) else _not(mark)


def _or_not(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(f"-{name}" for name in names))


def _any_of(marks: Iterable[str]) -> list[str]:
    terms = [_mark(mark) for mark in marks]
    return [f"({' | '.join(terms)})"] if terms else []


def _mark(mark: str) -> str:
    return quoted(mark_of(mark))


def _not(mark: str) -> str:
    return f"!{_mark(mark)}"
