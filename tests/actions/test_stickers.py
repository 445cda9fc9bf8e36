"""Stickers: made and changed by those who may, and told to the guild as the complete list."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import stickers
from chatd.model.actor import Actor
from chatd.model.attachments import UploadedFile
from chatd.model.audience import Guild
from chatd.model.errors import (
    InvalidFormBody,
    MaximumStickers,
    MissingPermissions,
    StickerTooLong,
    TooManyFrames,
    UnknownGuild,
    UnknownSticker,
)
from chatd.model.permissions import Permission
from chatd.model.stickers import STICKERS_MAX, StickerDraft, StickerEdit, refuse_too_long
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, person
from tests.permitting import allow
from tests.pictures import gif, jpeg, lottie, png, webp

CREATE, MANAGE = int(Permission.CREATE_GUILD_EXPRESSIONS), int(Permission.MANAGE_GUILD_EXPRESSIONS)


def uploaded(data: bytes) -> UploadedFile:
    return UploadedFile(None, "wave.png", "image/png", len(data), data, "0" * 32)


def draft(data: bytes | None = None, **fields: Any) -> StickerDraft:
    files = [uploaded(png(320, 320) if data is None else data)]
    return StickerDraft.parse({"name": "wave", "tags": "hi", **fields}, files)


async def create(store: Any, actor: Actor, guild_id: int, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await stickers.create_sticker(tx, guild_id, draft(**fields))


async def update(store: Any, actor: Actor, guild_id: int, sticker_id: int, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await stickers.update_sticker(tx, guild_id, sticker_id, StickerEdit.parse(fields))


async def delete(store: Any, actor: Actor, guild_id: int, sticker_id: int) -> None:
    async with store.transaction(actor) as tx:
        await stickers.delete_sticker(tx, guild_id, sticker_id)


async def test_a_sticker_is_made_changed_and_deleted_and_each_tells_them_all(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    heard = Heard(store)
    made = await create(store, ada, guild_id, description="hello there")
    sticker_id = int(made["id"])
    bare = {
        "id": made["id"], "name": "wave", "description": "hello there", "tags": "hi", "type": 2,
        "format_type": 1, "available": True, "guild_id": str(guild_id),
    }  # fmt: skip
    assert made == bare | {"user": store.directory.users[ada.id].payload()}
    told, logged = heard.take()
    assert (told.name, told.audience) == ("GUILD_STICKERS_UPDATE", Guild(guild_id))
    assert told.d == {"guild_id": str(guild_id), "stickers": [bare]}
    assert (logged.d["action_type"], logged.d["target_id"]) == (90, made["id"])
    await assert_as_fresh(store)
    changed = await update(store, ada, guild_id, sticker_id, name="bye", description=None, tags="bye")
    assert (changed["name"], changed["description"], changed["tags"]) == ("bye", None, "bye")
    told, logged = heard.take()
    assert told.d["stickers"][0]["name"] == "bye" and logged.d["action_type"] == 91
    await assert_as_fresh(store)
    assert await update(store, ada, guild_id, sticker_id, name="bye") == changed and heard.entries == []
    async with store.reading(ada) as tx:
        assert await stickers.list_stickers(tx, guild_id) == [changed]
        assert await stickers.get_guild_sticker(tx, guild_id, sticker_id) == changed
    async with store.reading(Actor(12345)) as tx:
        assert stickers.get_sticker(tx, sticker_id).name == "bye", "who has seen its id may see it"
    await delete(store, ada, guild_id, sticker_id)
    told, logged = heard.take()
    assert told.d["stickers"] == [] and logged.d["action_type"] == 92
    await assert_as_fresh(store)
    for act in (lambda: delete(store, ada, guild_id, sticker_id),
                lambda: update(store, ada, guild_id, sticker_id, name="xx")):  # fmt: skip
        async with refused(store, UnknownSticker):
            await act()
    with pytest.raises(UnknownSticker):
        async with store.reading(ada) as tx:
            stickers.get_sticker(tx, sticker_id)


async def test_who_may_make_and_change_them(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    guild_id = await allow(store, CREATE)
    sticker_id = int((await create(store, ada, guild_id))["id"])
    for act in (lambda: update(store, bob, guild_id, sticker_id, name="mine"),
                lambda: delete(store, bob, guild_id, sticker_id)):  # fmt: skip
        async with refused(store, MissingPermissions):
            await act()
    async with refused(store, UnknownGuild):
        await create(store, Actor(12345), guild_id)
    await allow(store)
    async with refused(store, MissingPermissions):
        await create(store, ada, guild_id)
    with pytest.raises(MissingPermissions):
        async with store.reading(ada) as tx:
            await stickers.require_create(tx, guild_id)
    async with store.reading(bob) as tx:
        (listed,) = await stickers.list_stickers(tx, guild_id)
    assert "user" not in listed
    await allow(store, MANAGE)
    await delete(store, bob, guild_id, sticker_id)


async def test_a_guild_has_so_many_stickers(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    async with store.pool.acquire() as conn:
        await conn.execute(
            "insert into stickers (id, guild_id, name, tags, format_type, image)"
            " select n, $1, 'x', 'x', 1, '' from generate_series(1, $2) n", guild_id, STICKERS_MAX,
        )  # fmt: skip
    async with refused(store, MaximumStickers):
        await create(store, ada, guild_id)


FORMATS = [(png(), 1), (png(frames=2), 2), (gif(), 4), (gif(frames=2), 4)]


@pytest.mark.parametrize("data, format_type", FORMATS)
def test_its_format_is_told_by_its_content(data, format_type):
    assert draft(data).format_type == format_type


@pytest.mark.parametrize(
    "fields, files, path",
    [
        ({"name": "x"}, [png()], "name"), ({"name": "x" * 31}, [png()], "name"),
        ({"description": "x"}, [png()], "description"), ({"description": "x" * 101}, [png()], "description"),
        ({"tags": ""}, [png()], "tags"), ({"tags": "x" * 201}, [png()], "tags"),
        ({}, [], "file"), ({}, [png(), png()], "file"), ({}, [lottie()], "file"), ({}, [jpeg()], "file"),
        ({}, [webp()], "file"), ({}, [b"sticker"], "file"), ({}, [png(321, 320)], "file"),
    ],
)  # fmt: skip
def test_a_draft_with_a_fault_is_refused_by_its_path(fields, files, path):
    with pytest.raises(InvalidFormBody) as caught:
        StickerDraft.parse({"name": "wave", "tags": "hi", **fields}, [uploaded(data) for data in files])
    assert list(caught.value.errors) == [path]


def test_what_plays_for_too_long_is_refused():
    refuse_too_long(gif(frames=50))
    with pytest.raises(StickerTooLong):
        refuse_too_long(gif(frames=51))
    with pytest.raises(TooManyFrames):
        refuse_too_long(gif(frames=1001))
