"""Voice states: who is in which voice or stage channel, and how they would be heard there.

There is no media here: a voice state says where somebody is, not what they say. Whether they are muted
or deafened by the guild is their member's (model/members.py) and lasts beyond the voice state; the payload
shows both as one. Source: the Discord documentation, "Voice" and "Channel Info".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatd.model.members import Member
from chatd.model.shapes import Form
from chatd.model.times import iso_or_none
from chatd.model.users import User

STATUS_LENGTH = (0, 500)


@dataclass(slots=True, frozen=True)
class VoiceState:
    """Where a user is. It belongs to the gateway session that came there, and ends with it.

    `suppress`: they may not speak, as the audience of a stage may not. Who is in the audience and would like
    to has a `request_to_speak_at`; who has one and is not suppressed has been invited to speak.
    """

    user_id: int
    channel_id: int
    session_id: str
    self_mute: bool = False
    self_deaf: bool = False
    self_video: bool = False
    suppress: bool = False
    request_to_speak_at: datetime | None = None

    @property
    def speaks(self) -> bool:
        return not self.suppress and self.request_to_speak_at is None

    @classmethod
    def from_row(cls, row: Any) -> VoiceState:
        return cls(
            row["user_id"], row["channel_id"], row["session_id"], row["self_mute"], row["self_deaf"],
            row["self_video"], row["suppress"], row["request_to_speak_at"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> VoiceState:
        """Read one back from its event, where somebody is somewhere."""
        at = d["request_to_speak_timestamp"]
        return cls(
            int(d["user_id"]), int(d["channel_id"]), d["session_id"], d["self_mute"], d["self_deaf"],
            d["self_video"], d["suppress"], datetime.fromisoformat(at) if at else None,
        )  # fmt: skip

    def bare_payload(self, member: Member) -> dict[str, Any]:
        """As it rides in GUILD_CREATE, whose guild and members are told beside it."""
        return {
            "channel_id": str(self.channel_id),
            "user_id": str(self.user_id),
            "session_id": self.session_id,
            "deaf": member.deaf,
            "mute": member.mute,
            "self_deaf": self.self_deaf,
            "self_mute": self.self_mute,
            "self_stream": False,
            "self_video": self.self_video,
            "suppress": self.suppress,
            "request_to_speak_timestamp": iso_or_none(self.request_to_speak_at),
        }

    def payload(self, guild_id: int, member: Member, user: User) -> dict[str, Any]:
        return {
            **self.bare_payload(member), "guild_id": str(guild_id), "member": member.payload(user),
        }  # fmt: skip


@dataclass(slots=True, frozen=True)
class ChannelInfo:
    """What a voice channel has only while somebody is there: since when (Unix seconds), and a status.

    Who manages the channel may set the status before anybody comes; it goes when the last one leaves.
    """

    status: str | None = None
    voice_start_time: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> ChannelInfo:
        started_at = row["voice_started_at"]
        return cls(row["status"], None if started_at is None else int(started_at.timestamp()))


# ── what a client may send ──


@dataclass(slots=True, frozen=True)
class VoiceStateDraft:
    """The `d` of op 4. `channel_id` None: leave; then `guild_id` None means wherever one is."""

    guild_id: int | None
    channel_id: int | None
    self_mute: bool = False
    self_deaf: bool = False
    self_video: bool = False

    @classmethod
    def parse(cls, d: Any) -> VoiceStateDraft:
        form = Form(d)
        draft = cls(
            form.snowflake("guild_id", default=None), form.snowflake("channel_id", default=None),
            form.boolean("self_mute"), form.boolean("self_deaf"), form.boolean("self_video"),
        )  # fmt: skip
        if draft.channel_id is not None and draft.guild_id is None:
            form.fault("guild_id", "BASE_TYPE_REQUIRED", "This field is required")
        form.finish()
        return draft


@dataclass(slots=True, frozen=True)
class VoiceStateEdit:
    """A PATCH of a voice state on a stage; what is None stays as it is.

    Only one's own may carry `request_to_speak_timestamp`, whose null takes the request back.
    """

    channel_id: int | None
    suppress: bool | None
    sets_request: bool
    request_to_speak_at: datetime | None

    @classmethod
    def parse(cls, body: Any, *, own: bool) -> VoiceStateEdit:
        form = Form(body)
        edit = cls(
            channel_id=form.snowflake("channel_id", default=None),
            suppress=form.boolean("suppress", default=None),
            sets_request=own and "request_to_speak_timestamp" in form,
            request_to_speak_at=form.moment("request_to_speak_timestamp", default=None) if own else None,
        )
        form.finish()
        return edit


def read_status(body: Any) -> str | None:
    """{status}: the new status of a voice channel; empty is none."""
    form = Form(body)
    status: str | None = form.string("status", default=None, length=STATUS_LENGTH, strip=True)
    form.finish()
    return status or None
