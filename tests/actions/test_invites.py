"""Invites: codes that nobody guesses, for as many uses and as long as they say; to a guild, or to sign up."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from chatd.actions import accounts, bans, guilds, invites, members, new_guilds
from chatd.model.accounts import RegisterDraft
from chatd.model.actor import ANYONE
from chatd.model.audience import Channel, Guild
from chatd.model.audit_log import AuditAction
from chatd.model.bans import BanDraft
from chatd.model.channels import ChannelType
from chatd.model.errors import (
    InvalidFormBody,
    InvitesPaused,
    MaximumInvites,
    MissingPermissions,
    UnknownChannel,
    UnknownGuild,
    UnknownInvite,
    UserBanned,
    VanityTaken,
    WrongChannelType,
)
from chatd.model.guilds import GuildDraft
from chatd.model.invites import InviteDraft, VanityDraft
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused, somebody_waits
from tests.company import EVERY_PERMISSION, company, recorded
from tests.people import DAY, DEVICE, NO_PASSWORD, Heard, deny, general, person
from tests.places import edit_channel, make_channel
from tests.rooms import channel, only_for


async def create(store: Any, actor: Any, where: int | None = None, **fields: Any) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        channel_id = general(store).id if where is None else where
        return await invites.create_invite(tx, channel_id, InviteDraft.parse(fields))


async def accept(store: Any, actor: Any, code: str) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        return await invites.accept(tx, code)


async def delete(store: Any, actor: Any, code: str) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        return await invites.delete_invite(tx, code)


async def look(store: Any, code: str, **options: Any) -> dict[str, Any]:
    async with store.reading(ANYONE) as tx:
        return await invites.get_invite(tx, code, **options)


async def set_vanity(store: Any, actor: Any, code: str | None) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        return await invites.set_vanity(tx, general(store).guild_id, VanityDraft.parse({"code": code}).code)


async def own_guild(store: Any, actor: Any) -> tuple[int, int]:
    """A guild of somebody's own, and its first channel."""
    async with store.transaction(actor) as tx:
        made = await new_guilds.create_guild(tx, GuildDraft.parse({"name": "Elsewhere"}), owned_max=1)
    return made.id, made.system_channel_id


async def leave(store: Any, *people: Any) -> None:
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, general(store).guild_id, [one.id for one in people])


async def sql(store: Any, statement: str, *arguments: Any) -> Any:
    async with store.pool.acquire() as conn:
        return await conn.fetchval(statement, *arguments)


# Making


async def test_an_invite_is_told_to_those_who_manage_its_channel(store):
    ada, _ = await person(store, "ada")
    place, heard = general(store), Heard(store)
    made = await create(store, ada, max_age=3600, max_uses=5, temporary=True, unique=True)
    told, entry = heard.entries
    assert (told.name, told.audience) == ("INVITE_CREATE", Channel(place.id, place.guild_id))
    assert told.d.keys() == {
        "channel_id", "guild_id", "code", "created_at", "max_age", "max_uses", "temporary", "uses",
        "inviter", "expires_at",
    }  # fmt: skip
    assert {key: told.d[key] for key in ("max_age", "max_uses", "uses", "temporary")} == {
        "max_age": 3600, "max_uses": 5, "uses": 0, "temporary": True,
    }  # fmt: skip
    assert told.d["inviter"]["username"] == "ada" and told.d["code"] == made["code"]
    (logged,) = recorded(heard)
    assert entry.d == logged and logged["action_type"] == AuditAction.INVITE_CREATE
    values = {change["key"]: change["new_value"] for change in logged["changes"]}
    assert values["code"] == made["code"] and values["channel_id"] == str(place.id)


async def test_what_is_not_said_of_an_invite_is_a_day_and_any_number_of_uses(store):
    ada, _ = await person(store, "ada")
    made = await create(store, ada)
    assert (made["max_age"], made["max_uses"], made["temporary"], made["uses"]) == (86400, 0, False, 0)
    assert made["expires_at"] > made["created_at"]
    assert (await create(store, ada, max_age=0))["expires_at"] is None


async def test_one_that_is_the_same_is_given_again_unless_it_is_to_be_another(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    first = await create(store, ada, max_uses=2)
    heard = Heard(store)
    assert await create(store, ada, max_uses=2) == first and heard.entries == []
    others = [
        await create(store, ada, max_uses=2, unique=True),
        await create(store, ada, max_uses=3),
        await create(store, ada, max_uses=2, temporary=True),
        await create(store, ada, max_uses=2, max_age=60),
        await create(store, bob, max_uses=2),
    ]
    assert len({first["code"], *(other["code"] for other in others)}) == 6


async def test_codes_are_fit_for_a_link(store):
    ada, _ = await person(store, "ada")
    codes = [(await create(store, ada, unique=True))["code"] for _ in range(5)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{11}", code) for code in codes)


async def test_inviting_needs_its_permission_and_a_channel_that_one_can_come_to(store):
    ada, _ = await person(store, "ada")
    category = await channel(store, ChannelType.GUILD_CATEGORY)
    hidden = await channel(store, ChannelType.GUILD_TEXT, overwrites=only_for(store))
    for where in (hidden.id, 12345):
        async with refused(store, UnknownChannel):
            await create(store, ada, where)
    async with refused(store, WrongChannelType):
        await create(store, ada, category.id)
    deny(store, Permission.CREATE_INSTANT_INVITE)
    async with refused(store, MissingPermissions):
        await create(store, ada)


async def test_a_guild_has_a_thousand_invites_at_most(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    insert = """
        insert into invites (code, guild_id, channel_id, expires_at)
        select 'code-' || n, $1, $2, case when n > 999 then now() - interval '1 s' end
          from generate_series(1, 1000) as n
    """
    await sql(store, insert, place.guild_id, place.id)
    await create(store, ada)  # one of the others is over
    async with refused(store, MaximumInvites):
        await create(store, ada, unique=True)


@pytest.mark.parametrize(
    "body, paths",
    [
        ({"max_age": -1, "max_uses": 101, "temporary": "x", "unique": 3},
         {"max_age", "max_uses", "temporary", "unique"}),
        ({"max_age": 5_184_001, "target_type": 1, "target_user_id": "5", "role_ids": ["7"]},
         {"max_age", "target_type", "target_user_id", "role_ids"}),
    ],
)  # fmt: skip
def test_all_faults_of_an_invite_are_told_at_once(body, paths):
    with pytest.raises(InvalidFormBody) as caught:
        InviteDraft.parse(body)
    assert set(caught.value.errors) == paths
    assert InviteDraft.parse({"target_type": None, "role_ids": [], "flags": 0, "max_uses": None})


# Looking


async def test_anybody_sees_where_a_code_leads(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    code = (await create(store, ada))["code"]
    seen = await look(store, code)
    assert (seen["type"], seen["code"], seen["guild_id"]) == (0, code, str(place.guild_id))
    assert seen["channel"] == {"id": str(place.id), "type": 0, "name": "general"}
    assert seen["guild"]["name"] == "Tests" and "roles" not in seen["guild"]
    assert seen["inviter"]["username"] == "ada" and seen["expires_at"]
    assert not seen.keys() & {"uses", "max_uses", "approximate_member_count"}
    counted = await look(store, code, with_counts=True, is_online=lambda user_id: user_id == ada.id)
    assert (counted["approximate_member_count"], counted["approximate_presence_count"]) == (2, 1)


@pytest.mark.parametrize("code", ["unknown", "", "x" * 65, "\x00", "ü"])
async def test_a_code_that_is_none_leads_nowhere(store, code):
    ada, _ = await person(store, "ada")
    for ask in (look(store, code), accept(store, ada, code), delete(store, ada, code)):
        with pytest.raises(UnknownInvite):
            await ask


async def test_invites_are_listed_for_who_manages_the_channel_or_the_guild(store):
    here = await company(store, Permission.MANAGE_CHANNELS)
    other = await channel(store, ChannelType.GUILD_TEXT)
    first = (await create(store, here.bob))["code"]
    second = (await create(store, here.bob, other.id))["code"]
    async with store.reading(here.moderator) as tx:
        (listed,) = await invites.list_of_channel(tx, other.id)
        assert (listed["code"], listed["uses"], listed["max_age"]) == (second, 0, 86400)
        with pytest.raises(MissingPermissions):
            await invites.list_of_guild(tx, other.guild_id)
    async with store.reading(here.owner) as tx:
        assert [one["code"] for one in await invites.list_of_guild(tx, other.guild_id)] == [first, second]
    async with store.reading(here.bob) as tx:
        with pytest.raises(MissingPermissions):
            await invites.list_of_channel(tx, other.id)


async def test_who_may_see_the_audit_log_sees_invites_without_their_numbers(store):
    here = await company(store, Permission.VIEW_AUDIT_LOG)
    await create(store, here.bob)
    async with store.reading(here.moderator) as tx:
        (listed,) = await invites.list_of_guild(tx, general(store).guild_id)
    assert "code" in listed and "uses" not in listed


# Ending


@pytest.mark.parametrize("granted", [Permission.MANAGE_CHANNELS, Permission.MANAGE_GUILD])
async def test_an_invite_is_ended_by_who_manages_the_channel_or_the_guild(store, granted):
    here = await company(store, granted)
    place, code = general(store), (await create(store, here.bob))["code"]
    async with refused(store, MissingPermissions):
        await delete(store, here.bob, code)
    heard = Heard(store)
    assert (await delete(store, here.moderator, code))["code"] == code
    told, _ = heard.entries
    assert (told.name, told.audience) == ("INVITE_DELETE", Channel(place.id, place.guild_id))
    assert told.d == {"code": code, "guild_id": str(place.guild_id), "channel_id": str(place.id)}
    (logged,) = recorded(heard)
    assert logged["action_type"] == AuditAction.INVITE_DELETE
    assert {"key": "code", "old_value": code} in logged["changes"]
    async with refused(store, UnknownInvite):
        await delete(store, here.moderator, code)


async def test_a_stranger_ends_no_invite(store):
    here = await company(store)
    code = (await create(store, here.bob))["code"]
    await leave(store, here.moderator)
    async with refused(store, MissingPermissions):
        await delete(store, here.moderator, code)


async def test_an_invite_whose_time_is_over_is_of_no_use_and_swept_away(store):
    here = await company(store)
    code = (await create(store, here.bob, max_age=60))["code"]
    kept = (await create(store, here.bob, max_age=0))["code"]
    await sql(store, "update invites set expires_at = now() - interval '1 s' where code = $1", code)
    await leave(store, here.moderator)
    async with refused(store, UnknownInvite):
        await accept(store, here.moderator, code)
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        assert await invites.sweep_expired(tx) == 1
    assert [(entry.name, entry.d["code"]) for entry in heard.entries] == [("INVITE_DELETE", code)]
    assert (await look(store, kept))["code"] == kept


# Coming by one


async def test_who_accepts_is_a_member_and_has_used_it_once(store):
    here = await company(store)
    code = (await create(store, here.bob))["code"]
    await leave(store, here.moderator)
    heard = Heard(store)
    answer = await accept(store, here.moderator, code)
    assert answer["new_member"] is True and answer["guild"]["name"] == "Tests"
    assert heard.names == ["GUILD_MEMBER_ADD", "MESSAGE_CREATE"]
    assert await sql(store, "select uses from invites") == 1
    heard.take()
    again = await accept(store, here.moderator, code)
    assert again["new_member"] is False and heard.entries == []
    assert await sql(store, "select uses from invites") == 1
    await assert_as_fresh(store)


async def test_the_last_use_ends_an_invite(store):
    here = await company(store)
    code = (await create(store, here.bob, max_uses=1))["code"]
    await leave(store, here.moderator)
    heard = Heard(store)
    await accept(store, here.moderator, code)
    assert heard.names == ["INVITE_DELETE", "GUILD_MEMBER_ADD", "MESSAGE_CREATE"]
    assert await sql(store, "select count(*) from invites") == 0
    await leave(store, here.moderator)
    async with refused(store, UnknownInvite):
        await accept(store, here.moderator, code)


async def test_of_many_who_want_the_last_uses_as_many_come_as_there_are(store):
    owner, _ = await person(store, "owner", admin=True)
    people = [(await person(store, f"somebody_{number}"))[0] for number in range(5)]
    code = (await create(store, owner, max_uses=2))["code"]
    await leave(store, *people)
    came = await asyncio.gather(*(accept(store, one, code) for one in people), return_exceptions=True)
    assert sum(isinstance(answer, dict) for answer in came) == 2
    assert sum(isinstance(answer, UnknownInvite) for answer in came) == 3
    await assert_as_fresh(store)


async def test_who_is_banned_does_not_come_and_uses_nothing_up(store):
    here = await company(store)
    code = (await create(store, here.owner, max_uses=1))["code"]
    async with store.transaction(here.owner) as tx:
        await bans.create_ban(tx, general(store).guild_id, here.bob.id, BanDraft(timedelta()))
    async with refused(store, UserBanned):
        await accept(store, here.bob, code)


async def test_a_ban_and_a_joining_at_once_end_with_one_who_is_no_member(store):
    here = await company(store)
    guild_id, code = general(store).guild_id, (await create(store, here.owner))["code"]
    await leave(store, here.bob)

    async def ban() -> None:
        async with store.transaction(here.owner) as tx:
            await bans.create_ban(tx, guild_id, here.bob.id, BanDraft(timedelta()))

    await asyncio.gather(accept(store, here.bob, code), ban(), return_exceptions=True)
    assert here.bob.id not in store.directory.guilds[guild_id].members
    await assert_as_fresh(store)


async def test_invites_can_be_paused(store):
    here = await company(store)
    code = (await create(store, here.bob))["code"]
    await leave(store, here.moderator)
    store.directory.guilds[general(store).guild_id].features = ("INVITES_DISABLED",)
    async with refused(store, InvitesPaused):
        await accept(store, here.moderator, code)
    assert (await look(store, code))["code"] == code


async def test_a_temporary_invite_makes_a_member_for_a_visit(store):
    here = await company(store)
    code = (await create(store, here.bob, temporary=True))["code"]
    await leave(store, here.moderator)
    await accept(store, here.moderator, code)
    assert await sql(store, "select temporary from members where user_id = $1", here.moderator.id) is True


# Signing up


async def code_for_sign_up(store: Any, **fields: Any) -> str:
    async with store.transaction(ANYONE) as tx:
        made = await invites.create_for_sign_up(tx, **{"max_uses": 0, "max_age": 0, **fields})
    return made.code


async def register(store: Any, username: str, code: str) -> Any:
    async with store.transaction(ANYONE) as tx:
        draft = RegisterDraft(username, "", None, None, code)
        return await accounts.register(tx, draft, NO_PASSWORD, DEVICE, DAY)


async def test_the_servers_own_invite_is_one_to_the_default_guild(store):
    place, heard = general(store), Heard(store)
    code = await code_for_sign_up(store, max_uses=3, max_age=7 * 86400)
    (told,) = heard.entries
    assert (told.name, told.audience) == ("INVITE_CREATE", Channel(place.id, place.guild_id))
    assert told.d["code"] == code and "inviter" not in told.d
    seen = await look(store, code)
    assert seen["guild_id"] == str(place.guild_id) and "inviter" not in seen


async def test_without_a_limit_anybody_may_come(store):
    code = await code_for_sign_up(store)
    for number in range(5):
        await register(store, f"somebody_{number}", code)
    assert await sql(store, "select uses from invites") == 5


async def test_who_signs_up_by_an_invite_to_another_guild_is_a_member_of_both(store):
    ada, _ = await person(store, "ada")
    guild_id, channel_id = await own_guild(store, ada)
    code = (await create(store, ada, channel_id, temporary=True))["code"]
    user = (await register(store, "bob", code)).user
    here = [guild.id for guild in store.directory.guilds_of(user.id)]
    assert here == sorted([general(store).guild_id, guild_id])
    temporary = "select temporary from members where user_id = $1 and guild_id = $2"
    assert await sql(store, temporary, user.id, guild_id) is True
    assert await sql(store, temporary, user.id, general(store).guild_id) is False
    await assert_as_fresh(store)


async def test_nobody_signs_up_by_an_invite_that_is_paused(store):
    code = await code_for_sign_up(store)
    store.directory.guilds[general(store).guild_id].features = ("INVITES_DISABLED",)
    async with refused(store, InvalidFormBody) as caught:
        await register(store, "bob", code)
    assert set(caught.value.errors) == {"invite"}


# A guild's own code


async def test_a_guild_may_have_a_code_of_its_own(store):
    here = await company(store, Permission.MANAGE_GUILD)
    guild_id = general(store).guild_id
    heard = Heard(store)
    assert await set_vanity(store, here.moderator, "Our-House") == {"code": "our-house", "uses": 0}
    told, _ = heard.entries
    assert (told.name, told.audience) == ("GUILD_UPDATE", Guild(guild_id))
    assert told.d["vanity_url_code"] == "our-house"
    (logged,) = recorded(heard)
    assert logged["changes"] == [{"key": "vanity_url_code", "new_value": "our-house"}]
    await leave(store, here.bob)
    assert (await accept(store, here.bob, "OUR-house"))["code"] == "our-house"
    async with store.reading(here.moderator) as tx:
        assert await invites.get_vanity(tx, guild_id) == {"code": "our-house", "uses": 1}
        assert await invites.list_of_guild(tx, guild_id) == []
    seen = await look(store, "our-house")
    assert seen["channel"]["name"] == "general" and seen["guild"]["vanity_url_code"] == "our-house"
    heard.take()
    assert await set_vanity(store, here.moderator, "our-house") == {"code": "our-house", "uses": 1}
    assert heard.entries == []
    async with refused(store, UnknownInvite):
        await delete(store, here.moderator, "our-house")
    await assert_as_fresh(store)
    assert await set_vanity(store, here.moderator, None) == {"code": None, "uses": 0}
    with pytest.raises(UnknownInvite):
        await look(store, "our-house")
    await assert_as_fresh(store)


async def test_a_guilds_own_code_names_no_channel_that_is_not_for_everybody(store):
    here = await company(store)
    await set_vanity(store, here.owner, "our-house")
    place = general(store)
    hide = [{"id": str(place.guild_id), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}]
    await edit_channel(store, here.owner, place.id, name="secrets", permission_overwrites=hide)
    assert (await look(store, "our-house"))["channel"] is None
    await make_channel(store, here.owner, name="lobby")
    assert (await look(store, "our-house"))["channel"]["name"] == "lobby"


async def test_who_comes_to_a_guild_that_is_being_deleted_does_not_come(store):
    here = await company(store)
    async with store.transaction(here.owner) as tx:
        guild = await new_guilds.create_guild(tx, GuildDraft.parse({"name": "away"}), owned_max=9)
    code = (await create(store, here.owner, guild.system_channel_id))["code"]
    async with store.transaction(here.owner) as tx:
        await guilds.delete_guild(tx, guild.id)
        coming = asyncio.ensure_future(accept(store, here.bob, code))
        await somebody_waits(tx.conn)
    with pytest.raises(UnknownInvite):
        await coming


async def test_a_code_that_is_taken_is_not_given_twice(store):
    here = await company(store)
    await create(store, here.bob)
    await sql(store, "update invites set code = 'taken'")
    async with refused(store, VanityTaken):
        await set_vanity(store, here.owner, "taken")


async def test_the_vanity_code_needs_to_manage_the_guild(store):
    here = await company(store, EVERY_PERMISSION & ~Permission.MANAGE_GUILD)
    async with refused(store, MissingPermissions):
        await set_vanity(store, here.moderator, "house")
    async with refused(store, MissingPermissions), store.reading(here.moderator) as tx:
        await invites.get_vanity(tx, general(store).guild_id)
    await leave(store, here.bob)
    async with refused(store, UnknownGuild):
        await set_vanity(store, here.bob, "house")


@pytest.mark.parametrize("code", ["x", "x" * 26, "-x", "x-", "x--y", "x y", "ü2", 5])
def test_a_vanity_code_is_fit_for_a_link(code):
    with pytest.raises(InvalidFormBody) as caught:
        VanityDraft.parse({"code": code})
    assert set(caught.value.errors) == {"code"}
    assert VanityDraft.parse({"code": ""}).code is None
