"""The audit log: kept with the change it tells of, and shown to those who may see it."""

from __future__ import annotations

import pytest

from chatd.actions import audit_log
from chatd.model import permissions
from chatd.model.actor import Actor
from chatd.model.audience import Guild
from chatd.model.audit_log import AuditAction, AuditLogPage, change_of
from chatd.model.errors import MissingPermissions, UnknownGuild
from tests.beats import refused
from tests.people import Heard, general, person

EVERYTHING = AuditLogPage(50, None, None, None, None, None)


async def record(store, actor, action=AuditAction.ROLE_UPDATE, reason=None, **details):
    async with store.transaction(actor, reason) as tx:
        await audit_log.record(tx, general(store).guild_id, action, **details)


async def listed(store, actor, **filters):
    page = AuditLogPage(**{name: filters.get(name) for name in AuditLogPage.__slots__} | {
        "limit": filters.get("limit", 50)
    })  # fmt: skip
    async with store.reading(actor) as tx:
        return await audit_log.list_entries(tx, general(store).guild_id, page)


async def test_an_entry_tells_who_did_what_to_what_and_why(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    heard = Heard(store)
    changes, options = [change_of("nick", None, "Bobby")], {"count": "2"}
    await record(
        store, ada, AuditAction.MEMBER_UPDATE, "he asked", target_id=bob.id, changes=changes, options=options
    )
    (entry,) = heard.entries
    guild_id = general(store).guild_id
    expected = {
        "id": entry.d["id"], "user_id": str(ada.id), "target_id": str(bob.id), "action_type": 24,
        "changes": [{"key": "nick", "new_value": "Bobby"}], "options": {"count": "2"}, "reason": "he asked",
    }  # fmt: skip
    assert (entry.name, entry.audience) == ("GUILD_AUDIT_LOG_ENTRY_CREATE", Guild(guild_id))
    assert entry.d == expected | {"guild_id": str(guild_id)}
    log = await listed(store, ada)
    assert log["audit_log_entries"] == [expected]
    assert [user["username"] for user in log["users"]] == ["ada", "bob"]
    assert set(log) == {
        "audit_log_entries", "users", "webhooks", "integrations", "threads", "application_commands",
        "auto_moderation_rules", "guild_scheduled_events",
    }  # fmt: skip


async def test_what_was_not_said_is_not_there(store):
    ada, _ = await person(store, "ada", admin=True)
    await record(store, ada, AuditAction.MEMBER_PRUNE)
    (entry,) = (await listed(store, ada))["audit_log_entries"]
    assert set(entry) == {"id", "user_id", "target_id", "action_type", "changes"}
    assert entry["target_id"] is None and entry["changes"] == []


async def test_an_entry_goes_with_the_change_that_was_undone(store):
    ada, _ = await person(store, "ada", admin=True)
    heard = Heard(store)
    with pytest.raises(ZeroDivisionError):
        async with store.transaction(ada) as tx:
            await audit_log.record(tx, general(store).guild_id, AuditAction.ROLE_DELETE)
            raise ZeroDivisionError
    assert heard.entries == [] and (await listed(store, ada))["audit_log_entries"] == []


async def test_pages_go_back_newest_first_and_forward_oldest_first(store):
    ada, _ = await person(store, "ada", admin=True)
    for _ in range(5):
        await record(store, ada)
    ids = [entry["id"] for entry in (await listed(store, ada))["audit_log_entries"]]
    assert len(ids) == 5 and ids == sorted(ids, key=int, reverse=True)

    async def page(**bounds):
        return [entry["id"] for entry in (await listed(store, ada, **bounds))["audit_log_entries"]]

    assert await page(limit=2) == ids[:2]
    assert await page(before=int(ids[1]), limit=2) == ids[2:4]
    assert await page(after=int(ids[4]), limit=2) == [ids[3], ids[2]]
    assert await page(after=0) == ids[::-1]


async def test_entries_are_filtered_by_who_what_and_whom(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    await record(store, ada, AuditAction.ROLE_CREATE, target_id=7)
    await record(store, bob, AuditAction.ROLE_DELETE, target_id=7)
    await record(store, ada, AuditAction.ROLE_DELETE, target_id=8)

    async def found(**filters):
        entries = (await listed(store, ada, **filters))["audit_log_entries"]
        return [(int(entry["user_id"]), entry["action_type"], entry["target_id"]) for entry in entries]

    assert await found(user_id=bob.id) == [(bob.id, 32, "7")]
    assert await found(action_type=32) == [(ada.id, 32, "8"), (bob.id, 32, "7")]
    assert await found(target_id=7, after=0) == [(ada.id, 30, "7"), (bob.id, 32, "7")]


async def test_only_who_may_sees_the_log(store):
    await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    async with refused(store, MissingPermissions):
        await listed(store, bob)
    async with refused(store, UnknownGuild):
        await listed(store, Actor(12345))
    guild = store.directory.guilds[general(store).guild_id]
    guild.roles[guild.id].permissions |= permissions.Permission.VIEW_AUDIT_LOG
    assert (await listed(store, bob))["audit_log_entries"] == []
