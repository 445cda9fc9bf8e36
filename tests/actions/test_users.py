"""Users: looking at one, and changing one's own name so that everybody hears of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import members, users
from chatd.model.actor import ANYONE
from chatd.model.audience import Guild, Users
from chatd.model.errors import InvalidFormBody, UnknownUser
from chatd.model.users import UserEdit
from tests.beats import all_rows, assert_as_fresh, refused
from tests.people import Heard, bot, general, person
from tests.pictures import data_uri, png
from tests.places import make_role, owner_of


async def update(store: Any, actor: Any, **body: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await users.update_self(tx, UserEdit.parse(body))


async def test_anybody_is_seen_as_everybody_sees_them(store):
    ada, _ = await person(store, "ada")
    async with store.reading(ANYONE) as tx:
        found = users.get_user(tx, ada.id)
        assert found.payload()["username"] == "ada" and "email" not in found.payload()
        with pytest.raises(UnknownUser):
            users.get_user(tx, 12345)


async def test_one_sees_more_of_oneself(store):
    ada, _ = await person(store, "ada")
    async with store.pool.acquire() as conn:
        await conn.execute("update accounts set email = 'ada@chat.example', verified = true")
    async with store.reading(ada) as tx:
        own = await users.get_self(tx)
    assert (own["email"], own["verified"], own["mfa_enabled"]) == ("ada@chat.example", True, False)
    assert {"flags", "locale"} <= own.keys()
    robo, _ = await bot(store, "robo")
    async with store.reading(robo) as tx:
        own = await users.get_self(tx)
    assert (own["email"], own["verified"], own["bot"]) == (None, True, True)


async def test_a_new_name_is_stored_and_announced(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    answer = await update(store, ada, username="Ada_2", global_name="Ada")
    assert (answer["username"], answer["global_name"]) == ("ada_2", "Ada")
    own, in_guild = heard.entries
    guild_id = general(store).guild_id
    assert (own.name, own.audience) == ("USER_UPDATE", Users((ada.id,)))
    assert (in_guild.name, in_guild.audience) == ("GUILD_MEMBER_UPDATE", Guild(guild_id))
    assert own.d == answer
    assert in_guild.d["user"]["username"] == "ada_2" and "email" not in in_guild.d["user"]
    assert store.directory.users[ada.id].global_name == "Ada"
    await assert_as_fresh(store)


async def test_what_was_not_sent_stays_and_null_clears(store):
    ada, _ = await person(store, "ada")
    await update(store, ada, global_name="Ada")
    assert (await update(store, ada, username="ada_2"))["global_name"] == "Ada"
    assert (await update(store, ada))["username"] == "ada_2"
    cleared = await update(store, ada, global_name=None)
    assert (cleared["global_name"], cleared["username"]) == (None, "ada_2")
    await assert_as_fresh(store)


@pytest.mark.parametrize("name", ["bob", "BOB", "chatd", "robo"])
async def test_a_name_that_is_taken_is_refused(store, name):
    ada, _ = await person(store, "ada")
    await person(store, "bob")
    await bot(store, "robo")
    async with refused(store, InvalidFormBody) as caught:
        await update(store, ada, username=name, global_name="Ada")
    assert caught.value.errors["username"]["_errors"][0]["code"] == "USERNAME_ALREADY_TAKEN"


async def test_ones_own_name_in_the_same_words_is_no_clash(store):
    ada, _ = await person(store, "ada")
    assert (await update(store, ada, username="ADA"))["username"] == "ada"


async def test_of_two_who_want_one_name_at_once_one_gets_it(store):
    people = [(await person(store, f"somebody_{number}"))[0] for number in range(4)]
    came = await asyncio.gather(*(update(store, actor, username="ada") for actor in people),
                                return_exceptions=True)  # fmt: skip
    assert sum(isinstance(answer, InvalidFormBody) for answer in came) == 3
    await assert_as_fresh(store)


async def test_many_changes_at_once_end_as_the_last_one_announced(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    await asyncio.gather(*(update(store, ada, username=f"ada_{number}") for number in range(6)))
    told = [entry.d["username"] for entry in heard.entries if entry.name == "USER_UPDATE"]
    assert len(told) == 6 and told[-1] == store.directory.users[ada.id].username
    await assert_as_fresh(store)


async def test_changing_oneself_changes_nobody_else(store):
    ada, _ = await person(store, "ada")
    await person(store, "bob")
    before = await all_rows(store)
    await update(store, ada, global_name="Ada")
    after = await all_rows(store)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"users", "journal", "journal_head", "guilds"}  # guilds: permission_position
    assert len(set(before["users"]) & set(after["users"])) == len(before["users"]) - 1


async def test_two_edits_at_once_of_different_fields_are_both_kept(store, connection):
    ada, _ = await person(store, "ada")
    await asyncio.gather(update(store, ada, global_name="Ada L."), update(store, ada, username="lovelace"))
    row = await connection.fetchrow("select username, global_name from users where id = $1", ada.id)
    assert tuple(row) == ("lovelace", "Ada L.")
    assert (store.directory.users[ada.id].username, store.directory.users[ada.id].global_name) == tuple(row)


async def test_a_face_is_stored_announced_and_cleared(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        edit = UserEdit.parse({"avatar": data_uri(png()), "accent_color": 0xABCDEF})
        answer = await users.update_self(tx, edit, avatar="f" * 32)
    assert (answer["avatar"], answer["banner"], answer["accent_color"]) == ("f" * 32, None, 0xABCDEF)
    own, in_guild = heard.take()
    assert own.d == answer and in_guild.d["user"]["avatar"] == "f" * 32
    await assert_as_fresh(store)
    async with store.transaction(ada) as tx:
        await users.update_self(tx, UserEdit.parse({"banner": data_uri(png())}), banner="a_" + "e" * 32)
    kept = store.directory.users[ada.id]
    assert (kept.avatar, kept.banner, kept.accent_color) == ("f" * 32, "a_" + "e" * 32, 0xABCDEF)
    assert (await update(store, ada, avatar=None, accent_color=None))["avatar"] is None
    kept = store.directory.users[ada.id]
    assert (kept.avatar, kept.banner, kept.accent_color) == (None, "a_" + "e" * 32, None)
    await assert_as_fresh(store)


async def test_who_gets_another_name_keeps_the_role_that_they_get_meanwhile(store):
    """The event of the name tells of the whole member; it waits for what is just being changed of them."""
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    guild_id = general(store).guild_id
    role = await make_role(store, owner)
    async with store.transaction(owner) as tx:
        await members.add_role(tx, guild_id, ada.id, role.id)
        renaming = asyncio.create_task(update(store, ada, global_name="Countess"))
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        while not await store.pool.fetchval(waiting):
            await asyncio.sleep(0.005)
    await renaming
    assert store.directory.guilds[guild_id].members[ada.id].role_ids == (role.id,)
    await assert_as_fresh(store)
