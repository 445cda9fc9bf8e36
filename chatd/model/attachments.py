"""What is attached to a message: the files of a form, what may be said of them, and the record that is kept.

A file comes in as an UploadedFile, its content already on disk. `attachments` in the JSON describes the
files by their number in the form, and names by id those of the message that an edit is to keep:

    wanted = AttachmentsDraft.of(form, files)         # faults by path, as every draft has them
    record = wanted.new[0].record(tx.next_id())       # goes into Message.details["attachments"]

A record is an attachment object without its addresses: those are signed anew whenever the message is shown
(attachment_links.py). Source: the Discord documentation, "Attachment object" and "Uploading files".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from mimetypes import MimeTypes
from typing import Any, NamedTuple

from chatd.model.image_formats import PICTURES, Picture, picture_of
from chatd.model.shapes import Form
from chatd.model.snowflakes import parse_snowflake
from chatd.model.video_formats import film_of

ATTACHMENTS_MAX = 10
FILENAME_CHARACTERS_MAX = 255
DESCRIPTION_CHARACTERS_MAX = 1024
# Seconds, and octets of a base64 waveform: what the official schema allows.
DURATION_MAX_S = 2**31 - 1
WAVEFORM_CHARACTERS_MAX = 400

# As many addresses as one request may have signed anew.
REFRESH_MAX = 50

IS_SPOILER = 1 << 3
IS_ANIMATED = 1 << 5
SPOILER_PREFIX = "SPOILER_"

BINARY = "application/octet-stream"
# RFC 9110 section 8.3.1, type "/" subtype; parameters are not kept.
MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")
# What a name must not hold: what a path, a shell or a quoted string could take for its own, and white space.
NOT_IN_NAMES = re.compile(r"""[\s/\\:*?"<>|`$]+""")
UNNAMED = "unknown"

# Python's own table, not the machine's: what a file is called does not depend on where the server runs.
_TYPES = MimeTypes()


@dataclass(slots=True)
class UploadedFile:
    """A file of a form. `beginning` tells what it is; `blob` names its content once that is stored."""

    number: int | None  # n of files[n]
    filename: str
    content_type: str  # as declared
    size: int = 0
    beginning: bytes = b""
    blob: str = ""


class FileRow(NamedTuple):
    """Where the content of an attachment is, and what whoever asks for it must be told."""

    id: int
    filename: str
    content_type: str
    blob: str

    @classmethod
    def of(cls, record: dict[str, Any], blob: str) -> FileRow:
        return cls(int(record["id"]), record["filename"], record["content_type"], blob)


@dataclass(slots=True, frozen=True)
class NewAttachment:
    """A file that is to be attached, and what its sender says of it."""

    file: UploadedFile
    filename: str
    description: str | None = None
    duration_s: float | None = None
    waveform: str | None = None
    spoiler: bool = False

    def record(self, attachment_id: int) -> dict[str, Any]:
        """The attachment object, all but its addresses; what it does not have is absent."""
        picture, film = _shown_as(self.file.beginning), film_of(self.file.beginning)
        shown = picture or film
        d: dict[str, Any] = {
            "id": str(attachment_id),
            "filename": self.filename,
            "size": self.file.size,
            "content_type": content_type_of(
                self.filename, self.file.content_type, shown and shown.media_type
            ),
        }
        flags = IS_SPOILER * self.spoiler
        if shown is not None:
            d |= {"width": shown.width, "height": shown.height}
        if picture is not None:
            flags |= IS_ANIMATED * picture.animated
        few = {"description": self.description, "duration_secs": self.duration_s, "waveform": self.waveform,
               "flags": flags}  # fmt: skip
        return d | {name: value for name, value in few.items() if value}


@dataclass(slots=True, frozen=True)
class AttachmentsDraft:
    """What a message shall have attached: new files, and of those there are the ids in `kept` (None: all)."""

    new: tuple[NewAttachment, ...] = ()
    kept: tuple[int, ...] | None = None

    @classmethod
    def of(cls, form: Form, files: Sequence[UploadedFile] = (), *, editing: bool = False) -> AttachmentsDraft:
        """Read the field `attachments` of a message's form together with the files that came with it."""
        by_number = {file.number: file for file in files if file.number is not None}
        described: dict[int, NewAttachment] = {}
        kept: list[int] = []
        for entry in form.forms("attachments", default=None, count=(0, ATTACHMENTS_MAX)) or ():
            number = _id_of(entry)
            file = None if number is None else by_number.get(number)
            new = _described(entry, file)
            if number is None:
                entry.fault("id", "NUMBER_TYPE_COERCE", "Value is not a file's number or a snowflake.")
            elif number in described or number in kept:
                entry.fault("id", "DUPLICATE", "Is listed twice.")
            elif file is not None:
                described[number] = new
            elif editing:
                kept.append(number)
            else:
                entry.fault("id", "ATTACHMENT_NOT_FOUND", "There is no file of this number.")
        if len(files) > ATTACHMENTS_MAX:
            form.fault("files", "BASE_TYPE_MAX_LENGTH", f"Must be {ATTACHMENTS_MAX} or fewer in length.")
        # A file that nobody described is attached all the same.
        new_ones = (described.get(_number_of(file)) or _named(file, file.filename) for file in files)
        return cls(tuple(new_ones), tuple(kept) if "attachments" in form else None)


def read_refresh(body: Any) -> list[str]:
    """The addresses that are to be signed anew."""
    form = Form(body)
    urls: list[str] = form.strings("attachment_urls", count=(1, REFRESH_MAX), length=(1, 2048))
    form.finish()
    return urls


def content_type_of(filename: str, declared: str, recognised: str | None) -> str:
    """The media type: as the content was recognised, else by the name, else as declared.

    Only content makes a picture: a name or a claim that says so alone does not.
    """
    if recognised is not None:
        return recognised
    guessed, encoding = _TYPES.guess_type(filename)
    kind = guessed if encoding is None and guessed else declared.partition(";")[0].strip().lower()
    if not MEDIA_TYPE.fullmatch(kind) or kind in {known.media_type for known in PICTURES}:
        return BINARY
    return kind + "; charset=utf-8" if kind.startswith("text/") else kind


def clean_filename(name: str) -> str:
    """A name that is one name everywhere: printable, without directories, not hidden, of bounded length."""
    name = NOT_IN_NAMES.sub("_", name.strip())
    name = "".join(character for character in name if character.isprintable()).lstrip(".").rstrip(". ")
    if len(name) > FILENAME_CHARACTERS_MAX:
        stem, dot, suffix = name.rpartition(".")
        suffix = dot + suffix if stem and len(suffix) < 16 else ""
        name = name[: FILENAME_CHARACTERS_MAX - len(suffix)] + suffix
    return name or UNNAMED


def _shown_as(beginning: bytes) -> Picture | None:
    """The picture that a file can be shown as; a Lottie is one for stickers alone."""
    picture = picture_of(beginning)
    return picture if picture is not None and picture.format in PICTURES else None


def _number_of(file: UploadedFile) -> int:
    return -1 if file.number is None else file.number


def _id_of(entry: Form) -> int | None:
    """A number of the form's files, or a snowflake; None for neither."""
    try:
        return parse_snowflake(entry.raw("id"))
    except ValueError:
        return None


def _described(entry: Form, file: UploadedFile | None) -> NewAttachment:
    name = entry.string("filename", default=None, length=(1, 1024))
    description = entry.string("description", default=None, length=(0, DESCRIPTION_CHARACTERS_MAX))
    waveform = entry.string("waveform", default=None, length=(0, WAVEFORM_CHARACTERS_MAX))
    duration = entry.number("duration_secs", default=None, between=(0, DURATION_MAX_S))
    spoiler = entry.boolean("is_spoiler")
    file = file or UploadedFile(None, "", "")
    plain = _named(file, name or file.filename, spoiler)
    return replace(plain, description=description, duration_s=duration, waveform=waveform)


def _named(file: UploadedFile, name: str, spoiler: bool = False) -> NewAttachment:
    """A spoiler is known by its name as well as by its flag, whichever of them was said."""
    name = clean_filename(name)
    if spoiler and not name.startswith(SPOILER_PREFIX):
        name = SPOILER_PREFIX + name
    return NewAttachment(file, name, spoiler=name.startswith(SPOILER_PREFIX))
