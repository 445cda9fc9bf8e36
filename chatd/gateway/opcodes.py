"""The gateway's two vocabularies: opcodes and close codes, as the Discord documentation lists them.

Source: "Opcodes and Status Codes". REQUEST and RESPONSE are chatd's own and stand apart at 100. What an
opcode does is dispatch.py's table; docs/gateway.md shows both tables and is compared with them by a test.
"""

from __future__ import annotations

from enum import IntEnum


class Opcode(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11
    REQUEST_SOUNDBOARD_SOUNDS = 31
    REQUEST_CHANNEL_INFO = 43
    REQUEST = 100
    RESPONSE = 101


class CloseCode(IntEnum):
    """Clients give up for good on 4004 and on 4010 to 4014; after any other they come back."""

    # RFC 6455 section 7.4.1, and the registry that it founded
    NORMAL = 1000
    GOING_AWAY = 1001
    SERVICE_RESTART = 1012

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    INVALID_API_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


# A client that closes with one of these is done: its session ends. Anything else keeps it for a resume.
ENDS_SESSION = frozenset({CloseCode.NORMAL, CloseCode.GOING_AWAY})


class Close(Exception):
    """Raised by a handler: close the connection with this code. `reason` is for whoever wrote the client."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
