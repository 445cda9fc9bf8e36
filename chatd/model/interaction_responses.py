"""What an application may answer: the callbacks, and the messages and edits that follow them.

Source: the Discord documentation, "Receiving and Responding to Interactions".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Self

from chatd.model.attachments import UploadedFile
from chatd.model.command_names import localizations_of
from chatd.model.errors import InvalidFormBody
from chatd.model.interactions import Interaction, InteractionType
from chatd.model.message_drafts import FLAGS_OF_AUTHOR, DraftWithFiles, MessageDraft, MessageEdit
from chatd.model.messages import EPHEMERAL, LOADING, Message
from chatd.model.modals import Modal
from chatd.model.polls import PollDraft
from chatd.model.shapes import Form
from chatd.model.webhook_messages import without_what_is_of_members

CHOICES_MAX, CHOICE_MAX = 25, 100


class CallbackType(IntEnum):
    PONG = 1
    CHANNEL_MESSAGE_WITH_SOURCE = 4
    DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE = 5
    DEFERRED_UPDATE_MESSAGE = 6
    UPDATE_MESSAGE = 7
    APPLICATION_COMMAND_AUTOCOMPLETE_RESULT = 8
    MODAL = 9
    PREMIUM_REQUIRED = 10
    LAUNCH_ACTIVITY = 12


_C = CallbackType
_MESSAGES = (_C.CHANNEL_MESSAGE_WITH_SOURCE, _C.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE)
_UPDATES = (_C.DEFERRED_UPDATE_MESSAGE, _C.UPDATE_MESSAGE)

# What each kind of interaction can be answered with. Updates need a message: a form may have been opened from
# one, or by a command.
ANSWERS: dict[int, tuple[CallbackType, ...]] = {
    InteractionType.APPLICATION_COMMAND: (*_MESSAGES, _C.MODAL),
    InteractionType.MESSAGE_COMPONENT: (*_MESSAGES, *_UPDATES, _C.MODAL),
    InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE: (_C.APPLICATION_COMMAND_AUTOCOMPLETE_RESULT,),
    InteractionType.MODAL_SUBMIT: (*_MESSAGES, *_UPDATES),
}

# Why an answer that Discord has is none here.
_NOT_HERE: dict[int, tuple[str, str]] = {
    _C.PREMIUM_REQUIRED: (
        "INTERACTION_CALLBACK_PREMIUM_UNAVAILABLE", "There is nothing to buy on this server.",
    ),
    _C.LAUNCH_ACTIVITY: (
        "INTERACTION_CALLBACK_ACTIVITY_UNAVAILABLE", "There are no activities on this server.",
    ),
}  # fmt: skip

# How the value of a choice is read, by the type of the option that is being typed.
_STRING, _INTEGER, _NUMBER = 3, 4, 10
_WIDEST = 2**53 - 1


@dataclass(slots=True, frozen=True)
class ResponseDraft(DraftWithFiles):
    """A message that an application posts: as an answer, or after it."""

    message: MessageDraft

    @classmethod
    def of(cls, form: Form, files: Sequence[UploadedFile] = ()) -> Self:
        plain = without_what_is_of_members(form)
        draft = cls(MessageDraft.of(plain, files, flags=FLAGS_OF_AUTHOR | EPHEMERAL))
        if draft.ephemeral and draft.message.poll is not None:
            message = "A message that only one person is shown has no poll."
            form.fault("poll", "MESSAGE_POLL_EPHEMERAL", message)
        return draft

    @property
    def ephemeral(self) -> bool:
        return bool(self.message.flags & EPHEMERAL)

    def as_edit(self) -> ResponseEdit:
        """As what becomes of a message that has been loading; whether it is ephemeral, that one has said."""
        message = self.message
        edit = MessageEdit(
            message.content, message.flags & ~EPHEMERAL, message.allowed_mentions, message.details or {},
            message.attachments,
        )  # fmt: skip
        return ResponseEdit(edit, message.poll)


@dataclass(slots=True, frozen=True)
class ResponseEdit(DraftWithFiles):
    """What is to change of such a message. One that has been loading may get a poll."""

    message: MessageEdit
    poll: PollDraft | None = None

    @classmethod
    def of(cls, form: Form, files: Sequence[UploadedFile] = ()) -> Self:
        return cls(MessageEdit.of(form, files), PollDraft.of(form))


@dataclass(slots=True, frozen=True)
class Callback:
    """The first answer to an interaction; which of the others is there, its type says."""

    type: CallbackType
    response: ResponseDraft | None = None
    edit: ResponseEdit | None = None
    choices: tuple[dict[str, Any], ...] = ()
    modal: Modal | None = None

    @classmethod
    def parse(cls, body: Any, files: Sequence[UploadedFile], interaction: Interaction) -> Callback:
        form = Form(body)
        kind = _type_of(form, interaction)
        data = form if form.raw("data") is None else form.form("data")
        if data is form:
            data = form.replaced("data", {}).form("data")
        callback = _read(kind, data, files, interaction)
        form.finish()
        return callback

    @property
    def ephemeral(self) -> bool:
        return self.response is not None and self.response.ephemeral


def _type_of(form: Form, interaction: Interaction) -> CallbackType:
    """What else may be wrong depends on it. Raises InvalidFormBody for what this interaction cannot have."""
    kind = form.choice("type", tuple(CallbackType))
    form.finish()
    if kind in _NOT_HERE:
        raise InvalidFormBody.at("type", *_NOT_HERE[kind])
    possible = ANSWERS[interaction.type]
    if interaction.message_id is None:
        possible = tuple(each for each in possible if each not in _UPDATES)
    if kind not in possible:
        listed = ", ".join(str(int(each)) for each in possible)
        message = f"This interaction can be answered with one of ({listed})."
        raise InvalidFormBody.at("type", "INTERACTION_CALLBACK_TYPE_INVALID", message)
    return CallbackType(kind)


def _read(
    kind: CallbackType, data: Form, files: Sequence[UploadedFile], interaction: Interaction
) -> Callback:
    if kind is _C.CHANNEL_MESSAGE_WITH_SOURCE:
        return Callback(kind, response=ResponseDraft.of(data, files))
    if kind is _C.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE:
        deferred = ResponseDraft.of(data)
        return Callback(kind, response=replace(deferred, message=_empty(deferred.message)))
    if kind is _C.UPDATE_MESSAGE:
        return Callback(kind, edit=ResponseEdit.of(data, files))
    if kind is _C.MODAL:
        return Callback(kind, modal=Modal.of(data))
    if kind is _C.APPLICATION_COMMAND_AUTOCOMPLETE_RESULT:
        return Callback(kind, choices=_choices_of(data, interaction.focused or _STRING))
    return Callback(kind)


def _empty(message: MessageDraft) -> MessageDraft:
    """Of a message that is loading, only for whom it is has been said."""
    return MessageDraft("", flags=message.flags & EPHEMERAL)


def _choices_of(data: Form, kind: int) -> tuple[dict[str, Any], ...]:
    return tuple(_choice_of(each, kind) for each in data.forms("choices", default=[], count=(0, CHOICES_MAX)))


def _choice_of(form: Form, kind: int) -> dict[str, Any]:
    """One that is proposed to who is typing, with names in other languages as they were sent."""
    choice = {"name": _choice_name_of(form, "name"), "value": _value_of(form, kind)}
    if names := localizations_of(form, "name_localizations", _choice_name_of):
        choice["name_localizations"] = names
    return choice


def _choice_name_of(form: Form, name: str) -> str:
    text: str = form.string(name, length=(1, CHOICE_MAX))
    return text


def _value_of(form: Form, kind: int) -> Any:
    if kind == _INTEGER:
        return form.integer("value", between=(-_WIDEST, _WIDEST))
    if kind == _NUMBER:
        return form.number("value", between=(-_WIDEST, _WIDEST))
    return form.string("value", length=(1, CHOICE_MAX))


def callback_response(
    interaction: Interaction, kind: CallbackType, message: Message | None
) -> dict[str, Any]:
    """What is told of an answer to who asks for it; the message itself where it is there to be read."""
    told: dict[str, Any] = {"id": str(interaction.id), "type": interaction.type}
    if message is not None:
        told |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.is_ephemeral,
        }
    if message is None or kind not in (_C.CHANNEL_MESSAGE_WITH_SOURCE, _C.UPDATE_MESSAGE):
        return {"interaction": told}
    return {"interaction": told, "resource": {"type": int(kind), "message": message.viewed()}}
