"""The CDN: what is shown is served as it was stored, to whoever has its address, and harms nobody."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from chatd.rest.stored_files import StoredFile, precondition, range_holds
from chatd.wire.headers import Headers
from tests.pictures import data_uri, gif, lottie, png, webp
from tests.rest.asking import Reply, file_part
from tests.rest.conftest import Place
from tests.rest.test_uploads import path_of
from tests.sounds import ogg


async def attached(place: Place, name: str, content: bytes) -> str:
    """The path and query of a file that ada has posted."""
    reply = await place.ada.form("POST", path_of(place), {}, file_part(0, name, content))
    url: str = reply.json["attachments"][0]["url"]
    return url.removeprefix(place.app.store.links.base_url)


def is_guarded(reply: Reply) -> bool:
    headers = reply.headers
    return (
        headers["x-content-type-options"] == "nosniff"
        and "sandbox" in headers["content-security-policy"]
        and headers["access-control-allow-origin"] == "*"
        and headers["cross-origin-resource-policy"] == "cross-origin"
    )


async def test_an_avatar_is_served_as_it_was_stored(place):
    moving = gif(9, 9, frames=2)
    face = {"avatar": data_uri(moving), "banner": data_uri(png())}
    reply = await place.ada.api("PATCH", "/users/@me", face)
    avatar, banner = reply.json["avatar"], reply.json["banner"]
    path = f"/avatars/{place.ada_id}/{avatar}"
    for asked in ("gif", "png", "webp", "jpg", "PNG", "png?size=64", "webp?animated=true&size=4096"):
        reply = await place.nobody.get(f"{path}.{asked}")
        assert (reply.status, reply.content, reply.headers["content-type"]) == (200, moving, "image/gif")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-disposition"] == "inline" and is_guarded(reply)
    assert (await place.nobody.get(f"/banners/{place.ada_id}/{banner}.png")).content == png()
    ada, still = f"/avatars/{place.ada_id}", avatar.removeprefix("a_")
    for wrong in (f"/avatars/{place.bob_id}/{avatar}.gif", f"/banners/{place.ada_id}/{avatar}.gif", path,
                  f"{path}.svg", f"{ada}/{still}.gif", f"/avatars/x/{avatar}.gif", f"{ada}/.gif", "/avatars",
                  f"/avatars/{'9' * 30}/{avatar}.gif", "/avatars/"):  # fmt: skip
        reply = await place.nobody.get(wrong)
        assert (reply.status, reply.json["code"]) == (404, 0), wrong
        assert is_guarded(reply)
    await place.ada.api("PATCH", "/users/@me", {"avatar": None})
    assert (await place.nobody.get(f"{path}.gif")).status == 404


async def test_pictures_of_guilds_roles_members_emoji_and_stickers(place):
    store = place.app.store
    guild = store.directory.guilds[place.guild_id]
    kinds = ("icon", "splash", "discovery_splash", "banner", "role", "avatar", "member banner", "emoji",
             "preview")  # fmt: skip
    names = {kind: await store.blobs.put(png(seed=seed)) for seed, kind in enumerate(kinds)}
    names["sticker"], names["sound"] = await store.blobs.put(lottie()), await store.blobs.put(ogg())
    for kind in ("icon", "splash", "discovery_splash", "banner"):
        setattr(guild, kind, names[kind])
    guild.roles[guild.id].icon = names["role"]
    guild.members[place.ada_id].avatar = "a_" + names["avatar"]
    guild.members[place.ada_id].banner = names["member banner"]
    async with store.pool.acquire() as conn:
        await conn.execute(
            "insert into emojis (id, guild_id, name, animated, image) values (5, $1, 'x', true, $2)",
            guild.id, "a_" + names["emoji"])  # fmt: skip
        await conn.execute(
            "insert into stickers (id, guild_id, name, tags, format_type, image)"
            " values (6, $1, 'x', 'x', 3, $2)", guild.id, "a_" + names["sticker"])  # fmt: skip
        await conn.execute(
            "insert into soundboard_sounds (id, guild_id, name, volume, sound) values (7, $1, 'x', 1, $2)",
            guild.id, names["sound"])  # fmt: skip
        message = await place.ada.api("POST", path_of(place), {"content": "x"})
        await conn.execute("insert into previews values ($1, $2)", int(message.json["id"]), names["preview"])
    of_member = f"/guilds/{guild.id}/users/{place.ada_id}"
    for path, kind in (
        (f"/icons/{guild.id}/{names['icon']}.png", "icon"),
        (f"/splashes/{guild.id}/{names['splash']}.png", "splash"),
        (f"/discovery-splashes/{guild.id}/{names['discovery_splash']}.jpg", "discovery_splash"),
        (f"/banners/{guild.id}/{names['banner']}.png?size=512", "banner"),
        (f"/role-icons/{guild.id}/{names['role']}.png", "role"),
        (f"{of_member}/avatars/a_{names['avatar']}.gif", "avatar"),
        (f"{of_member}/banners/{names['member banner']}.png", "member banner"),
        ("/emojis/5.gif?size=48", "emoji"),
        ("/soundboard-sounds/7", "sound"),
        (f"/previews/{names['preview']}.png", "preview"),
        ("/stickers/6.json", "sticker"),
    ):
        reply = await place.nobody.get(path)
        assert (reply.status, reply.headers["etag"]) == (200, f'"{names[kind]}"'), path
    assert reply.headers["content-type"] == "application/json" and reply.content == lottie()
    for path in ("/emojis/6.png", "/emojis/x.png", "/stickers/5.png", "/icons/1/2.png", "/emojis/5",
                 "/role-icons/9/2.png", "/soundboard-sounds/6", f"{of_member[:-5]}/avatars/x.png",
                 "/guilds/1", f"/previews/{names['icon']}.png"):  # fmt: skip
        assert (await place.nobody.get(path)).status == 404, path


async def test_who_has_no_face_gets_one_of_six(place):
    faces = {(await place.nobody.get(f"/embed/avatars/{n}.png")).content for n in range(6)}
    assert len(faces) == 6
    for file in ("6.png", "-1.png", "1.svg", "01.png", "x.png"):
        assert (await place.nobody.get(f"/embed/avatars/{file}")).status == 404


async def test_a_file_that_is_named_but_lost_is_not_found(place):
    store = place.app.store
    name = await store.blobs.put(webp(77, 1))
    store.directory.guilds[place.guild_id].icon = name
    await store.blobs.delete(name)
    assert (await place.nobody.get(f"/icons/{place.guild_id}/{name}.png")).status == 404


async def test_an_attachment_is_for_who_has_its_address_for_a_while(place):
    path = await attached(place, "grüße.txt", b"hello")
    reply = await place.nobody.get(path)
    assert (reply.status, reply.content) == (200, b"hello")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["cache-control"].startswith("private,") and is_guarded(reply)
    assert reply.headers["content-disposition"] == (
        "inline; filename=\"gr__e.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt"
    )
    bare = path.partition("?")[0]
    for unsigned in (bare, path.replace("hm=", "hm=0"), path.replace("ex=", "ex=f"),
                     bare + "?ex=1&is=1&hm=%C3%A9"):  # fmt: skip
        assert (await place.nobody.get(unsigned)).status == 404, unsigned
    store = place.app.store
    store.links._clock = lambda: 4e9
    assert (await place.nobody.get(path)).status == 404
    place.with_settings(signed_links=False)
    assert (await place.nobody.get(bare)).content == b"hello"
    assert (await place.nobody.get(bare.replace("txt", "exe"))).status == 404


@pytest.mark.parametrize("name", ["page.html", "page.svg", "page.xhtml", "page.pdf", "page.js", "page.xml"])
async def test_what_could_run_is_downloaded(place, name):
    reply = await place.nobody.get(await attached(place, name, b"<script>alert(1)</script>"))
    assert reply.headers["content-disposition"].startswith("attachment;") and is_guarded(reply)


async def test_one_hears_that_nothing_has_changed(place):
    path = await attached(place, "a.txt", b"0123456789")
    first = await place.nobody.get(path)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in ({"If_None_Match": etag}, {"If_None_Match": f'W/{etag}, "x"'}, {"If_None_Match": "*"},
                    {"If_Modified_Since": modified}):  # fmt: skip
        reply = await place.nobody.get(path, **headers, Range="bytes=0-1")
        assert (reply.status, reply.content, reply.headers["etag"]) == (304, b"", etag)
    assert (await place.nobody.get(path, If_Match='"other"')).status == 412


RANGES = [
    ("bytes=0-3", 206, b"0123", "bytes 0-3/10"), ("bytes=7-", 206, b"789", "bytes 7-9/10"),
    ("bytes=-2", 206, b"89", "bytes 8-9/10"), ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
    ("bytes=10-", 416, b"", "bytes */10"), ("bytes=-0", 416, b"", "bytes */10"),
    ("bytes=3-1", 200, b"0123456789", None), ("bytes=0-1,3-4", 200, b"0123456789", None),
    ("lines=0-1", 200, b"0123456789", None),
]  # fmt: skip


async def test_a_part_of_a_file_is_served(place):
    path = await attached(place, "a.bin", b"0123456789")
    etag = (await place.nobody.get(path)).headers["etag"]
    for wanted, status, content, span in RANGES:
        reply = await place.nobody.get(path, Range=wanted)
        found = reply.status, reply.content, reply.headers.get("content-range")
        assert found == (status, content, span), wanted
        assert (await place.nobody.get(path, Range=wanted, If_Range='"other"')).status == 200
    assert (await place.nobody.get(path, Range="bytes=0-3", If_Range=etag)).status == 206


async def test_head_tells_all_but_the_content(place):
    path = await attached(place, "a.bin", bytes(300_000))
    reply = await place.nobody.ask("HEAD", path)
    assert (reply.status, reply.content, reply.headers["content-length"]) == (200, b"", "300000")
    reply = await place.nobody.ask("POST", path)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


async def test_a_large_file_goes_out_as_it_is_read(place, rng):
    data = rng.randbytes(1_000_000)
    path = await attached(place, "a.bin", data)
    assert (await place.nobody.get(path)).content == data
    reply = await place.nobody.get(path, Range="bytes=100000-900000")
    assert reply.content == data[100_000:900_001]


async def test_addresses_are_refreshed(place):
    path = await attached(place, "a b.txt", b"hello")
    base = place.app.store.links.base_url
    urls = [base + path, "https://old.example" + path.partition("?")[0]]
    reply = await place.ada.api("POST", "/attachments/refresh-urls", {"attachment_urls": urls})
    assert [one["original"] for one in reply.json["refreshed_urls"]] == urls
    for one in reply.json["refreshed_urls"]:
        assert (await place.nobody.get(one["refreshed"].removeprefix(base))).content == b"hello"
    elsewhere = [url.replace(str(place.channel_id), "1") for url in urls]
    for listed in (None, [], ["x"], [5], ["http://[::1"], urls * 26, elsewhere):
        body = {"attachment_urls": listed}
        reply = await place.ada.api("POST", "/attachments/refresh-urls", body)
        assert (reply.status, reply.code) == (400, 50035), listed


T, BEFORE, AFTER = 1_700_000_000, 1_699_999_999, 1_700_000_001


def at(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


CONDITIONS: list[tuple[dict[str, str], int | None]] = [
    ({}, None),
    ({"if-match": '"a"'}, None), ({"if-match": "*"}, None), ({"if-match": '"b"'}, 412),
    ({"if-match": 'W/"a"'}, 412), ({"if-match": '"b", "a"'}, None),
    ({"if-unmodified-since": at(T)}, None), ({"if-unmodified-since": at(BEFORE)}, 412),
    ({"if-match": '"a"', "if-unmodified-since": at(BEFORE)}, None),
    ({"if-none-match": '"a"'}, 304), ({"if-none-match": '"b"'}, None),
    ({"if-modified-since": at(T)}, 304), ({"if-modified-since": at(AFTER)}, 304),
    ({"if-modified-since": at(BEFORE)}, None), ({"if-modified-since": "yesterday"}, None),
    ({"if-none-match": '"b"', "if-modified-since": at(AFTER)}, None),
    ({"if-match": '"b"', "if-none-match": '"a"'}, 412),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "status"), CONDITIONS)
def test_conditions_in_the_order_of_section_13_2_2(fields, status):
    assert precondition(Headers(list(fields.items())), '"a"', T) == status


@pytest.mark.parametrize(("condition", "holds"), [
    (None, True), ('"a"', True), ('W/"a"', False), ('"b"', False), (at(T), True), (at(AFTER), False),
    ("x", False),
])  # fmt: skip
def test_a_range_is_of_this_content_or_of_none(condition: Any, holds: bool):
    assert range_holds(condition, '"a"', T) == holds


def test_a_name_cannot_split_the_field_that_says_it():
    file = StoredFile("f" * 32, "text/html", filename='a"\\b猫.txt')
    assert file.disposition() == (
        "attachment; filename=\"a__b_.txt\"; filename*=UTF-8''a%22%5Cb%E7%8C%AB.txt"
    )
