"""The addresses of attachments: signed, valid for a while, and put where a message shows them.

    /attachments/{channel_id}/{attachment_id}/{filename}?ex=…&is=…&hm=…

`ex` is when the address ends and `is` when it was issued, in Unix seconds and hexadecimal; `hm` is an
HMAC-SHA256 over the path and both. So whoever may read a channel can hand its files to a browser that
sends no token, and an address that leaks is soon of no use. The key is the server's, made once.

What is stored of a message has no address in it. A text such as `attachment://cat.png` within embeds or
components stands for the file of that name; one that an embed shows is not listed beside it.
Source: the Discord documentation, "Signed attachment CDN URLs" and "Using attachments within embeds".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from chatd.model.snowflakes import parse_snowflake

# Discord's own, as far as can be seen from outside.
LINK_LIFETIME_S = 86_400.0

SCHEME = "attachment://"
# What stands for our copy of the picture of a link preview, in the `proxy_url` that is stored.
PREVIEW_SCHEME = "preview://"
# The type of an embed that somebody sent; those of link previews are of others.
RICH = "rich"
PATH = re.compile(r"/attachments/([0-9]{1,19})/([0-9]{1,19})/([^/]+)")
HEXADECIMAL = re.compile(r"[0-9a-f]{1,16}")

# Where an embed names a picture without an object of its own: the key, and what the copy of it is called.
ICONS = (("icon_url", "proxy_icon_url"),)
# The details that hold attachments; most messages with details have neither.
HOLDING_FILES = frozenset({"attachments", "message_snapshots"})
# What a media object says of the file that it shows.
SHOWN_OF_FILE = ("url", "proxy_url", "width", "height", "content_type")


class AttachmentLinks:
    """Signs and checks; one per process, made by the store."""

    def __init__(self, key: bytes, clock: Callable[[], float], *, base_url: str = "http://127.0.0.1",
                 lifetime_s: float = LINK_LIFETIME_S) -> None:
        self.base_url = base_url
        self.lifetime_s = lifetime_s
        self._key = key
        self._clock = clock

    def url(self, channel_id: int, attachment_id: int, filename: str) -> str:
        """An address that is valid for lifetime_s at least, and the same for everybody for half as long."""
        step = max(1, int(self.lifetime_s / 2))
        issued = int(self._clock()) // step * step
        expires = issued + step + int(self.lifetime_s)
        path = f"/attachments/{channel_id}/{attachment_id}/{quote(filename, safe='')}"
        tag = self._tag(channel_id, attachment_id, filename, f"{expires:x}", f"{issued:x}")
        return f"{self.base_url}{path}?ex={expires:x}&is={issued:x}&hm={tag}&"

    def of_preview(self, named: str) -> str:
        """The address of a preview's picture, of what is stored of it."""
        return f"{self.base_url}/previews/{named.removeprefix(PREVIEW_SCHEME)}"

    def is_valid(self, channel_id: int, attachment_id: int, filename: str, query: dict[str, str]) -> bool:
        """Whether the query's signature is ours, for this file, and has not expired."""
        expires, issued, tag = (query.get(name, "") for name in ("ex", "is", "hm"))
        if not HEXADECIMAL.fullmatch(expires) or not HEXADECIMAL.fullmatch(issued) or not tag.isascii():
            return False
        if not hmac.compare_digest(tag, self._tag(channel_id, attachment_id, filename, expires, issued)):
            return False
        return int(expires, 16) > self._clock()

    def _tag(self, *parts: object) -> str:
        # A file name holds no slash, so no two files are signed alike.
        return hmac.new(self._key, "/".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()


def read_url(url: str) -> tuple[int, int, str] | None:
    """Channel, attachment and file name of an address, wherever it points; None for any other."""
    try:
        match = PATH.fullmatch(urlsplit(url).path)
        if match is None:
            return None
        return parse_snowflake(match[1]), parse_snowflake(match[2]), unquote(match[3], errors="strict")
    except ValueError:
        return None


def shown(details: dict[str, Any], channel_id: int, links: AttachmentLinks) -> dict[str, Any]:
    """A message's details as clients see them: each attachment with its address, those of embeds in place."""
    if details.keys().isdisjoint(HOLDING_FILES):
        if "embeds" not in details:
            return details
        return {**details, "embeds": with_pictures(details["embeds"], links)}
    records = details.get("attachments", ())
    files = {record["filename"]: addressed(record, channel_id, links) for record in records}
    used: set[str] = set()
    places: dict[str, Any] = {}
    if "embeds" in details:
        places["embeds"] = with_pictures(placed(details["embeds"], files, used), links)
    if "components" in details:
        places["components"] = placed(details["components"], files, used)
    listed = [addressed(record, channel_id, links) for record in records if record["filename"] not in used]
    if forwarded := details.get("message_snapshots"):
        places["message_snapshots"] = [
            {**snapshot, "message": shown(snapshot["message"], channel_id, links)} for snapshot in forwarded
        ]
    return {**details, **places, "attachments": listed}


def with_pictures(embeds: list[dict[str, Any]], links: AttachmentLinks) -> list[dict[str, Any]]:
    """Link previews with the address of our copy of their picture. What somebody sent has none."""
    return [
        {**embed, "thumbnail": {**picture, "proxy_url": links.of_preview(picture["proxy_url"])}}
        if embed["type"] != RICH and (picture := embed.get("thumbnail"))
        else embed
        for embed in embeds
    ]


def addressed(record: dict[str, Any], channel_id: int, links: AttachmentLinks) -> dict[str, Any]:
    """The attachment object of a record. The copy for clients that resize is the same file."""
    url = links.url(channel_id, int(record["id"]), record["filename"])
    return {**record, "url": url, "proxy_url": url}


def placed(value: Any, files: dict[str, dict[str, Any]], used: set[str]) -> Any:
    """A copy of embeds or components in which files stand where their names stood; `used` collects these."""
    if isinstance(value, list):
        return [placed(each, files, used) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: placed(each, files, used) for name, each in value.items()}
    if file := named_in(made.get("url"), files):
        used.add(file["filename"])
        made |= {name: file[name] for name in SHOWN_OF_FILE if name in file}
    for name, copy in ICONS:
        if file := named_in(made.get(name), files):
            used.add(file["filename"])
            made |= {name: file["url"], copy: file["url"]}
    return made


def named_in(url: Any, files: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    return files.get(url.removeprefix(SCHEME)) if isinstance(url, str) and url.startswith(SCHEME) else None
