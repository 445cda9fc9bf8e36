"""Direct messages: between two people, and in a group of up to ten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model.images import Image, image_of
from chatd.model.shapes import Form

# The Discord documentation, "Channel": a group has at most ten people, whoever made it among them.
RECIPIENTS_MAX = 10
NAME_LENGTH = (0, 100)


@dataclass(slots=True, frozen=True)
class DirectMessageDraft:
    recipient_id: int

    @classmethod
    def parse(cls, body: Any) -> DirectMessageDraft:
        form = Form(body)
        draft = cls(form.snowflake("recipient_id"))
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class GroupDraft:
    """Whom a new group is to be with."""

    recipient_ids: tuple[int, ...]

    @classmethod
    def parse(cls, body: Any) -> GroupDraft:
        form = Form(body)
        recipient_ids = form.snowflakes("recipients", count=(1, RECIPIENTS_MAX - 1))
        form.finish()
        return cls(tuple(dict.fromkeys(recipient_ids)))


def is_of_group(body: Any) -> bool:
    """Whether somebody who opens a channel wants a group: the two drafts come to one route."""
    return isinstance(body, dict) and body.get("recipients") is not None


@dataclass(slots=True, frozen=True)
class GroupEdit:
    """What is to change of a group. Name and icon can be null, so whether they were sent is said apart."""

    name: str | None
    sets_name: bool
    icon: Image | None
    sets_icon: bool
    owner_id: int | None

    @classmethod
    def parse(cls, body: Any) -> GroupEdit:
        form = Form(body)
        edit = cls(
            name=form.string("name", default=None, length=NAME_LENGTH, strip=True) or None,
            sets_name="name" in form,
            icon=image_of(form, "icon"),
            sets_icon="icon" in form,
            owner_id=form.snowflake("owner", default=None),
        )
        form.finish()
        return edit
