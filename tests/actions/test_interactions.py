"""What somebody asks of an application: how it is told, who hears of it, and when nobody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatd.actions import interactions
from chatd.model.actor import ANYONE
from chatd.model.attachments import UploadedFile
from chatd.model.audience import Users
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    UnknownApplication,
    UnknownChannel,
    UnknownCommand,
    UnknownInteraction,
)
from chatd.model.interactions import ANSWER_WITHIN, FailureReason, InteractionDraft
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.interacting import BYTES_MAX, Application, listening_bot, make_command, use
from tests.people import Heard, bot, deny, general, person
from tests.talk import open_dm, say

ECHO = {
    "name": "echo",
    "options": [
        {"type": 3, "name": "text", "description": "What to say", "required": True, "max_length": 20},
        {"type": 6, "name": "to", "description": "To whom"},
        {"type": 11, "name": "file", "description": "A file"},
    ],
}
COMPLETED = {
    "name": "find",
    "options": [{"type": 4, "name": "number", "description": "Which", "autocomplete": True}],
}
GROUPED = {
    "name": "admin",
    "options": [
        {"type": 2, "name": "role", "description": "Roles", "options": [
            {"type": 1, "name": "give", "description": "Give", "options": [
                {"type": 8, "name": "which", "description": "Which", "required": True},
            ]},
        ]},
    ],
}  # fmt: skip


def told(heard: Heard, name: str) -> list[tuple[tuple[int, ...], Any]]:
    return [(entry.audience.user_ids, entry.d) for entry in heard.entries if entry.name == name]


async def failures(heard: Heard) -> list[int]:
    return [d["reason_code"] for _, d in told(heard, "INTERACTION_FAILURE")]


async def test_the_bot_hears_all_of_a_command_and_its_user_that_it_is_on_its_way(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo, **ECHO)
    heard = Heard(store)
    made = await use(
        store, ada, command, options=[{"type": 3, "name": "text", "value": "hi"},
                                      {"type": 6, "name": "to", "value": str(robo.id)}],
    )  # fmt: skip
    to_user, to_bot = told(heard, "INTERACTION_CREATE")
    assert to_user == ((ada.id,), {"id": str(made.id), "nonce": "7"})
    users, d = to_bot
    assert users == (robo.id,)
    guild = store.directory.guilds[general(store).guild_id]
    assert (d["id"], d["application_id"], d["type"], d["version"]) == (str(made.id), str(robo.id), 2, 1)
    assert (d["channel_id"], d["guild_id"]) == (str(general(store).id), str(guild.id))
    assert d["guild"] == {
        "id": str(guild.id), "locale": "en-US", "features": guild.settings_payload()["features"],
    }  # fmt: skip
    assert d["channel"]["id"] == d["channel_id"] and int(d["channel"]["permissions"]) > 0
    assert d["member"]["user"]["username"] == "ada" and "user" not in d
    assert d["member"]["permissions"] == d["channel"]["permissions"]
    assert d["app_permissions"] == str(store.directory.permissions(robo.id, general(store).id))
    assert (d["locale"], d["guild_locale"], d["context"]) == ("en-US", "en-US", 0)
    assert d["entitlements"] == [] and d["authorizing_integration_owners"] == {"0": str(guild.id)}
    assert d["attachment_size_limit"] == BYTES_MAX
    assert d["data"]["id"] == str(command.id) and d["data"]["name"] == "echo" and d["data"]["type"] == 1
    assert [option["value"] for option in d["data"]["options"]] == ["hi", str(robo.id)]
    assert d["data"]["resolved"]["users"][str(robo.id)]["username"] == "robo"
    assert d["data"]["resolved"]["members"][str(robo.id)]["roles"] is not None
    await assert_as_fresh(store)


async def test_a_command_of_a_guild_says_so_and_one_with_groups_is_known_by_all_its_names(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    guild_id = general(store).guild_id
    command = await make_command(store, robo, guild_id, **GROUPED)
    heard = Heard(store)
    give = {"type": 1, "name": "give", "options": [{"type": 8, "name": "which", "value": str(guild_id)}]}
    made = await use(store, ada, command, options=[{"type": 2, "name": "role", "options": [give]}])
    d = told(heard, "INTERACTION_CREATE")[-1][1]
    assert d["data"]["guild_id"] == str(guild_id) and str(guild_id) in d["data"]["resolved"]["roles"]
    assert made.command_name == "admin role give"


async def test_in_a_direct_message_with_the_bot_there_is_a_user_and_no_guild(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    dm = await open_dm(store, ada, robo)
    heard = Heard(store)
    await use(store, ada, command, channel_id=dm)
    d = told(heard, "INTERACTION_CREATE")[-1][1]
    assert d["user"]["username"] == "ada" and not d.keys() & {"member", "guild", "guild_id", "guild_locale"}
    assert d["context"] == 1 and d["authorizing_integration_owners"] == {"0": "0"}
    assert d["channel"]["type"] == 1 and [user["username"] for user in d["channel"]["recipients"]] == ["ada"]
    assert int(d["app_permissions"]) & Permission.USE_EXTERNAL_EMOJIS


async def test_a_file_is_handed_over_with_an_address_and_belongs_to_the_interaction(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo, **ECHO)
    file = UploadedFile(0, "cat.txt", "text/plain", 3, b"cat", "a" * 32)
    heard = Heard(store)
    made = await use(
        store, ada, command, files=[file, replace(file, number=1)],
        options=[{"type": 3, "name": "text", "value": "hi"}, {"type": 11, "name": "file", "value": "0"}],
    )  # fmt: skip
    data = told(heard, "INTERACTION_CREATE")[-1][1]["data"]
    (attachment,) = data["resolved"]["attachments"].values()
    assert data["options"][1]["value"] == attachment["id"]
    assert attachment["filename"] == "cat.txt" and attachment["ephemeral"] and "hm=" in attachment["url"]
    async with store.pool.acquire() as conn:
        rows = await conn.fetch("select id, interaction_id, blob from attachments")
    assert [(row["id"], row["interaction_id"]) for row in rows] == [(int(attachment["id"]), made.id)]


@pytest.mark.parametrize(
    "kind, resolved, metadata",
    [(2, "users", "target_user"), (3, "messages", "target_message_id")],
    ids=["user", "message"],
)
async def test_a_command_of_a_context_menu_comes_with_what_it_was_chosen_for(store, kind, resolved, metadata):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    target_id = ada.id if kind == 2 else (await say(store, ada)).id
    command = await make_command(store, robo, type=kind, name="Look at", description="")
    heard = Heard(store)
    made = await use(store, ada, command, target_id=str(target_id))
    d = told(heard, "INTERACTION_CREATE")[-1][1]["data"]
    assert d["target_id"] == str(target_id) and d["resolved"][resolved].keys() == {str(target_id)}
    assert metadata in made.metadata
    with pytest.raises(InvalidFormBody) as caught:
        await use(store, ada, command, target_id="5")
    assert caught.value.errors["data"].keys() == {"target_id"}
    with pytest.raises(InvalidFormBody):
        await use(store, ada, command, type=4, target_id=str(target_id))


async def test_who_may_not_read_what_was_said_is_not_told_whether_it_was(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    said = await say(store, ada)
    command = await make_command(store, robo, type=3, name="Look at", description="")
    deny(store, Permission.READ_MESSAGE_HISTORY)
    for target_id in (said.id, 5):
        with pytest.raises(MissingPermissions):
            await use(store, ada, command, target_id=str(target_id))


async def test_what_is_being_typed_is_told_to_the_bot_alone(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo, **COMPLETED)
    heard = Heard(store)
    option = {"type": 4, "name": "number", "value": "1x", "focused": True}
    made = await use(store, ada, command, type=4, options=[option])
    ((users, d),) = told(heard, "INTERACTION_CREATE")
    assert users == (robo.id,) and d["type"] == 4 and d["data"]["options"] == [option]
    assert made.focused == 4


async def test_every_fault_of_the_data_is_told_by_its_path_and_nothing_is_stored(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo, **ECHO)
    async with refused(store, InvalidFormBody) as caught:
        await use(store, ada, command, options=[{"type": 3, "name": "text", "value": "x" * 21},
                                                {"type": 6, "name": "to", "value": "no"}])  # fmt: skip
    assert caught.value.errors["data"]["options"].keys() == {"0", "1"}
    async with refused(store, InvalidFormBody) as caught:
        await use(store, ada, command, options=[{"type": 3, "name": "text", "value": "x"},
                                                {"type": 11, "name": "file", "value": "0"}])  # fmt: skip
    assert caught.value.errors["data"]["options"].keys() == {"1"}
    async with refused(store, InvalidFormBody) as caught:
        await use(store, ada, command, version="5", options=[{"type": 3, "name": "text", "value": "x"}])
    assert caught.value.errors["data"].keys() == {"version"}
    with pytest.raises(InvalidFormBody) as caught:
        InteractionDraft.parse({"type": 1, "nonce": [], "channel_id": "x"}, (), interactions.READERS)
    assert caught.value.errors.keys() == {"type", "application_id", "channel_id", "nonce", "data"}


async def test_who_may_not_use_it_there_is_refused_and_nobody_hears_of_it(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    other = await listening_bot(store, "other")
    command = await make_command(store, robo)
    async with refused(store, UnknownCommand):
        await use(store, ada, replace(command, application_id=other.id))
    async with refused(store, UnknownChannel):
        await use(store, ada, command, channel_id=5)
    bob, _ = await person(store, "bob")
    dm = await open_dm(store, ada, bob)
    async with refused(store, UnknownApplication):
        await use(store, ada, command, channel_id=dm)
    async with refused(store, UnknownApplication):
        await use(store, ada, replace(command, application_id=bob.id))
    deny(store, Permission.USE_APPLICATION_COMMANDS)
    async with refused(store, MissingPermissions):
        await use(store, ada, command)


async def test_nobody_there_to_answer_is_told_at_once(store):
    ada, _ = await person(store, "ada")
    robo, _ = await bot(store, "robo")
    command = await make_command(store, robo)
    heard = Heard(store)
    made = await use(store, ada, command)
    assert heard.names == ["INTERACTION_CREATE", "INTERACTION_FAILURE"]
    assert heard.entries[1].audience == Users((ada.id,))
    assert heard.entries[1].d == {"id": str(made.id), "nonce": "7", "reason_code": FailureReason.UNREACHABLE}
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select count(*) from interactions") == 0


async def test_a_bot_that_has_just_lost_its_connection_is_about_to_come_back(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    for age, reachable in ((timedelta(seconds=5), True), (timedelta(minutes=5), False)):
        async with store.pool.acquire() as conn:
            at = store.reading(ANYONE).now() - age
            await conn.execute("update gateway_sessions set dropped_at = $1", at)
        heard = Heard(store)
        await use(store, ada, command)
        assert ("INTERACTION_FAILURE" not in heard.names) == reachable


async def test_what_nobody_answers_is_given_up_once_and_answered_no_more(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    heard = Heard(store)
    made = await use(store, ada, command)
    application = Application.of(store, heard)
    for expected in (True, False):
        async with store.transaction(ANYONE) as tx:
            assert await interactions.give_up(tx, made.id) is expected
    assert await failures(heard) == [FailureReason.TIMEOUT]
    async with refused(store, UnknownInteraction):
        await application.answer(4, {"content": "late"})


async def test_the_three_seconds_are_the_servers_own(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    heard = Heard(store)
    made = await use(store, ada, command)
    application = Application.of(store, heard)
    async with store.reading(ANYONE) as tx:
        assert await interactions.unanswered(tx) == []
    now = store.clock()
    store.clock = lambda: now + ANSWER_WITHIN.total_seconds() + 1
    with pytest.raises(UnknownInteraction):
        await application.answer(4, {"content": "late"})
    async with store.reading(ANYONE) as tx:
        assert await interactions.unanswered(tx) == [made.id]


async def test_what_was_answered_is_forgotten_a_day_later(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    heard = Heard(store)
    await use(store, ada, command)
    await Application.of(store, heard).answer(4, {"content": "pong"})
    async with store.reading(ANYONE) as tx:
        assert await interactions.forget(tx) == 0
    now = store.clock()
    store.clock = lambda: now + 2 * 86_400
    async with store.reading(ANYONE) as tx:
        assert await interactions.forget(tx) == 1


async def test_two_bots_are_told_each_of_its_own(store):
    ada, _ = await person(store, "ada")
    robo, other = await listening_bot(store), await listening_bot(store, "other")
    first, second = await make_command(store, robo), await make_command(store, other)
    heard = Heard(store)
    await use(store, ada, first)
    await use(store, ada, second)
    assert [users for users, d in told(heard, "INTERACTION_CREATE") if "token" in d] == [
        (robo.id,), (other.id,),
    ]  # fmt: skip
