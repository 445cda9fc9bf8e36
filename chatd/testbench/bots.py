"""Bots of the bench, and what can happen to them: a lost connection, a server that restarts or is silent."""

from __future__ import annotations

from typing import Any

from chatd.actions import applications
from chatd.gateway.opcodes import CloseCode, Opcode
from chatd.model import permissions as permission_rules
from chatd.model.applications import FLAGS_TO_SET
from chatd.model.errors import UnknownUser
from chatd.model.permissions import Permission
from chatd.model.shapes import Form
from chatd.model.users import bot_name_of
from chatd.rest.responses import Answer, json, no_content
from chatd.testbench import people

ADMINISTRATOR = int(Permission.ADMINISTRATOR)
BOTS_MAX = 10_000


async def make_bot(call: Any) -> Answer:
    """A bot, in the newest guild unless others are named, with a role that has `permissions`.

    `flags` are those of its application: which privileged intents it is granted, all unless it says.
    """
    bench, form = call.bench, Form(call.body)
    name = bot_name_of(Form({"username": form.raw("name")}))
    permissions = form.integer("permissions", default=ADMINISTRATOR, between=(0, permission_rules.ALL))
    flags = form.integer("flags", default=FLAGS_TO_SET, between=(0, FLAGS_TO_SET))
    guild_ids = form.snowflakes("guild_ids", default=bench.guild_ids[-1:])
    form.finish()
    made = await create(bench, name, permissions, flags)
    for guild_id in guild_ids:
        await people.join(bench, guild_id, int(made["id"]))
    return json(200, made)


async def create(
    bench: Any, name: str, permissions: int = ADMINISTRATOR, flags: int = FLAGS_TO_SET
) -> dict[str, Any]:
    """A bot of the owner's that is in no guild yet: its user, with its token."""
    async with bench.store.transaction(bench.owner) as tx:
        bot_id = int((await applications.create_application(tx, name, owned_max=BOTS_MAX))["id"])
    async with bench.store.transaction(bench.owner) as tx:
        await applications.update_application(tx, bot_id, {"flags": flags}, {})
        token = await applications.reset_token(tx, bot_id)
    bench.bots[bot_id] = permissions
    return {**bench.store.directory.users[bot_id].payload(), "token": token}


# ── its connections ──


def connections_of(bench: Any, user_id: int) -> list[Any]:
    """Those on which it is identified, one for each shard. Raises UnknownUser."""
    if user_id not in bench.bots:
        raise UnknownUser()
    sessions = bench.app.gateway.sessions.values()
    return [session.connection for session in sessions if session.user_id == user_id]


async def show_bot(call: Any, user_id: int) -> Answer:
    return json(200, {"sessions": [_shown(each) for each in connections_of(call.bench, user_id)]})


def _shown(connection: Any) -> dict[str, Any]:
    session = connection.session
    return {
        "id": session.id,
        "intents": session.intents,
        "shard": [session.shard_id, session.shard_count],
        "form": connection.form.name,
    }


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
