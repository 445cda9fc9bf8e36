"""Administration of users: who can sign in, who is an administrator, and what is left of who is deleted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import (
    accounts,
    administration,
    administrators,
    applications,
    dms,
    endpoints,
    members,
    own_account,
    relationships,
    server,
    tokens,
)
from chatd.model.accounts import AccountChange, RegisterDraft
from chatd.model.actor import ANYONE, Actor
from chatd.model.administration import (
    AccountEdit,
    Announcement,
    NewUser,
    PasswordLink,
    Removal,
    ServerSettings,
    UserPage,
)
from chatd.model.audience import Users
from chatd.model.credentials import hash_token
from chatd.model.dms import GroupDraft
from chatd.model.errors import (
    AccountDisabled,
    InvalidFormBody,
    LastAdministrator,
    MissingAccess,
    OwnsGuilds,
    UnknownApplication,
    UnknownSecret,
    UnknownSession,
    UnknownUser,
)
from chatd.model.relationships import RelationshipDraft
from tests.beats import assert_as_fresh, refused
from tests.people import DAY, DEVICE, NO_PASSWORD, Heard, bot, general, person
from tests.rest.conftest import password_hash
from tests.talk import say

NEW = NewUser(RegisterDraft("cleo", "", "cleo@chat.example", None, None), admin=False)


async def edit(store: Any, actor: Actor, user_id: int, **values: Any) -> None:
    body = AccountEdit.parse(values)
    async with store.transaction(actor) as tx:
        await administration.update_user(tx, user_id, body)


async def delete(store: Any, actor: Actor, user_id: int, new_owner_id: int | None = None) -> None:
    async with store.transaction(actor) as tx:
        await administration.delete_user(tx, user_id, Removal(new_owner_id))


async def listed(store: Any, **query: str) -> list[str]:
    page = UserPage.parse(query)
    async with store.reading(ANYONE) as tx:
        told = await administration.list_users(tx, page, is_online=lambda user_id: False)
    assert told["total"] >= len(told["users"])
    return [user["username"] for user in told["users"]]


async def link_for(store: Any, actor: Actor, user_id: int) -> PasswordLink:
    async with store.transaction(actor) as tx:
        return await administration.make_link(tx, user_id)


async def choose(store: Any, token: str) -> Any:
    async with store.transaction(ANYONE) as tx:
        return await own_account.reset_password(tx, token, password_hash(), DEVICE, DAY)


def notices(heard: Heard) -> list[tuple[str, Any, Any]]:
    told = [entry for entry in heard.take() if entry.name == "CHATD_ADMIN_NOTICE"]
    return [(e.d["kind"], e.d["user"] and e.d["user"]["username"], e.audience) for e in told]


async def is_admin(store: Any, actor: Actor) -> bool:
    try:
        await administrators.require(store, actor)
    except MissingAccess:
        return False
    return True


# Finding


async def test_users_are_listed_newest_first_and_found_by_any_of_their_names(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    await bot(store, "robo")
    await edit(store, ada, bob.id, email="robert@chat.example", disabled=True)
    assert await listed(store) == ["robo", "bob", "ada", "chatd"]
    assert await listed(store, query="ROBERT@") == ["bob"]
    assert await listed(store, query="%") == []
    assert await listed(store, kind="people") == ["bob", "ada"]
    assert await listed(store, kind="admins") == ["ada"]
    assert await listed(store, kind="disabled") == ["bob"]
    assert await listed(store, kind="bots") == ["robo"]
    assert await listed(store, before=str(bob.id), limit="1") == ["ada"]


# Making


async def test_a_new_user_chooses_a_password_by_the_link_and_is_in(store):
    ada, _ = await person(store, "ada", admin=True)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        user, link = await administration.create_user(tx, NEW)
    assert notices(heard) == [("user_created", "cleo", Users((ada.id,)))]
    signed_in = await choose(store, link.token)
    assert signed_in.user == user
    actor = await tokens.authenticate(store, signed_in.token)
    assert actor is not None and actor.id == user.id and not actor.admin
    await assert_as_fresh(store)


async def test_a_name_that_is_taken_makes_nobody(store):
    ada, _ = await person(store, "ada", admin=True)
    await person(store, "cleo")
    async with refused(store, InvalidFormBody), store.transaction(ada) as tx:
        await administration.create_user(tx, NEW)


async def test_a_link_works_once_and_only_the_newest(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    old, new = await link_for(store, ada, bob.id), await link_for(store, ada, bob.id)
    for token in (old.token, "no", ""):
        async with refused(store, UnknownSecret):
            await choose(store, token)
    await choose(store, new.token)
    async with refused(store, UnknownSecret):
        await choose(store, new.token)


async def test_a_link_that_is_over_opens_nothing(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    link = await link_for(store, ada, bob.id)
    now = store.clock()
    store.clock = lambda: now + administration.LINK_LIFETIME.total_seconds() + 1
    async with refused(store, UnknownSecret):
        await choose(store, link.token)


async def test_a_password_by_link_ends_all_sessions(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, token = await person(store, "bob")
    heard = Heard(store)
    signed_in = await choose(store, (await link_for(store, ada, bob.id)).token)
    assert "CHATD_TOKEN_REVOKED" in heard.names
    assert await tokens.authenticate(store, token) is None
    assert await tokens.authenticate(store, signed_in.token) is not None


async def test_a_link_is_void_when_its_owner_signs_out_everywhere_or_has_another_password(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")

    async def end_others() -> None:
        async with store.transaction(bob) as tx:
            await own_account.end_others(tx)

    async def sign_out() -> None:
        async with store.transaction(ada) as tx:
            await administration.sign_out(tx, bob.id)

    async def keep_out_and_let_in() -> None:
        await edit(store, ada, bob.id, disabled=True)
        await edit(store, ada, bob.id, disabled=False)

    async def change_password() -> None:
        async with store.transaction(bob) as tx:
            await own_account.update(tx, AccountChange("", None, None, False), password_hash())

    for void in (end_others, sign_out, keep_out_and_let_in, change_password):
        link = await link_for(store, ada, bob.id)
        await void()
        async with refused(store, UnknownSecret):
            await choose(store, link.token)


async def test_only_the_hash_of_a_link_is_kept(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    link = await link_for(store, ada, bob.id)
    async with store.pool.acquire() as conn:
        row = await conn.fetchrow("select * from password_links")
    assert row["hash"] == hash_token(link.token) and link.token not in str(dict(row))


async def test_there_is_no_link_for_a_bot_or_the_server_itself(store):
    ada, _ = await person(store, "ada", admin=True)
    robo, _ = await bot(store, "robo")
    for user_id in (robo.id, 1):
        async with refused(store, UnknownUser):
            await link_for(store, ada, user_id)


# Keeping out


async def test_who_is_disabled_is_out_at_once_and_may_come_back(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, token = await person(store, "bob")
    assert await tokens.authenticate(store, token)
    heard = Heard(store)
    await edit(store, ada, bob.id, disabled=True)
    assert heard.names == ["CHATD_ADMIN_NOTICE", "CHATD_TOKEN_REVOKED"]
    assert await tokens.authenticate(store, token) is None
    link = await link_for(store, ada, bob.id)
    async with refused(store, AccountDisabled):
        await choose(store, link.token)
    heard.take()
    await edit(store, ada, bob.id, disabled=False)
    assert notices(heard) == [("user_enabled", "bob", Users((ada.id,)))]
    await choose(store, link.token)


async def test_what_changes_nothing_tells_nobody(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, token = await person(store, "bob")
    heard = Heard(store)
    await edit(store, ada, bob.id, disabled=False, admin=False)
    await edit(store, ada, bob.id)
    assert heard.entries == []
    assert await tokens.authenticate(store, token) is not None


async def test_a_mail_address_of_somebody_else_is_refused(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    await edit(store, ada, ada.id, email="ada@chat.example")
    async with refused(store, InvalidFormBody) as caught:
        await edit(store, ada, bob.id, email="ADA@chat.example")
    assert set(caught.value.errors) == {"email"}


# Administrators


async def test_an_administrator_is_one_as_soon_as_it_is_said_and_as_long(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    robo, _ = await bot(store, "robo")
    assert not await is_admin(store, bob) and not await is_admin(store, robo)
    heard = Heard(store)
    await edit(store, ada, bob.id, admin=True)
    assert heard.entries[-1].name == "USER_UPDATE" and heard.entries[-1].d["admin"] is True
    assert notices(heard) == [("admin_made", "bob", Users((ada.id, bob.id)))]
    assert await is_admin(store, bob)
    await edit(store, bob, ada.id, admin=False)
    assert not await is_admin(store, ada)
    assert notices(heard) == [("admin_unmade", "ada", Users((bob.id,)))]


@pytest.mark.parametrize("values", [{"admin": False}, {"disabled": True}])
async def test_the_last_administrator_stays(store, values):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob", admin=True)
    await edit(store, ada, bob.id, **values)
    async with refused(store, LastAdministrator):
        await edit(store, ada, ada.id, **values)
    async with refused(store, LastAdministrator):
        await delete(store, ada, ada.id, bob.id)


async def test_of_two_who_unmake_each_other_at_once_one_stays(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob", admin=True)
    done = await asyncio.gather(
        edit(store, ada, bob.id, admin=False), edit(store, bob, ada.id, admin=False), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["LastAdministrator", "NoneType"]


async def test_administrators_and_nobody_else_hear_who_has_signed_up(store):
    ada, _ = await person(store, "ada", admin=True)
    heard = Heard(store)
    await person(store, "bob")
    assert notices(heard) == [("user_signed_up", "bob", Users((ada.id,)))]


# Deleting


async def test_who_is_deleted_leaves_everything_but_their_words(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, token = await person(store, "bob")
    cleo, _ = await person(store, "cleo")
    said = await say(store, bob, "something worth keeping")
    async with store.transaction(bob) as tx:
        await relationships.create_relationship(tx, cleo.id, RelationshipDraft(1))
    async with store.transaction(cleo) as tx:
        await relationships.create_relationship(tx, bob.id, RelationshipDraft(1))
    async with store.transaction(bob) as tx:
        await dms.create_group(tx, GroupDraft((cleo.id,)))
    heard = Heard(store)
    await delete(store, ada, bob.id)
    assert {"GUILD_MEMBER_REMOVE", "CHANNEL_RECIPIENT_REMOVE", "RELATIONSHIP_REMOVE"} <= set(heard.names)
    assert heard.names[-1] == "CHATD_ADMIN_NOTICE"
    assert heard.entries[-1].d["user"]["username"] == "bob"
    assert await tokens.authenticate(store, token) is None
    placeholder = store.directory.users[bob.id]
    assert (placeholder.username, placeholder.global_name) == (f"deleted_user_{bob.id}", "Deleted User")
    assert bob.id not in store.directory.guilds[general(store).guild_id].members
    async with store.pool.acquire() as conn:
        author_id = await conn.fetchval("select author_id from messages where id = $1", said.id)
    assert author_id == bob.id
    assert "bob" not in await listed(store) and await listed(store, query="deleted_user") == []
    await assert_as_fresh(store)
    await person(store, "bob")  # the name is free again


async def test_who_owns_a_guild_is_deleted_only_with_an_heir(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob", admin=True)
    async with refused(store, OwnsGuilds):
        await delete(store, bob, ada.id)
    for nobody in (ada.id, 1):
        async with refused(store, InvalidFormBody):
            await delete(store, bob, ada.id, nobody)
    await delete(store, bob, ada.id, bob.id)
    assert store.directory.guilds[general(store).guild_id].owner_id == bob.id
    await assert_as_fresh(store)


async def test_nobody_is_deleted_twice_and_no_bot(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    robo, _ = await bot(store, "robo")
    await delete(store, ada, bob.id)
    for user_id in (bob.id, robo.id):
        async with refused(store, UnknownUser):
            await delete(store, ada, user_id)


# One's own account


async def test_sessions_are_listed_and_ended_one_by_one(store):
    bob, _ = await person(store, "bob")
    async with store.transaction(ANYONE) as tx:
        other = await accounts.start_session(tx, store.directory.users[bob.id], DEVICE, DAY)
    async with store.reading(bob) as tx:
        sessions = await own_account.list_sessions(tx)
    assert sorted(each["current"] for each in sessions) == [False, True]
    assert all(each["user_agent"] == DEVICE.user_agent for each in sessions)
    (id,) = (each["id"] for each in sessions if not each["current"])
    heard = Heard(store)
    async with store.transaction(bob) as tx:
        await own_account.end_session(tx, id)
    assert heard.names == ["CHATD_TOKEN_REVOKED"]
    assert await tokens.authenticate(store, other.token) is None
    async with refused(store, UnknownSession), store.transaction(bob) as tx:
        await own_account.end_session(tx, id)


async def test_nobody_ends_somebody_elses_session(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.reading(ada) as tx:
        (session,) = await own_account.list_sessions(tx)
    async with refused(store, UnknownSession), store.transaction(bob) as tx:
        await own_account.end_session(tx, session["id"])


async def test_another_password_signs_the_other_devices_out(store):
    bob, token = await person(store, "bob")
    async with store.transaction(ANYONE) as tx:
        other = await accounts.start_session(tx, store.directory.users[bob.id], DEVICE, DAY)
    heard = Heard(store)
    change = AccountChange("", "something else", "bob@chat.example", sets_email=True)
    async with store.transaction(bob) as tx:
        payload = await own_account.update(tx, change, NO_PASSWORD)
    assert heard.names == ["CHATD_TOKEN_REVOKED", "USER_UPDATE"]
    assert payload["email"] == heard.entries[1].d["email"] == "bob@chat.example"
    assert await tokens.authenticate(store, other.token) is None
    assert await tokens.authenticate(store, token) is not None


# The server


async def test_settings_change_for_everybody_and_administrators_hear_of_it(store):
    ada, _ = await person(store, "ada", admin=True)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        after = await server.update_settings(tx, ServerSettings("Home", "closed", None))
    assert (after["server_name"], after["registration"], after["welcome"]) == ("Home", "closed", "")
    assert notices(heard) == [("settings_changed", None, Users((ada.id,)))]
    async with store.reading(ANYONE) as tx:
        assert (await accounts.policy(tx))["server_name"] == "Home"
    async with store.transaction(ada) as tx:
        assert await server.update_settings(tx, ServerSettings("Home", None, None)) == after
    assert heard.entries == []


async def test_an_announcement_is_the_servers_word_to_everybody(store):
    ada, _ = await person(store, "ada", admin=True)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await server.announce(tx, Announcement("Tea at four.", everywhere=True))
    (entry,) = heard.entries
    assert (entry.name, entry.d["content"]) == ("MESSAGE_CREATE", "Tea at four.")
    assert entry.d["mention_everyone"] and entry.d["author"]["system"] is True
    assert int(entry.d["channel_id"]) == general(store).id


# Bots


async def test_any_bot_gets_another_token_and_goes(store):
    ada, _ = await person(store, "ada", admin=True)
    robo, token = await bot(store, "robo")
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        new = await administration.reset_bot_token(tx, robo.id)
    assert notices(heard) == [("bot_token_reset", "robo", Users((ada.id,)))]
    assert await tokens.authenticate(store, token) is None
    assert await tokens.authenticate(store, new) is not None
    async with store.transaction(ada) as tx:
        await administration.delete_bot(tx, robo.id)
    assert await tokens.authenticate(store, new) is None and await listed(store, kind="bots") == []
    await assert_as_fresh(store)
    for act in (administration.reset_bot_token, administration.delete_bot):
        async with refused(store, UnknownApplication), store.transaction(ada) as tx:
            await act(tx, robo.id)


async def owned_bot(store: Any, owner: Actor) -> tuple[Actor, str]:
    async with store.transaction(owner) as tx:
        application = await applications.create_application(tx, "gadget", owned_max=1)
    async with store.transaction(owner) as tx:
        token = await applications.reset_token(tx, int(application["id"]))
        await applications.update_application(
            tx, int(application["id"]), {"interactions_endpoint_url": "https://bot.example/in"}, {}
        )
    return Actor(int(application["id"]), bot=True, token_hash=hash_token(token)), token


async def has_endpoint(store: Any, application_id: int) -> bool:
    async with store.reading(ANYONE) as tx:
        return await endpoints.find(tx, application_id) is not None


async def test_the_bots_of_who_is_disabled_are_out_with_them_and_come_back_with_them(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    gadget, token = await owned_bot(store, bob)
    _, other = await bot(store, "robo")
    assert await tokens.authenticate(store, token) is not None
    heard = Heard(store)
    await edit(store, ada, bob.id, disabled=True)
    revoked = [entry.d["token_hash"] for entry in heard.entries if entry.name == "CHATD_TOKEN_REVOKED"]
    assert gadget.token_hash is not None and gadget.token_hash.hex() in revoked
    assert await tokens.authenticate(store, token) is None
    assert not await has_endpoint(store, gadget.id)
    assert await tokens.authenticate(store, other) is not None
    async with store.transaction(ada) as tx:
        another = await administration.reset_bot_token(tx, gadget.id)
    assert await tokens.authenticate(store, another) is None, "another token is no way round it"
    await edit(store, ada, bob.id, disabled=False)
    assert await tokens.authenticate(store, another) is not None
    assert await has_endpoint(store, gadget.id)
    await assert_as_fresh(store)


async def test_the_bots_of_who_is_deleted_are_the_administrators(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    gadget, token = await owned_bot(store, bob)
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, general(store).guild_id, store.directory.users[gadget.id])
    assert await tokens.authenticate(store, token) is not None
    heard = Heard(store)
    await delete(store, ada, bob.id)
    assert "CHATD_APPLICATION_UPDATE" in heard.names
    assert await tokens.authenticate(store, token) is None
    assert not await has_endpoint(store, gadget.id)
    assert gadget.id in store.directory.guilds[general(store).guild_id].members
    await assert_as_fresh(store)
    async with store.reading(ada) as tx:
        assert [each["name"] for each in await applications.list_applications(tx)] == ["gadget"]
    async with store.transaction(ada) as tx:
        another = await applications.reset_token(tx, gadget.id)
    assert await tokens.authenticate(store, another) is not None
