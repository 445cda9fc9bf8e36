"""The pictures that messages of webhooks are to be shown with: fetched once, and from then on our own copies.

A message waits a moment for its picture and does without one that takes longer; the next one will have it.
What an address has led to is remembered for a while, also that it has led to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from chatd.log import logger
from chatd.model.image_formats import PICTURES, picture_of
from chatd.model.images import Image
from chatd.net.client import Client, FetchError

log = logger.child("jobs")

WAIT_S_MAX = 3.0
# Shorter than a blob that nothing names yet is kept.
REMEMBERED_S = 600.0
REMEMBERED_MAX = 1000
# As much as a picture of a link preview.
AVATAR_BYTES_MAX = 3 * 2**20
AVATAR_TYPES = frozenset(format.media_type for format in PICTURES)


class Remembered(NamedTuple):
    """The fetch of an address, under way or done, and until when (Unix seconds) it counts."""

    fetch: asyncio.Task[str | None]
    until_s: float


class RemoteAvatars:
    def __init__(self, store: Any, client: Client, *, clock: Callable[[], float]) -> None:
        self.store = store
        self.client = client
        self.clock = clock
        self._remembered: dict[str, Remembered] = {}

    async def __call__(self, url: str) -> str | None:
        """The hash of our copy; None where there is no picture, or not yet."""
        now_s, known = self.clock(), self._remembered.get(url)
        if known is None or known.until_s <= now_s:
            if len(self._remembered) >= REMEMBERED_MAX:
                self._remembered.clear()
            known = Remembered(asyncio.create_task(self._fetch(url)), now_s + REMEMBERED_S)
            self._remembered[url] = known
        await asyncio.wait([known.fetch], timeout=WAIT_S_MAX)
        if not known.fetch.done():
            return None
        if known.fetch.exception() is not None:  # a fault of ours, to be tried again
            self._remembered.pop(url, None)
        return known.fetch.result()

    async def stop(self) -> None:
        """Break off what is under way."""
        fetches = [known.fetch for known in self._remembered.values()]
        self._remembered.clear()
        for fetch in fetches:
            fetch.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)

    async def _fetch(self, url: str) -> str | None:
        try:
            fetched = await self.client.get(url, accept="image/*", take=bytes_wanted)
        except FetchError as error:
            log.debug("avatar not fetched", reason=error.reason)
            return None
        picture = picture_of(fetched.content) if fetched.status == 200 and fetched.is_whole else None
        if picture is None or picture.format not in PICTURES:
            return None
        blob = await self.store.blobs.put(fetched.content)
        return Image(fetched.content, picture).hash_of(blob)


def bytes_wanted(media_type: str) -> int:
    return AVATAR_BYTES_MAX if media_type in AVATAR_TYPES else 0
