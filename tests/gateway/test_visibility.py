"""Who may see what: kept lists and the plain question always agree."""

from __future__ import annotations

from types import SimpleNamespace

from chatd.gateway.visibility import Audiences, Listeners, guild_of, is_on_shard, sees, wants
from chatd.model import intents
from chatd.model.audience import Channel, Guild, Nobody, Users
from chatd.model.event_permissions import permissions_needed
from chatd.model.events import Entry, Event
from chatd.model.intents import Intent
from tests.people import general, person
from tests.talk import open_dm

EVENTS = (
    "MESSAGE_CREATE",
    "TYPING_START",
    "GUILD_UPDATE",
    "GUILD_MEMBER_ADD",
    "PRESENCE_UPDATE",
    "USER_UPDATE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "INVITE_CREATE",
)


def session(user_id, wanted=intents.ALL, shard=(0, 1)):
    actor = SimpleNamespace(bot=False)
    return SimpleNamespace(
        user_id=user_id, actor=actor, intents=wanted, shard_id=shard[0], shard_count=shard[1]
    )  # fmt: skip


class Connection:
    """Only its session counts here."""

    def __init__(self, its_session) -> None:
        self.session = its_session


def test_where_an_audience_is():
    audiences = (Guild(1), Channel(2, 1), Channel(2, None), Users((3,), 1), Nobody())
    assert [guild_of(each) for each in audiences] == [
        1, 1, None, 1, None
    ]  # fmt: skip


async def test_an_audience_includes_whom_it_says(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    eve, _ = await person(store, "eve")
    dm = await open_dm(store, ada, bob)
    channel, directory = general(store), store.directory
    guild_id = channel.guild_id
    audiences = [
        Guild(guild_id), Channel(channel.id, guild_id), Channel(dm, None), Users((bob.id,)), Nobody(),
        Guild(1), Channel(1, 2),
    ]  # fmt: skip
    assert [sees(directory, ada.id, each) for each in audiences] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert [sees(directory, bob.id, each) for each in audiences] == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert [sees(directory, eve.id, each) for each in audiences] == [
        True,
        True,
        False,
        False,
        False,
        False,
        False,
    ]
    assert [sees(directory, 1, each) for each in audiences] == [False] * 7


def test_shards_share_the_guilds_and_the_first_has_what_is_between_people():
    sessions = [session(1, shard=(at, 4)) for at in range(4)]
    for guild_id in (0, 1 << 22, 2 << 22, 3 << 22, 7 << 22):
        assert [is_on_shard(each, "GUILD_CREATE", guild_id) for each in sessions].count(True) == 1
    assert [is_on_shard(each, "MESSAGE_CREATE", None) for each in sessions] == [True, False, False, False]
    assert [is_on_shard(each, "USER_UPDATE", None) for each in sessions] == [True] * 4


def test_an_intent_in_a_guild_is_not_one_in_private():
    guild_only = session(1, int(Intent.GUILD_MESSAGES))
    assert wants(guild_only, "MESSAGE_CREATE", 1) and not wants(guild_only, "MESSAGE_CREATE", None)
    assert wants(session(1, 0), "INTERACTION_CREATE", 1)


async def test_kept_lists_equal_the_plain_question_after_any_changes(store, rng):
    """Seeded: sessions come and go, members, channels and roles change, and nobody is forgotten or kept."""
    people = [(await person(store, f"user{n}"))[0] for n in range(5)]
    guild_id, channel = general(store).guild_id, general(store)
    dm = await open_dm(store, people[0], people[1])
    directory = store.directory
    audiences, here = Audiences(directory), []
    members = {p.id: directory.guilds[guild_id].members[p.id] for p in people}
    users = {p.id: directory.users[p.id] for p in people}

    def fold(event: Event) -> None:
        directory.fold(Entry(directory.position + 1, event.name, "", Guild(guild_id), d=event.d))

    def change() -> None:
        user_id = rng.choice(people).id
        what = rng.random()
        if what < 0.4:
            inside = user_id in directory.guilds[guild_id].members
            member = {**members[user_id].payload(users[user_id]), "guild_id": str(guild_id)}
            fold(Event("GUILD_MEMBER_REMOVE" if inside else "GUILD_MEMBER_ADD", member))
        else:
            overwrites = [
                {"id": str(rng.choice([guild_id, user_id])), "type": 1, "allow": rng.choice(["0", "1024"]),
                 "deny": rng.choice(["0", "1024"])}
                for _ in range(rng.randrange(3))
            ]  # fmt: skip
            for overwrite in overwrites:
                overwrite["type"] = 0 if overwrite["id"] == str(guild_id) else 1
            fold(Event("CHANNEL_UPDATE", {**channel.payload(), "permission_overwrites": overwrites}))

    def come_or_go() -> None:
        if here and rng.random() < 0.45:
            connection = here.pop(rng.randrange(len(here)))
            audiences.leave(connection, connection.session.user_id)
        else:
            wanted = rng.choice([intents.ALL, intents.ALL & ~Intent.MESSAGE_CONTENT, int(Intent.GUILDS), 0])
            connection = Connection(
                session(rng.choice(people).id, wanted, rng.choice([(0, 1), (0, 2), (1, 2)]))
            )
            here.append(connection)
            audiences.join(connection)

    for _ in range(400):
        rng.choice([change, come_or_go, come_or_go])()
        two = Users(tuple(p.id for p in rng.sample(people, 2)), rng.choice([guild_id, None]))
        audience = rng.choice([Guild(guild_id), Channel(channel.id, guild_id), Channel(dm, None), two])
        name = rng.choice(EVENTS)
        listeners = audiences.listeners(name, audience)
        expected = {
            connection for connection in here
            if sees(directory, connection.session.user_id, audience, permissions_needed(name))
            and wants(connection.session, name, guild_of(audience))
        }  # fmt: skip
        assert set(listeners.full) | set(listeners.bare) == expected and not set(listeners.full) & set(
            listeners.bare
        )
        in_private = guild_of(audience) is None
        assert all(in_private or c.session.intents & Intent.MESSAGE_CONTENT for c in listeners.full)
        assert not any(in_private or c.session.intents & Intent.MESSAGE_CONTENT for c in listeners.bare)


async def test_lists_are_kept_while_the_guild_stands_as_it_is(store, monkeypatch):
    ada, _ = await person(store, "ada")
    channel = general(store)
    audiences = Audiences(store.directory)
    first = Connection(session(ada.id))
    audiences.join(first)
    audience = Channel(channel.id, channel.guild_id)
    kept = audiences.listeners("MESSAGE_CREATE", audience)
    second = Connection(session(ada.id))
    audiences.join(second)
    assert audiences.listeners("MESSAGE_CREATE", audience) is kept and list(kept.full) == [first, second]
    audiences.leave(first, ada.id)
    assert audiences.listeners("MESSAGE_UPDATE", Channel(channel.id, channel.guild_id)) is kept
    assert list(kept.full) == [second] and len(kept) == 1
    await person(store, "bob")
    assert audiences.listeners("MESSAGE_CREATE", audience) is not kept
    assert isinstance(kept, Listeners)


async def test_of_a_small_guild_only_its_members_are_asked(store):
    """However many are connected to the others."""
    ada, _ = await person(store, "ada")
    directory, asked, channel = store.directory, [], general(store)

    class Asked:
        guilds, channels, guild_epoch = directory.guilds, directory.channels, directory.guild_epoch
        guilds_of = directory.guilds_of

        def can_view(self, user_id, channel_id):
            asked.append(user_id)
            return directory.can_view(user_id, channel_id)

    audiences, here = Audiences(Asked()), Connection(session(ada.id))
    for connection in (here, *(Connection(session(user_id)) for user_id in range(1, 30))):
        audiences.join(connection)
    listeners = audiences.listeners("MESSAGE_CREATE", Channel(channel.id, channel.guild_id))
    assert list(listeners.full) == [here]
    assert set(asked) <= directory.guilds[channel.guild_id].members.keys()
