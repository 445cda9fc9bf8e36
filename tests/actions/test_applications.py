"""Applications: their owners look after them; a bot is a user with a token."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import applications, emojis, new_guilds, tokens
from chatd.model.actor import ANYONE
from chatd.model.applications import FLAGS_TO_SET, ApplicationEdit, switched
from chatd.model.audience import Guild, Nobody
from chatd.model.emojis import EmojiDraft
from chatd.model.errors import InvalidFormBody, MissingPermissions, OwnerStays, UnknownApplication
from chatd.model.guilds import GuildDraft
from chatd.model.intents import Intent
from chatd.model.users import UserEdit
from chatd.store.queries import applications as queries
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, general, person
from tests.pictures import data_uri, png

# The documentation's application object, as far as clients rely on its keys.
KEYS = {
    "id", "name", "icon", "description", "summary", "bot_public", "bot_require_code_grant", "verify_key",
    "flags", "flags_new", "owner", "team", "redirect_uris", "interactions_endpoint_url",
    "role_connections_verification_url", "approximate_guild_count", "approximate_user_install_count",
    "approximate_user_authorization_count", "bot", "eligible_oauth2_scopes", "tags",
}  # fmt: skip


async def create(store: Any, username: str, owner_id: int | None = None) -> Any:
    async with store.transaction(ANYONE) as tx:
        return await applications.create_bot(tx, username, owner_id=owner_id)


async def make(store: Any, actor: Any, name: str = "gadget", **rules: Any) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        return await applications.create_application(tx, name, **{"owned_max": 25, **rules})


async def own(store: Any, actor: Any) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return await applications.get_own(tx)


async def listed(store: Any, actor: Any) -> list[str]:
    async with store.reading(actor) as tx:
        return [each["name"] for each in await applications.list_applications(tx)]


async def change(store: Any, actor: Any, application_id: int, *, by_owner: bool = True, **body: Any) -> Any:
    edit = ApplicationEdit.parse(body, by_owner=by_owner)
    async with store.transaction(actor) as tx:
        return await applications.update_application(tx, application_id, edit.values, {})


async def reset(store: Any, actor: Any, application_id: int) -> str:
    async with store.transaction(actor) as tx:
        return await applications.reset_token(tx, application_id)


async def delete(store: Any, actor: Any, application_id: int) -> None:
    async with store.transaction(actor) as tx:
        await applications.delete_application(tx, application_id)


def faults(body: Any) -> set[str]:
    with pytest.raises(InvalidFormBody) as caught:
        ApplicationEdit.parse(body, by_owner=True)
    return set(caught.value.errors)


# ── a bot of the command line ──


async def test_a_bot_is_made_announced_and_signed_in(store):
    heard = Heard(store)
    made = await create(store, "robo")
    assert heard.names == [
        "CHATD_APPLICATION_UPDATE", "GUILD_MEMBER_ADD", "MESSAGE_CREATE", "INTEGRATION_CREATE",
        "GUILD_INTEGRATIONS_UPDATE",
    ]  # fmt: skip
    told, entry = heard.entries[:2]
    assert told.audience == Nobody()
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_ADD", Guild(general(store).guild_id))
    assert entry.d["user"]["bot"] is True
    actor = await tokens.authenticate(store, made.token)
    assert actor is not None and actor.bot and not actor.admin and actor.id == made.user.id
    assert made.expires_at is None
    await assert_as_fresh(store)


@pytest.mark.parametrize("name", ["ada", "ADA", "robo", "chatd"])
async def test_a_name_that_is_taken_is_refused(store, name):
    ada, _ = await person(store, "ada")
    await bot(store, "robo")
    async with refused(store, InvalidFormBody) as caught:
        await create(store, name)
    assert list(caught.value.errors) == ["username"]
    async with refused(store, InvalidFormBody) as caught:
        await make(store, ada, name)
    assert list(caught.value.errors) == ["name"]


async def test_of_two_bots_of_one_name_one_is_made(store):
    came = await asyncio.gather(*(create(store, "robo") for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(answer, InvalidFormBody) for answer in came) == 2
    await assert_as_fresh(store)


async def test_a_bot_sees_its_application(store):
    ada, _ = await person(store, "ada")
    made = await create(store, "robo", owner_id=ada.id)
    robo = await tokens.authenticate(store, made.token)
    application = await own(store, robo)
    assert application.keys() >= KEYS
    assert application["id"] == application["bot"]["id"] == str(made.user.id)
    assert application["owner"]["username"] == "ada" and application["approximate_guild_count"] == 1
    # The documentation, "Application flags": presence, members and message content, below 100 guilds.
    assert application["flags"] == 1 << 13 | 1 << 15 | 1 << 19
    assert application["team"] is None and application["redirect_uris"] == []


async def test_a_bot_that_nobody_owns_is_shown_as_its_own_and_is_the_administrators(store):
    robo, _ = await bot(store, "robo")
    assert (await own(store, robo))["owner"]["id"] == str(robo.id)
    admin, _ = await person(store, "admin", admin=True)
    ada, _ = await person(store, "ada")
    assert (await listed(store, admin), await listed(store, ada)) == (["robo"], [])
    assert await reset(store, admin, robo.id)


async def test_a_person_has_no_application(store):
    ada, _ = await person(store, "ada")
    with pytest.raises(UnknownApplication):
        await own(store, ada)


async def test_bots_are_listed_by_id(store):
    made = [await create(store, name) for name in ("robo", "another")]
    async with store.reading(ANYONE) as tx:
        rows = await applications.list_bots(tx)
    assert [(row["id"], row["username"]) for row in rows] == [
        (bot.user.id, bot.user.username) for bot in made
    ]


# ── an application of a person ──


async def test_an_application_has_a_bot_that_is_nowhere_and_may_ask_for_nothing_special(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    made = await make(store, ada)
    assert heard.names == ["CHATD_APPLICATION_UPDATE"]
    assert made.keys() >= KEYS
    assert (made["flags"], made["approximate_guild_count"], made["owner"]["username"]) == (0, 0, "ada")
    assert made["bot"]["username"] == "gadget" and made["bot"]["bot"]
    assert store.directory.guilds_of(int(made["id"])) == []
    assert not store.directory.applications[int(made["id"])].grants(Intent.MESSAGE_CONTENT)
    assert await listed(store, ada) == ["gadget"]
    await assert_as_fresh(store)


async def test_nobody_makes_more_than_they_may_own_even_at_once(store):
    ada, _ = await person(store, "ada")
    names = ("one", "two", "three")
    came = await asyncio.gather(*(make(store, ada, name, owned_max=2) for name in names),
                                return_exceptions=True)  # fmt: skip
    assert sum(isinstance(answer, InvalidFormBody) for answer in came) == 1
    async with refused(store, InvalidFormBody):
        await make(store, ada, "four", owned_max=2)


async def test_where_only_administrators_make_applications_others_do_not(store):
    admin, _ = await person(store, "admin", admin=True)
    ada, _ = await person(store, "ada")
    assert await make(store, admin, admins_only=True)
    async with refused(store, MissingPermissions):
        await make(store, ada, "another", admins_only=True)


async def test_who_is_no_administrator_any_more_may_not_what_their_token_still_says(store):
    """An actor is remembered for minutes by its token; what makes one an administrator is not."""
    robo, _ = await bot(store, "robo")
    admin, _ = await person(store, "admin", admin=True)
    async with store.pool.acquire() as conn:
        await conn.execute("update accounts set admin = false where user_id = $1", admin.id)
    assert admin.admin
    async with refused(store, MissingPermissions):
        await make(store, admin, admins_only=True)
    for attempt in (change(store, admin, robo.id, name="mine"), reset(store, admin, robo.id),
                    delete(store, admin, robo.id)):  # fmt: skip
        async with refused(store, UnknownApplication):
            await attempt
    assert await listed(store, admin) == []


async def test_to_anybody_but_its_owner_and_its_bot_an_application_is_unknown(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob", admin=True)
    robo, _ = await bot(store, "robo")
    id = int((await make(store, ada))["id"])
    for stranger in (bob, robo):
        for attempt in (change(store, stranger, id, name="mine"), reset(store, stranger, id),
                        delete(store, stranger, id)):  # fmt: skip
            async with refused(store, UnknownApplication):
                await attempt
        async with store.reading(stranger) as tx:
            with pytest.raises(UnknownApplication):
                await applications.get_application(tx, id)
    assert await listed(store, bob) == ["robo"]


async def test_its_owner_changes_all_that_can_be_set(store):
    ada, _ = await person(store, "ada")
    id = int((await make(store, ada))["id"])
    heard = Heard(store)
    params = {"scopes": ["bot"], "permissions": "8"}
    body = {
        "name": "Gadget", "description": "goes", "tags": ["fun", "fun", "small"], "bot_public": False,
        "redirect_uris": ["https://gadget.example/back"], "terms_of_service_url": "https://gadget.example/t",
        "privacy_policy_url": "https://gadget.example/p", "custom_install_url": "https://gadget.example/i",
        "role_connections_verification_url": "https://gadget.example/v", "install_params": params,
        "integration_types_config": {"0": {"oauth2_install_params": params}, "1": {}},
        "flags": FLAGS_TO_SET,
    }  # fmt: skip
    after = await change(store, ada, id, **body)
    assert {**after, "tags": ["fun", "fun", "small"]}.items() >= body.items()
    assert after["tags"] == ["fun", "small"]
    assert heard.names == ["CHATD_APPLICATION_UPDATE"]
    await assert_as_fresh(store)
    heard.take()
    await change(store, ada, id, **body)
    assert heard.entries == []
    cleared = {name: None for name in body if name not in ("name", "bot_public")}
    after = await change(store, ada, id, **cleared)
    assert "install_params" not in after and after["integration_types_config"] == {"0": {}}
    assert (after["name"], after["description"], after["tags"]) == ("Gadget", "", [])
    await assert_as_fresh(store)


async def test_a_bot_changes_only_what_the_documentation_lets_it(store):
    robo, _ = await bot(store, "robo")
    body = {"name": "Other", "bot_public": False, "description": "x"}
    after = await change(store, robo, robo.id, by_owner=False, **body)
    assert (after["name"], after["bot_public"], after["description"]) == ("robo", True, "x")


def test_what_cannot_be_is_refused_all_at_once():
    assert faults({"name": "x", "description": "x" * 401, "tags": ["x" * 21], "redirect_uris": ["nowhere"],
                   "bot_public": "yes", "flags": "all", "icon": "none", "terms_of_service_url": "ftp://x.y/"}
                  ) == {"name", "description", "tags", "redirect_uris", "bot_public", "flags", "icon",
                        "terms_of_service_url"}  # fmt: skip
    assert faults({"install_params": {"scopes": ["identify"]}}) == {"install_params"}
    assert faults({"integration_types_config": {}}) == {"integration_types_config"}
    edit = ApplicationEdit.parse({"description": {"default": "hi"}}, by_owner=False)
    assert edit.values == {"description": "hi"}


def test_only_what_grants_an_intent_is_switched_and_what_is_discords_only_off():
    verified, other = 1 << 12 | 1 << 18, 1 << 23
    assert switched(other, FLAGS_TO_SET | verified | 1) == other | FLAGS_TO_SET
    assert switched(other | verified, 1 << 12) == other | 1 << 12


async def test_its_owner_names_the_bot_and_everybody_hears(store):
    ada, _ = await person(store, "ada")
    made = await create(store, "robo", owner_id=ada.id)
    heard = Heard(store)
    edit = UserEdit.parse({"username": "Robo the Great"}, of_bot=True)
    async with store.transaction(ada) as tx:
        after = await applications.update_bot(tx, made.user.id, edit, avatar=None, banner=None)
    assert after["username"] == "Robo the Great"
    assert heard.names == ["USER_UPDATE", "GUILD_MEMBER_UPDATE"]
    await assert_as_fresh(store)


# ── tokens ──


async def test_a_new_token_ends_every_one_before_it(store):
    ada, _ = await person(store, "ada")
    made = await create(store, "robo", owner_id=ada.id)
    assert await tokens.authenticate(store, made.token)
    heard = Heard(store)
    token = await reset(store, ada, made.user.id)
    assert heard.names == ["CHATD_TOKEN_REVOKED"]
    assert await tokens.authenticate(store, made.token) is None
    actor = await tokens.authenticate(store, token)
    assert actor is not None and actor.id == made.user.id
    again = await asyncio.gather(*(reset(store, ada, made.user.id) for _ in range(3)))
    alive = [each for each in (token, *again) if await tokens.authenticate(store, each)]
    assert len(alive) == 1
    await assert_as_fresh(store)


# ── its end ──


async def test_a_deleted_application_is_gone_and_its_bot_has_left(store):
    ada, _ = await person(store, "ada")
    made = await create(store, "robo", owner_id=ada.id)
    robo = await tokens.authenticate(store, made.token)
    draft = EmojiDraft.parse({"name": "gear", "image": data_uri(png())})
    async with store.transaction(robo) as tx:
        await emojis.create_application_emoji(tx, robo.id, draft, "0" * 32)
    heard = Heard(store)
    await delete(store, ada, robo.id)
    assert heard.names == [
        "CHATD_TOKEN_REVOKED", "USER_UPDATE", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE",
        "INTEGRATION_DELETE", "GUILD_INTEGRATIONS_UPDATE", "CHATD_APPLICATION_EMOJIS_UPDATE",
        "CHATD_APPLICATION_DELETE",
    ]  # fmt: skip
    assert await tokens.authenticate(store, made.token) is None
    assert store.directory.users[robo.id].username == f"deleted_bot_{robo.id}"
    assert await listed(store, ada) == []
    await assert_as_fresh(store)
    await create(store, "robo")
    async with refused(store, UnknownApplication):
        await delete(store, ada, robo.id)


async def test_a_bot_that_owns_a_guild_stays(store):
    ada, _ = await person(store, "ada")
    made = await create(store, "robo", owner_id=ada.id)
    robo = await tokens.authenticate(store, made.token)
    async with store.transaction(robo) as tx:
        await new_guilds.create_guild(tx, GuildDraft.parse({"name": "Robo's"}), icon=None, owned_max=9)
    async with refused(store, OwnerStays):
        await delete(store, ada, robo.id)


async def test_the_signing_key_is_told_nobody(store):
    robo, _ = await bot(store, "robo")
    async with store.pool.acquire() as conn:
        await conn.execute("update applications set signing_key = 'secret' where id = $1", robo.id)
        assert await queries.find_signing_key(conn, id=robo.id) == b"secret"
    heard = Heard(store)
    shown = await change(store, robo, robo.id, by_owner=False, description="x")
    (entry,) = heard.entries
    assert "secret" not in f"{shown} {entry.payload} {store.directory.applications[robo.id]}"
    assert "signing_key" not in entry.payload
