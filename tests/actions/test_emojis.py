"""Emoji: made and changed by those who may, and told to the guild as the complete list."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import emojis, images
from chatd.model.actor import Actor
from chatd.model.audience import Guild, Nobody
from chatd.model.emojis import ANIMATED_MAX, OF_APPLICATION_MAX, STILL_MAX, Emoji, EmojiDraft, EmojiEdit
from chatd.model.errors import (
    InvalidFormBody,
    MaximumAnimatedEmojis,
    MaximumEmojis,
    MissingPermissions,
    UnknownApplication,
    UnknownEmoji,
    UnknownGuild,
    UnknownRole,
)
from chatd.model.events import APPLICATION_EMOJIS_UPDATE
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, person
from tests.permitting import allow
from tests.pictures import data_uri, gif, png

CREATE, MANAGE = int(Permission.CREATE_GUILD_EXPRESSIONS), int(Permission.MANAGE_GUILD_EXPRESSIONS)
PICTURE = png()


def draft(name: str = "blob", picture: bytes = PICTURE, **fields: Any) -> EmojiDraft:
    return EmojiDraft.parse({"name": name, "image": data_uri(picture), **fields})


async def create(store: Any, actor: Actor, guild_id: int, wanted: EmojiDraft | None = None) -> Any:
    wanted = wanted or draft()
    image = await images.keep(store, wanted.image)
    async with store.transaction(actor) as tx:
        return await emojis.create_emoji(tx, guild_id, wanted, image)


async def update(store: Any, actor: Actor, guild_id: int, emoji_id: int, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await emojis.update_emoji(tx, guild_id, emoji_id, EmojiEdit.parse(fields))


async def delete(store: Any, actor: Actor, guild_id: int, emoji_id: int) -> None:
    async with store.transaction(actor) as tx:
        await emojis.delete_emoji(tx, guild_id, emoji_id)


async def listed(store: Any, actor: Actor, guild_id: int) -> list[dict[str, Any]]:
    async with store.reading(actor) as tx:
        return await emojis.list_emojis(tx, guild_id)  # type: ignore[no-any-return]


async def insert_many(store: Any, count: int, *, animated: bool = False, **owner: int) -> None:
    """Rows as an earlier day would have left them."""
    async with store.pool.acquire() as conn:
        await conn.execute(
            "insert into emojis (id, guild_id, application_id, name, animated, image)"
            " select n, $2, $3, 'e', $4, '' from generate_series(1, $1) n",
            count, owner.get("guild_id"), owner.get("application_id"), animated,
        )  # fmt: skip


async def test_an_emoji_is_made_named_and_deleted_and_each_tells_them_all(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    first = await create(store, ada, guild_id)
    heard = Heard(store)
    made = await create(store, ada, guild_id, draft("dance", gif(frames=2), roles=[str(guild_id)]))
    assert made == {
        "id": made["id"], "name": "dance", "roles": [str(guild_id)], "require_colons": True,
        "managed": False, "animated": True, "available": True,
        "user": store.directory.users[ada.id].payload(),
    }  # fmt: skip
    update_event, logged = heard.take()
    assert (update_event.name, update_event.audience) == ("GUILD_EMOJIS_UPDATE", Guild(guild_id))
    assert update_event.d["guild_id"] == str(guild_id)
    assert [each["name"] for each in update_event.d["emojis"]] == ["blob", "dance"]
    assert all("user" not in each for each in update_event.d["emojis"]), "not everybody is told who made it"
    assert (logged.d["action_type"], logged.d["target_id"]) == (60, made["id"])
    assert logged.d["changes"] == [{"key": "name", "new_value": "dance"}]
    renamed = await update(store, ada, guild_id, int(made["id"]), name="hop", roles=None)
    assert (renamed["name"], renamed["roles"]) == ("hop", [])
    update_event, logged = heard.take()
    assert [each["name"] for each in update_event.d["emojis"]] == ["blob", "hop"]
    assert logged.d["action_type"] == 61
    assert {"key": "name", "old_value": "dance", "new_value": "hop"} in logged.d["changes"]
    await assert_as_fresh(store)
    await delete(store, ada, guild_id, int(first["id"]))
    update_event, logged = heard.take()
    assert [each["name"] for each in update_event.d["emojis"]] == ["hop"]
    assert (logged.d["action_type"], logged.d["changes"]) == (62, [{"key": "name", "old_value": "blob"}])
    await assert_as_fresh(store)
    assert store.directory.emoji(int(made["id"])) == Emoji(int(made["id"]), guild_id, "hop", True)


async def test_an_edit_that_changes_nothing_tells_nobody(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    made = await create(store, ada, guild_id)
    heard = Heard(store)
    assert await update(store, ada, guild_id, int(made["id"]), name="blob") == made
    assert await update(store, ada, guild_id, int(made["id"])) == made
    assert heard.entries == []


async def test_one_changes_ones_own_and_with_more_permission_everybodys(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    guild_id = await allow(store, CREATE)
    emoji_id = int((await create(store, ada, guild_id))["id"])
    async with refused(store, MissingPermissions):
        await update(store, bob, guild_id, emoji_id, name="mine")
    async with refused(store, MissingPermissions):
        await delete(store, bob, guild_id, emoji_id)
    await allow(store, MANAGE)
    assert (await update(store, bob, guild_id, emoji_id, name="ours"))["user"]["username"] == "ada"
    await allow(store)
    async with refused(store, MissingPermissions):
        await update(store, ada, guild_id, emoji_id, name="mine")
    await allow(store, MANAGE)
    await delete(store, bob, guild_id, emoji_id)


async def test_who_may_make_none_makes_none_and_does_not_learn_who_did(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    made = await create(store, ada, guild_id)
    assert [each["user"]["username"] for each in await listed(store, ada, guild_id)] == ["ada"]
    bob, _ = await person(store, "bob")
    async with store.reading(bob) as tx:
        assert "user" not in await emojis.get_emoji(tx, guild_id, int(made["id"])), "who may not change it"
    await allow(store)
    bare = {key: value for key, value in made.items() if key != "user"}
    assert await listed(store, ada, guild_id) == [bare]
    async with store.reading(ada) as tx:
        assert await emojis.get_emoji(tx, guild_id, int(made["id"])) == bare
    async with refused(store, MissingPermissions):
        await create(store, ada, guild_id)
    await allow(store, MANAGE)
    async with store.reading(ada) as tx:
        assert await emojis.get_emoji(tx, guild_id, int(made["id"])) == made
    async with refused(store, MissingPermissions):
        await create(store, ada, guild_id)


async def test_a_stranger_does_not_learn_of_an_emoji(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    emoji_id = int((await create(store, ada, guild_id))["id"])
    stranger = Actor(12345)
    for ask in (
        lambda: listed(store, stranger, guild_id),
        lambda: create(store, stranger, guild_id),
        lambda: update(store, stranger, guild_id, emoji_id, name="mine"),
        lambda: delete(store, stranger, guild_id, emoji_id),
    ):
        async with refused(store, UnknownGuild):
            await ask()


async def test_what_is_no_emoji_of_the_guild_is_unknown(store):
    ada, _ = await person(store, "ada")
    robo, _ = await bot(store, "robo")
    guild_id = await allow(store, CREATE, MANAGE)
    await insert_many(store, 1, application_id=robo.id)
    for emoji_id in (1, 99):
        async with refused(store, UnknownEmoji):
            await update(store, ada, guild_id, emoji_id, name="mine")
        async with refused(store, UnknownEmoji):
            await delete(store, ada, guild_id, emoji_id)
        with pytest.raises(UnknownEmoji):
            async with store.reading(ada) as tx:
                await emojis.get_emoji(tx, guild_id, emoji_id)


async def test_the_roles_that_may_use_it_are_the_guilds(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    async with refused(store, UnknownRole):
        await create(store, ada, guild_id, draft(roles=[99]))
    made = await create(store, ada, guild_id)
    async with refused(store, UnknownRole):
        await update(store, ada, guild_id, int(made["id"]), roles=[guild_id, 99])


async def test_a_guild_has_so_many_still_and_so_many_moving_ones(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    await insert_many(store, STILL_MAX, guild_id=guild_id)
    async with refused(store, MaximumEmojis):
        await create(store, ada, guild_id)
    await create(store, ada, guild_id, draft("dance", gif(frames=2)))
    async with store.pool.acquire() as conn:
        await conn.execute("update emojis set animated = true where name = 'e' and id < $1", ANIMATED_MAX)
    async with refused(store, MaximumAnimatedEmojis):
        await create(store, ada, guild_id, draft("dance", gif(frames=2)))
    await create(store, ada, guild_id)


async def test_those_who_make_some_at_once_all_tell_of_all_that_are_there(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, CREATE)
    heard = Heard(store)
    await asyncio.gather(*(create(store, ada, guild_id) for _ in range(4)))
    told = [len(entry.d["emojis"]) for entry in heard.entries if entry.name == "GUILD_EMOJIS_UPDATE"]
    assert told == [1, 2, 3, 4]
    await assert_as_fresh(store)


@pytest.mark.parametrize(
    "fields, path, code",
    [
        ({"name": "a"}, "name", "BASE_TYPE_BAD_LENGTH"),
        ({"name": "x" * 33}, "name", "BASE_TYPE_MAX_LENGTH"),
        ({"name": "no spaces"}, "name", "STRING_TYPE_REGEX"),
        ({"name": None}, "name", "BASE_TYPE_REQUIRED"),
        ({"name": 7}, "name", "STRING_TYPE_CONVERT"),
        ({"image": None}, "image", "BASE_TYPE_REQUIRED"),
        ({"image": "data:image/png;base64,AAAA"}, "image", "IMAGE_INVALID"),
        ({"image": data_uri(png() + bytes(256 * 1024))}, "image", "BINARY_TYPE_MAX_SIZE"),
        ({"roles": "all"}, "roles", "LIST_TYPE_CONVERT"),
    ],
)
def test_a_draft_with_a_fault_is_refused_by_its_path(fields, path, code):
    with pytest.raises(InvalidFormBody) as caught:
        EmojiDraft.parse({"name": "blob", "image": data_uri(PICTURE), **fields})
    assert [fault["code"] for fault in caught.value.errors[path]["_errors"]] == [code]


def test_roles_say_who_may_use_an_emoji():
    restricted = Emoji(1, 3, "blob", role_ids=(7,))
    assert restricted.is_for([7, 8]) and not restricted.is_for([8])
    assert Emoji(1, 3, "blob").is_for([]) and Emoji(1, 3, "blob", role_ids=(3,)).is_for([])


async def test_a_bot_has_emoji_of_its_own_of_which_only_servers_are_told(store):
    robo, _ = await bot(store, "robo")
    heard = Heard(store)
    image = await images.keep(store, draft().image)
    async with store.transaction(robo) as tx:
        made = await emojis.create_application_emoji(tx, robo.id, draft("gear", roles=["1"]), image)
    (told,) = heard.take()
    assert (told.name, told.audience) == (APPLICATION_EMOJIS_UPDATE, Nobody())
    assert (made["name"], made["roles"], made["user"]["username"]) == ("gear", [], "robo")
    await assert_as_fresh(store)
    assert store.directory.emoji(int(made["id"])).application_id == robo.id
    async with store.transaction(robo) as tx:
        edit = EmojiEdit.parse({"name": "cog", "roles": ["1"]})
        renamed = await emojis.update_application_emoji(tx, robo.id, int(made["id"]), edit)
    async with store.reading(robo) as tx:
        assert await emojis.list_application_emojis(tx, robo.id) == {"items": [renamed]}
        assert await emojis.get_application_emoji(tx, robo.id, int(made["id"])) == renamed
    assert renamed == {**made, "name": "cog"}
    await assert_as_fresh(store)
    async with store.transaction(robo) as tx:
        await emojis.delete_application_emoji(tx, robo.id, int(made["id"]))
    await assert_as_fresh(store)
    async with refused(store, UnknownEmoji), store.transaction(robo) as tx:
        await emojis.delete_application_emoji(tx, robo.id, int(made["id"]))


async def test_nobody_elses_application_is_known(store):
    robo, _ = await bot(store, "robo")
    other, _ = await bot(store, "other")
    image = await images.keep(store, draft().image)
    async with refused(store, UnknownApplication), store.transaction(robo) as tx:
        await emojis.create_application_emoji(tx, other.id, draft(), image)
    with pytest.raises(UnknownApplication):
        async with store.reading(robo) as tx:
            await emojis.list_application_emojis(tx, other.id)


async def test_an_application_has_so_many(store):
    robo, _ = await bot(store, "robo")
    await insert_many(store, OF_APPLICATION_MAX, application_id=robo.id)
    image = await images.keep(store, draft().image)
    async with refused(store, MaximumEmojis), store.transaction(robo) as tx:
        await emojis.create_application_emoji(tx, robo.id, draft(), image)
