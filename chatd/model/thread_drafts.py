"""Threads: what a client may send to make or change one, and the pages of lists that it may ask for.

Source: the Discord documentation, "Channel", from "Modify Channel" and "Start Thread from Message" on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatd.model.attachments import UploadedFile
from chatd.model.channels import (
    AUTO_ARCHIVE_MINUTES,
    SLOW_MODE_SECONDS_MAX,
    TAG_SETTINGS,
    ChannelType,
)
from chatd.model.message_drafts import MessageDraft
from chatd.model.shapes import Form
from chatd.model.snowflakes import SNOWFLAKE_MAX

NAME_CHARACTERS_MAX = 100
APPLIED_TAGS_MAX = 5

# The official description of "thread_search".
SORTING_MODES = ("relevance", "creation_time", "last_message_time", "archive_time")
SEARCHED_TAGS_MAX, SLOP_MAX = 20, 100

_THREAD_TYPES = (ChannelType.ANNOUNCEMENT_THREAD, ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)


@dataclass(slots=True, frozen=True)
class ThreadDraft:
    """A thread to be made. None is what the channel says, or its default.

    `type` is only for one that begins with nothing: from a message of the channel, and in a forum, the
    channel says it. `applied_tags` and `message`, the form of its first message, are a forum's.
    """

    name: str
    auto_archive_duration: int | None
    rate_limit_per_user: int | None
    type: int
    invitable: bool
    applied_tags: tuple[int, ...]
    message: MessageDraft | None

    @classmethod
    def parse(cls, body: Any, files: Sequence[UploadedFile] = ()) -> ThreadDraft:
        """`files` are those of the message."""
        form = Form(body)
        inside = form.form("message", default=None)
        draft = cls(
            name=form.string("name", length=(1, NAME_CHARACTERS_MAX), strip=True),
            auto_archive_duration=form.choice("auto_archive_duration", AUTO_ARCHIVE_MINUTES, default=None),
            rate_limit_per_user=form.integer(
                "rate_limit_per_user", default=None, between=(0, SLOW_MODE_SECONDS_MAX)
            ),
            # The documentation keeps this default for clients that are older than the field.
            type=form.choice("type", _THREAD_TYPES, default=ChannelType.PRIVATE_THREAD),
            invitable=form.boolean("invitable", default=True),
            applied_tags=tags_of(form, default=()),
            message=None if inside is None else MessageDraft.of(inside, files),
        )
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class ThreadEdit:
    """What is to change of a thread: what is None stays as it is."""

    name: str | None = None
    archived: bool | None = None
    locked: bool | None = None
    auto_archive_duration: int | None = None
    rate_limit_per_user: int | None = None
    invitable: bool | None = None
    applied_tags: tuple[int, ...] | None = None
    flags: int | None = None

    @classmethod
    def parse(cls, body: Any) -> ThreadEdit:
        form = Form(body)
        edit = cls(
            name=form.string("name", default=None, length=(1, NAME_CHARACTERS_MAX), strip=True),
            archived=form.boolean("archived", default=None),
            locked=form.boolean("locked", default=None),
            auto_archive_duration=form.choice("auto_archive_duration", AUTO_ARCHIVE_MINUTES, default=None),
            rate_limit_per_user=form.integer(
                "rate_limit_per_user", default=0 if "rate_limit_per_user" in form else None,
                between=(0, SLOW_MODE_SECONDS_MAX),
            ),
            invitable=form.boolean("invitable", default=None),
            applied_tags=tags_of(form, default=None),
            flags=form.integer("flags", default=None, between=(0, 2**31 - 1)),
        )  # fmt: skip
        form.finish()
        return edit

    @property
    def only_reopens(self) -> bool:
        return self == ThreadEdit(archived=False)


@dataclass(slots=True, frozen=True)
class ArchivedPage:
    """Archived threads of a channel, the last archived first: those archived before a moment."""

    limit: int
    before: datetime

    @classmethod
    def parse(cls, query: dict[str, str]) -> ArchivedPage:
        form = Form(query)
        page = cls(_limit_of(form), form.moment("before", default=datetime.max.replace(tzinfo=UTC)))
        form.finish()
        return page


@dataclass(slots=True, frozen=True)
class JoinedPage:
    """Archived private threads of a channel that one is in, the largest id first: those before an id."""

    limit: int
    before: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> JoinedPage:
        form = Form(query)
        page = cls(_limit_of(form), form.snowflake("before", default=SNOWFLAKE_MAX))
        form.finish()
        return page


@dataclass(slots=True, frozen=True)
class ThreadMemberPage:
    """Members of a thread by user id, those after `after`. Only with `with_member` are there pages."""

    with_member: bool
    limit: int
    after: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> ThreadMemberPage:
        form = Form(query)
        page = cls(
            form.flag("with_member"), form.integer("limit", default=100, between=(1, 100)),
            form.snowflake("after", default=0),
        )  # fmt: skip
        form.finish()
        return page


@dataclass(slots=True, frozen=True)
class ThreadSearch:
    """Threads of a channel, active and archived: by words in their name, by tags, by age. None is either.

    `tags` match as soon as a thread has one of them, or with `every_tag` only where it has all.
    """

    words: tuple[str, ...]
    tags: frozenset[int]
    every_tag: bool
    archived: bool | None
    after: int
    before: int
    sort_by: str
    ascending: bool
    limit: int
    offset: int

    @classmethod
    def parse(cls, query: dict[str, list[str]]) -> ThreadSearch:
        """Names with all their values; of all but `tag` the last one counts."""
        form = Form({name: values if name == "tag" else values[-1] for name, values in query.items()})
        form.integer("slop", default=0, between=(0, SLOP_MAX))  # in a name its words may stand anywhere
        search = cls(
            words=tuple(form.string("name", default="", length=(0, NAME_CHARACTERS_MAX)).casefold().split()),
            tags=frozenset(form.snowflakes("tag", default=[], count=(0, SEARCHED_TAGS_MAX))),
            every_tag=form.choice("tag_setting", TAG_SETTINGS, default="match_some") == "match_all",
            archived=form.flag("archived") if "archived" in form else None,
            after=form.snowflake("min_id", default=0),
            before=form.snowflake("max_id", default=SNOWFLAKE_MAX),
            sort_by=form.choice("sort_by", SORTING_MODES, default="last_message_time"),
            ascending=form.choice("sort_order", ("desc", "asc"), default="desc") == "asc",
            limit=form.integer("limit", default=25, between=(1, 25)),
            offset=form.integer("offset", default=0, between=(0, 9975)),
        )
        form.finish()
        return search


def tags_of(form: Form, *, default: Any) -> Any:
    """Ids of tags in their order, each once."""
    ids = form.snowflakes("applied_tags", default=None, count=(0, APPLIED_TAGS_MAX))
    return default if ids is None else tuple(dict.fromkeys(ids))


def _limit_of(form: Form) -> int:
    limit: int = form.integer("limit", default=50, between=(2, 100))
    return limit
