"""Guilds: seen by their members, with the channels that each may see."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import channels, guilds, members, new_guilds, roles
from chatd.model import permissions
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Guild as GuildAudience
from chatd.model.audience import Nobody, Users
from chatd.model.channels import Channel
from chatd.model.errors import (
    HomeStays,
    InvalidFormBody,
    MaximumGuilds,
    MissingPermissions,
    OwnerStays,
    RequiredChannel,
    UnknownGuild,
)
from chatd.model.events import GUILD_MADE
from chatd.model.guilds import FEATURES_OF_ALL, Guild, GuildDraft, GuildEdit, GuildPage
from chatd.model.members import Member
from chatd.model.permissions import Overwrite, Permission
from chatd.model.roles import Role
from chatd.model.snowflakes import created_at
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, bot, general, person
from tests.places import make_channel, manager, owner_of


def hide(channel: Channel, target_id: int) -> None:
    channel.overwrites[target_id] = Overwrite(target_id, 0, 0, int(Permission.VIEW_CHANNEL))


def add_guild(store: Any, guild_id: int, user_id: int) -> None:
    """A guild that only this directory knows of."""
    guild = Guild(guild_id, f"guild {guild_id}", user_id)
    guild.roles[guild_id] = Role(guild_id, "@everyone", 1024)
    store.directory.guilds[guild_id] = guild
    store.directory._add_member(guild_id, Member(user_id, created_at(user_id)))


async def test_a_guild_is_seen_by_its_members_with_counts_on_request(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.reading(ada) as tx:
        plain = await guilds.get_guild(tx, guild_id)
        counted = await guilds.get_guild(
            tx, guild_id, with_counts=True, is_online=lambda user: user == ada.id
        )
    assert plain["name"] == "Tests" and plain["roles"][0]["id"] == str(guild_id)
    assert "approximate_member_count" not in plain
    assert counted == plain | {"approximate_member_count": 2, "approximate_presence_count": 1}


@pytest.mark.parametrize("exists", [True, False])
async def test_a_stranger_does_not_learn_that_a_guild_exists(store, exists):
    guild_id = general(store).guild_id if exists else 12345
    for ask in (guilds.get_guild, channels.list_channels, roles.list_roles):
        with pytest.raises(UnknownGuild):
            async with store.reading(Actor(54321)) as tx:
                await ask(tx, guild_id)


async def test_ones_own_guilds_are_listed_page_by_page(store):
    ada, _ = await person(store, "ada")
    default_id = general(store).guild_id
    for guild_id in (5, 6, 7):
        add_guild(store, guild_id, ada.id)

    async def listed(**query: str) -> list[int]:
        async with store.reading(ada) as tx:
            return [int(guild["id"]) for guild in guilds.list_guilds(tx, GuildPage.parse(query))]

    assert await listed() == [5, 6, 7, default_id]
    assert await listed(limit="2") == [5, 6]
    assert await listed(limit="2", after="6") == [7, default_id]
    assert await listed(limit="2", before="7") == [5, 6]
    assert await listed(limit="1", before="7") == [6]
    assert await listed(after=str(default_id)) == [] and await listed(before="5") == []


async def test_a_guild_in_the_list_says_what_one_may_there(store):
    ada, _ = await person(store, "ada")
    owner, _ = await person(store, "owner", admin=True)
    for actor, owns, granted in ((ada, False, permissions.DEFAULT_EVERYONE), (owner, True, permissions.ALL)):
        async with store.reading(actor) as tx:
            (guild,) = guilds.list_guilds(tx, GuildPage.parse({"with_counts": "true"}))
        assert (guild["owner"], guild["permissions"]) == (owns, str(granted))
        assert guild["approximate_member_count"] == 3
        assert {"id", "name", "icon", "features"} <= guild.keys()
    async with store.reading(Actor(54321)) as tx:
        assert guilds.list_guilds(tx, GuildPage.parse({})) == []


@pytest.mark.parametrize(
    "text, wanted", [("1", True), ("true", True), ("True", True), ("0", False), ("false", False)]
)
def test_a_flag_of_a_query_is_written_in_two_ways(text, wanted):
    assert GuildPage.parse({"with_counts": text}).with_counts is wanted


@pytest.mark.parametrize("text", ["", "2", "yes", "\x00"])
def test_any_other_flag_of_a_query_is_refused(text):
    with pytest.raises(InvalidFormBody) as refused:
        GuildPage.parse({"with_counts": text})
    assert set(refused.value.errors) == {"with_counts"}


def created(
    store: Any, user_id: int, large_threshold: int = 50, guild_id: int | None = None
) -> dict[str, Any]:
    return guilds.guild_create_payload(
        store.directory, guild_id or general(store).guild_id, user_id, large_threshold=large_threshold
    )


async def test_a_session_begins_with_all_of_a_guild_but_who_is_there(store):
    ada, _ = await person(store, "ada")
    payload = created(store, ada.id)
    assert payload.keys() >= {
        "joined_at", "large", "unavailable", "member_count", "channels", "threads",
        "voice_states", "stage_instances", "guild_scheduled_events", "soundboard_sounds", "roles", "emojis",
    }  # fmt: skip
    assert not payload.keys() & {"members", "presences"}
    assert (payload["large"], payload["unavailable"], payload["member_count"]) == (False, False, 2)
    assert [channel["name"] for channel in payload["channels"]] == ["general"]


async def test_a_guild_is_large_above_the_threshold(store):
    ada, _ = await person(store, "ada")
    await person(store, "bob")
    assert created(store, ada.id, large_threshold=2)["large"]
    assert not created(store, ada.id, large_threshold=3)["large"]


async def test_a_session_does_not_begin_with_what_its_user_may_not_see(store):
    ada, _ = await person(store, "ada")
    channel = general(store)
    hide(channel, channel.guild_id)
    assert created(store, ada.id)["channels"] == []


# Making


async def make(store: Any, actor: Actor, owned_max: int = 100, icon: str | None = None, **body: Any) -> Guild:
    draft = GuildDraft.parse({"name": "home", **body})
    async with store.transaction(actor) as tx:
        return await new_guilds.create_guild(tx, draft, icon=icon, owned_max=owned_max)


async def edit(store: Any, actor: Actor, guild_id: int, **body: Any) -> Guild:
    async with store.transaction(actor) as tx:
        return await guilds.update_guild(tx, guild_id, GuildEdit.parse(body), {})


async def test_a_new_guild_has_a_place_to_write_and_one_to_speak(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    guild = await make(store, ada, icon="hash", preferred_locale="de", verification_level=2)
    made, joined = heard.entries
    assert (made.name, made.audience) == (GUILD_MADE, Nobody())
    assert (joined.name, joined.audience) == ("GUILD_MEMBER_ADD", GuildAudience(guild.id))
    assert joined.d["user"]["id"] == str(ada.id)
    await assert_as_fresh(store)
    known = store.directory.guilds[guild.id]
    assert (known.name, known.owner_id, known.icon, known.preferred_locale) == ("home", ada.id, "hash", "de")
    seen = created(store, ada.id, guild_id=guild.id)["channels"]
    assert [(channel["name"], channel["type"]) for channel in seen] == [
        ("Text Channels", 4), ("general", 0), ("General", 2), ("Voice Channels", 4),
    ]  # fmt: skip
    assert seen[1]["parent_id"] == seen[0]["id"] and seen[1]["id"] == str(known.system_channel_id)
    assert [role.name for role in known.roles.values()] == ["@everyone"]
    assert store.directory.guild_permissions(ada.id, guild.id) == permissions.ALL


async def test_a_new_guild_is_as_it_was_drawn(store):
    ada, _ = await person(store, "ada")
    guild = await make(
        store, ada, afk_channel_id=12, system_channel_id=11,
        roles=[{"id": 0, "permissions": "1024"}, {"id": 1, "name": "red", "permissions": "8", "color": 5}],
        channels=[
            {"id": 10, "type": 4, "name": "Rooms"},
            {"id": 11, "type": 0, "name": "talk", "parent_id": 10,
             "permission_overwrites": [{"id": 0, "type": 0, "deny": "1024"}, {"id": 1, "allow": "1024"}]},
            {"id": 12, "type": 2, "name": "Away"},
        ],
    )  # fmt: skip
    await assert_as_fresh(store)
    everyone, red = guild.ranked_roles()
    assert (everyone.permissions, red.name, red.permissions, red.color) == (1024, "red", 8, 5)
    rooms, talk, away = sorted(store.directory.channels_of(guild := store.directory.guilds[guild.id]),
                               key=lambda channel: channel.position)  # fmt: skip
    assert (talk.parent_id, guild.system_channel_id, guild.afk_channel_id) == (rooms.id, talk.id, away.id)
    assert list(talk.overwrites.values()) == [Overwrite(guild.id, 0, 0, 1024), Overwrite(red.id, 0, 1024, 0)]


@pytest.mark.parametrize(
    "body, at",
    [
        ({"system_channel_id": 5}, {"system_channel_id"}),
        ({"channels": [{"id": 1, "name": "x", "parent_id": 2}]}, {"channels"}),
        ({"channels": [{"id": 1, "name": "x"}, {"id": 2, "name": "y", "parent_id": 1}]}, {"channels"}),
        ({"channels": [{"id": 1, "name": "x", "permission_overwrites": [{"id": 5}]}]}, {"channels"}),
        ({"name": "x", "verification_level": 5, "afk_timeout": 61},
         {"name", "verification_level", "afk_timeout"}),
        ({"name": None, "roles": [{"color": -1}], "channels": [{}]}, {"name", "roles", "channels"}),
    ],
)  # fmt: skip
async def test_a_draft_that_does_not_hold_together_makes_nothing(store, body, at):
    ada, _ = await person(store, "ada")
    async with refused(store, InvalidFormBody) as caught:
        await make(store, ada, **body)
    assert set(caught.value.errors) == at


async def test_guilds_are_made_up_to_a_number(store, monkeypatch):
    ada, _ = await person(store, "ada")
    robo, _ = await bot(store, "robo")
    await make(store, ada, owned_max=1)
    async with refused(store, MaximumGuilds):
        await make(store, ada, owned_max=1)
    monkeypatch.setattr(new_guilds, "GUILDS_OF_BOT_MAX", 2)
    await make(store, robo)
    async with refused(store, MaximumGuilds):
        await make(store, robo)


# Changing


async def test_a_change_is_told_and_logged(store):
    ada, _ = await person(store, "ada")
    guild = await make(store, ada)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        draft = GuildEdit.parse({"name": "house", "description": "ours", "afk_timeout": 60, "icon": None})
        after = await guilds.update_guild(tx, guild.id, draft, {"icon": "a_hash"})
    updated, logged = heard.entries
    assert (updated.name, updated.audience) == ("GUILD_UPDATE", GuildAudience(guild.id))
    assert updated.d == after.payload() and updated.d["icon"] == "a_hash"
    assert (logged.d["action_type"], logged.d["target_id"]) == (1, str(guild.id))
    keys = {change["key"] for change in logged.d["changes"]}
    assert keys == {"name", "description", "afk_timeout", "icon_hash"}
    await assert_as_fresh(store)
    await edit(store, ada, guild.id, name="house")
    assert len(heard.entries) == 2, "nothing changed is nothing told"


async def test_a_guild_is_changed_by_those_who_manage_it(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    guild_id = general(store).guild_id
    async with refused(store, MissingPermissions):
        await edit(store, ada, guild_id, name="mine")
    async with refused(store, UnknownGuild):
        await edit(store, ada, 12345, name="mine")
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_GUILD)
    await edit(store, keeper, guild_id, name="ours")
    for body in ({"owner_id": str(keeper.id)}, {"features": ["DISCOVERABLE"]}):
        async with refused(store, MissingPermissions):
            await edit(store, keeper, guild_id, **body)


async def test_an_owner_makes_a_member_the_owner(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    guild_id = general(store).guild_id
    async with refused(store, InvalidFormBody) as caught:
        await edit(store, owner, guild_id, owner_id="12345")
    assert set(caught.value.errors) == {"owner_id"}
    await edit(store, owner, guild_id, owner_id=str(ada.id))
    assert store.directory.guilds[guild_id].owner_id == ada.id
    assert store.directory.guild_permissions(owner.id, guild_id) == permissions.DEFAULT_EVERYONE
    await assert_as_fresh(store)


async def test_what_a_guild_names_is_a_channel_of_its_own(store):
    owner = await owner_of(store)
    guild_id = general(store).guild_id
    voice = await make_channel(store, owner, type=2)
    other = await make(store, owner)
    wrong = {
        "system_channel_id": [voice.id, 12345, other.system_channel_id],
        "afk_channel_id": [general(store).id],
    }
    for name, ids in wrong.items():
        for channel_id in ids:
            async with refused(store, InvalidFormBody) as caught:
                await edit(store, owner, guild_id, **{name: str(channel_id)})
            assert set(caught.value.errors) == {name}
    await edit(store, owner, guild_id, afk_channel_id=str(voice.id), system_channel_id=None)
    guild = store.directory.guilds[guild_id]
    assert (guild.afk_channel_id, guild.system_channel_id) == (voice.id, None)


async def test_a_guild_is_told_nothing_of_a_channel_that_its_keeper_does_not_see(store):
    owner = await owner_of(store)
    guild_id = general(store).guild_id
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_GUILD)
    hide = [{"id": str(guild_id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]
    hidden = await make_channel(store, owner, permission_overwrites=hide)
    for channel_id in (hidden.id, 12345):
        async with refused(store, InvalidFormBody):
            await edit(store, keeper, guild_id, rules_channel_id=str(channel_id))
    await edit(store, owner, guild_id, rules_channel_id=str(hidden.id))
    await edit(store, keeper, guild_id, rules_channel_id=str(hidden.id), description="sent back")


async def test_a_community_has_its_channels_and_keeps_them(store):
    owner = await owner_of(store)
    here = general(store)
    sent_back = sorted(FEATURES_OF_ALL)
    async with refused(store, InvalidFormBody) as caught:
        await edit(store, owner, here.guild_id, features=[*sent_back, "COMMUNITY"])
    assert set(caught.value.errors) == {"features"}
    named = {"rules_channel_id": str(here.id), "public_updates_channel_id": str(here.id)}
    wanted = [*sent_back, "COMMUNITY", "DISCOVERABLE"]
    after = await edit(store, owner, here.guild_id, features=wanted, **named)
    assert after.features == ("COMMUNITY", "DISCOVERABLE")
    await assert_as_fresh(store)
    async with refused(store, RequiredChannel):
        async with store.transaction(owner) as tx:
            await channels.delete_channel(tx, here.id)
    async with refused(store, InvalidFormBody):
        await edit(store, owner, here.guild_id, rules_channel_id=None)
    await edit(store, owner, here.guild_id, features=[], rules_channel_id=None)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"}, {"name": 5}, {"owner_id": "me"}, {"description": "x" * 301},
        {"icon": "x", "banner": 5}, {"features": ["FLYING"]}, {"features": 5}, {"verification_level": 5},
        {"explicit_content_filter": 3}, {"default_message_notifications": 2}, {"preferred_locale": "xx"},
        {"afk_timeout": 59}, {"system_channel_flags": -1}, {"afk_channel_id": "x"},
        {"premium_progress_bar_enabled": 1},
    ],
)  # fmt: skip
def test_every_field_is_checked(body):
    with pytest.raises(InvalidFormBody) as caught:
        GuildEdit.parse(body)
    assert set(caught.value.errors) == set(body)


# Leaving and deleting


async def test_a_member_leaves_and_an_owner_stays(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    guild_id = general(store).guild_id
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await guilds.leave_guild(tx, guild_id)
    (left,) = heard.entries
    assert (left.name, left.d["user"]["id"]) == ("GUILD_MEMBER_REMOVE", str(ada.id))
    await assert_as_fresh(store)
    async with refused(store, UnknownGuild):
        async with store.transaction(ada) as tx:
            await guilds.leave_guild(tx, guild_id)
    async with refused(store, OwnerStays):
        async with store.transaction(owner) as tx:
            await guilds.leave_guild(tx, guild_id)


async def test_a_guild_is_deleted_by_its_owner_and_its_members_hear(store):
    (ada, _), (bob, _) = await person(store, "ada"), await person(store, "bob")
    guild = await make(store, ada)
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild.id, store.directory.users[bob.id])
    async with refused(store, MissingPermissions):
        async with store.transaction(bob) as tx:
            await guilds.delete_guild(tx, guild.id)
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        await guilds.delete_guild(tx, guild.id)
    (deleted,) = heard.entries
    assert (deleted.name, deleted.d) == ("GUILD_DELETE", {"id": str(guild.id)})
    assert deleted.audience == Users((ada.id, bob.id), guild.id)
    assert guild.id not in store.directory.guilds
    assert [each.id for each in store.directory.guilds_of(bob.id)] == [general(store).guild_id]
    await assert_as_fresh(store)


async def test_the_guild_that_everybody_joins_stays(store):
    owner = await owner_of(store)
    async with refused(store, HomeStays):
        async with store.transaction(owner) as tx:
            await guilds.delete_guild(tx, general(store).guild_id)


async def test_a_preview_is_for_members_and_of_a_discoverable_guild_for_all(store):
    (ada, _), (bob, _) = await person(store, "ada"), await person(store, "bob")
    guild = await make(store, ada)

    async def previewed(actor: Actor) -> dict[str, Any]:
        async with store.reading(actor) as tx:
            return guilds.get_preview(tx, guild.id, is_online=lambda user: True)

    assert (await previewed(ada))["approximate_member_count"] == 1
    with pytest.raises(UnknownGuild):
        await previewed(bob)
    await edit(store, ada, guild.id, features=["DISCOVERABLE"])
    preview = await previewed(bob)
    assert (preview["name"], preview["approximate_presence_count"]) == ("home", 1)
    assert not preview.keys() & {"roles", "owner_id", "system_channel_id"}
