"""The web client's files, held in memory and served with validators. RFC 9110 sections 8, 12 to 14.

Everything is read once, at start, through Traversable; a request only looks up a dict, so no path can
lead out of the folder, and no disk is touched. Each file has a strong entity tag, a gzip form where
that is smaller, and byte ranges of its identity form. Scripts and style sheets are sent without their
indentation, the comments that stand on lines of their own and the types within a line, two fifths of their
bytes; the lines keep their numbers, so an error names the line of the source. A style sheet that imports
others is sent with them in it: one request in the place of a dozen. What a page may do is for pages.py.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from chatd.rest.coding import accepts_gzip
from chatd.rest.responses import Fields
from chatd.wire.headers import Headers
from chatd.wire.http1 import Request
from chatd.wire.responses import Response

CONTENT_TYPES = {
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wav": "audio/wav",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
# The others are compressed already.
WORTH_COMPRESSING = frozenset({"css", "html", "ico", "js", "json", "mjs", "svg", "txt", "wav", "webmanifest"})

# Names do not change with their content, so a browser asks each time, and mostly hears 304.
# A page may come with a cookie, which no shared cache may keep.
RANGES = ("Accept-Ranges", "bytes")
CACHE_CONTROL = ("Cache-Control", "private, no-cache")

# RFC 9110 section 14.1.2: one range of octets; first or suffix length may be absent, not both.
ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))[ \t]*", re.IGNORECASE)
# Section 8.8.3; a comma may stand inside a tag, so a list is not split at commas.
ENTITY_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


# A block comment that begins a line, a line that is a comment, and a type within a line. None of them may
# stand in a text, nor may a line of a text be indented; tests/test_types.py sees to it.
BLOCK_COMMENT = re.compile(rb"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*", re.MULTILINE)
LINE_COMMENT = re.compile(rb"^[ \t]*//.*$", re.MULTILINE)
TYPE_COMMENT = re.compile(rb"/\*\* @(?:[^*\n]|\*(?!/))*\*/[ \t]*")
INDENTATION = re.compile(rb"^[ \t]+", re.MULTILINE)

# What a module imports before it runs, at the beginning of a line; the others it asks for by import().
MODULE_IMPORT = re.compile(rb'^(?:import|export)\b[^;"(]*"(\.[^"]+)"', re.MULTILINE)

# A style sheet that is imported by the name of a neighbour, without conditions.
CSS_IMPORT = re.compile(rb'^@import "([\w.-]+)";$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its content as it is, and gzipped when that is smaller (else None)."""

    content_type: str
    identity: bytes
    gzipped: bytes | None
    etag: str
    gzip_etag: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        suffix = name.rpartition(".")[2].lower()
        gzipped = gzip.compress(content, 9, mtime=0) if suffix in WORTH_COMPRESSING else None
        if gzipped is not None and len(gzipped) >= len(content):
            gzipped = None
        digest = hashlib.sha256(content).hexdigest()[:16]
        # Section 8.8.3.3: two codings of one resource are two representations, with a strong tag each.
        kind = CONTENT_TYPES.get(suffix, "application/octet-stream")
        return cls(kind, content, gzipped, f'"{digest}"', f'"{digest}-gzip"')

    def answer(self, request: Request, status: int = 200, fields: Fields | None = None) -> Response:
        """This file as `request` wants it: whole, gzipped, a range, or only word that it is the same."""
        fields = [*(fields or ()), CACHE_CONTROL, ("Vary", "Accept-Encoding")]
        headers = request.headers
        wanted = headers.get("range") if status == 200 and request.method == "GET" else None
        whole = wanted is None or not self._range_holds(headers)
        zipped = wanted is None and self.gzipped is not None and accepts_gzip(headers)
        etag = self.gzip_etag if zipped else self.etag
        fields.append(("ETag", etag))
        # Section 13.2.2: If-None-Match goes before Range.
        if status == 200 and matches(headers.get("if-none-match"), etag):
            return Response(304, fields)
        fields.append(("Content-Type", self.content_type))
        if not whole:
            assert wanted is not None
            return self._range(wanted, fields)
        if not zipped:
            return Response(status, [*fields, RANGES], self.identity)
        fields.append(("Content-Encoding", "gzip"))
        assert self.gzipped is not None
        return Response(status, fields, self.gzipped)

    def _range_holds(self, headers: Headers) -> bool:
        """Section 13.1.5: with If-Range, a range is of this content or of none. Only a strong tag tells."""
        condition = headers.get("if-range")
        return condition is None or condition.strip() == self.etag

    def _range(self, wanted: str, fields: Fields) -> Response:
        span = parse_range(wanted, len(self.identity))
        if span is None:
            return Response(200, fields, self.identity)
        start, stop = span
        if start >= stop:
            # Section 15.5.17: a 416 SHOULD say how long the content is.
            fields.append(("Content-Range", f"bytes */{len(self.identity)}"))
            return Response(416, fields)
        fields.append(("Content-Range", f"bytes {start}-{stop - 1}/{len(self.identity)}"))
        return Response(206, fields, self.identity[start:stop])


def parse_range(wanted: str, length: int) -> tuple[int, int] | None:
    """The octets [start, stop) that a Range field asks for; start >= stop when there are none.

    None for what this server ignores, as section 14.2 lets it: another unit, several ranges, a malformed one.
    """
    match = ONE_RANGE.fullmatch(wanted)
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return max(0, length - int(suffix)), length
    if last is not None and int(last) < int(first):
        return None
    return int(first), length if last is None else min(int(last) + 1, length)


def matches(condition: str | None, etag: str) -> bool:
    """If-None-Match: any of the listed tags, compared weakly, or "*". Section 13.1.2."""
    if condition is None:
        return False
    return condition.strip() == "*" or any(tag == etag for _, tag in ENTITY_TAG.findall(condition))


def load_assets(folder: Traversable) -> dict[tuple[str, ...], Asset]:
    """Every file below `folder` by the names that lead to it: ("js", "rest.js"). Hidden ones are left out."""
    files = dict(walk(folder, ()))
    return {path: Asset.of(path[-1], bare(path[-1], whole(files, path))) for path in files}


def whole(files: dict[tuple[str, ...], bytes], path: tuple[str, ...]) -> bytes:
    """A file, and in a style sheet in the place of each `@import "name.css";` the sheet beside it."""
    if not path[-1].endswith(".css"):
        return files[path]
    return CSS_IMPORT.sub(lambda found: files[(*path[:-1], found[1].decode())], files[path])


def bare(name: str, content: bytes) -> bytes:
    """A script or a style sheet without what is for those who read it; every line where it was."""
    if not name.endswith((".js", ".css")):
        return content
    content = BLOCK_COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), content)
    if name.endswith(".js"):
        content = TYPE_COMMENT.sub(b"", LINE_COMMENT.sub(b"", content))
    return INDENTATION.sub(b"", content)


def modules_of(assets: dict[tuple[str, ...], Asset], *first: tuple[str, ...]) -> list[tuple[str, ...]]:
    """These modules and all that they import before they run, those first that are found first."""
    found = list(first)
    for path in found:
        for name in MODULE_IMPORT.findall(assets[path].identity):
            at = posixpath.normpath(posixpath.join(*path[:-1], name.decode()))
            imported = tuple(at.split("/"))
            if imported not in found:
                found.append(imported)
    return found


def walk(folder: Traversable, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bytes]]:
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir():
            yield from walk(entry, (*above, entry.name))
        else:
            yield (*above, entry.name), entry.read_bytes()
