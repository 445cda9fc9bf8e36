"""User settings: what a person's clients agree on, bounded and checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chatd.actions import presence, relationships, user_settings, users
from chatd.model.audience import Users
from chatd.model.errors import FriendRequestsDisabled, InvalidFormBody
from chatd.model.relationships import RelationshipDraft
from chatd.model.user_settings import SETTINGS, UserSettingsEdit, completed
from tests.beats import all_rows, assert_as_fresh, refused
from tests.people import Heard, general, person

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def change(store: Any, actor: Any, **body: Any) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        return await user_settings.update_settings(tx, UserSettingsEdit.parse(body))


async def settings(store: Any, actor: Any) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return await user_settings.get_settings(tx)


async def test_what_was_never_chosen_is_as_the_defaults_say(store):
    ada, _ = await person(store, "ada")
    assert await settings(store, ada) == {name: setting.default for name, setting in SETTINGS.items()}


async def test_a_change_is_told_to_oneself_with_what_has_changed(store):
    ada, _ = await person(store, "ada")
    heard, guild_id = Heard(store), str(general(store).guild_id)
    folders = [{"id": 1, "name": "All", "color": 255, "guild_ids": [guild_id]}]
    answer = await change(store, ada, theme="light", guild_folders=folders, developer_mode=False)
    (entry,) = heard.take()
    assert (entry.name, entry.audience) == ("USER_SETTINGS_UPDATE", Users((ada.id,)))
    assert entry.d == {"theme": "light", "guild_folders": folders}
    assert answer == await settings(store, ada) and answer["theme"] == "light"
    await change(store, ada, locale="de")
    async with store.reading(ada) as tx:
        assert (await users.get_self(tx))["locale"] == "de"
    assert (await settings(store, ada))["guild_folders"] == folders
    await change(store, ada, guild_folders=None)
    assert (await settings(store, ada))["guild_folders"] == []
    heard.take()
    before = await all_rows(store)
    await change(store, ada, theme="light")
    assert heard.entries == [] and await all_rows(store) == before
    await assert_as_fresh(store)


async def test_the_status_is_one_whichever_way_it_is_chosen(store):
    ada, _ = await person(store, "ada")
    await change(store, ada, status="dnd")
    assert await presence.chosen_status(store, ada.id) == "dnd"
    heard = Heard(store)
    await presence.choose_status(store, ada.id, "idle")
    await presence.choose_status(store, ada.id, "idle")
    (entry,) = heard.entries
    assert (entry.name, entry.audience, entry.d) == (
        "USER_SETTINGS_UPDATE", Users((ada.id,)), {"status": "idle"}
    )  # fmt: skip
    assert (await settings(store, ada))["status"] == "idle"
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select settings ? 'status' from user_settings") is False


async def test_who_may_ask_to_be_friends_is_ones_own_choice(store):
    ada, bob, eve = [(await person(store, name))[0] for name in ("ada", "bob", "eve")]
    await change(store, ada, friend_source_flags={"all": False})
    async with refused(store, FriendRequestsDisabled):
        await befriend(store, bob, ada)
    await befriend(store, ada, bob)  # who asks by themselves may be answered
    await befriend(store, bob, ada)
    await change(store, ada, friend_source_flags={"mutual_friends": True})
    async with refused(store, FriendRequestsDisabled):
        await befriend(store, eve, ada)
    await befriend(store, eve, bob)
    await befriend(store, bob, eve)
    await befriend(store, eve, ada)
    await change(store, bob, friend_source_flags={"mutual_guilds": True})
    dan, _ = await person(store, "dan")
    await befriend(store, dan, bob)


async def befriend(store: Any, actor: Any, other: Any) -> None:
    async with store.transaction(actor) as tx:
        await relationships.create_relationship(tx, other.id, RelationshipDraft.parse({}))


def test_a_custom_status_ends_at_its_time():
    edit = UserSettingsEdit.parse({"custom_status": {"text": " busy ", "expires_at": "2026-01-01T00:00:00Z"}})
    assert edit.values["custom_status"] == {
        "text": "busy", "emoji_id": None, "emoji_name": None, "expires_at": "2026-01-01T00:00:00.000000+00:00"
    }  # fmt: skip
    assert completed(edit.values, NOW)["custom_status"] is None
    assert completed(edit.values, datetime(2025, 12, 31, tzinfo=UTC))["custom_status"]["text"] == "busy"


def test_whoever_lets_everybody_ask_lets_everybody_ask():
    flags = UserSettingsEdit.parse({"friend_source_flags": {"all": True}}).values["friend_source_flags"]
    assert flags == SETTINGS["friend_source_flags"].default
    assert UserSettingsEdit.parse({"friend_source_flags": None}).values["friend_source_flags"] == flags


def test_every_fault_is_said_by_its_path():
    faulty = {
        "status": "offline", "theme": "pink", "locale": "English!", "afk_timeout": 59, "animate_stickers": 3,
        "timezone_offset": 1000, "guild_positions": ["x"], "guild_folders": [{"id": "x", "guild_ids": "all"}],
        "custom_status": {"text": "x" * 129}, "developer_mode": "yes", "friend_source_flags": {"all": 1},
        "restricted_guilds": ["1"] * 201,
    }  # fmt: skip
    with pytest.raises(InvalidFormBody) as caught:
        UserSettingsEdit.parse(faulty)
    assert set(caught.value.errors) == set(faulty)
    assert UserSettingsEdit.parse({"something_newer": 1}).values == {}
