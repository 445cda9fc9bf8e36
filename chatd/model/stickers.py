"""Stickers: pictures of a guild that a message may carry.

As with emoji, who uploaded one is in the database only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chatd.model.animations import frame_seconds
from chatd.model.attachments import UploadedFile
from chatd.model.errors import StickerTooLong, TooManyFrames
from chatd.model.image_formats import Format, Picture, picture_of
from chatd.model.shapes import Form

# The other type, standard, is for stickers of packs; there are no packs here.
GUILD_STICKER = 2

NAME_LENGTH, DESCRIPTION_LENGTH, TAGS_LENGTH = (2, 30), (2, 100), (1, 200)
STICKER_BYTES_MAX = 512 * 2**10
# "320 x 320 pixels", and "5 seconds in length".
SIDE_PIXELS_MAX = 320
SECONDS_MAX = 5.0
FRAMES_MAX = 1000
# What a guild with every boost has with Discord; there is nothing to boost here.
STICKERS_MAX = 60


class StickerFormat(IntEnum):
    PNG = 1
    APNG = 2
    LOTTIE = 3
    GIF = 4


@dataclass(slots=True, frozen=True)
class Sticker:
    """`tags` is what it is found by: the name of a standard emoji, or several words."""

    id: int
    guild_id: int
    name: str
    description: str | None
    tags: str
    format_type: int

    @classmethod
    def from_row(cls, row: Any) -> Sticker:
        return cls(
            row["id"], row["guild_id"], row["name"], row["description"], row["tags"], row["format_type"]
        )

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Sticker:
        return cls(
            int(d["id"]), int(d["guild_id"]), d["name"], d["description"], d["tags"], d["format_type"]
        )

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "description": self.description,
            "tags": self.tags,
            "type": GUILD_STICKER,
            "format_type": self.format_type,
            "available": True,
            "guild_id": str(self.guild_id),
        }

    def item_payload(self) -> dict[str, Any]:
        """As it rides on a message, in `sticker_items`."""
        return {"id": str(self.id), "name": self.name, "format_type": self.format_type}


@dataclass(slots=True, frozen=True)
class StickerDraft:
    """A new sticker, from the plain fields of a form and its one file."""

    name: str
    description: str | None
    tags: str
    file: UploadedFile
    format_type: int

    @classmethod
    def parse(cls, body: Any, files: Sequence[UploadedFile]) -> StickerDraft:
        form = Form(body)
        name = form.string("name", length=NAME_LENGTH)
        description = _description_of(form)
        tags = form.string("tags", length=TAGS_LENGTH)
        file, picture = _picture_of(form, files)
        form.finish()
        assert file is not None and picture is not None, "without either there is a fault"
        return cls(name, description, tags, file, _format_of(picture))


def refuse_too_long(data: bytes) -> None:
    """Of a whole sticker. Raises TooManyFrames, StickerTooLong."""
    seconds = frame_seconds(data)
    if len(seconds) > FRAMES_MAX:
        raise TooManyFrames()
    if sum(seconds) > SECONDS_MAX:
        raise StickerTooLong()


def _picture_of(form: Form, files: Sequence[UploadedFile]) -> tuple[UploadedFile | None, Picture | None]:
    if len(files) != 1:
        form.fault("file", "BASE_TYPE_REQUIRED", "One file is required")
        return None, None
    (file,) = files
    picture = picture_of(file.beginning)
    if picture is not None and picture.format is Format.LOTTIE:
        message = "Lottie stickers are for verified guilds, and there are none here. Use a PNG, APNG or GIF."
        form.fault("file", "STICKER_LOTTIE_NOT_ALLOWED", message)
    elif picture is None or picture.format not in (Format.PNG, Format.GIF):
        form.fault("file", "IMAGE_INVALID", "Must be a PNG, APNG or GIF.")
    elif max(picture.width, picture.height) > SIDE_PIXELS_MAX:
        form.fault("file", "STICKER_DIMENSIONS", f"May have {SIDE_PIXELS_MAX} pixels on each side.")
    return file, picture


def _format_of(picture: Picture) -> StickerFormat:
    if picture.format is Format.GIF:
        return StickerFormat.GIF
    return StickerFormat.APNG if picture.animated else StickerFormat.PNG


def _description_of(form: Form) -> str | None:
    """Empty, or 2 to 100 characters."""
    if form.raw("description") in (None, ""):
        return None
    description: str = form.string("description", length=DESCRIPTION_LENGTH)
    return description


@dataclass(slots=True, frozen=True)
class StickerEdit:
    """What is None stays as it is; `sets_description` tells a null from nothing."""

    name: str | None
    sets_description: bool
    description: str | None
    tags: str | None

    @classmethod
    def parse(cls, body: Any) -> StickerEdit:
        form = Form(body)
        edit = cls(
            name=form.string("name", default=None, length=NAME_LENGTH),
            sets_description="description" in form,
            description=_description_of(form),
            tags=form.string("tags", default=None, length=TAGS_LENGTH),
        )
        form.finish()
        return edit
