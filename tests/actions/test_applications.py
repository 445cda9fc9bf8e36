"""Applications: a bot is a user with a token, a member from the start."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import applications, tokens
from chatd.model.actor import ANYONE
from chatd.model.audience import Guild
from chatd.model.errors import InvalidFormBody, UnknownApplication
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, general, person

# The documentation's application object, as far as clients rely on its keys.
KEYS = {
    "id", "name", "icon", "description", "summary", "bot_public", "bot_require_code_grant", "verify_key",
    "flags", "flags_new", "owner", "team", "redirect_uris", "interactions_endpoint_url",
    "role_connections_verification_url", "approximate_guild_count", "approximate_user_install_count",
    "approximate_user_authorization_count", "bot", "eligible_oauth2_scopes",
}  # fmt: skip


async def create(store: Any, username: str, owner_id: int | None = None) -> Any:
    async with store.transaction(ANYONE) as tx:
        return await applications.create_bot(tx, username, owner_id=owner_id)


async def own(store: Any, actor: Any) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return await applications.get_own(tx)


async def test_a_bot_is_made_announced_and_signed_in(store):
    heard = Heard(store)
    made = await create(store, "robo")
    assert heard.names == [
        "CHATD_APPLICATION_UPDATE", "GUILD_MEMBER_ADD", "MESSAGE_CREATE", "INTEGRATION_CREATE",
        "GUILD_INTEGRATIONS_UPDATE",
    ]  # fmt: skip
    entry = heard.entries[1]
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_ADD", Guild(general(store).guild_id))
    assert entry.d["user"]["bot"] is True
    actor = await tokens.authenticate(store, made.token)
    assert actor is not None and actor.bot and not actor.admin and actor.id == made.user.id
    assert made.expires_at is None
    await assert_as_fresh(store)


@pytest.mark.parametrize("name", ["ada", "ADA", "robo", "chatd"])
async def test_a_name_that_is_taken_is_refused(store, name):
    await person(store, "ada")
    await bot(store, "robo")
    async with refused(store, InvalidFormBody) as caught:
        await create(store, name)
    assert list(caught.value.errors) == ["username"]


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


async def test_a_bot_that_nobody_owns_owns_itself(store):
    robo, _ = await bot(store, "robo")
    assert (await own(store, robo))["owner"]["id"] == str(robo.id)


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
