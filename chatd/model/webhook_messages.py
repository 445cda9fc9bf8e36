"""What may be posted by a webhook: a message, the name and face that it is shown with, and where it goes.

Source: the Discord documentation, "Execute Webhook".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatd.model.attachments import UploadedFile
from chatd.model.channels import ChannelType
from chatd.model.message_drafts import MessageDraft
from chatd.model.shapes import Form
from chatd.model.thread_drafts import NAME_CHARACTERS_MAX, ThreadDraft, tags_of
from chatd.model.webhooks import name_of

# What only a member's message may have; the fields are not looked at.
OF_MEMBERS = ("nonce", "enforce_nonce", "message_reference", "sticker_ids")


@dataclass(slots=True, frozen=True)
class WebhookMessageDraft:
    """A message, and what it is shown under: None is the webhook's own name, and face.

    With `thread_name` it begins a post in a forum.
    """

    message: MessageDraft
    username: str | None = None
    avatar_url: str | None = None
    thread_name: str | None = None
    applied_tags: tuple[int, ...] = ()

    @classmethod
    def parse(cls, body: Any, files: Sequence[UploadedFile] = ()) -> WebhookMessageDraft:
        form = Form(body)
        draft = cls(
            MessageDraft.of(without_what_is_of_members(form), files),
            name_of(form, "username", default=None),
            form.url("avatar_url", ("http", "https"), default=None) or None,
            form.string("thread_name", default=None, length=(1, NAME_CHARACTERS_MAX), strip=True),
            tags_of(form, default=()),
        )
        form.finish()
        return draft

    @property
    def post(self) -> ThreadDraft | None:
        """The post that it begins."""
        if self.thread_name is None:
            return None
        return ThreadDraft(
            self.thread_name, None, None, ChannelType.PUBLIC_THREAD, True, self.applied_tags, self.message
        )


def without_what_is_of_members(form: Form) -> Form:
    for name in OF_MEMBERS:
        form = form.replaced(name, None)
    return form


@dataclass(slots=True, frozen=True)
class WebhookQuery:
    """`wait` for the message; it goes, or is, in the thread `thread_id` of the webhook's channel."""

    wait: bool
    thread_id: int | None

    @classmethod
    def parse(cls, query: dict[str, str]) -> WebhookQuery:
        form = Form(query)
        parsed = cls(form.flag("wait"), form.snowflake("thread_id", default=None))
        form.finish()
        return parsed
