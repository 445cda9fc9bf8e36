"""Stickers over HTTP: a form of plain fields and one file, and the picture that everybody can fetch."""

from __future__ import annotations

import pytest

from chatd.model.stickers import STICKER_BYTES_MAX
from tests.pictures import gif, lottie, png
from tests.rest.asking import MULTIPART, form_of
from tests.rest.conftest import Place

FIELDS = (('name="name"', b"wave"), ('name="description"', b""), ('name="tags"', b"hi"))


def form(picture: bytes) -> bytes:
    return form_of(*FIELDS, ('name="file"; filename="wave.png"\r\nContent-Type: image/png', picture))


async def send(place: Place, content: bytes, client: str = "ada"):
    path = f"/guilds/{place.guild_id}/stickers"
    return await getattr(place, client).api("POST", path, content=content, headers=MULTIPART)


async def test_a_sticker_is_uploaded_and_served(place):
    made = await send(place, form(png(320, 320)))
    assert made.status == 201 and made.json["user"]["username"] == "ada"
    assert (made.json["name"], made.json["description"], made.json["format_type"]) == ("wave", None, 1)
    shown = await place.nobody.get(f"/stickers/{made.json['id']}.png")
    assert (shown.status, shown.content) == (200, png(320, 320))
    emoji = await place.ada.api("GET", f"/stickers/{made.json['id']}")
    assert emoji.json == {key: value for key, value in made.json.items() if key != "user"}


@pytest.mark.parametrize(
    "picture, status, code",
    [(lottie(), 400, 50035), (gif(frames=60), 400, 170007), (png() + bytes(STICKER_BYTES_MAX), 413, 40005)],
)
async def test_a_file_that_is_no_such_sticker_is_refused(place, picture, status, code):
    reply = await send(place, form(picture))
    assert (reply.status, reply.code) == (status, code)


async def test_the_file_of_somebody_who_may_not_make_stickers_is_not_read(place):
    reply = await send(place, form(png() + bytes(STICKER_BYTES_MAX)), "bob")
    assert (reply.status, reply.code) == (403, 50013)
