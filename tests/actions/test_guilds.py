"""Guilds: seen by their members, with the channels that each may see."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import channels, guilds, roles
from chatd.model import permissions
from chatd.model.actor import Actor
from chatd.model.channels import Channel
from chatd.model.errors import InvalidFormBody, UnknownGuild
from chatd.model.guilds import Guild, GuildPage
from chatd.model.members import Member
from chatd.model.permissions import Overwrite, Permission
from chatd.model.roles import Role
from chatd.model.snowflakes import created_at
from tests.people import general, person


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


def created(store: Any, user_id: int, large_threshold: int = 50) -> dict[str, Any]:
    return guilds.guild_create_payload(
        store.directory, general(store).guild_id, user_id, large_threshold=large_threshold
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
