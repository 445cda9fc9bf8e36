"""Messages: the object, its types and flags. What a client may send is for message_drafts.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from chatd.model.attachment_links import AttachmentLinks, shown
from chatd.model.attachments import FileRow
from chatd.model.channels import Channel
from chatd.model.components import layout_fault, texts_in
from chatd.model.polls import AnswerCount, with_results
from chatd.model.reactions import Reaction
from chatd.model.times import iso_of_snowflake, iso_or_none
from chatd.model.users import User


class MessageType(IntEnum):
    """What a message is: something said, or something that happened, which the server says."""

    DEFAULT = 0
    RECIPIENT_ADD = 1
    RECIPIENT_REMOVE = 2
    CALL = 3
    CHANNEL_NAME_CHANGE = 4
    CHANNEL_ICON_CHANGE = 5
    CHANNEL_PINNED_MESSAGE = 6
    USER_JOIN = 7
    CHANNEL_FOLLOW_ADD = 12
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER_MESSAGE = 21
    CONTEXT_MENU_COMMAND = 23
    AUTO_MODERATION_ACTION = 24
    STAGE_START = 27
    STAGE_END = 28
    STAGE_SPEAKER = 29
    STAGE_TOPIC = 31
    POLL_RESULT = 46


# Those whose words are somebody's own, to be edited by them; all others are the server's.
SAID_BY_USERS = frozenset(
    {MessageType.DEFAULT, MessageType.REPLY, MessageType.CHAT_INPUT_COMMAND, MessageType.CONTEXT_MENU_COMMAND}
)
# Those that tell of a group of people, or begin a thread: nobody takes them away.
NOT_DELETABLE = frozenset(
    {MessageType.RECIPIENT_ADD, MessageType.RECIPIENT_REMOVE, MessageType.CALL,
     MessageType.CHANNEL_NAME_CHANGE, MessageType.CHANNEL_ICON_CHANGE, MessageType.THREAD_STARTER_MESSAGE}
)  # fmt: skip
# Those that come with the message they refer to, or null once that is deleted.
SHOW_REFERENCED = frozenset({MessageType.REPLY, MessageType.THREAD_STARTER_MESSAGE})

CROSSPOSTED = 1 << 0
IS_CROSSPOST = 1 << 1
SUPPRESS_EMBEDS = 1 << 2
SOURCE_MESSAGE_DELETED = 1 << 3
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
FAILED_TO_MENTION_SOME_ROLES_IN_THREAD = 1 << 8
SUPPRESS_NOTIFICATIONS = 1 << 12
IS_VOICE_MESSAGE = 1 << 13
HAS_SNAPSHOT = 1 << 14
IS_COMPONENTS_V2 = 1 << 15
# Those of the details that are something by themselves, so that there need not be a text.
_SAYING = frozenset({"embeds", "attachments", "components", "sticker_items", "poll", "message_snapshots"})

# What a message that is made of components has none of.
_BESIDE_COMPONENTS = ("embeds", "sticker_items", "poll", "message_snapshots")


@dataclass(slots=True)
class Message:
    """A message with its author and the users whom it mentions.

    `details` is what few messages have, by the names and in the shapes of the message object: embeds,
    attachments, components, sticker_items, message_reference, message_snapshots, webhook_id and so on.
    It is never changed in place. `referenced` is the message that a reply answers, None once it is deleted;
    `thread` the one that was made of this message. `reactions`, and the `votes` of a poll, are as one user
    sees them; without a user they are not there. `hides_content` is for a bot without the intent.
    `links` signs the addresses of its attachments, and `files` are those that its next writing adds.
    """

    id: int
    channel_id: int
    author: User
    content: str
    type: int = 0
    flags: int = 0
    tts: bool = False
    mention_everyone: bool = False
    mentions: tuple[User, ...] = ()
    mention_role_ids: tuple[int, ...] = ()
    edited_at: datetime | None = None
    nonce: str | int | None = None
    details: dict[str, Any] | None = None
    pinned_at: datetime | None = None
    revision: int = 0
    referenced: Message | None = None
    reactions: tuple[Reaction, ...] = ()
    votes: tuple[AnswerCount, ...] | None = None
    thread: Channel | None = None
    viewer_id: int | None = field(default=None, compare=False, repr=False)
    hides_content: bool = field(default=False, compare=False, repr=False)
    links: AttachmentLinks | None = field(default=None, compare=False, repr=False)
    files: tuple[FileRow, ...] = field(default=(), compare=False, repr=False)

    @property
    def says_nothing(self) -> bool:
        """Nothing that anybody could read or see: such a message cannot be sent."""
        return not self.content.strip() and (self.details is None or not self.details.keys() & _SAYING)

    @property
    def is_of_components(self) -> bool:
        """Made of components alone, as IS_COMPONENTS_V2 has it."""
        return bool(self.flags & IS_COMPONENTS_V2)

    @property
    def words(self) -> str:
        """What it says, for whom it mentions."""
        if not self.is_of_components or self.details is None:
            return self.content
        return texts_in(self.details.get("components", []))

    def layout_fault(self) -> tuple[str, str, str] | None:
        """What does not go together in it: where, a code and a message."""
        details = self.details or {}
        if fault := layout_fault(details.get("components", []), alone=self.is_of_components):
            return ("components", *fault)
        if not self.is_of_components:
            return None
        beside = [name for name in _BESIDE_COMPONENTS if name in details]
        if self.content or beside:
            where = "content" if self.content else beside[0].replace("sticker_items", "sticker_ids")
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            return where, code, "A message that is made of components has nothing beside them."
        return None

    @property
    def is_of_webhook(self) -> bool:
        """An answer to an interaction is posted as by a webhook, but its author is the application's bot."""
        return self.details is not None and "webhook_id" in self.details and "author" in self.details

    @property
    def is_ephemeral(self) -> bool:
        """Shown to one person alone, and part of no history."""
        return bool(self.flags & EPHEMERAL)

    @property
    def shows_referenced(self) -> bool:
        """A command of a context menu may have been chosen for a message, or for a user."""
        if self.type != MessageType.CONTEXT_MENU_COMMAND:
            return self.type in SHOW_REFERENCED
        return "message_reference" in (self.details or {})

    @property
    def webhook_details(self) -> dict[str, Any]:
        """Those of the details that say which webhook it is of, for another one of the same."""
        details = self.details or {}
        names = ("webhook_id", "author", "application_id") if self.is_of_webhook else ()
        return {name: details[name] for name in names if name in details}

    def viewed(self) -> dict[str, Any]:
        """The message object as the one user sees it for whom it was read."""
        d = self.payload()
        if self.reactions:
            d["reactions"] = [reaction.payload() for reaction in self.reactions]
        if self.votes is not None and self.details is not None:
            d["poll"] = with_results(self.details["poll"], self.votes, viewed=True)
        if self.thread is not None and self.viewer_id is not None:
            d["thread"] = self.thread.payload_for(self.viewer_id)
        return without_content(d) if self.hides_content else d

    def payload(self) -> dict[str, Any]:
        """The message object as everybody sees it."""
        d = self.basic_payload()
        if self.shows_referenced:
            d["referenced_message"] = self.referenced.basic_payload() if self.referenced else None
        return d

    def basic_payload(self) -> dict[str, Any]:
        """The message object without the one that it refers to."""
        d: dict[str, Any] = {
            "id": str(self.id),
            "channel_id": str(self.channel_id),
            "type": self.type,
            "content": self.content,
            "author": self.author.payload(),
            "timestamp": iso_of_snowflake(self.id),
            "edited_timestamp": iso_or_none(self.edited_at),
            "tts": self.tts,
            "mention_everyone": self.mention_everyone,
            "mentions": [user.payload() for user in self.mentions],
            "mention_roles": [str(role_id) for role_id in self.mention_role_ids],
            "attachments": [],
            "embeds": [],
            "pinned": self.pinned_at is not None,
            "flags": self.flags,
            "components": [],
        }
        if self.details is not None:
            d.update(self.details if self.links is None else shown(self.details, self.channel_id, self.links))
            if self.flags & SUPPRESS_EMBEDS:
                d["embeds"] = []
            if self.votes is not None:
                d["poll"] = with_results(d["poll"], self.votes)
        if self.nonce is not None:
            d["nonce"] = self.nonce
        if self.thread is not None:
            d["thread"] = self.thread.payload()
        return d


def merged(*parts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Details put together, the later before the earlier, without what is empty; None for none at all."""
    together = {name: value for part in parts if part for name, value in part.items()}
    return {name: value for name, value in together.items() if value not in (None, [])} or None


# What MESSAGE_CONTENT protects: the keys are there all the same, but for a poll.
_NO_CONTENT: dict[str, Any] = {"content": "", "embeds": [], "attachments": [], "components": []}


def without_content(d: dict[str, Any]) -> dict[str, Any]:
    """A message object as a bot without the MESSAGE_CONTENT intent is shown it, with what it quotes."""
    bare = {**d, **_NO_CONTENT}
    bare.pop("poll", None)
    if referenced := d.get("referenced_message"):
        bare["referenced_message"] = without_content(referenced)
    if snapshots := d.get("message_snapshots"):
        bare["message_snapshots"] = [{"message": without_content(each["message"])} for each in snapshots]
    return bare
