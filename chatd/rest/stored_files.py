"""A stored file as the answer to a GET: preconditions, one range, and octets straight from the disk.

What is stored under a hash never changes, so its entity tag is strong and its age unlimited. Files come
from people, and a browser that opens one must not take it for a page of ours: the type is said and not to
be guessed, scripts do not run, and what could hold one is downloaded. RFC 9110 sections 8, 13, 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from chatd.log import logger
from chatd.model.errors import RouteNotFound
from chatd.rest.responses import NO_SNIFF, Fields
from chatd.rest.static import ENTITY_TAG, matches, parse_range
from chatd.wire.headers import Headers
from chatd.wire.http1 import Request
from chatd.wire.responses import Response

log = logger.child("http")

# What fits into one piece is read and written at once; above it the octets are passed on as they are read.
WHOLE_BYTES_MAX = 256 * 1024

# What a browser may show by itself; all else is downloaded, HTML, SVG, XML and PDF above all.
SHOWN_INLINE = frozenset(
    "image/png image/jpeg image/gif image/webp video/mp4 video/webm video/quicktime video/ogg"
    " audio/mpeg audio/mp4 audio/ogg audio/wav audio/x-wav audio/webm audio/flac audio/aac"
    " text/plain application/json".split()
)
GUARDS: Fields = [
    # A picture or a film may be opened by itself; nothing may run, load or frame anything.
    ("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; "
     "style-src 'unsafe-inline'; sandbox"),
    # Pages elsewhere may show our files, as they may Discord's: no cookie is looked at here.
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Access-Control-Allow-Origin", "*"),
]  # fmt: skip

YEAR_S = 31_536_000
# Anybody's cache may keep what everybody is shown; what an address had to be signed for is the asker's.
FOR_EVERYBODY = ("Cache-Control", f"public, max-age={YEAR_S}, immutable")
FOR_THE_ASKER = ("Cache-Control", f"private, max-age={YEAR_S}, immutable")


@dataclass(slots=True, frozen=True)
class StoredFile:
    """Which blob, and what is said of it. Without a `filename` it is shown under no name of its own."""

    blob: str
    content_type: str
    cache_control: tuple[str, str] = FOR_EVERYBODY
    filename: str | None = None

    def disposition(self) -> str:
        """RFC 6266; RFC 8187 for a name beyond ASCII."""
        kind = "inline" if self.content_type.partition(";")[0] in SHOWN_INLINE else "attachment"
        if self.filename is None:
            return kind
        plain = "".join(c if c.isascii() and c not in '"\\' else "_" for c in self.filename)
        return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(self.filename, safe='')}"


async def serve(request: Request, blobs: Any, file: StoredFile) -> Response:
    """The file as `request` wants it. Raises RouteNotFound for one that is named but not there."""
    stat = await blobs.stat(file.blob)
    if stat is None:
        log.error("a file is missing", blob=file.blob)
        raise RouteNotFound()
    etag = f'"{file.blob}"'
    fields: Fields = [
        *GUARDS, NO_SNIFF, file.cache_control, ("ETag", etag), ("Accept-Ranges", "bytes"),
        ("Last-Modified", formatdate(stat.modified_s, usegmt=True)),
    ]  # fmt: skip
    if status := precondition(request.headers, etag, stat.modified_s):
        return Response(status, fields)
    fields += [("Content-Type", file.content_type), ("Content-Disposition", file.disposition())]
    wanted = request.headers.get("range") if request.method == "GET" else None
    span = None
    if wanted is not None and range_holds(request.headers.get("if-range"), etag, stat.modified_s):
        span = parse_range(wanted, stat.size)
    if span is None:
        return await content(request, blobs, file.blob, 200, fields, 0, stat.size)
    start, stop = span
    if start >= stop:
        # 15.5.17: a 416 SHOULD say how long the content is.
        return Response(416, [*fields, ("Content-Range", f"bytes */{stat.size}")])
    fields.append(("Content-Range", f"bytes {start}-{stop - 1}/{stat.size}"))
    return await content(request, blobs, file.blob, 206, fields, start, stop)


async def content(
    request: Request, blobs: Any, blob: str, status: int, fields: Fields, start: int, stop: int
) -> Response:
    fields.append(("Content-Length", str(stop - start)))
    if request.method == "HEAD":
        return Response(status, fields)
    pieces = blobs.read(blob, start, stop)
    if stop - start > WHOLE_BYTES_MAX:
        return Response(status, fields, pieces)
    return Response(status, fields, b"".join([piece async for piece in pieces]))


def precondition(headers: Headers, etag: str, modified_s: int) -> int | None:
    """The status that the request's conditions end it with, in the order of section 13.2.2; or None."""
    if (wanted := headers.get("if-match")) is not None:
        if not matches_strongly(wanted, etag):
            return 412
    elif (since := seconds_of(headers.get("if-unmodified-since"))) is not None and modified_s > since:
        return 412
    if (known := headers.get("if-none-match")) is not None:
        return 304 if matches(known, etag) else None
    since = seconds_of(headers.get("if-modified-since"))
    return 304 if since is not None and modified_s <= since else None


def matches_strongly(condition: str, etag: str) -> bool:
    """If-Match: one of the listed tags, none of them weak, or "*". Section 13.1.1."""
    return condition.strip() == "*" or ("", etag) in ENTITY_TAG.findall(condition)


def range_holds(condition: str | None, etag: str, modified_s: int) -> bool:
    """If-Range: a strong tag, or the very date that was sent. Section 13.1.5."""
    if condition is None:
        return True
    return condition.strip() == etag or seconds_of(condition) == modified_s


def seconds_of(date: str | None) -> int | None:
    """The Unix seconds of an HTTP-date; None for none, and for what is none (13.1.3: it is ignored)."""
    if date is None:
        return None
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None
