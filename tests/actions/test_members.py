"""Members: seen by members only, page by page, and found by any of their names."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chatd.actions import members, presence, users, voice_states
from chatd.model import events, permissions
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel, Guild
from chatd.model.audit_log import AuditAction
from chatd.model.errors import (
    InvalidFormBody,
    InvalidRole,
    MissingPermissions,
    NotInVoice,
    UnknownGuild,
    UnknownMember,
    UnknownRole,
    UserBanned,
)
from chatd.model.guilds import SUPPRESS_JOIN_NOTIFICATIONS
from chatd.model.members import MemberEdit, MemberFlag, MemberPage, MemberSearch, OwnMemberEdit
from chatd.model.messages import MessageType
from chatd.model.permissions import Permission
from chatd.model.times import iso
from chatd.model.users import User, UserEdit
from chatd.model.voice_states import VoiceStateDraft
from tests.beats import assert_as_fresh, refused
from tests.company import EVERY_PERMISSION, company, give, make_role, member_of, recorded
from tests.people import Heard, deny, general, person
from tests.pictures import data_uri, png
from tests.rooms import voice


async def listed(store: Any, actor: Any, **page: str) -> list[str]:
    async with store.reading(actor) as tx:
        found = await members.list_members(tx, general(store).guild_id, MemberPage.parse(page))
    return [member["user"]["username"] for member in found]


async def found(store: Any, actor: Any, query: str, limit: str = "100") -> list[str]:
    async with store.reading(actor) as tx:
        search = MemberSearch.parse({"query": query, "limit": limit})
        members_found = await members.search_members(tx, general(store).guild_id, search)
    return [member["user"]["username"] for member in members_found]


async def test_a_member_is_seen_with_their_user(store):
    ada, _ = await person(store, "ada")
    async with store.reading(ada) as tx:
        member = await members.get_member(tx, general(store).guild_id, ada.id)
    assert member["user"]["id"] == str(ada.id) and member["roles"] == [] and member["joined_at"]
    assert member["nick"] is None and member["pending"] is False and member["flags"] == 0


async def test_who_is_no_member_is_unknown(store):
    ada, _ = await person(store, "ada")
    async with store.reading(ada) as tx:
        with pytest.raises(UnknownMember):
            await members.get_member(tx, general(store).guild_id, 12345)


@pytest.mark.parametrize("exists", [True, False])
async def test_a_stranger_does_not_learn_that_the_guild_exists(store, exists):
    guild_id = general(store).guild_id if exists else 12345
    page, search = MemberPage.parse({}), MemberSearch.parse({"query": "a"})
    for ask in (
        lambda tx: members.get_member(tx, guild_id, 1),
        lambda tx: members.list_members(tx, guild_id, page),
        lambda tx: members.search_members(tx, guild_id, search),
    ):
        with pytest.raises(UnknownGuild):
            async with store.reading(Actor(54321)) as tx:
                await ask(tx)


async def test_pages_go_by_id_until_there_is_nobody_left(store):
    people = [(await person(store, f"somebody_{number}"))[0] for number in range(5)]
    names = ["chatd"] + [f"somebody_{number}" for number in range(5)]
    assert await listed(store, people[0]) == names[:1]  # one, unless asked for more
    assert await listed(store, people[0], limit="1000") == names
    assert await listed(store, people[0], limit="2", after=str(people[1].id)) == names[3:5]
    assert await listed(store, people[0], limit="2", after=str(people[4].id)) == []
    walked, after = [], "0"
    while page := await listed(store, people[0], limit="2", after=after):
        walked += page
        after = str(next(u.id for u in store.directory.users.values() if u.username == page[-1]))
    assert walked == names


async def test_a_search_finds_any_of_the_names_by_its_beginning(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(bob) as tx:
        await users.update_self(tx, UserEdit.parse({"global_name": "Straße"}))
    store.directory.guilds[general(store).guild_id].members[ada.id].nick = "Zoë"
    by_query = {
        "a": ["ada"], "AD": ["ada"], "da": [], "strasse": ["bob"], "STRASS": ["bob"], "zoë": ["ada"],
        "bob": ["bob"], "c": ["chatd"], "x": [], "ada ": [],
    }  # fmt: skip
    for query, names in by_query.items():
        assert await found(store, ada, query) == names, query
    assert await found(store, ada, "b", limit="1") == ["bob"]


async def test_a_new_member_is_announced_to_the_guild(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.pool.acquire() as conn:
        await conn.execute("delete from members where user_id = $1", ada.id)
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild_id, store.directory.users[ada.id])
    entry, _ = heard.entries
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_ADD", Guild(guild_id))
    assert entry.d["user"]["id"] == str(ada.id) and entry.d["roles"] == []
    await assert_as_fresh(store)


async def test_a_new_member_is_welcomed_in_the_system_channel(store):
    channel, heard = general(store), Heard(store)
    ada, _ = await person(store, "ada")
    _, entry = heard.entries
    member = store.directory.guilds[channel.guild_id].members[ada.id]
    assert (entry.name, entry.audience) == ("MESSAGE_CREATE", Channel(channel.id, channel.guild_id))
    assert (entry.d["type"], entry.d["content"]) == (MessageType.USER_JOIN, "")
    assert entry.d["author"]["id"] == str(ada.id) and entry.d["member"] == member.bare_payload()
    assert general(store).last_message_id == int(entry.d["id"])


@pytest.mark.parametrize(
    "column, value", [("system_channel_id", None), ("system_channel_flags", SUPPRESS_JOIN_NOTIFICATIONS)]
)
async def test_a_guild_may_want_to_hear_nothing_of_who_has_joined(store, column, value):
    async with store.transaction(ANYONE) as tx:
        await tx.conn.execute(f"update guilds set {column} = $1", value)
        guild = replace(store.directory.guilds[general(store).guild_id], **{column: value})
        tx.emit(events.guild_update(guild), to=Guild(guild.id))
    heard = Heard(store)
    await person(store, "ada")
    assert heard.names == ["GUILD_MEMBER_ADD"]


async def test_who_is_a_member_already_does_not_join_again(store):
    ada, _ = await person(store, "ada")
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        assert not await members.add_member(tx, general(store).guild_id, store.directory.users[ada.id])
    assert heard.entries == []


async def test_who_comes_back_is_known_but_has_nothing_left(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.pool.acquire() as conn:
        await conn.execute("update members set nick = 'Countess' where user_id = $1", ada.id)
    async with store.transaction(ANYONE) as tx:
        assert await members.remove_members(tx, guild_id, [ada.id, 12345]) == [ada.id]
    async with store.transaction(ANYONE) as tx:
        assert await members.add_member(tx, guild_id, store.directory.users[ada.id])
    member = store.directory.guilds[guild_id].members[ada.id]
    assert (member.nick, member.flags) == (None, MemberFlag.DID_REJOIN)
    await assert_as_fresh(store)


async def test_a_removed_member_is_told_of_to_the_guild(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    user = store.directory.users[ada.id]
    heard = Heard(store)
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, guild_id, [ada.id])
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == ("GUILD_MEMBER_REMOVE", Guild(guild_id))
    assert entry.d == {"guild_id": str(guild_id), "user": user.payload()}
    assert ada.id not in store.directory.guilds[guild_id].members
    await assert_as_fresh(store)


async def test_who_is_banned_does_not_join(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, guild_id, [ada.id])
        await tx.conn.execute("insert into bans (guild_id, user_id) values ($1, $2)", guild_id, ada.id)
    async with refused(store, UserBanned), store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild_id, store.directory.users[ada.id])


async def test_a_transaction_that_fails_adds_and_announces_nobody(store):
    heard = Heard(store)
    with pytest.raises(RuntimeError):
        async with store.transaction(ANYONE) as tx:
            await tx.conn.execute("insert into users (id, username, status) values (5, 'eve', 'online')")
            await members.add_member(tx, general(store).guild_id, User(5, "eve"))
            raise RuntimeError
    assert heard.entries == [] and 5 not in store.directory.users
    await assert_as_fresh(store)


# Changing


async def edit(store: Any, actor: Any, who: Any, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await members.update_member(tx, general(store).guild_id, who.id, MemberEdit.parse(fields))


async def edit_own(store: Any, actor: Any, **fields: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await members.update_own(tx, general(store).guild_id, OwnMemberEdit.parse(fields))


async def take(store: Any, actor: Any, who: Any, role_id: int) -> None:
    async with store.transaction(actor) as tx:
        await members.remove_role(tx, general(store).guild_id, who.id, role_id)


async def kick(store: Any, actor: Any, who: Any, reason: str | None = None) -> None:
    async with store.transaction(actor, reason) as tx:
        await members.kick(tx, general(store).guild_id, who.id)


def changes(heard: Heard) -> list[tuple[int, Any]]:
    """What the audit log says was done, and what has changed by it."""
    return [(d["action_type"], d["changes"]) for d in recorded(heard)]


async def test_a_moderator_names_somebody_below_them(store):
    here = await company(store)
    heard = Heard(store)
    told = await edit(store, here.moderator, here.bob, nick="  Bobby ")
    update, _ = heard.entries
    guild_id = general(store).guild_id
    assert (update.name, update.audience) == ("GUILD_MEMBER_UPDATE", Guild(guild_id))
    assert update.d == {**told, "guild_id": str(guild_id)} and told["nick"] == "Bobby"
    assert told["roles"] == [str(here.low)] and told["user"]["username"] == "bob"
    assert changes(heard) == [(AuditAction.MEMBER_UPDATE, [{"key": "nick", "new_value": "Bobby"}])]
    await edit(store, here.moderator, here.bob, nick=None)
    assert member_of(store, here.bob).nick is None
    await assert_as_fresh(store)


async def test_a_change_to_what_is_so_already_says_nothing(store):
    here = await company(store)
    heard = Heard(store)
    await edit(store, here.moderator, here.bob, nick="", roles=[here.low], flags=MemberFlag.DID_REJOIN)
    await give(store, here.moderator, here.bob, here.low)
    assert heard.entries == []


@pytest.mark.parametrize(
    "field, needed",
    [
        ({"nick": "x"}, Permission.MANAGE_NICKNAMES),
        ({"roles": []}, Permission.MANAGE_ROLES),
        ({"mute": True}, Permission.MUTE_MEMBERS),
        ({"deaf": True}, Permission.DEAFEN_MEMBERS),
        ({"communication_disabled_until": "2030-01-01T00:00:00Z"}, Permission.MODERATE_MEMBERS),
        ({"flags": 4}, Permission.MANAGE_ROLES | Permission.MANAGE_GUILD | Permission.MODERATE_MEMBERS),
    ],
)
async def test_each_field_needs_its_permission(store, field, needed):
    here = await company(store, EVERY_PERMISSION & ~needed)
    async with refused(store, MissingPermissions):
        await edit(store, here.moderator, here.bob, **field)


@pytest.mark.parametrize(
    "granted",
    [
        Permission.MANAGE_GUILD,
        Permission.MANAGE_ROLES,
        Permission.MODERATE_MEMBERS | Permission.KICK_MEMBERS | Permission.BAN_MEMBERS,
    ],
)
async def test_one_flag_is_for_moderators_to_set_and_the_others_stay(store, granted):
    here = await company(store, granted)
    both = MemberFlag.BYPASSES_VERIFICATION | MemberFlag.DID_REJOIN
    await edit(store, here.moderator, here.bob, flags=both)
    assert member_of(store, here.bob).flags == MemberFlag.BYPASSES_VERIFICATION
    await assert_as_fresh(store)


async def test_nobody_acts_on_who_stands_as_high_as_themself(store):
    here = await company(store)
    peer, _ = await person(store, "peer")
    await give(store, here.owner, peer, here.high)
    until = {"communication_disabled_until": "2026-01-01T00:00:00+00:00"}
    for who in (peer, here.owner):
        for attempt in (
            lambda who=who: edit(store, here.moderator, who, nick="x"),
            lambda who=who: edit(store, here.moderator, who, flags=4),
            lambda who=who: edit(store, here.moderator, who, **until),
            lambda who=who: kick(store, here.moderator, who),
        ):
            async with refused(store, MissingPermissions):
                await attempt()
    async with refused(store, MissingPermissions):
        await kick(store, here.owner, here.owner)


async def test_ones_own_nickname_needs_a_permission_of_its_own(store):
    here = await company(store, Permission.CHANGE_NICKNAME)
    await edit(store, here.bob, here.bob, nick="Bobby")  # as everybody may
    assert member_of(store, here.bob).nick == "Bobby"
    deny(store, Permission.CHANGE_NICKNAME)
    async with refused(store, MissingPermissions):
        await edit_own(store, here.bob, nick="B")
    await edit_own(store, here.moderator, nick="M")
    async with refused(store, MissingPermissions):
        await edit(store, here.moderator, here.bob, nick="B")


async def test_ones_own_pictures_and_words_are_kept_for_the_guild(store):
    ada, _ = await person(store, "ada")
    guild_id = general(store).guild_id
    edit = OwnMemberEdit.parse({"avatar": data_uri(png()), "bio": " counts "})
    heard = Heard(store)
    async with store.transaction(ada) as tx:
        told = await members.update_own(tx, guild_id, edit, avatar="a_abc")
    assert (told["avatar"], told["banner"], told["bio"]) == ("a_abc", None, "counts")
    assert told["permissions"] == str(permissions.DEFAULT_EVERYONE)
    (update, _) = heard.entries
    assert (update.name, update.d["avatar"]) == ("GUILD_MEMBER_UPDATE", "a_abc") and "bio" not in update.d
    await edit_own(store, ada, nick="Countess")
    async with store.reading(ada) as tx:
        own = await members.get_own(tx, guild_id)
    assert (own["nick"], own["avatar"], own["bio"]) == ("Countess", "a_abc", "counts")
    await edit_own(store, ada, avatar=None, bio=None)
    async with store.reading(ada) as tx:
        own = await members.get_own(tx, guild_id)
    assert (own["nick"], own["avatar"], own["bio"]) == ("Countess", None, "")
    await assert_as_fresh(store)


async def test_roles_below_ones_own_are_given_and_taken(store):
    here = await company(store, Permission.MANAGE_ROLES)
    other = await make_role(store, here.owner, "other")
    heard = Heard(store)
    await edit(store, here.moderator, here.bob, roles=[general(store).guild_id, other, str(other)])
    assert member_of(store, here.bob).role_ids == (other,)
    assert changes(heard) == [
        (
            AuditAction.MEMBER_ROLE_UPDATE,
            [
                {"key": "$add", "new_value": [{"id": str(other), "name": "other"}]},
                {"key": "$remove", "new_value": [{"id": str(here.low), "name": "low"}]},
            ],
        )
    ]
    await give(store, here.moderator, here.bob, here.low)
    await take(store, here.moderator, here.bob, other)
    assert member_of(store, here.bob).role_ids == (here.low,)
    assert heard.names.count("GUILD_MEMBER_UPDATE") == 3
    await edit(store, here.moderator, here.bob, roles=None)
    assert member_of(store, here.bob).role_ids == ()
    await assert_as_fresh(store)


async def test_a_lower_role_is_given_to_anybody(store):
    here = await company(store, Permission.MANAGE_ROLES)
    for who in (here.owner, here.moderator):
        await give(store, here.moderator, who, here.low)
        assert here.low in member_of(store, who).role_ids
    await assert_as_fresh(store)


async def test_a_role_that_is_given_while_its_member_takes_another_name_stays_told(store):
    here = await company(store)
    other = await make_role(store, here.owner, "other")

    async def rename() -> None:
        async with store.transaction(here.bob) as tx:
            await users.update_self(tx, UserEdit.parse({"global_name": "Bobby"}))

    async with store.transaction(here.owner) as tx:
        await members.add_role(tx, general(store).guild_id, here.bob.id, other)
        renaming = asyncio.ensure_future(rename())
        while not await tx.conn.fetchval("select count(*) from pg_locks where not granted"):
            await asyncio.sleep(0)
    await renaming
    assert member_of(store, here.bob).role_ids == (here.low, other)
    assert store.directory.users[here.bob.id].global_name == "Bobby"
    await assert_as_fresh(store)


async def test_a_role_that_is_not_below_ones_own_is_not_given_or_taken(store):
    here = await company(store, Permission.MANAGE_ROLES)
    attempts = [
        (MissingPermissions, lambda: give(store, here.moderator, here.bob, here.high)),
        (MissingPermissions, lambda: take(store, here.moderator, here.moderator, here.high)),
        (MissingPermissions, lambda: edit(store, here.moderator, here.bob, roles=[here.high])),
        (MissingPermissions, lambda: edit(store, here.moderator, here.moderator, roles=[])),
        (MissingPermissions, lambda: give(store, here.bob, here.bob, here.low)),
        (UnknownRole, lambda: give(store, here.moderator, here.bob, 12345)),
        (UnknownRole, lambda: edit(store, here.moderator, here.bob, roles=[12345])),
        (InvalidRole, lambda: give(store, here.moderator, here.bob, general(store).guild_id)),
        (UnknownMember, lambda: give(store, here.moderator, SimpleNamespace(id=12345), here.low)),
    ]
    for error, attempt in attempts:
        async with refused(store, error):
            await attempt()


async def test_a_managed_role_belongs_to_whom_it_belongs(store):
    here = await company(store)
    store.directory.guilds[general(store).guild_id].roles[here.low].managed = True
    for attempt in (give, take):
        async with refused(store, InvalidRole):
            await attempt(store, here.owner, here.bob, here.low)
    await edit(store, here.owner, here.bob, roles=[here.low], nick="Bobby")  # it stays, so it may be listed


async def test_who_is_timed_out_only_reads_until_then(store):
    here = await company(store, Permission.MODERATE_MEMBERS)
    async with store.reading(here.moderator) as tx:
        until = tx.now() + timedelta(days=28)
    heard = Heard(store)
    told = await edit(store, here.moderator, here.bob, communication_disabled_until=until.isoformat())
    assert told["communication_disabled_until"] == iso(until)
    assert changes(heard)[0][1] == [{"key": "communication_disabled_until", "new_value": iso(until)}]
    now = until - timedelta(days=1)
    assert store.directory.permissions(here.bob.id, general(store).id, now) == permissions.TIMED_OUT
    await edit(store, here.moderator, here.bob, communication_disabled_until=None)
    assert member_of(store, here.bob).communication_disabled_until is None
    await assert_as_fresh(store)


async def test_a_time_out_lasts_28_days_at_most(store):
    here = await company(store)
    async with store.reading(here.moderator) as tx:
        too_far = tx.now() + timedelta(days=29)
    async with refused(store, InvalidFormBody) as caught:
        await edit(store, here.moderator, here.bob, communication_disabled_until=too_far.isoformat())
    assert set(caught.value.errors) == {"communication_disabled_until"}


async def test_administrators_are_not_timed_out_nor_is_oneself(store):
    here = await company(store)
    administrates = await make_role(store, here.owner, "administrates", Permission.ADMINISTRATOR)
    await give(store, here.owner, here.bob, administrates)
    async with store.reading(here.moderator) as tx:
        until = {"communication_disabled_until": (tx.now() + timedelta(hours=1)).isoformat()}
    for actor, who in ((here.owner, here.bob), (here.owner, here.owner), (here.moderator, here.moderator)):
        async with refused(store, MissingPermissions):
            await edit(store, actor, who, **until)


async def test_who_is_in_no_voice_channel_is_not_muted(store):
    here = await company(store)
    for fields in ({"mute": True}, {"deaf": False}, {"channel_id": None}):
        async with refused(store, NotInVoice):
            await edit(store, here.moderator, here.bob, **fields)


async def test_who_is_muted_is_shown_so_where_they_speak(store):
    here = await company(store)
    channel = await voice(store)
    async with store.transaction(here.bob) as tx:
        await voice_states.connect(tx, "s", VoiceStateDraft(channel.guild_id, channel.id))
    heard = Heard(store)
    await edit(store, here.moderator, here.bob, mute=True)
    assert heard.names == ["GUILD_MEMBER_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "VOICE_STATE_UPDATE"]
    assert heard.entries[0].d["mute"] and heard.entries[2].d["mute"] and heard.entries[2].d["member"]["mute"]
    heard.take()
    await edit(store, here.moderator, here.bob, mute=False, channel_id=None)
    assert heard.entries[0].name == "VOICE_STATE_UPDATE" and heard.entries[0].d["channel_id"] is None
    assert not member_of(store, here.bob).mute
    await assert_as_fresh(store)


async def test_who_is_kicked_is_gone_and_the_log_says_why(store):
    here = await company(store, Permission.KICK_MEMBERS)
    heard = Heard(store)
    await kick(store, here.moderator, here.bob, "shouted")
    assert heard.names == ["GUILD_MEMBER_REMOVE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    entry = heard.entries[1].d
    assert (entry["action_type"], entry["target_id"]) == (AuditAction.MEMBER_KICK, str(here.bob.id))
    assert (entry["reason"], entry["user_id"]) == ("shouted", str(here.moderator.id))
    await assert_as_fresh(store)
    async with refused(store, UnknownMember):
        await kick(store, here.moderator, here.bob)


async def test_kicking_needs_its_permission(store):
    here = await company(store, EVERY_PERMISSION & ~Permission.KICK_MEMBERS)
    async with refused(store, MissingPermissions):
        await kick(store, here.moderator, here.bob)


@pytest.mark.parametrize(
    "body, paths",
    [
        ({"nick": "x" * 33, "roles": ["y"], "mute": 1, "deaf": "no", "channel_id": "z", "flags": -1,
          "communication_disabled_until": "tomorrow"},
         {"nick", "roles", "mute", "deaf", "channel_id", "flags", "communication_disabled_until"}),
        ({"roles": [1] * 351}, {"roles"}),
        ({"nick": 5, "roles": 5}, {"nick", "roles"}),
        ([], {"_errors"}),
    ],
)  # fmt: skip
def test_all_faults_of_an_edit_are_told_at_once(body, paths):
    with pytest.raises(InvalidFormBody) as caught:
        MemberEdit.parse(body)
    assert set(caught.value.errors) == paths


def test_all_faults_of_an_edit_of_oneself_are_told_at_once():
    with pytest.raises(InvalidFormBody) as caught:
        OwnMemberEdit.parse({"nick": "x" * 33, "avatar": "x", "banner": 5, "bio": "x" * 191})
    assert set(caught.value.errors) == {"nick", "avatar", "banner", "bio"}


async def test_a_visit_ends_when_its_user_goes_offline_unless_they_were_given_a_role(store):
    here = await company(store)
    guild_id = general(store).guild_id
    eve, _ = await person(store, "eve")
    async with store.transaction(ANYONE) as tx:
        await members.remove_members(tx, guild_id, [here.bob.id, eve.id])
    for who in (here.bob, eve):
        async with store.transaction(ANYONE) as tx:
            await members.add_member(tx, guild_id, store.directory.users[who.id], temporary=True)
    await give(store, here.owner, here.bob, here.low)
    heard = Heard(store)
    await presence.go_offline(store, [here.owner.id, here.bob.id, eve.id])
    (entry,) = heard.entries
    assert (entry.name, entry.d["user"]["username"]) == ("GUILD_MEMBER_REMOVE", "eve")
    await assert_as_fresh(store)
