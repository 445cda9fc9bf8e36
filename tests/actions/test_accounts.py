"""Accounts: who may sign up, who gets in, and a session that is dead everywhere once it is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from chatd.actions import accounts, first_run, invites, tokens
from chatd.model import credentials
from chatd.model.accounts import LoginDraft, RegisterDraft, SetUpDraft
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Guild, Nobody
from chatd.model.errors import (
    AccountDisabled,
    InvalidFormBody,
    RegistrationClosed,
    UnknownSecret,
    WrongCredentials,
)
from chatd.model.events import TOKEN_REVOKED
from tests.beats import assert_as_fresh, refused
from tests.conftest import opened_store
from tests.people import DAY, DEVICE, Heard, bot, general, person

PASSWORD = "correct horse battery"


@cache
def password_hash() -> str:
    """Slow to make, so it is made once in the run."""
    return credentials.hash_password(PASSWORD)


def draft(username: str, *, email: str | None = None, invite: str | None = None) -> RegisterDraft:
    return RegisterDraft(username, PASSWORD, email, None, invite)


async def register(store: Any, username: str, **fields: Any) -> Any:
    async with store.transaction(ANYONE) as tx:
        return await accounts.register(tx, draft(username, **fields), password_hash(), DEVICE, DAY)


async def sign_in(store: Any, login: str, password: str = PASSWORD, session: timedelta = DAY) -> Any:
    return await accounts.sign_in(store, LoginDraft(login, password), DEVICE, session)


async def sign_out(store: Any, signed_in: Any) -> None:
    actor = Actor(signed_in.user.id, token_hash=credentials.hash_token(signed_in.token))
    async with store.transaction(actor) as tx:
        await accounts.sign_out(tx)


async def run_sql(store: Any, sql: str, *arguments: Any) -> Any:
    async with store.pool.acquire() as conn:
        return await conn.fetchval(sql, *arguments)


async def set_policy(store: Any, registration: str) -> None:
    await run_sql(store, "update settings set registration = $1", registration)


async def create_invite(store: Any, **fields: Any) -> str:
    async with store.transaction(ANYONE) as tx:
        made = await invites.create_for_sign_up(tx, **{"max_uses": 1, "max_age": 0, **fields})
    return made.code


async def setup_secret(store: Any) -> str:
    async with store.pool.acquire() as conn:
        secret = await first_run.renew_setup_secret(conn)
    assert secret is not None
    return secret


async def set_up(store: Any, secret: str, username: str) -> Any:
    async with store.transaction(ANYONE) as tx:
        return await accounts.set_up(tx, SetUpDraft(secret, draft(username)), password_hash(), DEVICE, DAY)


def is_revocation(entries: list[Any]) -> bool:
    return any(entry.name == TOKEN_REVOKED for entry in entries)


# Signing up


async def test_signing_up_makes_a_member_who_is_signed_in(store):
    heard = Heard(store)
    signed_in = await register(store, "ada", email="ada@chat.example")
    entry, welcome = heard.entries
    guild_id = general(store).guild_id
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_ADD", Guild(guild_id))
    assert entry.d["user"]["username"] == "ada" and entry.d["guild_id"] == str(guild_id)
    assert (welcome.name, welcome.d["type"]) == ("MESSAGE_CREATE", 7)
    actor = await tokens.authenticate(store, signed_in.token)
    assert actor is not None and (actor.id, actor.bot, actor.admin) == (signed_in.user.id, False, False)
    await assert_as_fresh(store)


async def test_nobody_signs_up_where_registration_is_closed(store):
    await set_policy(store, "closed")
    code = await create_invite(store)
    for invite in (None, code):
        async with refused(store, RegistrationClosed):
            await register(store, "ada", invite=invite)


async def test_where_an_invite_is_needed_one_without_it_is_refused(store):
    await set_policy(store, "invite")
    async with refused(store, InvalidFormBody) as caught:
        await register(store, "ada")
    assert list(caught.value.errors) == ["invite"]
    await register(store, "ada", invite=await create_invite(store, max_uses=2))
    assert await run_sql(store, "select uses from invites") == 1


async def test_an_invite_that_is_unknown_used_up_or_expired_is_refused(store):
    used_up = await create_invite(store)
    await register(store, "ada", invite=used_up)
    expired = await create_invite(store, max_uses=0, max_age=60)
    await run_sql(store, "update invites set expires_at = now() - interval '1 s' where code = $1", expired)
    for policy in ("invite", "open"):
        await set_policy(store, policy)
        for code in ("unknown", used_up, expired):
            async with refused(store, InvalidFormBody) as caught:
                await register(store, "bob", invite=code)
            assert list(caught.value.errors) == ["invite"]


async def test_of_two_who_take_the_last_use_of_an_invite_one_gets_in(store):
    await set_policy(store, "invite")
    code = await create_invite(store, max_uses=3)
    names = [f"somebody_{number}" for number in range(6)]
    came = await asyncio.gather(
        *(register(store, name, invite=code) for name in names), return_exceptions=True
    )
    turned_away = [answer for answer in came if isinstance(answer, InvalidFormBody)]
    assert len(turned_away) == 3 and all(list(error.errors) == ["invite"] for error in turned_away)
    assert await run_sql(store, "select count(*) from invites") == 0
    assert await run_sql(store, "select count(*) from accounts") == 3
    await assert_as_fresh(store)


async def test_an_invite_is_not_spent_by_one_whose_name_is_taken(store):
    code = await create_invite(store)
    await register(store, "ada")
    async with refused(store, InvalidFormBody):
        await register(store, "ada", invite=code)
    await register(store, "bob", invite=code)


@pytest.mark.parametrize("name", ["ada", "ADA", "chatd"])
async def test_a_username_is_taken_whatever_its_case(store, name):
    await register(store, "ada")
    async with refused(store, InvalidFormBody) as caught:
        await register(store, name)
    assert caught.value.errors["username"]["_errors"][0]["code"] == "USERNAME_ALREADY_TAKEN"


async def test_a_mail_address_is_taken_whatever_its_case(store):
    await register(store, "ada", email="Ada@Chat.Example")
    async with refused(store, InvalidFormBody) as caught:
        await register(store, "bob", email="ada@chat.EXAMPLE")
    assert caught.value.errors["email"]["_errors"][0]["code"] == "EMAIL_ALREADY_REGISTERED"
    await register(store, "bob")
    await register(store, "cleo")  # any number have none


async def test_of_two_who_want_one_name_at_once_one_gets_it(store):
    came = await asyncio.gather(*(register(store, "ada") for _ in range(4)), return_exceptions=True)
    assert sum(not isinstance(answer, Exception) for answer in came) == 1
    assert sum(isinstance(answer, InvalidFormBody) for answer in came) == 3
    await assert_as_fresh(store)


# Signing in


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@chat.example", "Ada@Chat.Example"])
async def test_signing_in_by_name_or_mail_address(store, login):
    registered = await register(store, "ada", email="ada@chat.example")
    heard = Heard(store)
    signed_in = await sign_in(store, login)
    assert signed_in.user == registered.user and signed_in.token != registered.token
    assert heard.entries == []
    assert (await tokens.authenticate(store, signed_in.token)).id == registered.user.id


async def test_a_wrong_password_and_an_unknown_user_look_alike(store):
    await register(store, "ada")
    bodies = []
    for login in ("ada", "nobody", "nobody@chat.example", "chatd"):
        async with refused(store, WrongCredentials) as caught:
            await sign_in(store, login, "wrong password")
        bodies.append((caught.value.status, caught.value.body(), caught.value.headers()))
    assert all(body == bodies[0] for body in bodies)


async def test_a_bot_has_no_password_to_sign_in_by(store):
    await bot(store, "robo")
    async with refused(store, WrongCredentials):
        await sign_in(store, "robo", "")


async def test_a_disabled_account_is_told_so_only_by_its_password(store):
    signed_in = await register(store, "ada")
    await run_sql(store, "update accounts set disabled_at = now()")
    async with refused(store, AccountDisabled):
        await sign_in(store, "ada")
    async with refused(store, WrongCredentials):
        await sign_in(store, "ada", "wrong password")
    assert await tokens.authenticate(store, signed_in.token) is None


# Sessions


async def test_signing_out_ends_this_session_and_no_other(store):
    first, second = await register(store, "ada"), await sign_in(store, "ada")
    assert await tokens.authenticate(store, first.token)
    heard = Heard(store)
    await sign_out(store, first)
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == (TOKEN_REVOKED, Nobody())
    assert entry.d == {
        "token_hash": credentials.hash_token(first.token).hex(), "user_id": str(first.user.id)
    }  # fmt: skip
    assert await tokens.authenticate(store, first.token) is None
    assert await tokens.authenticate(store, second.token)
    await sign_out(store, first)  # again: there is nothing left to say
    assert heard.names == [TOKEN_REVOKED]


async def test_signing_out_ends_the_session_in_every_process(store, pool):
    other = await opened_store(pool, process=1)
    try:
        signed_in = await register(store, "ada")
        await other.feed.catch_up()
        assert await tokens.authenticate(other, signed_in.token)
        assert credentials.hash_token(signed_in.token) in other.directory.actors
        told = asyncio.Event()
        other.feed.subscribe(lambda entries: told.set() if is_revocation(entries) else None)
        await sign_out(store, signed_in)
        await told.wait()
        assert other.directory.actors == {}
        assert await tokens.authenticate(other, signed_in.token) is None
    finally:
        await other.close()


async def test_expired_sessions_are_dead_and_then_swept(store):
    kept = await register(store, "ada")
    expired = [await sign_in(store, "ada", session=timedelta(seconds=-1)) for _ in range(2)]
    _, bot_token = await bot(store, "robo")
    for signed_in in expired:
        assert await tokens.authenticate(store, signed_in.token) is None
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        assert await accounts.sweep_sessions(tx) == 2
    hashes = {credentials.hash_token(signed_in.token).hex() for signed_in in expired}
    assert {entry.d["token_hash"] for entry in heard.entries} == hashes
    assert all(entry.audience == Nobody() for entry in heard.entries)
    assert await run_sql(store, "select count(*) from tokens") == 2
    assert await tokens.authenticate(store, kept.token) and await tokens.authenticate(store, bot_token)
    async with store.transaction(ANYONE) as tx:
        assert await accounts.sweep_sessions(tx) == 0
    assert len(heard.entries) == 2


async def test_sessions_survive_a_restart(pool):
    store = await opened_store(pool)
    signed_in = await register(store, "ada")
    await store.close()
    store = await opened_store(pool)
    try:
        actor = await tokens.authenticate(store, signed_in.token)
        assert actor is not None and actor.id == signed_in.user.id
    finally:
        await store.close()


# Setting up


async def test_the_first_visitor_of_the_link_owns_the_server(store):
    secret = await setup_secret(store)
    heard = Heard(store)
    signed_in = await set_up(store, secret, "owner")
    assert heard.names == ["GUILD_MEMBER_ADD", "MESSAGE_CREATE", "GUILD_UPDATE"]
    assert heard.entries[2].d["owner_id"] == str(signed_in.user.id)
    actor = await tokens.authenticate(store, signed_in.token)
    assert actor is not None and actor.admin
    await assert_as_fresh(store)


async def test_a_link_works_once(store):
    secret = await setup_secret(store)
    await set_up(store, secret, "owner")
    async with refused(store, UnknownSecret):
        await set_up(store, secret, "second")
    async with store.pool.acquire() as conn:
        assert await first_run.renew_setup_secret(conn) is None


async def test_of_two_who_use_the_link_at_once_one_owns_the_server(store):
    secret = await setup_secret(store)
    came = await asyncio.gather(*(set_up(store, secret, name) for name in ("ada", "bob", "cleo")),
                                return_exceptions=True)  # fmt: skip
    assert sorted(type(answer).__name__ for answer in came) == ["SignedIn", "UnknownSecret", "UnknownSecret"]
    assert await run_sql(store, "select count(*) from accounts where admin") == 1
    await assert_as_fresh(store)


async def test_a_wrong_link_is_refused_and_the_right_one_stays_good(store):
    secret = await setup_secret(store)
    for wrong in ("", "x", secret + "x", secret[:-1]):
        async with refused(store, UnknownSecret):
            await set_up(store, wrong, "owner")
    await set_up(store, secret, "owner")


async def test_a_link_is_not_spent_by_a_name_that_is_taken(store):
    secret = await setup_secret(store)
    await register(store, "ada")
    async with refused(store, InvalidFormBody):
        await set_up(store, secret, "ada")
    await set_up(store, secret, "owner")


async def test_a_newer_link_replaces_an_older_one(store):
    old, new = await setup_secret(store), await setup_secret(store)
    async with refused(store, UnknownSecret):
        await set_up(store, old, "owner")
    await set_up(store, new, "owner")


async def test_the_link_is_dead_once_an_administrator_is_made_otherwise(store):
    secret = await setup_secret(store)
    await person(store, "owner", admin=True)
    async with refused(store, UnknownSecret):
        await set_up(store, secret, "second")
    async with store.pool.acquire() as conn:
        assert await first_run.renew_setup_secret(conn) is None


async def test_a_second_administrator_does_not_take_the_guild(store):
    owner, _ = await person(store, "owner", admin=True)
    heard = Heard(store)
    await person(store, "second", admin=True)
    assert "GUILD_UPDATE" not in heard.names
    assert store.directory.guilds[general(store).guild_id].owner_id == owner.id
    await assert_as_fresh(store)


async def test_the_policy_tells_what_a_stranger_needs_to_know(store):
    async def policy() -> dict[str, Any]:
        async with store.reading(ANYONE) as tx:
            return await accounts.policy(tx)

    welcome = {"welcome": ""}
    assert await policy() == {
        "server_name": "Tests", "registration": "open", "needs_setup": False, **welcome,
    }  # fmt: skip
    secret = await setup_secret(store)
    await set_policy(store, "invite")
    assert await policy() == {
        "server_name": "Tests", "registration": "invite", "needs_setup": True, **welcome,
    }  # fmt: skip
    await set_up(store, secret, "owner")
    assert not (await policy())["needs_setup"]


async def test_the_list_of_accounts_holds_everybody(store):
    await person(store, "owner", admin=True)
    await register(store, "ada", email="ada@chat.example")
    await bot(store, "robo")
    async with store.reading(ANYONE) as tx:
        rows = await accounts.list_accounts(tx)
    listed = [(row["username"], row["bot"], row["admin"], row["email"]) for row in rows]
    assert listed == [
        ("chatd", True, False, None),
        ("owner", False, True, None),
        ("ada", False, False, "ada@chat.example"),
        ("robo", True, False, None),
    ]
