"""Images are kept under the hash of their content before anything names them."""

from __future__ import annotations

from chatd.actions import images
from chatd.model.image_formats import picture_of
from chatd.model.images import Image, blob_of
from tests.pictures import gif, png


async def test_an_image_is_kept_as_it_came(store):
    for data in (png(3, 3), gif(frames=2)):
        picture = picture_of(data)
        assert picture is not None
        image_hash = await images.keep(store, Image(data, picture))
        assert image_hash is not None and image_hash.startswith("a_") == picture.animated
        assert await store.blobs.beginning(blob_of(image_hash)) == data


async def test_no_image_has_no_hash(store):
    assert await images.keep(store, None) is None
