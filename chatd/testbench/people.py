"""Users and guilds of the bench, and what a person says and does.

What people do goes through the row of the HTTP API that their client would call, as themselves. The answer
is passed on as it is, so a test sees what they would be told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chatd.actions import accounts, applications, integrations, members, voice_states
from chatd.actions import users as user_actions
from chatd.gateway.drafts import Presence
from chatd.model.accounts import Device, RegisterDraft
from chatd.model.actor import ANYONE, Actor
from chatd.model.credentials import hash_token
from chatd.model.errors import UnknownGuild, UnknownUser
from chatd.model.shapes import Form
from chatd.model.users import UserEdit
from chatd.model.voice_states import VoiceStateDraft
from chatd.rest.responses import Answer, json, no_content

if TYPE_CHECKING:
    from chatd.testbench.bench import Bench

OWNER = "owner"
DEVICE = Device("chatd testbench", None)
# Longer than a test turns the clock.
SIGNED_IN = timedelta(days=3650)
# What everybody signs in to the web client with; hashing a password anew takes a tenth of a second.
PASSWORD = "testbench"
PASSWORD_HASH = "scrypt$16384$8$5$Y2hhdGQtdGVzdGJlbmNoIQ$uP_7vT4GNnUEQWDGPx5TCI5BH3OrD8NP2PBgJdpUzJI"

# A guild of two channels. It has no system channel: nobody is greeted there between the lines of a test.
CHANNELS = [{"id": "1", "type": 0, "name": "general"}, {"id": "2", "type": 2, "name": "voice"}]


# ── who there is ──


async def make_owner(bench: Bench) -> None:
    """Whom every guild of the bench belongs to, and the server."""
    bench.owner, _ = await sign_up(bench, RegisterDraft(OWNER, PASSWORD, None, None, None), admin=True)


async def make_user(call: Any) -> Answer:
    """A person, in the guilds that are named; the newest one if none is."""
    bench, form = call.bench, Form(call.body)
    guild_ids = form.snowflakes("guild_ids", default=bench.guild_ids[-1:])
    draft = RegisterDraft.parse({"username": form.raw("name"), "password": PASSWORD, **call.body})
    form.finish()
    await free_name(bench, draft.username)
    actor, token = await sign_up(bench, draft)
    for guild_id in guild_ids:
        await join(bench, guild_id, actor.id)
    return json(200, {**bench.store.directory.users[actor.id].payload(), "token": token})


async def sign_up(bench: Bench, draft: RegisterDraft, *, admin: bool = False) -> tuple[Actor, str]:
    async with bench.store.transaction(ANYONE) as tx:
        user = await accounts.create_account(tx, draft, PASSWORD_HASH, admin=admin)
        token = (await accounts.start_session(tx, user, DEVICE, SIGNED_IN)).token
    actor = bench.people[user.id] = Actor(user.id, admin=admin, token_hash=hash_token(token))
    bench.names[user.username.lower()] = user.id
    return actor, token


async def free_name(bench: Bench, name: str) -> None:
    """Whoever was called so in an earlier test is called otherwise from now on."""
    user_id = bench.names.pop(name.lower(), None)
    if user_id is not None:
        async with bench.store.transaction(bench.people[user_id]) as tx:
            await user_actions.update_self(tx, UserEdit.parse({"username": f"was.{user_id}"}))


async def make_guild(call: Any) -> Answer:
    form = Form(call.body)
    name = form.string("name", default="Testbench", length=(2, 100))
    bot_ids = form.snowflakes("bot_ids", default=list(call.bench.bots))
    form.finish()
    return json(200, await found_guild(call.bench, name, bot_ids))


async def found_guild(bench: Bench, name: str, bot_ids: list[int]) -> dict[str, Any]:
    """A guild of the owner's with these bots in it: the guild object with its `channels` and `roles`."""
    body = {"name": name, "channels": CHANNELS}
    guild: dict[str, Any] = await bench.must(bench.owner, "POST", "/guilds", body)
    guild_id = int(guild["id"])
    bench.guild_ids.append(guild_id)
    for bot_id in bot_ids:
        await join(bench, guild_id, bot_id)
    channels = await bench.must(bench.owner, "GET", f"/guilds/{guild_id}/channels")
    return {**guild, "channels": channels}


async def join_guild(call: Any, guild_id: int, user_id: int) -> Answer:
    await join(call.bench, guild_id, user_id)
    return no_content()


async def join(bench: Bench, guild_id: int, user_id: int) -> None:
    """Bring a user into a guild; a bot with its permissions. Raises UnknownGuild, UnknownUser."""
    directory = bench.store.directory
    if guild_id not in bench.guild_ids:
        raise UnknownGuild()
    if user_id not in directory.users:
        raise UnknownUser()
    async with bench.store.transaction(owner_of(bench, guild_id)) as tx:
        if user_id in bench.bots:
            await integrations.add_bot(tx, guild_id, user_id, bench.bots[user_id])
        else:
            await members.add_member(tx, guild_id, directory.users[user_id])


def owner_of(bench: Bench, guild_id: int) -> Actor:
    return bench.people[bench.store.directory.guilds[guild_id].owner_id]


async def start_over(bench: Bench, body: Any) -> dict[str, Any]:
    """Forget what was made for the test before: a new guild with these bots, or the first; the others go."""
    form = Form(body)
    bot_ids = form.snowflakes("bot_ids", default=list(bench.bots)[:1])
    form.finish()
    for guild_id in bench.guild_ids:
        if guild_id in bench.store.directory.guilds:
            await bench.must(owner_of(bench, guild_id), "DELETE", f"/guilds/{guild_id}")
    for bot_id in set(bench.bots) - set(bot_ids):
        async with bench.store.transaction(bench.owner) as tx:
            await applications.delete_application(tx, bot_id)
        del bench.bots[bot_id]
    bench.guild_ids.clear()
    guild = await found_guild(bench, "Testbench", bot_ids)
    return {**shown(bench), "guild": guild}


def shown(bench: Bench) -> dict[str, Any]:
    """Where the bench stands: its clock, its newest record, its guild."""
    guild_id = bench.guild_ids[-1]
    return {
        "now": bench.clock(),
        "last": bench.records.last,
        "guild_id": str(guild_id),
        "channel_id": str(next(iter(sorted(text_channels(bench, guild_id))))),
        "owner_id": str(bench.owner.id),
        "bot_ids": [str(id) for id in bench.bots],
    }


def text_channels(bench: Bench, guild_id: int) -> list[int]:
    channels = bench.store.directory.channels.values()
    return [channel.id for channel in channels if channel.guild_id == guild_id and channel.type == 0]


# ── what they do ──


async def request(call: Any, user_id: int) -> Answer:
    """Any row of the HTTP API, as a person."""
    form = Form(call.body)
    method = form.choice("method", ("GET", "POST", "PUT", "PATCH", "DELETE"))
    path = form.string("path", length=(1, 4000))
    form.finish()
    return await call.bench.act(call.bench.actor(user_id), method, path, form.raw("body"))  # type: ignore[no-any-return]


async def say(call: Any, user_id: int) -> Answer:
    return await _in_channel(call, user_id, "POST", "/messages", call.body)


async def reply(call: Any, user_id: int) -> Answer:
    form = Form(call.body)
    message_id = form.snowflake("message_id")
    form.finish()
    body = {**call.body, "message_reference": {"message_id": str(message_id)}}
    return await _in_channel(call, user_id, "POST", "/messages", body)


async def react(call: Any, user_id: int) -> Answer:
    """With a standard emoji, or `name:id` of one of the guild's; `remove` takes it away."""
    form = Form(call.body)
    message_id = form.snowflake("message_id")
    emoji = form.string("emoji", length=(1, 100))
    method = "DELETE" if form.boolean("remove") else "PUT"
    form.finish()
    path = f"/messages/{message_id}/reactions/{quote(emoji, safe='')}/@me"
    return await _in_channel(call, user_id, method, path, None)


async def type_(call: Any, user_id: int) -> Answer:
    return await _in_channel(call, user_id, "POST", "/typing", None)


async def _in_channel(call: Any, user_id: int, method: str, path: str, body: Any) -> Answer:
    form = Form(call.body)
    channel_id = form.snowflake("channel_id")
    form.finish()
    actor = call.bench.actor(user_id)
    answer: Answer = await call.bench.act(actor, method, f"/channels/{channel_id}{path}", body)
    return answer


async def go_to_voice(call: Any, user_id: int) -> Answer:
    """Come into a voice channel, or with `channel_id` null leave it: op 4 of a client's gateway."""
    actor, draft = call.bench.actor(user_id), VoiceStateDraft.parse(call.body)
    async with call.bench.store.transaction(actor) as tx:
        await voice_states.connect(tx, _session_of(user_id), draft)
    return no_content()


async def show_presence(call: Any, user_id: int) -> Answer:
    """Be seen online, idle or otherwise, with activities: op 3 of a client's gateway."""
    actor, gateway = call.bench.actor(user_id), call.bench.app.gateway
    presence = gateway.dated(Presence.parse({"since": None, "afk": False, "activities": [], **call.body}))
    gateway.presences.enter(actor.id, _session_of(user_id), presence, "desktop")
    return no_content()


def _session_of(user_id: int) -> str:
    """People have no gateway session; where one is asked for, it is this."""
    return f"testbench-{user_id}"
