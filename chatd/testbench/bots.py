"""Bots of the bench, and what can happen to them: a lost connection, a server that restarts or is silent."""

from __future__ import annotations

from typing import Any

from chatd.actions import applications, guilds
from chatd.gateway.opcodes import CloseCode, Opcode
from chatd.model.actor import ANYONE, Actor
from chatd.model.errors import UnknownUser
from chatd.model.permissions import Permission
from chatd.model.shapes import Form
from chatd.model.users import bot_name_of
from chatd.rest.responses import Answer, json, no_content
from chatd.store.queries import settings
from chatd.testbench import people

ADMINISTRATOR = str(int(Permission.ADMINISTRATOR))


async def make_bot(call: Any) -> Answer:
    """A bot, in the newest guild unless others are named, with a role that has `permissions`."""
    bench, form = call.bench, Form(call.body)
    name = bot_name_of(Form({"username": form.raw("name")}))
    permissions = form.string("permissions", default=ADMINISTRATOR, length=(1, 20))
    guild_ids = form.snowflakes("guild_ids", default=bench.guild_ids[-1:])
    form.finish()
    made = await create(bench, name, permissions)
    for guild_id in guild_ids:
        await people.join(bench, guild_id, int(made["id"]))
    return json(200, made)


async def create(bench: Any, name: str, permissions: str = ADMINISTRATOR) -> dict[str, Any]:
    """A bot that is in no guild yet: its user, with its token."""
    async with bench.store.transaction(ANYONE) as tx:
        made = await applications.create_bot(tx, name)
        rules = await settings.find_settings(tx.conn)
    async with bench.store.transaction(Actor(made.user.id, bot=True)) as tx:
        await guilds.leave_guild(tx, rules["guild_id"])
    bench.bots[made.user.id] = permissions
    return {**made.user.payload(), "token": made.token}


# ── its connections ──


def connections_of(bench: Any, user_id: int) -> list[Any]:
    """Those on which it is identified, one for each shard. Raises UnknownUser."""
    if user_id not in bench.bots:
        raise UnknownUser()
    sessions = bench.app.gateway.sessions.values()
    return [session.connection for session in sessions if session.user_id == user_id]


async def show_bot(call: Any, user_id: int) -> Answer:
    sessions = [connection.session for connection in connections_of(call.bench, user_id)]
    shown = [{"id": session.id, "intents": session.intents, "shard": [session.shard_id, session.shard_count]}
             for session in sessions]  # fmt: skip
    return json(200, {"sessions": shown})


async def drop(call: Any, user_id: int) -> Answer:
    """Cut its connections: without a word, or with the close code that is named."""
    form = Form(call.body)
    code = form.choice("code", [int(code) for code in CloseCode], default=None)
    form.finish()
    dropped = connections_of(call.bench, user_id)
    for connection in dropped:
        if code is None:
            connection.abort("the bench was told to")
        else:
            connection.close(CloseCode(code), "the bench was told to")
    return json(200, {"connections": len(dropped)})


async def reconnect(call: Any, user_id: int) -> Answer:
    """Op 7: the server asks it to come back."""
    return _send(call, user_id, Opcode.RECONNECT, None)


async def invalidate(call: Any, user_id: int) -> Answer:
    """Op 9: its session is not valid; `resumable` says whether it may still try."""
    form = Form(call.body)
    resumable = form.boolean("resumable")
    form.finish()
    return _send(call, user_id, Opcode.INVALID_SESSION, resumable)


async def delay_heartbeats(call: Any, user_id: int) -> Answer:
    """Acknowledge its heartbeats later by so many seconds, or with null not at all."""
    connections_of(call.bench, user_id)
    form = Form(call.body)
    delay_s = form.number("delay_s", default=None, between=(0, 3600))
    form.finish()
    call.bench.watch.delays_s[user_id] = delay_s
    return no_content()


def _send(call: Any, user_id: int, op: Opcode, d: object) -> Answer:
    told = connections_of(call.bench, user_id)
    for connection in told:
        connection.send_op(op, d)
    return json(200, {"connections": len(told)})
