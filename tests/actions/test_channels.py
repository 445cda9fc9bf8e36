"""Channels of a guild: made, changed, moved and deleted by those who may, and told to those who see them."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import channels
from chatd.model.audience import Channel as ChannelAudience
from chatd.model.audience import Guild, Onlookers, Users
from chatd.model.channel_drafts import ChannelDraft, read_channel_moves
from chatd.model.channels import ChannelType
from chatd.model.errors import (
    InvalidFormBody,
    MaximumChannels,
    MissingPermissions,
    UnknownChannel,
    UnknownRole,
    WrongChannelType,
)
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.places import edit_channel, guild_of, make_channel, manager, owner_of
from tests.talk import open_dm

MANAGE_CHANNELS = Permission.MANAGE_CHANNELS


def hidden_from_all(store: Any) -> list[dict[str, Any]]:
    return [{"id": str(guild_of(store).id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]


def told(heard: Heard) -> list[Any]:
    """What was heard, without what the audit log says of it, and of whom a channel appears for."""
    return [
        entry for entry in heard.take()
        if entry.name != "GUILD_AUDIT_LOG_ENTRY_CREATE" and not isinstance(entry.audience, Onlookers)
    ]  # fmt: skip


async def move(store: Any, actor: Any, *moves: dict[str, Any]) -> None:
    async with store.transaction(actor) as tx:
        await channels.move_channels(tx, guild_of(store).id, read_channel_moves(list(moves)))


async def delete(store: Any, actor: Any, channel_id: int) -> None:
    async with store.transaction(actor) as tx:
        await channels.delete_channel(tx, channel_id)


# Looking


async def test_a_channel_that_one_may_not_see_is_not_listed_and_unknown(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    hidden = await make_channel(store, owner, permission_overwrites=hidden_from_all(store))
    seen_by = {}
    for actor in (ada, owner):
        async with store.reading(actor) as tx:
            seen_by[actor] = {int(c["id"]) for c in await channels.list_channels(tx, guild_of(store).id)}
    assert seen_by == {ada: {general(store).id}, owner: {general(store).id, hidden.id}}
    async with store.reading(owner) as tx:
        assert (await channels.get_channel(tx, hidden.id))["guild_id"] == str(hidden.guild_id)
    for channel_id in (hidden.id, 12345):
        with pytest.raises(UnknownChannel):
            async with store.reading(ada) as tx:
                await channels.get_channel(tx, channel_id)


async def test_channels_stand_in_their_order(store):
    owner = await owner_of(store)
    made = [await make_channel(store, owner, name=f"c{at}", position=at) for at in (5, 2, 2)]
    async with store.reading(owner) as tx:
        listed = await channels.list_channels(tx, guild_of(store).id)
    assert [int(channel["id"]) for channel in listed] == [
        general(store).id, made[1].id, made[2].id, made[0].id,
    ]  # fmt: skip


# Making


ALL_TYPES = [
    (0, {"topic": "all", "nsfw": True, "rate_limit_per_user": 5, "default_auto_archive_duration": 60,
         "default_thread_rate_limit_per_user": 7}),
    (2, {"bitrate": 96000, "user_limit": 9, "rtc_region": "here", "video_quality_mode": 2, "nsfw": True}),
    (4, {}),
    (5, {"topic": "news", "default_auto_archive_duration": 10080}),
    (13, {"bitrate": 64000, "user_limit": 500}),
    (15, {"topic": "x" * 4096, "flags": 16, "default_sort_order": 1, "default_forum_layout": 2,
          "default_tag_setting": "match_all",
          "default_reaction_emoji": {"emoji_name": "👍", "emoji_id": None},
          "available_tags": [{"name": "done", "moderated": True, "emoji_name": "✅"}, {"name": "odd"}]}),
    (16, {"flags": 1 << 15, "default_sort_order": 0}),
]  # fmt: skip


@pytest.mark.parametrize("kind, settings", ALL_TYPES)
async def test_a_channel_of_each_type_is_made_with_its_settings(store, kind, settings):
    owner = await owner_of(store)
    heard = Heard(store)
    channel = await make_channel(store, owner, name="New Room", type=kind, **settings)
    created, logged = heard.entries
    payload = channel.payload()
    assert created.name == "CHANNEL_CREATE" and created.d == payload
    assert created.audience == ChannelAudience(channel.id, guild_of(store).id)
    assert payload["name"] == ("New Room" if kind in (2, 4, 13) else "new-room")
    assert {name: payload[name] for name in settings if name != "available_tags"} == {
        name: value for name, value in settings.items() if name != "available_tags"
    }
    tags = zip(payload.get("available_tags", []), settings.get("available_tags", []), strict=True)
    for tag, wanted in tags:
        assert tag.items() >= wanted.items() and int(tag["id"]) > channel.id
    assert (logged.d["action_type"], logged.d["target_id"]) == (10, str(channel.id))
    assert {"key": "name", "new_value": payload["name"]} in logged.d["changes"]
    await assert_as_fresh(store)


async def test_a_new_channel_stands_below_its_siblings(store):
    owner = await owner_of(store)
    category = await make_channel(store, owner, type=4)
    inside = [await make_channel(store, owner, parent_id=str(category.id)) for _ in range(2)]
    outside = await make_channel(store, owner)
    assert category.position == 0 and [channel.position for channel in inside] == [0, 1]
    assert outside.position == general(store).position + 1


async def test_who_makes_a_channel_in_a_category_takes_over_its_overwrites(store):
    owner = await owner_of(store)
    category = await make_channel(store, owner, type=4, permission_overwrites=hidden_from_all(store))
    inherits = await make_channel(store, owner, parent_id=category.id, permission_overwrites=[])
    assert inherits.overwrites == category.overwrites
    own = [{"id": str(owner.id), "type": 1, "allow": 1024}]
    differs = await make_channel(store, owner, parent_id=category.id, permission_overwrites=own)
    assert list(differs.overwrites) == [owner.id]
    await assert_as_fresh(store)


async def test_channels_are_made_by_those_who_manage_them_there(store):
    """In a category it is the category that counts, for better and for worse."""
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", MANAGE_CHANNELS)
    allows = [{"id": str(ada.id), "type": 1, "allow": str(int(MANAGE_CHANNELS))},
              {"id": str(keeper.id), "type": 1, "deny": str(int(MANAGE_CHANNELS))}]  # fmt: skip
    category = await make_channel(store, owner, type=4, permission_overwrites=allows)
    await make_channel(store, keeper)
    await make_channel(store, ada, parent_id=category.id)
    async with refused(store, MissingPermissions):
        await make_channel(store, ada)
    async with refused(store, MissingPermissions):
        await make_channel(store, keeper, parent_id=category.id)


async def test_an_overwrite_of_a_new_channel_gives_and_denies_only_what_one_has(store):
    owner = await owner_of(store)
    keeper = await manager(store, owner, "keeper", MANAGE_CHANNELS | Permission.MANAGE_ROLES)
    for refused_bit in (Permission.BAN_MEMBERS, Permission.MANAGE_ROLES):
        for side in ("allow", "deny"):
            async with refused(store, MissingPermissions):
                exception = {"id": str(owner.id), "type": 1, side: str(int(refused_bit))}
                await make_channel(store, keeper, permission_overwrites=[exception])
    async with refused(store, UnknownRole):
        await make_channel(store, keeper, permission_overwrites=[{"id": "12345", "type": 0}])
    await make_channel(store, keeper, permission_overwrites=hidden_from_all(store))


@pytest.mark.parametrize("what", ["nothing", "a text channel", "unseen"])
async def test_a_parent_must_be_a_category_that_one_sees(store, what):
    owner = await owner_of(store)
    keeper = await manager(store, owner, "keeper", MANAGE_CHANNELS)
    unseen = await make_channel(store, owner, type=4, permission_overwrites=hidden_from_all(store))
    parent_id = {"nothing": 12345, "a text channel": general(store).id, "unseen": unseen.id}[what]
    async with refused(store, InvalidFormBody) as caught:
        await make_channel(store, keeper, parent_id=parent_id)
    assert set(caught.value.errors) == {"parent_id"}


async def test_a_guild_and_a_category_hold_so_many(store, monkeypatch):
    owner = await owner_of(store)
    category = await make_channel(store, owner, type=4)
    inside = await make_channel(store, owner, parent_id=category.id)
    monkeypatch.setattr(channels, "CHANNELS_OF_CATEGORY_MAX", 1)
    async with refused(store, InvalidFormBody) as caught:
        await make_channel(store, owner, parent_id=category.id)
    assert caught.value.errors["parent_id"]["_errors"][0]["code"] == "CHANNEL_PARENT_MAX_CHANNELS"
    async with refused(store, InvalidFormBody):
        await edit_channel(store, owner, general(store).id, parent_id=category.id)
    async with refused(store, InvalidFormBody):
        await move(store, owner, {"id": general(store).id, "parent_id": category.id})
    await move(store, owner, {"id": inside.id, "parent_id": None},
               {"id": general(store).id, "parent_id": category.id})  # fmt: skip
    monkeypatch.setattr(channels, "CHANNELS_MAX", 3)
    async with refused(store, MaximumChannels):
        await make_channel(store, owner)


def test_the_limits_are_those_of_the_documentation():
    assert (channels.CHANNELS_MAX, channels.CHANNELS_OF_CATEGORY_MAX) == (500, 50)


@pytest.mark.parametrize(
    "body, at",
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 101, "type": 1, "parent_id": "x"}, {"name", "type", "parent_id"}),
        ({"name": "x", "topic": "x" * 1025, "rate_limit_per_user": 21601, "nsfw": 1},
         {"topic", "rate_limit_per_user", "nsfw"}),
        ({"name": "x", "type": 2, "bitrate": 7999, "user_limit": 100, "video_quality_mode": 3},
         {"bitrate", "user_limit", "video_quality_mode"}),
        ({"name": "x", "type": 13, "bitrate": 64001, "user_limit": 10001}, {"bitrate", "user_limit"}),
        ({"name": "x", "default_auto_archive_duration": 61, "position": -1},
         {"default_auto_archive_duration", "position"}),
        ({"name": "x", "type": 15, "available_tags": [{"name": "x" * 21}], "default_forum_layout": 3,
          "default_sort_order": 2, "default_reaction_emoji": 5, "default_tag_setting": "some"},
         {"available_tags", "default_forum_layout", "default_sort_order", "default_reaction_emoji",
          "default_tag_setting"}),
        ({"name": "x", "type": 15, "available_tags": [{"name": "x"}] * 21}, {"available_tags"}),
        ({"name": "x", "type": 15, "available_tags": [{"name": "x", "emoji_name": "fire"}],
          "default_reaction_emoji": {"emoji_name": ":-)"}}, {"available_tags", "default_reaction_emoji"}),
        ({"name": "x", "permission_overwrites": [{"type": 2, "allow": "x", "deny": -1}]},
         {"permission_overwrites"}),
        ({"name": "x", "permission_overwrites": [{"id": 1}] * 101}, {"permission_overwrites"}),
    ],
)  # fmt: skip
def test_every_field_of_a_new_channel_is_checked(body, at):
    with pytest.raises(InvalidFormBody) as caught:
        ChannelDraft.parse(body)
    assert set(caught.value.errors) == at


def test_what_a_type_does_not_have_is_not_read():
    draft = ChannelDraft.parse({"name": "x", "type": 4, "topic": 5, "bitrate": "loud", "parent_id": "9"})
    assert draft.values == {"name": "x"}


# Changing


async def test_a_change_is_told_and_logged(store):
    owner = await owner_of(store)
    channel = await make_channel(store, owner, name="room")
    heard = Heard(store)
    after = await edit_channel(store, owner, channel.id, name="Other Room", topic="new", nsfw=True)
    updated, logged = heard.entries
    assert updated.name == "CHANNEL_UPDATE" and updated.d == after.payload()
    assert updated.audience == ChannelAudience(channel.id, guild_of(store).id)
    assert logged.d["action_type"] == 11 and logged.d["changes"] == [
        {"key": "name", "old_value": "room", "new_value": "other-room"},
        {"key": "topic", "new_value": "new"},
        {"key": "nsfw", "old_value": False, "new_value": True},
    ]
    await assert_as_fresh(store)


async def test_nothing_changed_is_nothing_told(store):
    owner = await owner_of(store)
    heard = Heard(store)
    await edit_channel(store, owner, general(store).id, name=general(store).name, position=None)
    assert heard.entries == []


async def test_a_channel_is_changed_by_those_who_manage_it(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    async with refused(store, MissingPermissions):
        await edit_channel(store, ada, general(store).id, name="mine")
    hidden = await make_channel(store, owner, permission_overwrites=hidden_from_all(store))
    async with refused(store, UnknownChannel):
        await edit_channel(store, ada, hidden.id, name="mine")
    keeper = await manager(store, owner, "keeper", MANAGE_CHANNELS)
    category = await make_channel(store, owner, type=4, permission_overwrites=[
        {"id": str(keeper.id), "type": 1, "deny": str(int(MANAGE_CHANNELS))}])  # fmt: skip
    await edit_channel(store, keeper, general(store).id, name="ours")
    async with refused(store, MissingPermissions):
        await edit_channel(store, keeper, general(store).id, parent_id=category.id)


async def test_text_and_announcement_channels_become_each_other(store):
    owner = await owner_of(store)
    channel = await make_channel(store, owner, topic="t", rate_limit_per_user=5)
    after = await edit_channel(store, owner, channel.id, type=5)
    assert (after.type, after.topic, after.rate_limit_per_user) == (5, "t", 0)
    await edit_channel(store, owner, channel.id, type=0, rate_limit_per_user=9)
    await assert_as_fresh(store)
    with pytest.raises(InvalidFormBody):
        ChannelDraft.parse_edit({"type": 2}, ChannelType.GUILD_TEXT)
    with pytest.raises(InvalidFormBody):
        ChannelDraft.parse_edit({"type": 0}, ChannelType.GUILD_VOICE)


async def test_null_puts_a_setting_back_and_silence_leaves_it(store):
    owner = await owner_of(store)
    forum = await make_channel(store, owner, type=15, topic="t", rate_limit_per_user=5, default_sort_order=1,
                               default_reaction_emoji={"emoji_name": "👍"})  # fmt: skip
    assert await edit_channel(store, owner, forum.id) == forum
    after = await edit_channel(
        store, owner, forum.id, topic=None, rate_limit_per_user=None, default_sort_order=None,
        default_reaction_emoji=None,
    )  # fmt: skip
    assert (after.topic, after.rate_limit_per_user, after.default_sort_order) == (None, 0, None)
    assert after.default_reaction_emoji is None
    await assert_as_fresh(store)


async def test_tags_keep_their_ids_while_they_are_sent_back(store):
    owner = await owner_of(store)
    forum = await make_channel(store, owner, type=15, available_tags=[{"name": "a"}, {"name": "b"}])
    a, b = forum.available_tags
    after = await edit_channel(
        store, owner, forum.id,
        available_tags=[{"id": str(b.id), "name": "B"}, {"name": "c"}, {"id": "12345", "name": "d"}],
    )  # fmt: skip
    assert [tag.name for tag in after.available_tags] == ["B", "c", "d"]
    assert after.available_tags[0].id == b.id
    assert not {tag.id for tag in after.available_tags[1:]} & {a.id, 12345, 0}
    await assert_as_fresh(store)


@pytest.mark.parametrize(
    "body",
    [{"available_tags": [{"name": "a"}, {"name": "b", "emoji_id": "12345"}]},
     {"default_reaction_emoji": {"emoji_id": "12345", "emoji_name": None}}],
)  # fmt: skip
async def test_a_custom_emoji_is_one_of_the_guild_s(store, body):
    owner = await owner_of(store)
    forum = await make_channel(store, owner, type=15)
    async with refused(store, InvalidFormBody) as caught:
        await edit_channel(store, owner, forum.id, **body)
    assert set(caught.value.errors) == set(body)
    async with refused(store, InvalidFormBody):
        await make_channel(store, owner, type=15, **body)


async def test_a_direct_message_is_no_channel_of_a_guild(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    dm = await open_dm(store, owner, ada)
    async with refused(store, WrongChannelType):
        async with store.transaction(owner) as tx:
            await channels.update_channel(tx, dm, ChannelDraft(0, {}, None))
    async with refused(store, WrongChannelType):
        await delete(store, owner, dm)


# Moving


async def test_channels_are_moved_together(store):
    owner = await owner_of(store)
    category = await make_channel(store, owner, type=4, permission_overwrites=hidden_from_all(store))
    one, two = await make_channel(store, owner, name="one"), await make_channel(store, owner, name="two")
    heard = Heard(store)
    await move(
        store, owner, {"id": one.id, "position": 8},
        {"id": two.id, "position": 9, "parent_id": category.id, "lock_permissions": True},
        {"id": general(store).id, "position": None},
    )  # fmt: skip
    entries = told(heard)
    assert [(entry.name, entry.d["id"], entry.d["position"]) for entry in entries] == [
        ("CHANNEL_UPDATE", str(one.id), 8), ("CHANNEL_UPDATE", str(two.id), 9),
    ]  # fmt: skip
    assert store.directory.channels[two.id].overwrites == category.overwrites
    assert store.directory.channels[two.id].parent_id == category.id
    await assert_as_fresh(store)


async def test_a_channel_of_a_category_that_one_does_not_see_can_be_moved(store):
    owner = await owner_of(store)
    keeper = await manager(store, owner, "keeper", MANAGE_CHANNELS)
    category = await make_channel(store, owner, type=4, permission_overwrites=hidden_from_all(store))
    shown = [{"id": str(guild_of(store).id), "type": 0, "allow": str(int(Permission.VIEW_CHANNEL))}]
    inside = await make_channel(store, owner, parent_id=category.id, permission_overwrites=shown)
    await move(store, keeper, {"id": inside.id, "position": 7})
    moved = store.directory.channels[inside.id]
    assert (moved.position, moved.parent_id) == (7, category.id)
    for more in ({"parent_id": category.id}, {"lock_permissions": True}):
        async with refused(store, InvalidFormBody):
            await move(store, keeper, {"id": inside.id, **more})


async def test_who_may_not_move_moves_nothing(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", MANAGE_CHANNELS)
    hidden = await make_channel(store, owner, permission_overwrites=hidden_from_all(store))
    category = await make_channel(store, owner, type=4, permission_overwrites=[
        {"id": str(guild_of(store).id), "type": 0, "deny": str(int(Permission.SEND_MESSAGES))}])  # fmt: skip
    async with refused(store, MissingPermissions):
        await move(store, ada, {"id": general(store).id, "position": 5})
    async with refused(store, UnknownChannel):
        await move(store, keeper, {"id": general(store).id, "position": 5}, {"id": hidden.id, "position": 6})
    async with refused(store, MissingPermissions):
        here = {"id": general(store).id, "parent_id": category.id}
        await move(store, keeper, {**here, "lock_permissions": True})


# Deleting


async def test_who_could_see_a_deleted_channel_hears_of_it(store):
    owner, _ = await owner_of(store), await person(store, "ada")
    allows = [*hidden_from_all(store), {"id": str(owner.id), "type": 1, "allow": "1024"}]
    hidden = await make_channel(store, owner, permission_overwrites=allows)
    heard = Heard(store)
    await delete(store, owner, hidden.id)
    deleted, logged = heard.entries
    assert (deleted.name, deleted.d) == ("CHANNEL_DELETE", hidden.payload())
    assert deleted.audience == Users((owner.id,), guild_of(store).id)
    assert (logged.d["action_type"], logged.d["target_id"]) == (12, str(hidden.id))
    await assert_as_fresh(store)


async def test_the_guild_hears_what_it_names_no_more(store):
    owner = await owner_of(store)
    (guild,) = store.directory.guilds.values()
    channel_id = guild.system_channel_id
    heard = Heard(store)
    await delete(store, owner, channel_id)
    deleted, updated = told(heard)
    assert (deleted.name, deleted.audience) == ("CHANNEL_DELETE", Guild(guild.id))
    assert updated.name == "GUILD_UPDATE" and updated.d["system_channel_id"] is None
    assert guild.system_channel_id is None
    await assert_as_fresh(store)


async def test_the_channels_of_a_deleted_category_are_free(store):
    owner = await owner_of(store)
    category = await make_channel(store, owner, type=4)
    inside = await make_channel(store, owner, parent_id=category.id)
    heard = Heard(store)
    await delete(store, owner, category.id)
    freed, deleted = told(heard)
    assert (freed.name, freed.d["id"], freed.d["parent_id"]) == ("CHANNEL_UPDATE", str(inside.id), None)
    assert (deleted.name, deleted.d["id"]) == ("CHANNEL_DELETE", str(category.id))
    await assert_as_fresh(store)


async def test_a_channel_is_deleted_by_those_who_manage_it(store):
    await owner_of(store)
    ada, _ = await person(store, "ada")
    async with refused(store, MissingPermissions):
        await delete(store, ada, general(store).id)
    async with refused(store, UnknownChannel):
        await delete(store, ada, 12345)
