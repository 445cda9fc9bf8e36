"""Images: keep one before the transaction that names it opens.

    icon = await images.keep(request.app.store, edit.icon)      # slow work first
    async with request.transaction() as tx:
        await guilds.update_guild(tx, guild_id, edit, icon=icon)
"""

from __future__ import annotations

from typing import Any, overload

from chatd.model.images import Image


@overload
async def keep(store: Any, image: Image) -> str: ...
@overload
async def keep(store: Any, image: Image | None) -> str | None: ...
async def keep(store: Any, image: Image | None) -> str | None:
    """Store an image durably; the hash for its row and for clients. None for none.

    What no row names soon is swept away again, so a transaction that fails leaves nothing behind.
    """
    if image is None:
        return None
    return image.hash_of(await store.blobs.put(image.data))
