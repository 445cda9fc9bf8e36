"""An image in a JSON body: a data URI, read into an Image or refused by its path.

    icon = image_of(form, "icon")                    # None where it is null or was not sent
    image = image_of(form, "image", required=True, bytes_max=EMOJI_BYTES_MAX)

What is declared in front of the comma is not believed; the content says what it is. An image is kept
as it came, under the hash of its content: actions/images.py `keep` gives the hash that goes into the row.
Source: the Discord documentation, "Image data" and "Image formatting".
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from chatd.model.image_formats import PICTURES, Picture, picture_of
from chatd.model.shapes import Form

# The Discord documentation's limits: avatars, icons and banners; emoji and role icons.
IMAGE_BYTES_MAX = 10 * 2**20
EMOJI_BYTES_MAX = 256 * 2**10

# RFC 2397. The media type is what the sender believes, and may have parameters.
DATA_URI = re.compile(r"data:[\w.+/;=-]{0,100};base64,")
# What comes first in the hash of an image that moves. Clients ask for those as .gif.
ANIMATED_PREFIX = "a_"


@dataclass(frozen=True, slots=True)
class Image:
    """An image's octets, and what its header says of them."""

    data: bytes
    picture: Picture

    def hash_of(self, blob: str) -> str:
        """The hash that clients see, for an image stored as `blob`."""
        return ANIMATED_PREFIX + blob if self.picture.animated else blob


def image_of(
    form: Form, name: str, *, required: bool = False, bytes_max: int = IMAGE_BYTES_MAX
) -> Image | None:
    """The image in the field `name`; None for null and for nothing, which `name in form` tells apart.

    A fault where it is no data URI, none of PICTURES, larger than `bytes_max`, or required and not there.
    """
    data = octets_of(form, name, required=required)
    if data is None:
        return None
    if len(data) > bytes_max:
        form.fault(name, "BINARY_TYPE_MAX_SIZE", f"File cannot be larger than {bytes_max / 1024:.1f} kb.")
        return None
    picture = picture_of(data)
    if picture is None or picture.format not in PICTURES:
        known = ", ".join(sorted(wanted.name for wanted in PICTURES))
        form.fault(name, "IMAGE_INVALID", f"Unsupported image type given. Must be one of {known}.")
        return None
    return Image(data, picture)


def octets_of(form: Form, name: str, *, required: bool = False) -> bytes | None:
    """What the data URI in the field `name` holds; None for null and for nothing.

    A fault where it is none, or required and not there.
    """
    value = form.raw(name)
    if value is None:
        if required:
            form.fault(name, "BASE_TYPE_REQUIRED", "This field is required")
        return None
    start = DATA_URI.match(value) if isinstance(value, str) else None
    if start is None:
        form.fault(name, "IMAGE_INVALID", "Must be a data URI: data:image/png;base64,…")
        return None
    try:
        return base64.b64decode(value[start.end() :], validate=True)
    except (binascii.Error, ValueError):
        form.fault(name, "IMAGE_INVALID", "Invalid data: it is not base64.")
        return None


def blob_of(image_hash: str) -> str:
    """The blob that an image's hash means."""
    return image_hash.removeprefix(ANIMATED_PREFIX)
