"""Who sees what after any changes by the real actions: the gateway's lists, plain SQL and clients agree.

Seeded. People come and go, roles and overwrites change, channels and owners too. After each step every client
that is connected knows exactly the channels that SQL says its user can see; and so does one that was away
and has resumed.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from chatd.actions import channels, guilds, members, overwrites, roles
from chatd.gateway.visibility import sees
from chatd.model import permissions
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Channel, Guild, Onlookers
from chatd.model.channel_drafts import ChannelDraft, OverwriteDraft, read_channel_moves
from chatd.model.events import guild_member_update
from chatd.model.guilds import GuildEdit
from chatd.model.members import Member
from chatd.model.permissions import Permission
from chatd.model.roles import RoleEdit
from tests.beats import assert_as_fresh
from tests.gateway.client import Client
from tests.people import Heard, general, person
from tests.places import edit_channel, give_role, guild_of, make_channel, make_role, owner_of
from tests.talk import say

VIEW = int(Permission.VIEW_CHANNEL)

# Which member sees which channel, by the rules of the documentation and by nothing of ours.
SIGHT = """
with granted as (
    select m.guild_id, m.user_id, g.owner_id = m.user_id as owns,
           e.permissions | coalesce(bit_or(r.permissions), 0) as base
      from members m
      join guilds g on g.id = m.guild_id
      join roles e on e.id = m.guild_id
      left join member_roles mr on mr.guild_id = m.guild_id and mr.user_id = m.user_id
      left join roles r on r.id = mr.role_id
     group by m.guild_id, m.user_id, g.owner_id, e.permissions
), excepted as (
    select c.id as channel_id, b.user_id, b.owns, b.base,
           coalesce(e.allow, 0) as allow_1, coalesce(e.deny, 0) as deny_1,
           coalesce((select bit_or(o.allow) from overwrites o join member_roles mr on mr.role_id = o.target_id
                      where o.channel_id = c.id and mr.user_id = b.user_id and mr.guild_id = b.guild_id), 0)
               as allow_2,
           coalesce((select bit_or(o.deny) from overwrites o join member_roles mr on mr.role_id = o.target_id
                      where o.channel_id = c.id and mr.user_id = b.user_id and mr.guild_id = b.guild_id), 0)
               as deny_2,
           coalesce(m.allow, 0) as allow_3, coalesce(m.deny, 0) as deny_3
      from granted b
      join channels c on c.guild_id = b.guild_id
      left join overwrites e on e.channel_id = c.id and e.target_id = b.guild_id
      left join overwrites m on m.channel_id = c.id and m.target_id = b.user_id
)
select user_id, channel_id
  from excepted
 where owns
    or base & 8 <> 0
    or ((((base & ~deny_1 | allow_1) & ~deny_2 | allow_2) & ~deny_3) | allow_3) & 1024 <> 0
"""


class Watcher:
    """A client that keeps what it is told of channels, as client libraries do; sometimes it is away."""

    def __init__(self, gateway: Any, actor: Actor, token: str) -> None:
        self.gateway, self.actor, self.token = gateway, actor, token
        self.known: dict[int, set[int]] = {}  # channels by guild
        self.client: Any = None
        self.session: tuple[Any, Any] | None = None

    async def come(self) -> None:
        self.client = Client(self.gateway)
        if self.session is None:
            await self.client.identify(self.token)
        else:
            await self.client.resume(self.token, *self.session)
            assert self.client.names()[-1] == "RESUMED"

    def go(self) -> None:
        self.session = self.client.session_id or self.session[0], self.client.seq  # type: ignore[index]
        self.client.vanish()
        self.client = None

    def look(self) -> set[int]:
        heard = self.client.read()
        caught_up = [at for at, payload in enumerate(heard) if payload["t"] == "RESUMED"]
        for at, payload in enumerate(heard):
            self._hear(payload["t"], payload["d"], strict=at > max(caught_up, default=-1))
        self.client.forget()
        return {channel_id for channel_ids in self.known.values() for channel_id in channel_ids}

    def _hear(self, name: str | None, d: Any, *, strict: bool) -> None:
        """Not `strict`: a GUILD_CREATE in a replay is as of now, and what follows it may be known already."""
        if name == "GUILD_CREATE":
            self.known[int(d["id"])] = {int(channel["id"]) for channel in d["channels"]}
        elif name == "GUILD_DELETE":
            del self.known[int(d["id"])]
        elif name in ("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"):
            known, channel_id = self.known[int(d["guild_id"])], int(d["id"])
            assert not strict or (channel_id in known) == (name != "CHANNEL_CREATE"), name
            (known.discard if name == "CHANNEL_DELETE" else known.add)(channel_id)


class Walk:
    """Steps of the owner, who may do everything."""

    def __init__(self, store: Any, rng: random.Random, people: list[Actor]) -> None:
        self.store, self.rng, self.people = store, rng, people
        self.guild_id = general(store).guild_id

    @property
    def guild(self) -> Any:
        return self.store.directory.guilds[self.guild_id]

    @property
    def owner(self) -> Actor:
        return Actor(self.guild.owner_id)

    def any_set(self) -> int:
        return self.rng.choices([0, VIEW, VIEW | 2048, permissions.ALL & ~VIEW & ~8, 8], [3, 5, 3, 1, 1])[0]

    def any_overwrites(self) -> list[dict[str, Any]]:
        targets = [(id, 0) for id in self.guild.roles] + [(actor.id, 1) for actor in self.people]
        return [
            {"id": str(id), "type": kind, "allow": str(self.any_set()), "deny": str(self.any_set())}
            for id, kind in targets if self.rng.random() < 0.3
        ]  # fmt: skip

    def any_channel(self) -> Any:
        return self.store.directory.channels[self.rng.choice(sorted(self.guild.channel_ids))]

    def any_role(self) -> int:
        return int(self.rng.choice(sorted(self.guild.roles)))

    def any_other_role(self) -> int | None:
        others = sorted(self.guild.roles.keys() - {self.guild_id})
        return self.rng.choice(others) if others else None

    async def create_channel(self) -> None:
        parents = [c.id for c in self.store.directory.channels_of(self.guild) if c.type == 4]
        body = {
            "name": "room", "type": self.rng.choice([0, 2, 4, 15]),
            "parent_id": self.rng.choice([None, *parents]), "permission_overwrites": self.any_overwrites(),
        }  # fmt: skip
        await self._do(channels.create_channel, self.guild_id, ChannelDraft.parse(body))

    async def update_channel(self) -> None:
        channel = self.any_channel()
        body = {"name": "hall", "permission_overwrites": self.any_overwrites()}
        await self._do(channels.update_channel, channel.id, ChannelDraft.parse_edit(body, channel.type))

    async def move_channels(self) -> None:
        parents = [c.id for c in self.store.directory.channels_of(self.guild) if c.type == 4]
        moves = [{"id": str(self.any_channel().id), "lock_permissions": True, "position": 3,
                  "parent_id": self.rng.choice([None, *map(str, parents)])}]  # fmt: skip
        await self._do(channels.move_channels, self.guild_id, read_channel_moves(moves))

    async def delete_channel(self) -> None:
        if len(self.guild.channel_ids) > 1:
            await self._do(channels.delete_channel, self.any_channel().id)

    async def put_overwrite(self) -> None:
        target_id, kind = self.rng.choice([(self.any_role(), 0), (self.rng.choice(self.people).id, 1)])
        draft = OverwriteDraft(kind, self.any_set(), self.any_set())
        await self._do(overwrites.put_overwrite, self.any_channel().id, target_id, draft)

    async def delete_overwrite(self) -> None:
        channel = self.any_channel()
        if channel.overwrites:
            await self._do(overwrites.delete_overwrite, channel.id, self.rng.choice(list(channel.overwrites)))

    async def create_role(self) -> None:
        edit = RoleEdit.parse({"permissions": str(self.any_set())})
        await self._do(roles.create_role, self.guild_id, edit)

    async def update_role(self) -> None:
        edit = RoleEdit.parse({"permissions": str(self.any_set())})
        await self._do(roles.update_role, self.guild_id, self.any_role(), edit)

    async def move_roles(self) -> None:
        if (role_id := self.any_other_role()) is not None:
            await self._do(roles.move_roles, self.guild_id, {role_id: self.rng.randint(1, 4)})

    async def delete_role(self) -> None:
        if (role_id := self.any_other_role()) is not None:
            await self._do(roles.delete_role, self.guild_id, role_id)

    async def give_or_take_role(self) -> None:
        role_id, user_id = self.any_other_role(), self.rng.choice(self.people).id
        member = self.guild.members.get(user_id)
        if role_id is not None and member is not None:
            change = members.remove_role if role_id in member.role_ids else members.add_role
            await self._do(change, self.guild_id, user_id, role_id)

    async def pass_on(self) -> None:
        heir = self.rng.choice([actor.id for actor in self.people if actor.id in self.guild.members])
        edit = GuildEdit.parse({"owner_id": str(heir)})
        await self._do(guilds.update_guild, self.guild_id, edit, {})

    async def come_or_go(self) -> None:
        actor = self.rng.choice(self.people)
        if actor.id not in self.guild.members:
            async with self.store.transaction(ANYONE) as tx:
                await members.add_member(tx, self.guild_id, self.store.directory.users[actor.id])
        elif actor.id != self.guild.owner_id:
            async with self.store.transaction(actor) as tx:
                await guilds.leave_guild(tx, self.guild_id)

    async def _do(self, action: Any, *arguments: Any) -> None:
        async with self.store.transaction(self.owner) as tx:
            await action(tx, *arguments)


STEPS = [
    Walk.create_channel, Walk.update_channel, Walk.update_channel, Walk.move_channels, Walk.delete_channel,
    Walk.put_overwrite, Walk.put_overwrite, Walk.delete_overwrite, Walk.create_role, Walk.update_role,
    Walk.update_role, Walk.move_roles, Walk.delete_role, Walk.give_or_take_role, Walk.give_or_take_role,
    Walk.give_or_take_role, Walk.pass_on, Walk.come_or_go,
]  # fmt: skip


async def seen_by_sql(store: Any) -> dict[int, set[int]]:
    async with store.pool.acquire() as conn:
        rows = await conn.fetch(SIGHT)
    seen: dict[int, set[int]] = {}
    for row in rows:
        seen.setdefault(row["user_id"], set()).add(row["channel_id"])
    return seen


@pytest.mark.parametrize("walk", range(2))
async def test_lists_sql_and_clients_agree_after_any_changes(store, gateway, rng, walk):
    owner, token = await person(store, "owner", admin=True)
    arrived = [(owner, token), *[await person(store, f"user{number}") for number in range(5)]]
    watchers = [Watcher(gateway, actor, token) for actor, token in arrived]
    for watcher in watchers:
        await watcher.come()
        watcher.look()
    steps = Walk(store, rng, [actor for actor, _ in arrived])
    for _ in range(60):
        step = rng.choice(STEPS)
        print(step.__name__)  # pytest shows the way to a failure
        await step(steps)
        for watcher in watchers:
            if rng.random() < 0.15:
                watcher.go() if watcher.client else await watcher.come()
        seen = await seen_by_sql(store)
        for watcher in watchers:
            expected = seen.get(watcher.actor.id, set())
            if watcher.client:
                assert watcher.look() == expected, watcher.actor
            for channel in store.directory.channels_of(steps.guild):
                place = Channel(channel.id, channel.guild_id)
                assert sees(store.directory, watcher.actor.id, place) == (channel.id in expected)
                listeners = gateway.hub.audiences.listeners("CHANNEL_UPDATE", place)
                connected = watcher.client is not None and watcher.client.connection in listeners.full
                assert connected == (watcher.client is not None and channel.id in expected)
    await assert_as_fresh(store)


# One change after the other


async def test_a_channel_appears_before_its_change_is_told_and_vanishes_after_it(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    guild = guild_of(store)
    hide = [{"id": str(guild.id), "type": 0, "deny": str(VIEW)}]
    channel = await make_channel(store, owner, permission_overwrites=hide)
    heard = Heard(store)
    shown = await edit_channel(store, owner, channel.id, name="shown", permission_overwrites=[])
    hidden = await edit_channel(store, owner, channel.id, name="hidden", permission_overwrites=hide)
    told = [entry for entry in heard.entries if entry.name.startswith("CHANNEL")]
    everybody = Onlookers(frozenset({owner.id}), guild.id, channel.id, all_but=True)
    assert everybody.names(ada.id) and not everybody.names(owner.id)
    assert [(entry.name, entry.d, entry.audience) for entry in told] == [
        ("CHANNEL_CREATE", shown.payload(), everybody),
        ("CHANNEL_UPDATE", shown.payload(), Channel(channel.id, guild.id)),
        ("CHANNEL_UPDATE", hidden.payload(), Channel(channel.id, guild.id)),
        ("CHANNEL_DELETE", shown.payload(), everybody),
    ]


async def test_what_changes_nobody_s_sight_tells_nobody_more(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    role = await make_role(store, owner, permissions=str(VIEW))
    heard = Heard(store)
    await give_role(store, ada.id, role.id)
    async with store.transaction(owner) as tx:
        await roles.update_role(tx, guild_of(store).id, role.id, RoleEdit.parse({"permissions": "2048"}))
    await edit_channel(store, owner, general(store).id,
                       permission_overwrites=[{"id": str(role.id), "deny": "2048"}])  # fmt: skip
    assert not any(isinstance(entry.audience, Onlookers) for entry in heard.entries)


async def test_who_joins_and_gets_a_role_at_once_hears_of_what_the_role_shows(store, gateway):
    owner, (ada, token) = await owner_of(store), await person(store, "ada")
    guild = guild_of(store)
    role = await make_role(store, owner, permissions="0")
    exceptions = [{"id": str(guild.id), "deny": str(VIEW)}, {"id": str(role.id), "allow": str(VIEW)}]
    channel = await make_channel(store, owner, permission_overwrites=exceptions)
    async with store.transaction(ada) as tx:
        await guilds.leave_guild(tx, guild.id)
    watcher = Watcher(gateway, ada, token)
    await watcher.come()
    async with store.transaction(owner) as tx:
        await members.add_member(tx, guild.id, store.directory.users[ada.id])
        await tx.conn.execute("insert into member_roles values ($1, $2, $3)", guild.id, ada.id, role.id)
        member = Member(ada.id, tx.now(), role_ids=(role.id,))
        tx.emit(guild_member_update(guild.id, member, store.directory.users[ada.id]), to=Guild(guild.id))
    names = watcher.client.names()
    assert names.index("GUILD_CREATE") < names.index("CHANNEL_CREATE") < names.index("GUILD_MEMBER_UPDATE")
    assert watcher.look() == {general(store).id, channel.id}


async def test_a_resume_tells_nothing_of_a_channel_from_before_it_appeared(store, gateway):
    owner, (ada, token) = await owner_of(store), await person(store, "ada")
    hide = [{"id": str(guild_of(store).id), "type": 0, "deny": str(VIEW)}]
    watcher = Watcher(gateway, ada, token)
    await watcher.come()
    watcher.look()
    watcher.go()
    channel = await make_channel(store, owner, permission_overwrites=hide)
    await say(store, owner, "between us", channel.id)
    await edit_channel(store, owner, channel.id, topic="ours")
    await edit_channel(store, owner, channel.id, permission_overwrites=[])
    await say(store, owner, "for all", channel.id)
    await watcher.come()
    assert watcher.client.contents() == ["for all"]
    assert watcher.client.names().count("CHANNEL_CREATE") == 1
    assert channel.id in watcher.look()


async def test_a_resume_tells_nothing_of_a_guild_from_before_one_joined_it(store, gateway):
    owner, (ada, token) = await owner_of(store), await person(store, "ada")
    guild_id = general(store).guild_id
    async with store.transaction(ada) as tx:
        await guilds.leave_guild(tx, guild_id)
    watcher = Watcher(gateway, ada, token)
    await watcher.come()
    watcher.look()
    watcher.go()
    await say(store, owner, "without her")
    await make_role(store, owner)
    async with store.transaction(ANYONE) as tx:
        await members.add_member(tx, guild_id, store.directory.users[ada.id])
    await say(store, owner, "with her")
    await watcher.come()
    names = watcher.client.names()
    assert names[0] == "GUILD_CREATE" and "GUILD_ROLE_CREATE" not in names
    assert [said for said in watcher.client.contents() if said] == ["with her"]
