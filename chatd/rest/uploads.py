"""A form with files: multipart/form-data to JSON, fields, and files on disk, as the octets arrive.

    parts = await request.parts()                # files are on disk now, and belong to nobody yet
    draft = MessageDraft.parse(parts.json, parts.files)
    await parts.keep()                           # durable: before the transaction that names them opens

No file is ever in memory whole: each piece goes to the disk before the next is read, so a sender is as slow
as our disk. What was not kept is gone when the request has been answered. Source: RFC 7578 and the Discord
documentation, "Uploading files".
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from chatd.model.attachments import ATTACHMENTS_MAX, UploadedFile
from chatd.model.errors import EntityTooLarge, InvalidFormBody
from chatd.model.json_text import parse_json
from chatd.wire.http1 import Request
from chatd.wire.multipart import MultipartParser, PartBegin, PartData, PartEnd, parse_boundary

FILE_FIELD = re.compile(r"files\[([0-9]{1,4})\]")
# A plain field beside the files, such as a sticker's description: more than the largest that there is.
FIELD_BYTES_MAX = 8192


@dataclass(frozen=True, slots=True)
class FormLimits:
    """What one form may hold. No file at all is a limit too."""

    json_bytes_max: int
    file_bytes_max: int
    file_count_max: int = ATTACHMENTS_MAX


# Asked before the first file is read; raises where it is not welcome.
Welcome = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Parts:
    """What a body held: its JSON or that of payload_json, plain fields, and files. Leave it by `drop`."""

    json: Any = None
    fields: dict[str, str] = field(default_factory=dict)
    files: list[UploadedFile] = field(default_factory=list)
    _incoming: list[Any] = field(default_factory=list)

    async def keep(self) -> None:
        """Make every file durable, under the hash of its content: `file.blob`."""
        for file, incoming in zip(self.files, self._incoming, strict=True):
            file.blob = await incoming.keep()

    async def drop(self) -> None:
        """Remove what was not kept."""
        for incoming in self._incoming:
            await incoming.drop()

    def begin_file(self, part: PartBegin, blobs: Any) -> None:
        match = FILE_FIELD.fullmatch(part.name)
        number = int(match[1]) if match is not None else None
        if number is not None and any(file.number == number for file in self.files):
            raise InvalidFormBody.at(f"files.{number}", "DUPLICATE", "There are two files of this number.")
        self.files.append(UploadedFile(number, part.filename or "", part.content_type))
        self._incoming.append(blobs.begin())

    async def write_file(self, data: bytes, bytes_max: int) -> None:
        """More of the file that began last. Raises EntityTooLarge."""
        file, incoming = self.files[-1], self._incoming[-1]
        await incoming.write(data)
        file.size, file.beginning = incoming.size, incoming.beginning
        if file.size > bytes_max:
            raise EntityTooLarge


async def read_parts(
    wire: Request, limits: FormLimits, blobs: Any, parts: Parts, welcome: Welcome | None = None
) -> None:
    """Read a whole form into `parts`, which keeps what has arrived even where this raises.

    Raises EntityTooLarge (40005), InvalidFormBody, InvalidJSON, and the wire's BadRequest.
    """
    parser = MultipartParser(parse_boundary(wire.headers.get("content-type") or ""))
    part: PartBegin | None = None
    text = bytearray()
    async for data in wire.body:
        for event in parser.feed(data):
            if isinstance(event, PartBegin):
                part, text = event, bytearray()
                if is_file(part):
                    refuse_too_many(parts, limits)
                    if welcome is not None and not parts.files:
                        await welcome()
                    parts.begin_file(part, blobs)
            elif isinstance(event, PartData):
                assert part is not None
                if is_file(part):
                    await parts.write_file(event.data, limits.file_bytes_max)
                else:
                    text += event.data
                    refuse_too_long(part, text, limits)
            elif isinstance(event, PartEnd) and part is not None and not is_file(part):
                end_text(parts, part, bytes(text))
    parser.finish()


def is_file(part: PartBegin) -> bool:
    """payload_json is none, whatever a sender calls it; files[n] is one even without a name."""
    return part.name != "payload_json" and (
        part.filename is not None or FILE_FIELD.fullmatch(part.name) is not None
    )


def refuse_too_many(parts: Parts, limits: FormLimits) -> None:
    """As soon as the head of the file is here, without waiting for its content."""
    if limits.file_count_max == 0:
        raise InvalidFormBody.at("files", "FILES_NOT_TAKEN", "This route takes no files.")
    if len(parts.files) == limits.file_count_max:
        message = f"Must be {limits.file_count_max} or fewer in length."
        raise InvalidFormBody.at("files", "BASE_TYPE_MAX_LENGTH", message)


def refuse_too_long(part: PartBegin, text: bytearray, limits: FormLimits) -> None:
    if len(text) > (limits.json_bytes_max if part.name == "payload_json" else FIELD_BYTES_MAX):
        raise EntityTooLarge


def end_text(parts: Parts, part: PartBegin, text: bytes) -> None:
    if part.name == "payload_json":
        parts.json = parse_json(text)
        return
    try:
        parts.fields[part.name] = text.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidFormBody.at(part.name, "STRING_TYPE_CONVERT", "Must be UTF-8.") from None
