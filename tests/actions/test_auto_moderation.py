"""The rules of automatic moderation: made, changed and deleted by those who manage the guild."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import audit_log, auto_moderation
from chatd.model.actor import Actor
from chatd.model.audience import Guild
from chatd.model.audit_log import AuditLogPage
from chatd.model.auto_moderation import RuleDraft, RuleEdit
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    UnknownAutoModerationRule,
    UnknownGuild,
)
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.faults import faults_in
from tests.people import Heard, general, person
from tests.permitting import allow
from tests.places import make_channel
from tests.rooms import only_for, stage, voice

BODY: dict[str, Any] = {
    "name": "words", "event_type": 1, "trigger_type": 1, "actions": [{"type": 1}], "enabled": True,
    "trigger_metadata": {"keyword_filter": ["grue"]},
}  # fmt: skip
TIME_OUT = {"type": 3, "metadata": {"duration_seconds": 60}}


def alert(channel_id: int) -> dict[str, Any]:
    return {"type": 2, "metadata": {"channel_id": str(channel_id)}}


async def create(store: Any, actor: Actor, **fields: Any) -> Any:
    draft = RuleDraft.parse({**BODY, **fields})
    async with store.transaction(actor) as tx:
        return await auto_moderation.create_rule(tx, general(store).guild_id, draft)


async def change(store: Any, actor: Actor, rule_id: int | str, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        edit = RuleEdit.parse(fields, 1)
        return await auto_moderation.update_rule(tx, general(store).guild_id, int(rule_id), edit)


async def delete(store: Any, actor: Actor, rule_id: int | str) -> None:
    async with store.transaction(actor) as tx:
        await auto_moderation.delete_rule(tx, general(store).guild_id, int(rule_id))


async def listed(store: Any, actor: Actor) -> Any:
    async with store.reading(actor) as tx:
        return await auto_moderation.list_rules(tx, general(store).guild_id)


async def test_a_rule_is_made_changed_and_deleted(store):
    ada, _ = await person(store, "ada")
    guild_id = await allow(store, Permission.MANAGE_GUILD)
    heard = Heard(store)
    made = await create(store, ada)
    created, guild, logged = heard.take()
    assert (guild.name, "AUTO_MODERATION" in guild.d["features"]) == ("GUILD_UPDATE", True)
    assert (created.name, created.audience) == ("AUTO_MODERATION_RULE_CREATE", Guild(guild_id))
    assert created.d == made == {
        **BODY, "id": made["id"], "guild_id": str(guild_id), "creator_id": str(ada.id), "exempt_roles": [],
        "trigger_metadata": {"keyword_filter": ["grue"], "regex_patterns": [], "allow_list": []},
        "actions": [{"type": 1, "metadata": {}}], "exempt_channels": [],
    }  # fmt: skip
    assert (logged.d["action_type"], logged.d["target_id"]) == (140, made["id"])
    assert {"key": "name", "new_value": "words"} in logged.d["changes"]
    assert await listed(store, ada) == [made]
    await assert_as_fresh(store)
    after = await change(store, ada, made["id"], enabled=False, exempt_channels=[str(general(store).id)])
    updated, logged = heard.take()
    assert (updated.name, updated.d) == ("AUTO_MODERATION_RULE_UPDATE", after)
    assert after == {**made, "enabled": False, "exempt_channels": [str(general(store).id)]}
    assert (logged.d["action_type"], [each["key"] for each in logged.d["changes"]]) == (
        141, ["enabled", "exempt_channels"],
    )  # fmt: skip
    await assert_as_fresh(store)
    assert await change(store, ada, made["id"], enabled=False) == after
    assert heard.entries == [], "what changes nothing is not announced"
    await delete(store, ada, made["id"])
    gone, guild, logged = heard.take()
    assert (guild.name, "AUTO_MODERATION" in guild.d["features"]) == ("GUILD_UPDATE", False)
    assert (gone.name, gone.d, logged.d["action_type"]) == ("AUTO_MODERATION_RULE_DELETE", after, 142)
    await assert_as_fresh(store)
    for act in (delete(store, ada, made["id"]), change(store, ada, made["id"], enabled=True)):
        async with refused(store, UnknownAutoModerationRule):
            await act


async def test_only_those_who_manage_the_guild_do_any_of_it(store):
    ada, _ = await person(store, "ada")
    await allow(store, Permission.MANAGE_GUILD)
    made = await create(store, ada)
    await allow(store, Permission.MODERATE_MEMBERS | Permission.MANAGE_MESSAGES)
    for act in (create(store, ada), change(store, ada, made["id"], name="x"), delete(store, ada, made["id"]),
                listed(store, ada)):  # fmt: skip
        async with refused(store, MissingPermissions):
            await act
    with pytest.raises(UnknownGuild):
        await listed(store, Actor(store.mint.next()))


async def test_who_times_members_out_by_a_rule_may_do_it_by_hand(store):
    ada, _ = await person(store, "ada")
    await allow(store, Permission.MANAGE_GUILD)
    made = await create(store, ada)
    async with refused(store, MissingPermissions):
        await create(store, ada, actions=[TIME_OUT])
    async with refused(store, MissingPermissions):
        await change(store, ada, made["id"], actions=[TIME_OUT])
    await allow(store, Permission.MANAGE_GUILD, Permission.MODERATE_MEMBERS)
    await change(store, ada, made["id"], actions=[TIME_OUT])
    await allow(store, Permission.MANAGE_GUILD)
    await change(store, ada, made["id"], enabled=False)


async def test_alerts_go_to_a_text_channel_that_the_maker_sees(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    await allow(store, Permission.MANAGE_GUILD)
    category = await make_channel(store, ada, type=4)
    hidden = await voice(store, overwrites=only_for(store, ada.id))
    for channel_id in (5, category.id, hidden.id):
        async with refused(store, InvalidFormBody) as caught:
            await create(store, bob, actions=[{"type": 1}, alert(channel_id)])
        assert faults_in(caught.value.errors) == {"actions.1.metadata.channel_id": ["CHANNEL_INVALID"]}
    for channel in (general(store), await stage(store)):
        await create(store, bob, actions=[alert(channel.id)])


@pytest.mark.parametrize("kind, rules_max", [(1, 6), (3, 1), (4, 1), (5, 1), (6, 1)])
async def test_a_guild_has_so_many_rules_of_each_kind(store, kind, rules_max):
    ada, _ = await person(store, "ada")
    await allow(store, Permission.MANAGE_GUILD)
    fields = {"trigger_type": kind, "event_type": 1 + (kind == 6), "trigger_metadata": None, "enabled": False,
              "actions": [alert(general(store).id)]}  # fmt: skip
    made = [await create(store, ada, **fields) for _ in range(rules_max)]
    async with refused(store, InvalidFormBody) as caught:
        await create(store, ada, **fields)
    assert faults_in(caught.value.errors) == {"trigger_type": ["AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED"]}
    await delete(store, ada, made[0]["id"])
    await create(store, ada, **fields)


async def test_the_audit_log_shows_the_rules_that_it_names(store):
    ada, _ = await person(store, "ada")
    await allow(store, Permission.MANAGE_GUILD, Permission.VIEW_AUDIT_LOG)
    made = await create(store, ada)
    async with store.reading(ada) as tx:
        log = await audit_log.list_entries(tx, general(store).guild_id, AuditLogPage.parse({}))
    assert log["auto_moderation_rules"] == [made]


async def test_patterns_that_are_too_costly_together_are_not_saved(store):
    ada, _ = await person(store, "ada")
    await allow(store, Permission.MANAGE_GUILD)
    large = {"regex_patterns": ["(?:lorem ipsum){160}"] * 4}
    made = [await create(store, ada, trigger_metadata=large) for _ in range(2)]
    costly = {"regex_patterns": [".{0,500}x"]}
    for act in (
        create(store, ada, trigger_metadata=large), change(store, ada, made[0]["id"], trigger_metadata=costly)
    ):  # fmt: skip
        async with refused(store, InvalidFormBody) as caught:
            await act
        path = "trigger_metadata.regex_patterns"
        assert faults_in(caught.value.errors) == {path: ["AUTO_MODERATION_PATTERNS_TOO_COSTLY"]}
    await change(store, ada, made[0]["id"], name="other words", trigger_metadata=large)
    await assert_as_fresh(store)
