"""Interactions: what somebody asks of an application by a command, a component or a form; who may answer.

The data of each kind is read where what it answers to is known (actions/interactions.py); the answers are
interaction_responses.py's. Source: the Discord documentation, "Receiving and Responding to Interactions".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from chatd.model.actor import Actor
from chatd.model.attachments import AttachmentsDraft, UploadedFile
from chatd.model.message_drafts import NONCE_CHARACTERS_MAX
from chatd.model.messages import EPHEMERAL
from chatd.model.shapes import Form

# "You must send an initial response within 3 seconds"; "interaction tokens are valid for 15 minutes".
ANSWER_WITHIN = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)


class InteractionType(IntEnum):
    PING = 1
    APPLICATION_COMMAND = 2
    MESSAGE_COMPONENT = 3
    APPLICATION_COMMAND_AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class FailureReason(IntEnum):
    """Why nothing has come of an interaction, as INTERACTION_FAILURE says it. Discord documents none."""

    UNREACHABLE = 1  # the application is neither on the gateway nor has it an endpoint that answers
    TIMEOUT = 2
    BAD_ANSWER = 3  # what its endpoint said is no answer


@dataclass(slots=True, frozen=True)
class Interaction:
    """One that has been stored. `metadata` is what its messages say of it, as `interaction_metadata`.

    `message_id` is the message on which a component was used, or from which the form was opened that is sent;
    `command_name` that of a command with its sub commands, `focused` the type of the option that is being
    typed. `callback_type` is the first answer, `response_id` the message that is @original since, and `modal`
    the form that was shown.
    """

    id: int
    application_id: int
    user_id: int
    channel_id: int
    guild_id: int | None
    type: int
    token_hash: bytes
    expires_at: datetime
    metadata: dict[str, Any]
    nonce: str | None = None
    message_id: int | None = None
    message_ephemeral: bool = False
    command_name: str | None = None
    focused: int | None = None
    callback_type: int | None = None
    response_id: int | None = None
    response_ephemeral: bool = False
    modal: dict[str, Any] | None = None

    @classmethod
    def from_row(cls, row: Any) -> Interaction:
        modal = row["modal"]
        return cls(
            **{name: row[name] for name in _COLUMNS},
            **json.loads(row["details"]),
            modal=None if modal is None else json.loads(modal),
        )

    @property
    def details(self) -> dict[str, Any]:
        """What is stored as one, since no query asks for it."""
        return {"metadata": self.metadata, "command_name": self.command_name, "focused": self.focused}

    def actor(self) -> Actor:
        """The application as who answers: it may speak where it was asked, whatever its bot may do there."""
        return Actor(self.application_id, bot=True, posts_in=self.channel_id)


_COLUMNS = (
    "id", "application_id", "user_id", "channel_id", "guild_id", "type", "token_hash", "expires_at", "nonce",
    "message_id", "message_ephemeral", "callback_type", "response_id", "response_ephemeral",
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class InteractionDraft:
    """What a person's client sends. `data` is read later, when it is known what it answers to; so its faults
    are its form's to raise. `attachments` are the files that came with it, as the data describes them.
    """

    type: InteractionType
    application_id: int
    channel_id: int
    guild_id: int | None
    message_id: int | None
    message_ephemeral: bool
    nonce: str | None
    data: Form
    attachments: AttachmentsDraft

    @classmethod
    def parse(
        cls, body: Any, files: Sequence[UploadedFile], types: Collection[InteractionType]
    ) -> InteractionDraft:
        form = Form(body)
        kind = InteractionType(form.choice("type", types))
        on_message = kind is InteractionType.MESSAGE_COMPONENT
        data = form.form("data")
        draft = cls(
            type=kind,
            application_id=form.snowflake("application_id"),
            channel_id=form.snowflake("channel_id"),
            guild_id=form.snowflake("guild_id", default=None),
            message_id=form.snowflake("message_id") if on_message else None,
            message_ephemeral=bool(form.integer("message_flags", default=0, between=(0, 2**31)) & EPHEMERAL),
            nonce=_nonce_of(form),
            data=data,
            attachments=AttachmentsDraft.of(data, files),
        )
        form.finish()
        return draft


def _nonce_of(form: Form) -> str | None:
    """Clients send numbers and texts; it is a text in all events that repeat it."""
    number = form.raw("nonce")
    if isinstance(number, int) and not isinstance(number, bool):
        form = form.replaced("nonce", str(number))
    nonce: str | None = form.string("nonce", default=None, length=(0, NONCE_CHARACTERS_MAX))
    return nonce
