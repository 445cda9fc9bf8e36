"""What a client may send, on one page: opcode, handler, draft, and when. And the one gate before it.

The gate holds every rule that is not an opcode's own; a handler starts with a session where it needs one
and with a draft that has been read. Adding an opcode is a row here, a draft (drafts.py) and a handler
(receive.py); docs/gateway.md has a line for each row, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from chatd.gateway import drafts
from chatd.gateway.identify import on_identify
from chatd.gateway.opcodes import Close, CloseCode, Opcode
from chatd.gateway.receive import (
    on_heartbeat,
    on_presence_update,
    on_request,
    on_request_channel_info,
    on_request_guild_members,
    on_request_soundboard_sounds,
    on_voice_state_update,
)
from chatd.gateway.resume import on_resume
from chatd.gateway.settings import PAYLOAD_BYTES_MAX
from chatd.model.buckets import Rate
from chatd.model.errors import InvalidFormBody, Unavailable
from chatd.model.voice_states import VoiceStateDraft


class When(Enum):
    ALWAYS = "at any time"
    BEFORE = "before Identify or Resume"
    AFTER = "after Identify or Resume"


@dataclass(slots=True, frozen=True)
class Row:
    """`bytes_max` None means the message limit of the connection, which requests share with HTTP bodies."""

    handler: Callable[[Any, Any], Awaitable[None]]
    draft: Any = None
    when: When = When.AFTER
    bytes_max: int | None = PAYLOAD_BYTES_MAX


RECEIVE = {
    Opcode.HEARTBEAT:                 Row(on_heartbeat, when=When.ALWAYS),
    Opcode.IDENTIFY:                  Row(on_identify, drafts.Identify, When.BEFORE),
    Opcode.PRESENCE_UPDATE:           Row(on_presence_update, drafts.Presence),
    Opcode.VOICE_STATE_UPDATE:        Row(on_voice_state_update, VoiceStateDraft),
    Opcode.RESUME:                    Row(on_resume, drafts.Resume, When.BEFORE),
    Opcode.REQUEST_GUILD_MEMBERS:     Row(on_request_guild_members, drafts.RequestGuildMembers),
    Opcode.REQUEST_SOUNDBOARD_SOUNDS: Row(on_request_soundboard_sounds, drafts.RequestSoundboardSounds),
    Opcode.REQUEST_CHANNEL_INFO:      Row(on_request_channel_info, drafts.RequestChannelInfo),
    Opcode.REQUEST:                   Row(on_request, drafts.Request, bytes_max=None),
}  # fmt: skip


async def receive(connection: Any, data: str | bytes) -> None:
    """Take one message of a client through the gate to its handler. Whatever it is, it ends here."""
    try:
        row, d = admit(connection, data)
        await row.handler(connection, d)
    except Close as close:
        connection.close(close.code, close.reason)
    except Unavailable:
        connection.close(CloseCode.UNKNOWN_ERROR, "the database is away, try again")
    except Exception as error:
        if connection.closing or connection.link.closed:
            connection.log.debug("gone while being answered", error=type(error).__name__)
        else:
            connection.log.exception("message not handled", error)
            connection.close(CloseCode.UNKNOWN_ERROR, "internal error")


def admit(connection: Any, data: str | bytes) -> tuple[Row, Any]:
    """The row of a message, and its `d` as the row's draft reads it. Raises Close."""
    settings = connection.gateway.settings
    if settings.frames_limit:
        rate = Rate(settings.frames_limit, settings.frames_window_s)
        if not connection.frames.take(rate, connection.gateway.clock()).allowed:
            raise Close(CloseCode.RATE_LIMITED, "too many frames")
    op, d = read_payload(connection.form.parse(data))
    row = RECEIVE.get(op)  # type: ignore[call-overload]
    if row is None:
        raise Close(CloseCode.UNKNOWN_OPCODE, "unknown opcode")
    if row.bytes_max is not None and size_bytes(data) > row.bytes_max:
        raise Close(CloseCode.DECODE_ERROR, f"a payload may have {row.bytes_max} bytes")
    if row.when is When.AFTER and connection.session is None:
        raise Close(CloseCode.NOT_AUTHENTICATED, "identify first")
    if row.when is When.BEFORE and connection.session is not None:
        raise Close(CloseCode.ALREADY_AUTHENTICATED, "already identified")
    return row, d if row.draft is None else read_draft(row.draft, d)


def read_payload(payload: Any) -> tuple[int, Any]:
    """The `op` and `d` of a message."""
    op = payload.get("op") if isinstance(payload, dict) else None
    if type(op) is not int:
        raise Close(CloseCode.DECODE_ERROR, "payload has no op")
    return op, payload.get("d")


def read_draft(draft: Any, d: Any) -> Any:
    try:
        return draft.parse(d)
    except InvalidFormBody as error:
        raise Close(CloseCode.DECODE_ERROR, f"invalid d: {first_fault(error.errors)}") from None


def first_fault(errors: dict[str, Any]) -> str:
    """The path of one fault, short enough for a close frame (RFC 6455 section 5.5: 123 bytes of reason)."""
    path = []
    while "_errors" not in errors:
        key = next(iter(errors))
        path.append(key)
        errors = errors[key]
    return ".".join(path)[:60] or "not an object"


def size_bytes(data: str | bytes) -> int:
    """How long it was on the wire, uncompressed: a text counts in UTF-8."""
    return len(data) if isinstance(data, bytes) else len(data.encode())
