"""The directory: after any changes, by whomever, it is what would be loaded now."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.actions import dms, members, messages, relationships, users
from chatd.model import permissions
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Audience, Channel, Guild, Nobody, Users
from chatd.model.channels import Channel as ChannelObject
from chatd.model.channels import ChannelType
from chatd.model.dms import DirectMessageDraft, GroupDraft, GroupEdit
from chatd.model.errors import ApiError, BotsForbidden, CannotMessageUser
from chatd.model.events import TOKEN_REVOKED, Entry, Event
from chatd.model.json_text import encode_json
from chatd.model.members import Member
from chatd.model.message_drafts import MessageDraft
from chatd.model.permissions import Overwrite, Permission
from chatd.model.relationships import RelationshipDraft
from chatd.model.roles import Role
from chatd.model.users import UserEdit
from chatd.store.directory import ACTORS_MAX, Directory, RememberedActor
from chatd.store.journal import columns_of
from chatd.store.queries import directory as rows_of
from chatd.store.queries import journal
from tests.beats import MOMENTS, assert_as_fresh
from tests.conftest import opened_store
from tests.people import bot, general, person

TEXTS = (ChannelType.GUILD_TEXT, ChannelType.DM, ChannelType.GROUP_DM)
SEND_AND_VIEW = int(Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL)

UPDATE_MEMBER = """
update members set nick = $3, communication_disabled_until = $4 where guild_id = $1 and user_id = $2
"""


class Elsewhere:
    """Another process: it changes the database by plain SQL, and tells of it in the journal alone."""

    def __init__(self, store: Any, rng: random.Random) -> None:
        self.store = store
        self.rng = rng

    async def change(self, guild_id: int, *statements: tuple[Any, ...], events: Any) -> None:
        """Run statements; `events(conn)` then reads what to tell of, with its audience, and it commits."""
        async with self.store.pool.acquire() as conn, conn.transaction():
            await journal.lock_guilds(conn, guild_ids=[guild_id])
            for statement in statements:
                await conn.execute(*statement)
            told: list[tuple[Event, Audience]] = await events(conn)
            last = await journal.append_entries(conn, sender="elsewhere", **columns_of(told))
            await journal.mark_guilds(conn, guild_ids=[guild_id], position=last)

    def any_guild(self) -> Any:
        return self.rng.choice(list(self.store.directory.guilds.values()))

    def any_id(self) -> int:
        return self.store.mint.next()  # type: ignore[no-any-return]

    def any_set(self) -> int:
        """A set of permissions: often few, sometimes none, rarely an administrator's."""
        rng = self.rng
        kinds = [0, rng.getrandbits(53) & permissions.ALL & ~8, SEND_AND_VIEW, 8]
        return rng.choices(kinds, [2, 5, 3, 1])[0]

    async def create_role(self) -> None:
        guild, role_id = self.any_guild(), self.any_id()
        insert = "insert into roles (id, guild_id, name, permissions, position) values ($1, $2, 'red', $3, 1)"
        await self.change(
            guild.id, (insert, role_id, guild.id, self.any_set()),
            events=lambda conn: role_event(conn, "GUILD_ROLE_CREATE", guild.id, role_id),
        )  # fmt: skip

    async def update_role(self) -> None:
        guild = self.any_guild()
        role_id = self.rng.choice(list(guild.roles))
        update = "update roles set permissions = $2, name = 'blue', color = 255, hoist = true where id = $1"
        await self.change(
            guild.id, (update, role_id, self.any_set()),
            events=lambda conn: role_event(conn, "GUILD_ROLE_UPDATE", guild.id, role_id),
        )  # fmt: skip

    async def delete_role(self) -> None:
        guild = self.any_guild()
        role_ids = [role_id for role_id in guild.roles if role_id != guild.id]
        if not role_ids:
            return
        role_id = self.rng.choice(role_ids)
        event = Event("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role_id)})
        await self.change(
            guild.id,
            ("delete from roles where id = $1", role_id),
            ("delete from overwrites where target_id = $1", role_id),
            events=told((event, Guild(guild.id))),
        )

    async def update_member(self) -> None:
        """Other roles, another nickname, sometimes a time-out."""
        guild = self.any_guild()
        user_id = self.rng.choice(list(guild.members))
        role_ids = [role_id for role_id in guild.roles if role_id != guild.id and self.rng.random() < 0.5]
        until = self.rng.choice([None, datetime(2030, 1, 1, tzinfo=UTC)])
        await self.change(
            guild.id,
            ("delete from member_roles where guild_id = $1 and user_id = $2", guild.id, user_id),
            ("insert into member_roles select $1, $2, unnest($3::bigint[])", guild.id, user_id, role_ids),
            (UPDATE_MEMBER, guild.id, user_id, self.rng.choice([None, "nick"]), until),
            events=lambda conn: self.member_event(conn, guild.id, user_id),
        )  # fmt: skip

    async def member_event(self, conn: Any, guild_id: int, user_id: int) -> list[tuple[Event, Audience]]:
        member = next(Member.from_row(row) for row in await rows_of.list_members(conn)
                      if (row["guild_id"], row["user_id"]) == (guild_id, user_id))  # fmt: skip
        payload = member.payload(self.store.directory.users[user_id])
        return [(Event("GUILD_MEMBER_UPDATE", payload | {"guild_id": str(guild_id)}), Guild(guild_id))]

    async def remove_member(self) -> None:
        guild = self.any_guild()
        leaving = [user_id for user_id in guild.members if user_id != guild.owner_id]
        if not leaving:
            return
        user = self.store.directory.users[self.rng.choice(leaving)]
        event = Event("GUILD_MEMBER_REMOVE", {"guild_id": str(guild.id), "user": user.payload()})
        await self.change(
            guild.id, ("delete from members where guild_id = $1 and user_id = $2", guild.id, user.id),
            events=told((event, Guild(guild.id)), (event, Users((user.id,), guild.id))),
        )  # fmt: skip

    async def create_channel(self) -> None:
        guild, channel_id = self.any_guild(), self.any_id()
        insert = "insert into channels (id, guild_id, type, name, parent_id) values ($1, $2, $3, 'room', $4)"
        parent = self.rng.choice([None, *guild.channel_ids])
        kind = self.rng.choice([ChannelType.GUILD_TEXT, ChannelType.GUILD_CATEGORY])
        await self.change(
            guild.id, (insert, channel_id, guild.id, kind, parent),
            events=lambda conn: channel_event(conn, "CHANNEL_CREATE", channel_id),
        )  # fmt: skip

    async def update_channel(self) -> None:
        """Another name, and other overwrites for @everyone, roles and members."""
        guild = self.any_guild()
        if not guild.channel_ids:
            return
        channel_id = self.rng.choice(list(guild.channel_ids))
        targets = [(role_id, 0) for role_id in guild.roles] + [(user_id, 1) for user_id in guild.members]
        chosen = [(target, kind) for target, kind in targets if self.rng.random() < 0.4]
        await self.change(
            guild.id,
            ("update channels set name = 'hall' where id = $1", channel_id),
            ("update channels set topic = 'x', nsfw = true where id = $1 and type = 0", channel_id),
            ("delete from overwrites where channel_id = $1", channel_id),
            *(("insert into overwrites values ($1, $2, $3, $4, $5)", channel_id, target, kind, self.any_set(),
               self.any_set()) for target, kind in chosen),
            events=lambda conn: channel_event(conn, "CHANNEL_UPDATE", channel_id),
        )  # fmt: skip

    async def delete_channel(self) -> None:
        """Whatever named it names it no more: whoever deletes it says so of each. The first channel stays."""
        guild, channels = self.any_guild(), self.store.directory.channels
        doomed = sorted(guild.channel_ids)[1:]
        if not doomed:
            return
        channel_id = self.rng.choice(doomed)
        channel = channels[channel_id]
        children = [child.id for child in channels.values() if child.parent_id == channel_id]

        async def events(conn: Any) -> list[tuple[Event, Audience]]:
            told = [(Event("CHANNEL_DELETE", channel.payload()), Guild(guild.id))]
            for child_id in children:
                told += await channel_event(conn, "CHANNEL_UPDATE", child_id)
            return told + await guild_event(conn, guild)

        await self.change(guild.id, ("delete from channels where id = $1", channel_id), events=events)

    async def update_guild(self) -> None:
        guild = self.any_guild()
        owner_id = self.rng.choice(list(guild.members))
        update = "update guilds set name = $2, owner_id = $3, description = 'y' where id = $1"
        await self.change(
            guild.id, (update, guild.id, self.rng.choice(["home", "house"]), owner_id),
            events=lambda conn: guild_event(conn, guild),
        )  # fmt: skip


def told(*events: tuple[Event, Audience]) -> Any:
    """Events that need no look at the database."""

    async def answer(conn: Any) -> list[tuple[Event, Audience]]:
        return list(events)

    return answer


async def role_event(conn: Any, name: str, guild_id: int, role_id: int) -> list[tuple[Event, Audience]]:
    role = next(Role.from_row(row) for row in await rows_of.list_roles(conn) if row["id"] == role_id)
    return [(Event(name, {"guild_id": str(guild_id), "role": role.payload()}), Guild(guild_id))]


async def channel_event(conn: Any, name: str, channel_id: int) -> list[tuple[Event, Audience]]:
    row = next(row for row in await rows_of.list_channels(conn) if row["id"] == channel_id)
    channel = ChannelObject.from_row(row)
    for row in await rows_of.list_overwrites(conn):
        if row["channel_id"] == channel_id:
            overwrite = Overwrite(row["target_id"], row["type"], row["allow"], row["deny"])
            channel.overwrites[overwrite.target_id] = overwrite
    assert channel.guild_id is not None
    return [(Event(name, channel.payload()), Channel(channel_id, channel.guild_id))]


async def guild_event(conn: Any, known: Any) -> list[tuple[Event, Audience]]:
    row = next(row for row in await rows_of.list_guilds(conn) if row["id"] == known.id)
    guild = type(known).from_row(row)
    guild.roles = known.roles
    return [(Event("GUILD_UPDATE", guild.payload()), Guild(guild.id))]


class Here:
    """What people do in this process, through actions."""

    def __init__(self, store: Any, rng: random.Random) -> None:
        self.store = store
        self.rng = rng
        self.people: list[Actor] = []

    def anybody(self) -> Actor:
        return self.rng.choice(self.people)

    async def join(self) -> None:
        arrive = self.rng.choice([person, person, bot])
        actor, _ = await arrive(self.store, f"somebody_{len(self.people)}")
        self.people.append(actor)

    async def join_other_guild(self) -> None:
        actor, directory = self.anybody(), self.store.directory
        absent = [guild.id for guild in directory.guilds.values() if actor.id not in guild.members]
        if absent:
            async with self.store.transaction(ANYONE) as tx:
                await members.add_member(tx, self.rng.choice(absent), directory.users[actor.id])

    async def rename(self) -> None:
        name = f"renamed_{self.rng.getrandbits(60)}"
        body = self.rng.choice([{"username": name}, {"global_name": "Somebody"}, {"global_name": None}])
        async with self.store.transaction(self.anybody()) as tx:
            await users.update_self(tx, UserEdit.parse(body))

    async def open_dm(self) -> None:
        one, other = self.rng.sample(self.people, 2)
        with suppress(CannotMessageUser):
            async with self.store.transaction(one) as tx:
                await dms.open_dm(tx, DirectMessageDraft(other.id))

    async def make_group(self) -> None:
        one, *others = self.rng.sample(self.people, 3)
        with suppress(CannotMessageUser, BotsForbidden):
            async with self.store.transaction(one) as tx:
                await dms.create_group(tx, GroupDraft(tuple(other.id for other in others)))

    async def change_dm(self) -> None:
        """Close it, leave it, bring somebody in, or name it; what cannot be done there is refused."""
        actor, other = self.rng.sample(self.people, 2)
        channels = self.store.directory.dms_of(actor.id)
        if not channels:
            return
        channel_id = self.rng.choice(channels).id
        edit = GroupEdit.parse({"name": self.rng.choice(["we", "us"])})
        change = self.rng.choice([
            lambda tx: dms.close(tx, channel_id),
            lambda tx: dms.add_recipient(tx, channel_id, other.id),
            lambda tx: dms.update_group(tx, channel_id, edit),
        ])  # fmt: skip
        with suppress(ApiError):
            async with self.store.transaction(actor) as tx:
                await change(tx)

    async def relate(self) -> None:
        """Ask somebody to be friends, agree, block them, or end it."""
        one, other = self.rng.sample(self.people, 2)
        draft = RelationshipDraft(self.rng.choice([1, 1, 2]))
        with suppress(ApiError):
            async with self.store.transaction(one) as tx:
                if self.rng.random() < 0.7:
                    await relationships.create_relationship(tx, other.id, draft)
                else:
                    await relationships.delete_relationship(tx, other.id)

    async def say(self) -> None:
        actor, directory = self.anybody(), self.store.directory
        now = datetime.now(UTC)
        texts = [channel.id for channel in directory.channels.values() if channel.type in TEXTS]
        theirs = [at for at in texts if directory.permissions(actor.id, at, now) & Permission.SEND_MESSAGES]
        if theirs:
            with suppress(CannotMessageUser):
                async with self.store.queued(actor) as tx:
                    await messages.create_message(tx, self.rng.choice(theirs), MessageDraft("hello"))


async def stores_of_two_guilds(pool: Any) -> tuple[Any, Any]:
    """Two processes on one database, which has had its first run and holds a second guild."""
    store = await opened_store(pool)
    system_id, guild_id = general_owner(store), store.mint.next()
    async with pool.acquire() as conn:
        await conn.execute(
            "insert into guilds (id, name, owner_id) values ($1, 'other', $2)", guild_id, system_id
        )
        await conn.execute(
            "insert into roles (id, guild_id, name, permissions) values ($1, $1, '@everyone', 0)", guild_id
        )
        await conn.execute("insert into members (guild_id, user_id) values ($1, $2)", guild_id, system_id)
    await store.close()
    return await opened_store(pool, process=1), await opened_store(pool, process=2)


def general_owner(store: Any) -> int:
    return store.directory.guilds[general(store).guild_id].owner_id  # type: ignore[no-any-return]


@pytest.mark.parametrize("walk", range(3))
async def test_what_was_folded_is_what_would_be_loaded(pool, rng, walk):
    store, other = await stores_of_two_guilds(pool)
    try:
        await walk_about(store, rng)
        await assert_as_fresh(other)
    finally:
        await store.close()
        await other.close()


async def walk_about(store: Any, rng: random.Random) -> None:
    here, elsewhere = Here(store, rng), Elsewhere(store, rng)
    for _ in range(4):
        await here.join()
    steps = [
        here.join, here.join_other_guild, here.rename, here.open_dm, here.say, here.say,
        here.make_group, here.change_dm, here.change_dm, here.relate, here.relate,
        elsewhere.create_role, elsewhere.update_role, elsewhere.delete_role, elsewhere.update_member,
        elsewhere.update_member, elsewhere.remove_member, elsewhere.create_channel, elsewhere.update_channel,
        elsewhere.update_channel, elsewhere.delete_channel, elsewhere.update_guild,
    ]  # fmt: skip
    for number in range(80):
        step = rng.choice(steps)
        print(step.__name__)  # pytest shows the way to a failure
        await step()
        await store.feed.catch_up()
        if number % 8 == 7:
            await assert_as_fresh(store)


# Questions, one by one


def member_of(directory: Directory, guild_id: int, user_id: int, *role_ids: int) -> Member:
    member = directory.guilds[guild_id].members[user_id]
    member.role_ids = role_ids
    return member


async def test_who_is_nobody_there_may_nothing(store):
    ada, _ = await person(store, "ada")
    directory, channel = store.directory, general(store)
    assert directory.can_view(ada.id, channel.id)
    assert directory.permissions(12345, channel.id) == directory.permissions(ada.id, 12345) == 0
    assert (
        directory.guild_permissions(12345, channel.guild_id)
        == directory.guild_permissions(ada.id, 12345)
        == 0
    )
    assert (
        not directory.can_view(12345, channel.id)
        and directory.guilds_of(12345) == directory.dms_of(12345) == []
    )


async def test_an_overwrite_allows_what_no_role_does(store):
    ada, _ = await person(store, "ada")
    directory, channel = store.directory, general(store)
    directory.guilds[channel.guild_id].roles[channel.guild_id].permissions = 0
    assert directory.permissions(ada.id, channel.id) == 0
    channel.overwrites[ada.id] = Overwrite(ada.id, 1, SEND_AND_VIEW, 0)
    assert directory.permissions(ada.id, channel.id) == SEND_AND_VIEW


async def test_an_owner_may_everything_everywhere(store):
    owner, _ = await person(store, "owner", admin=True)
    directory, channel = store.directory, general(store)
    channel.overwrites[channel.guild_id] = Overwrite(channel.guild_id, 0, 0, permissions.ALL)
    assert directory.guild_permissions(owner.id, channel.guild_id) == permissions.ALL
    assert directory.permissions(owner.id, channel.id, MOMENTS[1]) == permissions.ALL


async def test_a_time_out_leaves_reading_and_spares_administrators(store):
    ada, _ = await person(store, "ada")
    directory, channel = store.directory, general(store)
    now = datetime.now(UTC)
    member = member_of(directory, channel.guild_id, ada.id)
    member.communication_disabled_until = now + timedelta(minutes=1)
    assert directory.permissions(ada.id, channel.id, now) == permissions.TIMED_OUT
    assert (
        directory.permissions(ada.id, channel.id, now + timedelta(minutes=1)) == permissions.DEFAULT_EVERYONE
    )
    channel.overwrites[ada.id] = Overwrite(ada.id, 1, 0, int(Permission.READ_MESSAGE_HISTORY))
    assert directory.permissions(ada.id, channel.id, now) == Permission.VIEW_CHANNEL
    directory.guilds[channel.guild_id].roles[5] = Role(5, "admin", int(Permission.ADMINISTRATOR))
    member.role_ids = (5,)
    assert directory.permissions(ada.id, channel.id, now) == permissions.ALL


async def test_a_direct_message_is_for_its_two_sides(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    eve, _ = await person(store, "eve", admin=True)
    async with store.transaction(ada) as tx:
        channel_id = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    granted = [store.directory.permissions(actor.id, channel_id) for actor in (ada, bob, eve)]
    assert granted == [permissions.DIRECT_MESSAGE, permissions.DIRECT_MESSAGE, 0]
    assert store.directory.others_in(store.directory.channels[channel_id], ada.id)[0].id == bob.id


async def test_the_newest_message_is_the_one_with_the_largest_id(store):
    """Two that are sent at once may be committed the other way round."""
    directory, channel = store.directory, general(store)
    for message_id in (7, 9, 8):
        d = {"id": str(message_id), "channel_id": str(channel.id), "mentions": [], "mention_roles": []}
        payload = encode_json({**d, "mention_everyone": False})
        directory.fold(Entry(directory.position + 1, "MESSAGE_CREATE", payload, Channel(channel.id, None)))
    assert channel.last_message_id == 9


async def test_a_direct_message_that_is_gone_is_nobodys(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.transaction(ada) as tx:
        opened = await dms.open_dm(tx, DirectMessageDraft(bob.id))
    directory = store.directory
    gone = Entry(directory.position + 1, "CHANNEL_DELETE", encode_json(opened), Users((ada.id, bob.id)))
    directory.fold(gone)
    assert directory.dms_of(ada.id) == directory.dms_of(bob.id) == []


async def test_an_epoch_grows_with_whatever_changes_who_sees_what(store):
    channel = general(store)
    epochs = [store.directory.guild_epoch(channel.guild_id)]
    ada, _ = await person(store, "ada")
    epochs.append(store.directory.guild_epoch(channel.guild_id))
    await Elsewhere(store, random.Random(1)).create_role()
    await store.feed.catch_up()
    epochs.append(store.directory.guild_epoch(channel.guild_id))
    assert epochs == sorted(set(epochs))
    async with store.queued(ada) as tx:
        await messages.create_message(tx, channel.id, MessageDraft("hello"))
    assert store.directory.guild_epoch(channel.guild_id) == epochs[-1]


def test_a_revoked_token_is_forgotten():
    directory = Directory()
    directory.remember_actor(b"\x01\x02", RememberedActor(Actor(1), 5.0))
    directory.fold(Entry(1, TOKEN_REVOKED, '{"token_hash":"0102","user_id":"1"}', Nobody()))
    directory.fold(Entry(2, TOKEN_REVOKED, '{"token_hash":"0102","user_id":"1"}', Nobody()))
    assert directory.actors == {} and directory.position == 2


def test_the_tokens_remembered_are_bounded():
    directory = Directory()
    for number in range(ACTORS_MAX + 1):
        directory.remember_actor(number.to_bytes(8, "big"), RememberedActor(Actor(number), 5.0))
    assert 0 < len(directory.actors) <= ACTORS_MAX


def test_an_event_that_nobody_here_knows_moves_only_the_position():
    directory = Directory()
    directory.fold(Entry(9, "FROM_THE_FUTURE", "{}", Guild(1)))
    assert directory.position == 9 and not directory.guilds
