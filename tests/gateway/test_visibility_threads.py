"""Who may see which thread: kept lists and the plain question agree, whatever happens to its members."""

from __future__ import annotations

from chatd.gateway.visibility import Audiences, sees, wants
from chatd.model import intents
from chatd.model.audience import Channel
from chatd.model.channels import ChannelType
from chatd.model.errors import ApiError
from chatd.model.intents import Intent
from chatd.model.permissions import Permission
from tests.gateway.test_visibility import Connection, session
from tests.people import general, person
from tests.places import edit_channel, give_role, make_role, owner_of
from tests.talk import say
from tests.threading import PRIVATE, add, edit, join, leave, remove, start

EVENTS = ("MESSAGE_CREATE", "THREAD_UPDATE", "THREAD_MEMBERS_UPDATE", "TYPING_START")


async def test_kept_lists_equal_the_plain_question_whoever_joins_or_leaves(store, rng):
    """Seeded: people come into threads and go, moderators are made and unmade, the channel hides."""
    owner = await owner_of(store)
    people = [(await person(store, f"user{n}"))[0] for n in range(4)]
    place, directory = general(store), store.directory
    mods = await make_role(store, owner, name="mods", permissions=str(int(Permission.MANAGE_THREADS)))
    threads = [await start(store, people[0]), await start(store, people[0], type=PRIVATE)]
    audiences, here = Audiences(directory), []

    def come_or_go() -> None:
        if here and rng.random() < 0.45:
            connection = here.pop(rng.randrange(len(here)))
            audiences.leave(connection, connection.session.user_id)
        else:
            wanted = rng.choice([intents.ALL, intents.ALL & ~Intent.GUILD_MEMBERS, int(Intent.GUILDS)])
            connection = Connection(session(rng.choice(people).id, wanted))
            here.append(connection)
            audiences.join(connection)

    async def change() -> None:
        thread, one, other = rng.choice(threads).id, rng.choice(people), rng.choice(people)
        denied = rng.choice([0, int(Permission.VIEW_CHANNEL)])
        hidden = [{"id": str(place.guild_id), "type": 0, "allow": "0", "deny": str(denied)}]
        await rng.choice([
            lambda: join(store, one, thread), lambda: leave(store, one, thread),
            lambda: add(store, one, thread, other.id), lambda: remove(store, one, thread, other.id),
            lambda: say(store, one, f"<@{other.id}>", thread),
            lambda: give_role(store, one.id, *rng.choice([[], [mods.id]])),
            lambda: edit_channel(store, owner, place.id, permission_overwrites=hidden),
            lambda: edit(store, owner, thread, archived=rng.random() < 0.3),
        ])()  # fmt: skip

    for _ in range(150):
        if rng.random() < 0.4:
            try:
                await change()
            except ApiError as error:
                print(error)  # what one may not, does not happen
        else:
            come_or_go()
        audience = Channel(rng.choice([place, *threads]).id, place.guild_id)
        name = rng.choice(EVENTS)
        listeners = audiences.listeners(name, audience)
        expected = {
            connection for connection in here
            if sees(directory, connection.session.user_id, audience)
            and wants(connection.session, name, place.guild_id)
        }  # fmt: skip
        assert set(listeners.full) | set(listeners.bare) == expected


async def test_lists_are_kept_when_somebody_joins_a_public_thread(store):
    """It is seen by the same people as before, and people join threads all the time."""
    (ada, _), (bob, _) = await person(store, "ada"), await person(store, "bob")
    public, private = await start(store, ada), await start(store, ada, type=PRIVATE)
    audiences, channel = Audiences(store.directory), general(store)
    audiences.join(Connection(session(bob.id)))
    kept = audiences.listeners("MESSAGE_CREATE", Channel(channel.id, channel.guild_id))
    await join(store, bob, public.id)
    await start(store, bob)
    assert audiences.listeners("MESSAGE_CREATE", Channel(channel.id, channel.guild_id)) is kept
    hidden = audiences.listeners("MESSAGE_CREATE", Channel(private.id, channel.guild_id))
    assert len(hidden) == 0 and private.type == ChannelType.PRIVATE_THREAD
    await add(store, ada, private.id, bob.id)
    assert len(audiences.listeners("MESSAGE_CREATE", Channel(private.id, channel.guild_id))) == 1
