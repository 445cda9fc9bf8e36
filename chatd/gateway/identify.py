"""Identify: from a token to a live session. READY, then one GUILD_CREATE for each guild.

Everything that needs the database is over before the snapshot is made. The snapshot itself, its sending
and the joining of the feed are one step without an await: the directory is exactly as of feed.position, so
the next entry that the hub delivers is the first that the snapshot does not contain.

Source: the Discord documentation, "Gateway", Identifying, and "Gateway Events", Ready.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from chatd.actions import tokens
from chatd.actions.presence import chosen_status
from chatd.actions.ready import own_state
from chatd.actions.relationships import list_relationships
from chatd.gateway.broadcast import dispatch_text
from chatd.gateway.drafts import Identify, Presence
from chatd.gateway.opcodes import Close, CloseCode, Opcode
from chatd.gateway.origin import is_own
from chatd.gateway.session import Session, mint_session_id
from chatd.gateway.snapshot import guild_create_text
from chatd.gateway.visibility import is_on_shard
from chatd.model import intents
from chatd.model.actor import Actor
from chatd.model.applications import Application
from chatd.model.credentials import SESSION_COOKIE
from chatd.model.intents import Intent
from chatd.model.json_text import encode_json
from chatd.wire.http1 import Request

# A URL that names one of these was not configured, and is of no use to a client on another machine.
LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def on_identify(connection: Any, d: Identify) -> None:
    directory = connection.gateway.store.directory
    epoch = directory.token_epoch
    actor = await prove(connection, d.token)
    if actor is None:
        raise Close(CloseCode.AUTHENTICATION_FAILED, "the token is not valid")
    shard_id, shard_count = checked_shard(d.shard)
    wanted = checked_intents(d.intents)
    application = refuse_disallowed(connection, wanted, actor)
    if actor.bot and (wait_s := starts_in_s(connection, actor, shard_id)):
        # Libraries come back at once when they are told; so they are told when it is of use.
        await connection.gateway.sleep(wait_s)
        connection.send_op(Opcode.INVALID_SESSION, False)
        return
    presence = d.presence or Presence(await default_status(connection, actor))
    own = await own_state(connection.gateway.store, actor)
    if connection.closing or connection.link.closed:
        return
    if directory.token_epoch != epoch:
        # Perhaps of this token or one of its intents, and this was not among the sessions that were ended.
        return await on_identify(connection, d)
    # From here to the end nothing waits.
    gateway = connection.gateway
    session = Session(
        id=mint_session_id(gateway.store.feed.position), actor=actor, intents=wanted, shard_id=shard_id,
        shard_count=shard_count, large_threshold=d.large_threshold, presence=gateway.dated(presence),
        platform=d.platform,
    )  # fmt: skip
    gateway.attach(connection, session)
    gateway.rows.open(session)
    send_snapshot(connection, session, own, application)
    connection.log.info("identified", user=actor.id, bot=actor.bot)


async def prove(connection: Any, token: str) -> Actor | None:
    """Who it is: by the token, or with an empty one by the cookie of a page of our own."""
    gateway, headers = connection.gateway, connection.request.headers
    if not token and is_own(headers, gateway.public_url()):
        token = headers.cookie(SESSION_COOKIE) or ""
    token = token.removeprefix("Bot ")
    if not token:
        return None
    actor: Actor | None = await tokens.authenticate(gateway.store, token)
    return actor


def starts_in_s(connection: Any, actor: Actor, shard_id: int) -> float:
    """How long a bot has to wait before it may begin one more session; see starts.py."""
    gateway = connection.gateway
    wait_s: float = gateway.starts.wait_s(actor.id, shard_id, gateway.clock())
    return wait_s


def checked_shard(shard: tuple[int, int] | None) -> tuple[int, int]:
    if shard is None:
        return 0, 1
    shard_id, shard_count = shard
    if not 0 <= shard_id < shard_count < 2**31:
        raise Close(CloseCode.INVALID_SHARD, "shard must be [id, count] with id below count")
    return shard


def checked_intents(wanted: int | None) -> int:
    if wanted is None or wanted < 0 or wanted & ~intents.ALL:
        raise Close(CloseCode.INVALID_INTENTS, "intents must be a sum of known ones")
    return wanted


def refuse_disallowed(connection: Any, wanted: int, actor: Actor) -> Application | None:
    """The application of a bot, if it is granted what its session wants; a person has none."""
    application: Application | None = connection.gateway.store.directory.applications.get(actor.id)
    if application is not None and (refused := application.ungranted(wanted)):
        raise Close(CloseCode.DISALLOWED_INTENTS, f"{refused[0].name} is not granted to this application")
    return application


async def default_status(connection: Any, actor: Actor) -> str:
    """What a client that names no status is shown as: a person keeps the one they chose."""
    return "online" if actor.bot else await chosen_status(connection.gateway.store, actor.id)


def send_snapshot(
    connection: Any, session: Session, own: dict[str, Any], application: Application | None
) -> None:
    """READY and the guilds. Only the last of them carries the position; see session.py."""
    gateway = connection.gateway
    position = gateway.store.feed.position
    guilds = guild_ids(gateway, session) if session.intents & Intent.GUILDS else []
    dispatches = [("READY", encode_json(ready_payload(connection, session, own, application)))]
    dispatches += [("GUILD_CREATE", guild_create_text(gateway, session, guild_id)) for guild_id in guilds]
    texts = [dispatch_text(name, position - 1, payload) for name, payload in dispatches[:-1]]
    texts += [dispatch_text(name, position, payload) for name, payload in dispatches[-1:]]
    connection.allow_unsent(sum(map(len, texts)))
    for text in texts:
        connection.send_text(text)
    connection.last_sent = position


def ready_payload(
    connection: Any, session: Session, own: dict[str, Any], application: Application | None
) -> dict[str, Any]:
    gateway = connection.gateway
    ready = {
        "v": 10,
        **own,
        "guilds": [{"id": str(id), "unavailable": True} for id in guild_ids(gateway, session)],
        "private_channels": private_channels(gateway, session),
        "relationships": relationships_of(gateway, session),
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": resume_url(connection.request, gateway.public_url()),
        "shard": [session.shard_id, session.shard_count],
        "_trace": [],
    }
    if application is not None:
        ready["application"] = {"id": str(application.id), "flags": application.flags}
    return ready


def guild_ids(gateway: Any, session: Session) -> list[int]:
    guilds = gateway.store.directory.guilds_of(session.user_id)
    return [guild.id for guild in guilds if is_on_shard(session, "GUILD_CREATE", guild.id)]


def private_channels(gateway: Any, session: Session) -> list[dict[str, Any]]:
    """A person's direct messages. A bot hears of one when something is said in it, as with Discord."""
    directory = gateway.store.directory
    if session.actor.bot or not is_on_shard(session, "CHANNEL_CREATE", None):
        return []
    return [
        channel.dm_payload(directory.others_in(channel, session.user_id))
        for channel in directory.dms_of(session.user_id)
    ]


def relationships_of(gateway: Any, session: Session) -> list[dict[str, Any]]:
    """A person's friends, requests and blocks; bots have none."""
    if session.actor.bot or not is_on_shard(session, "RELATIONSHIP_ADD", None):
        return []
    return list_relationships(gateway.store.directory, session.user_id)


def resume_url(request: Request, public_url: str) -> str:
    """Where to come back to: the public URL, or where the client has just come, if that is all we know."""
    public, host = urlsplit(public_url), request.headers.get("host")
    if host and public.hostname in LOOPBACK:
        return f"{'wss' if request.secure else 'ws'}://{host}/gateway"
    return f"{'wss' if public.scheme == 'https' else 'ws'}://{public.netloc}/gateway"
