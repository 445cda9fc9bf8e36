"""Sounds of a guild's soundboard, which its members can play in a voice channel.

As with emoji, who uploaded one is in the database only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chatd.model.audio_formats import Audio, audio_of
from chatd.model.errors import FileTooLarge, InvalidDuration, InvalidFileType, SoundTooLong
from chatd.model.images import octets_of
from chatd.model.shapes import Form

# The Discord documentation, "Create Guild Soundboard Sound".
NAME_LENGTH = (2, 32)
SOUND_BYTES_MAX = 512 * 2**10
SOUND_SECONDS_MAX = 5.2
# What a guild with every boost has with Discord; there is nothing to boost here.
SOUNDS_MAX = 48


@dataclass(slots=True, frozen=True)
class Sound:
    """Beside it a client shows an emoji: one of the guild's by its id, or a character."""

    id: int
    guild_id: int
    name: str
    volume: float = 1.0
    emoji_id: int | None = None
    emoji_name: str | None = None

    @classmethod
    def from_row(cls, row: Any) -> Sound:
        return cls(
            row["id"], row["guild_id"], row["name"], row["volume"], row["emoji_id"], row["emoji_name"]
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Sound:
        emoji_id = d["emoji_id"]
        return cls(
            int(d["sound_id"]), int(d["guild_id"]), d["name"], d["volume"],
            None if emoji_id is None else int(emoji_id), d["emoji_name"],
        )  # fmt: skip

    def payload(self) -> dict[str, Any]:
        return {
            "sound_id": str(self.id),
            "name": self.name,
            "volume": self.volume,
            "emoji_id": None if self.emoji_id is None else str(self.emoji_id),
            "emoji_name": self.emoji_name,
            "guild_id": str(self.guild_id),
            "available": True,
        }


def payloads(sounds: Iterable[Sound]) -> list[dict[str, Any]]:
    """By id, as GUILD_CREATE and SOUNDBOARD_SOUNDS list them."""
    return [sound.payload() for sound in sorted(sounds, key=lambda sound: sound.id)]


@dataclass(slots=True, frozen=True)
class SoundDraft:
    """A new sound, which has been looked at: it plays, and not for too long."""

    name: str
    volume: float
    emoji_id: int | None
    emoji_name: str | None
    data: bytes
    audio: Audio

    @classmethod
    def parse(cls, body: Any) -> SoundDraft:
        """Beside InvalidFormBody, a sound has errors of its own: see `looked_at`."""
        form = Form(body)
        name = form.string("name", length=NAME_LENGTH)
        volume = form.number("volume", default=1.0, between=(0.0, 1.0))
        emoji_id, emoji_name = _emoji_of(form)
        data = octets_of(form, "sound", required=True)
        form.finish()
        assert data is not None, "what is required and not there is a fault"
        return cls(name, volume, emoji_id, emoji_name, data, looked_at(data))


def looked_at(data: bytes) -> Audio:
    """Raises FileTooLarge, InvalidFileType, InvalidDuration, SoundTooLong."""
    if len(data) > SOUND_BYTES_MAX:
        raise FileTooLarge()
    audio = audio_of(data)
    if audio is None:
        raise InvalidFileType()
    if audio.duration_s == 0:
        raise InvalidDuration()
    if audio.duration_s > SOUND_SECONDS_MAX:
        raise SoundTooLong()
    return audio


@dataclass(slots=True, frozen=True)
class SoundEdit:
    """What is None stays as it is, but for the emoji: `sets_emoji` says whether they are to be changed."""

    name: str | None
    volume: float | None
    sets_emoji: bool
    emoji_id: int | None
    emoji_name: str | None

    @classmethod
    def parse(cls, body: Any) -> SoundEdit:
        form = Form(body)
        volume = form.number("volume", default=None, between=(0.0, 1.0))
        edit = cls(
            form.string("name", default=None, length=NAME_LENGTH),
            1.0 if "volume" in form and volume is None else volume,
            "emoji_id" in form or "emoji_name" in form,
            *_emoji_of(form),
        )
        form.finish()
        return edit


def _emoji_of(form: Form) -> tuple[int | None, str | None]:
    """One of the guild's emoji or a character; of both the former counts."""
    emoji_id = form.snowflake("emoji_id", default=None)
    emoji_name = form.string("emoji_name", default=None, length=(1, 32))
    return emoji_id, None if emoji_id is not None else emoji_name


@dataclass(slots=True, frozen=True)
class SoundToPlay:
    """`source_guild_id` says whose sound it is, where it is not of the guild it is played in."""

    sound_id: int
    source_guild_id: int | None

    @classmethod
    def parse(cls, body: Any) -> SoundToPlay:
        form = Form(body)
        wanted = cls(form.snowflake("sound_id"), form.snowflake("source_guild_id", default=None))
        form.finish()
        return wanted
