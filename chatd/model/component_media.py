"""Pictures and files that components show: each gets an id, and those of the message name their attachment.

The address of an attachment stays `attachment://name` in what is stored; attachment_links.py signs it for
whoever looks.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from chatd.model.attachment_links import SCHEME
from chatd.model.components import ComponentType, walked
from chatd.model.errors import InvalidFormBody


def with_media(details: dict[str, Any], next_id: Callable[[], int]) -> dict[str, Any]:
    """A message's details with what its components show made known; what is known already stays as it is.

    Raises InvalidFormBody at `components` for a file that the message does not have.
    """
    components = details.get("components", [])
    if all("id" in media for media in media_in(components)):
        return details
    components = copy.deepcopy(components)
    files = {record["filename"]: record for record in details.get("attachments", ())}
    for media in media_in(components):
        media.setdefault("id", str(next_id()))
        if media["url"].startswith(SCHEME):
            media["attachment_id"] = _file(files, media["url"])["id"]
    for part in walked(components):
        if part["type"] == ComponentType.FILE:
            file = _file(files, part["file"]["url"])
            part |= {"name": file["filename"], "size": file["size"]}
    return {**details, "components": components}


def media_in(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every picture and file that the components show."""
    for part in walked(components):
        if part["type"] == ComponentType.MEDIA_GALLERY:
            yield from (item["media"] for item in part["items"])
        elif part["type"] == ComponentType.THUMBNAIL:
            yield part["media"]
        elif part["type"] == ComponentType.FILE:
            yield part["file"]


def _file(files: dict[str, dict[str, Any]], url: str) -> dict[str, Any]:
    file = files.get(url.removeprefix(SCHEME))
    if file is None:
        code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
        raise InvalidFormBody.at("components", code, f"There is no file {url[:80]}.")
    return file
