"""Looks up what people link to, after the commit. Only here does the server ask others for anything.

Its ends are in actions/previews.py; how far a fetch may go is net/client.py's business, what is read in a
page model/page_head.py's, and what becomes of it model/previews.py's.
"""

from __future__ import annotations

import asyncio
from typing import Any

from chatd.actions import previews
from chatd.log import logger
from chatd.model.actor import ANYONE
from chatd.model.image_formats import PICTURES, picture_of
from chatd.model.jobs import PreviewLinks
from chatd.model.page_head import decoded, read_head
from chatd.model.previews import Found, of_page, of_picture, with_picture
from chatd.net.client import Client, Fetched, FetchError

log = logger.child("jobs")

# The head of a page is at its beginning. A picture is kept, and shown by clients of all sizes.
PAGE_BYTES_MAX = 512 * 2**10
PICTURE_BYTES_MAX = 3 * 2**20
PAGES = frozenset({"text/html", "application/xhtml+xml"})
PICTURE_TYPES = frozenset(format.media_type for format in PICTURES)


class LinkPreviews:
    """The handler of PreviewLinks: pages for what they say of themselves, pictures for themselves."""

    def __init__(self, store: Any, client: Client) -> None:
        self.store = store
        self.client = client

    async def __call__(self, job: PreviewLinks) -> None:
        async with self.store.reading(ANYONE) as tx:
            links = await previews.links_of(tx, job)
        found = [preview for preview in await asyncio.gather(*map(self._preview, links)) if preview]
        if found:
            async with self.store.transaction(ANYONE) as tx:
                await previews.show(tx, job, found)

    async def _preview(self, link: str) -> dict[str, Any] | None:
        fetched = await self._fetch(link, "text/html,application/xhtml+xml;q=0.9,image/*;q=0.8")
        if fetched is None:
            return None
        if fetched.media_type in PAGES:
            text = decoded(fetched.content, fetched.headers.get("content-type") or "")
            found = of_page(link, fetched.url, read_head(text))
        else:
            found = of_picture(link)
        if found is None:
            return None
        if found.picture_url:
            is_here = found.picture_url == link
            picture = fetched if is_here else await self._fetch(found.picture_url, "image/*")
            if picture is not None and (kept := await self._kept(found, picture)):
                return kept
        # A page may do without its picture; a picture may not.
        return found.embed if fetched.media_type in PAGES and "title" in found.embed else None

    async def _kept(self, found: Found, fetched: Fetched) -> dict[str, Any] | None:
        """With our copy of the picture, if it is one, and whole."""
        picture = picture_of(fetched.content) if fetched.is_whole else None
        if picture is None or picture.format not in PICTURES:
            return None
        return with_picture(found, picture, await self.store.blobs.put(fetched.content))

    async def _fetch(self, url: str, accept: str) -> Fetched | None:
        try:
            fetched = await self.client.get(url, accept=accept, take=bytes_wanted)
        except FetchError as error:
            log.debug("link not fetched", reason=error.reason)
            return None
        return fetched if fetched.status == 200 and bytes_wanted(fetched.media_type) else None


def bytes_wanted(media_type: str) -> int:
    """How much of what a link leads to is of interest."""
    if media_type in PAGES:
        return PAGE_BYTES_MAX
    return PICTURE_BYTES_MAX if media_type in PICTURE_TYPES else 0
