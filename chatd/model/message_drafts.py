"""Messages: what a client may send to write, change or delete some, and the pages that it may ask for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Self

from chatd.model.attachments import AttachmentsDraft, UploadedFile
from chatd.model.components import components_of
from chatd.model.embeds import embeds_of
from chatd.model.errors import WrongNumberToDelete
from chatd.model.mentions import AllowedMentions
from chatd.model.messages import IS_COMPONENTS_V2, IS_VOICE_MESSAGE, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS
from chatd.model.permissions import Permission
from chatd.model.polls import PollDraft
from chatd.model.references import ReferenceDraft
from chatd.model.shapes import Form

CONTENT_CHARACTERS_MAX = 2000
NONCE_CHARACTERS_MAX = 25
STICKERS_MAX = 3

# The flags that an author may set, and those that an edit may change; all others are the server's to say.
FLAGS_OF_AUTHOR = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2
EDITABLE_FLAGS = SUPPRESS_EMBEDS


class DraftWithFiles(ABC):
    """What a client sends with files, as a whole body or inside of one."""

    __slots__ = ()

    @classmethod
    @abstractmethod
    def of(cls, form: Form, files: Sequence[UploadedFile] = ()) -> Self:
        """Read it, and leave what is wrong with the form."""

    @classmethod
    def parse(cls, body: Any, files: Sequence[UploadedFile] = ()) -> Self:
        form = Form(body)
        draft = cls.of(form, files)
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class MessageDraft(DraftWithFiles):
    """What a client may send as a message. `nonce` is echoed; with `enforce_nonce` it is sent once only.

    `details` are those of the message that are said in so many words, such as embeds.
    """

    content: str
    nonce: str | int | None = None
    enforce_nonce: bool = False
    tts: bool = False
    flags: int = 0
    allowed_mentions: AllowedMentions = AllowedMentions()
    reference: ReferenceDraft | None = None
    details: dict[str, Any] | None = None
    attachments: AttachmentsDraft = AttachmentsDraft()
    sticker_ids: tuple[int, ...] = ()
    poll: PollDraft | None = None

    @classmethod
    def of(cls, form: Form, files: Sequence[UploadedFile] = (), *, flags: int = FLAGS_OF_AUTHOR) -> Self:
        """`flags` are those that may be set."""
        nonce = _nonce_of(form)
        return cls(
            content=form.string("content", default="", length=(0, CONTENT_CHARACTERS_MAX)),
            nonce=nonce,
            enforce_nonce=form.boolean("enforce_nonce") and nonce is not None,
            tts=form.boolean("tts"),
            flags=_flags_of(form, default=0) & flags,
            allowed_mentions=AllowedMentions.of(form),
            reference=ReferenceDraft.of(form),
            details=_details_of(form),
            attachments=AttachmentsDraft.of(form, files),
            sticker_ids=tuple(
                dict.fromkeys(form.snowflakes("sticker_ids", default=(), count=(0, STICKERS_MAX)))
            ),
            poll=PollDraft.of(form),
        )

    @property
    def brings_rows(self) -> bool:
        """Such a message is written together with rows of other tables, so not as one of a batch."""
        forwards = self.reference is not None and self.reference.forward
        return bool(self.attachments.new) or self.poll is not None or forwards


@dataclass(slots=True, frozen=True)
class MessageEdit(DraftWithFiles):
    """What an author may change; None leaves it as it is, and an empty list in `details` takes it away."""

    content: str | None = None
    flags: int | None = None
    allowed_mentions: AllowedMentions | None = None
    details: dict[str, Any] | None = None
    attachments: AttachmentsDraft | None = None

    @classmethod
    def of(cls, form: Form, files: Sequence[UploadedFile] = ()) -> Self:
        content = form.string("content", default=None, length=(0, CONTENT_CHARACTERS_MAX))
        allowed = AllowedMentions.of(form)
        return cls(
            content="" if content is None and "content" in form else content,
            flags=_flags_of(form, default=None),
            allowed_mentions=allowed if form.raw("allowed_mentions") is not None else None,
            details=_details_of(form),
            attachments=AttachmentsDraft.of(form, files, editing=True)
            if files or "attachments" in form
            else None,
        )

    @property
    def is_of_flags_alone(self) -> bool:
        """Hiding embeds or showing them again is no edit of what was said, and others may do it too."""
        return self.content is None and self.details is None and self.attachments is None


@dataclass(slots=True, frozen=True)
class BulkDeleteDraft:
    """Which messages to delete at once; how many there may be has an error of its own."""

    COUNT: ClassVar[tuple[int, int]] = (2, 100)
    OLDEST: ClassVar[timedelta] = timedelta(days=14)

    message_ids: tuple[int, ...]

    @classmethod
    def parse(cls, body: Any) -> BulkDeleteDraft:
        form = Form(body)
        listed = form.raw("messages")
        if isinstance(listed, list) and not cls.COUNT[0] <= len(listed) <= cls.COUNT[1]:
            raise WrongNumberToDelete()
        draft = cls(tuple(form.snowflakes("messages", count=cls.COUNT)))
        if len(set(draft.message_ids)) < len(draft.message_ids):
            form.fault("messages", "SET_TYPE_ALREADY_CONTAINS_VALUE", "No message may be listed twice.")
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class MessagePage:
    """A page of history, newest first: one of before, after and around, or the newest."""

    limit: int
    before: int | None
    after: int | None
    around: int | None

    @classmethod
    def parse(cls, query: dict[str, str]) -> MessagePage:
        form = Form(query)
        page = cls(
            limit=form.integer("limit", default=50, between=(1, 100)),
            before=form.snowflake("before", default=None),
            after=form.snowflake("after", default=None),
            around=form.snowflake("around", default=None),
        )
        if sum(bound is not None for bound in (page.before, page.after, page.around)) > 1:
            form.fault("before", "MUTUALLY_EXCLUSIVE", "Only one of before, after and around may be given.")
        form.finish()
        return page


def permissions_used_by(draft: MessageDraft) -> int:
    """What its author must be allowed to do where it is posted."""
    needed = int(Permission.SEND_MESSAGES)
    if draft.tts:
        needed |= Permission.SEND_TTS_MESSAGES
    if draft.poll is not None:
        needed |= Permission.SEND_POLLS
    if draft.details:
        needed |= permissions_used_in(draft.details)
    if draft.attachments.new:
        needed |= Permission.ATTACH_FILES
    return needed


def permissions_used_in(details: dict[str, Any]) -> int:
    return int(Permission.EMBED_LINKS) if details.get("embeds") else 0


def _details_of(form: Form) -> dict[str, Any] | None:
    """What a form says of a message's details; an empty list is one that was sent."""
    details = {name: read(form) for name, read in _DETAILS.items() if name in form}
    return details or None


# What a client may send of a message's details, and who reads it.
_DETAILS: dict[str, Callable[[Form], Any]] = {"embeds": embeds_of, "components": components_of}


def _flags_of(form: Form, *, default: int | None) -> Any:
    flags = form.integer("flags", default=default, between=(0, 2**31))
    if flags is not None and flags & IS_VOICE_MESSAGE:
        # Without it the message would not be what its sender takes it for.
        form.fault("flags", "VOICE_MESSAGES_NOT_SUPPORTED", "There are no voice messages on this server.")
    return flags


def _nonce_of(form: Form) -> str | int | None:
    """A number, or a string of 25 characters; libraries send both, and each is echoed as it came."""
    if isinstance(form.raw("nonce"), int):
        number: int | None = form.integer("nonce", default=None, between=(-(2**63), 2**64))
        return number
    text: str | None = form.string("nonce", default=None, length=(0, NONCE_CHARACTERS_MAX))
    return text
