"""Interactions: a person makes one, an application is handed it, and it is given up when nobody answers.

    create_interaction   somebody uses a command, a component or a form; one of READERS reads what they sent
    deliver              the application hears of it, on the gateway or at its endpoint
    give_up              nobody has answered in three seconds, or nobody is there

The person's own sessions are told each step. Answers are interaction_responses.py's. Source: the Discord
documentation, "Receiving and Responding to Interactions"; how a person's client makes one it does not say.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from asyncpg import ForeignKeyViolationError

from chatd.actions import access, attachments, command_data, component_data
from chatd.actions.access import ChannelAccess
from chatd.actions.interaction_data import Asked, Data
from chatd.actions.resolved import partial_channel
from chatd.actions.rows import arguments_of
from chatd.model import credentials, events
from chatd.model.audience import Users
from chatd.model.channels import ChannelType
from chatd.model.commands import InteractionContext
from chatd.model.errors import UnknownApplication, UnknownChannel
from chatd.model.interactions import (
    ANSWER_WITHIN,
    FailureReason,
    Interaction,
    InteractionDraft,
    InteractionType,
)
from chatd.model.jobs import AwaitAnswer, PostInteraction
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission
from chatd.model.users import DEFAULT_LOCALE
from chatd.store.queries import accounts, interactions
from chatd.store.transaction import Reading, Transaction

# A bot whose connection broke so lately is about to resume, and will be told.
RESUMING = timedelta(seconds=10)
# An interaction that was answered: its files can be fetched, and the form that it has opened be sent.
KEPT = timedelta(days=1)
# Those that nobody gave up in time are few; the next round has the rest.
ROUND_MAX = 500

# "app_permissions includes … for (G)DMs with other users, and additionally … for DMs with the app's bot".
_IN_GROUPS = int(Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE)
_IN_DMS = _IN_GROUPS | int(Permission.USE_EXTERNAL_EMOJIS)

# What resolved and messages name an installation by: the guild's, which is the only kind.
_GUILD_INSTALL = "0"


Reader = Callable[[Reading, Asked], Awaitable[Data]]
# Who reads the data of which type; what is not here, nobody can make.
READERS: dict[InteractionType, Reader] = {
    InteractionType.APPLICATION_COMMAND: command_data.read,
    InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE: command_data.read,
    InteractionType.MESSAGE_COMPONENT: component_data.read_use,
    InteractionType.MODAL_SUBMIT: component_data.read_submission,
}


async def create_interaction(
    tx: Transaction, draft: InteractionDraft, *, attachment_bytes_max: int,
    is_connected: Callable[[int], bool],
) -> Interaction:  # fmt: skip
    """Ask something of an application. `is_connected` tells of a bot whether the gateway has it just now.

    Emits INTERACTION_CREATE to the application's bot, whatever its intents, unless it is asked at an
    endpoint; and to the actor the same with only `id` and `nonce`; INTERACTION_FAILURE to the actor where
    nobody is there to answer.
    Raises UnknownChannel, NotATextChannel, ThreadLocked, MissingPermissions for who is timed out,
    UnknownApplication, and what the reader does.
    """
    place = await access.channel(tx, draft.channel_id)
    if draft.guild_id not in (None, place.guild_id):
        raise UnknownChannel()
    place.require_text()
    place.require_not_timed_out(tx.now())
    place.require_unlocked()
    _require_there(tx, place, draft.application_id)
    asked = Asked(tx.next_id(), place, draft)
    data = await READERS[draft.type](tx, asked)
    token = credentials.mint_interaction_token(asked.id)
    interaction = _interaction_of(tx, asked, data, token)
    await _store(tx, interaction, data)
    if interaction.type != InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE:
        _tell(tx, interaction, events.interaction_made(interaction.id, interaction.nonce))
    application_id = interaction.application_id
    if not is_connected(application_id) and not await is_reachable(tx, application_id):
        await give_up(tx, interaction.id, FailureReason.UNREACHABLE)
        return interaction
    payload = await _payload(tx, interaction, place, data, token)
    await deliver(tx, interaction, payload | {"attachment_size_limit": attachment_bytes_max})
    tx.later(AwaitAnswer(interaction.id))
    return interaction


async def is_reachable(tx: Reading, application_id: int) -> bool:
    """Whether anybody will hear of an interaction, by what is written of it."""
    if has_endpoint(tx, application_id):
        return True
    async with tx.connection() as conn:
        is_listening: bool = await interactions.is_listening(
            conn, application_id=application_id, since=tx.now() - RESUMING
        )
    return is_listening


async def deliver(tx: Transaction, interaction: Interaction, payload: dict[str, Any]) -> None:
    """Let the application hear of it, by one of two roads: at its endpoint, else on the gateway.

    Emits INTERACTION_CREATE on the latter.
    """
    if has_endpoint(tx, interaction.application_id):
        content = encode_json(payload).encode()
        tx.later(PostInteraction(interaction.id, interaction.application_id, payload["token"], content))
        return
    bot = Users((interaction.application_id,), interaction.guild_id)
    tx.emit(events.interaction_create(payload), to=bot)


def has_endpoint(tx: Reading, application_id: int) -> bool:
    """The documentation: "These two methods are mutually exclusive"."""
    application = tx.directory.applications.get(application_id)
    return application is not None and application.interactions_endpoint_url is not None


async def give_up(
    tx: Transaction, interaction_id: int, reason: FailureReason = FailureReason.TIMEOUT
) -> bool:
    """Nobody has answered, and nobody can any more. False where somebody has.

    Emits INTERACTION_FAILURE to whoever has asked.
    """
    row = await interactions.give_up(tx.conn, id=interaction_id)
    if row is None:
        return False
    tx.emit(events.interaction_failure(row["id"], row["nonce"], reason), to=Users((row["user_id"],)))
    return True


async def unanswered(tx: Reading) -> list[int]:
    """Those whose three seconds are over, and that nobody gave up: a server ended between."""
    async with tx.connection() as conn:
        rows = await interactions.list_unanswered(conn, now=tx.now(), limit=ROUND_MAX)
    return [row["id"] for row in rows]


async def forget(tx: Reading) -> int:
    """Those of which nothing hangs any more; how many."""
    async with tx.connection() as conn:
        gone: int = await interactions.delete_expired(conn, before=tx.now() - KEPT)
    return gone


# ── what is stored, and told ──


def _require_there(tx: Reading, place: ChannelAccess, application_id: int) -> None:
    """An application hears of nothing in a guild that its bot is not in, whatever that has left there.

    Raises UnknownApplication.
    """
    there = place.channel.recipient_ids if place.guild is None else place.guild.members
    if application_id not in tx.directory.applications or application_id not in there:
        raise UnknownApplication()


def _interaction_of(tx: Reading, asked: Asked, data: Data, token: str) -> Interaction:
    place, draft = asked.place, asked.draft
    metadata = {
        "id": str(asked.id),
        "type": int(draft.type),
        "user": tx.directory.users[tx.actor.id].payload(),
        "authorizing_integration_owners": _owners(place),
        **data.metadata,
    }
    message = data.message
    return Interaction(
        id=asked.id, application_id=draft.application_id, user_id=tx.actor.id, channel_id=place.channel.id,
        guild_id=place.guild_id, type=int(draft.type), token_hash=credentials.hash_token(token),
        expires_at=tx.now() + ANSWER_WITHIN, metadata=metadata, nonce=draft.nonce,
        message_id=None if message is None else message.id,
        message_ephemeral=message is not None and message.is_ephemeral, command_name=data.command_name,
        focused=data.focused,
    )  # fmt: skip


async def _store(tx: Transaction, interaction: Interaction, data: Data) -> None:
    columns = arguments_of(
        interaction, interactions.insert_interaction, details=encode_json(interaction.details)
    )
    try:
        await interactions.insert_interaction(tx.conn, **columns)
    except ForeignKeyViolationError:
        raise UnknownApplication() from None  # It was deleted between our look and our write.
    await attachments.write_rows_of_interaction(tx, interaction.channel_id, interaction.id, data.files)


def _tell(tx: Transaction, interaction: Interaction, event: events.Event) -> None:
    """Who has asked hears of it on every device."""
    tx.emit(event, to=Users((interaction.user_id,)))


async def _payload(
    tx: Reading, interaction: Interaction, place: ChannelAccess, data: Data, token: str
) -> dict[str, Any]:
    """The interaction object, but for what the door knows."""
    user = tx.directory.users[tx.actor.id]
    d: dict[str, Any] = {
        "id": str(interaction.id),
        "application_id": str(interaction.application_id),
        "type": interaction.type,
        "token": token,
        "version": 1,
        "data": data.d,
        "channel_id": str(place.channel.id),
        "channel": _channel(tx, place, interaction.application_id),
        "app_permissions": str(_permissions_of_application(tx, place, interaction.application_id)),
        "locale": await _locale(tx),
        "entitlements": [],
        "authorizing_integration_owners": _owners(place),
        "context": int(_context(place, interaction.application_id)),
    }
    if place.guild is None:
        d["user"] = user.payload()
    else:
        guild, member = place.guild, place.member
        assert member is not None, "who uses a command in a guild is a member of it"
        d["guild_id"] = str(guild.id)
        features = guild.settings_payload()["features"]
        d["guild"] = {"id": str(guild.id), "locale": guild.preferred_locale, "features": features}
        d["guild_locale"] = guild.preferred_locale
        d["member"] = member.payload(user) | {"permissions": str(place.permissions)}
    if data.message is not None:
        d["message"] = data.message.payload()
    return d


def _channel(tx: Reading, place: ChannelAccess, application_id: int) -> dict[str, Any]:
    if place.guild is not None:
        return partial_channel(tx, place.channel, application_id)
    others = tx.directory.others_in(place.channel, application_id)
    return place.channel.dm_payload(others) | {"permissions": str(place.permissions)}


def _permissions_of_application(tx: Reading, place: ChannelAccess, application_id: int) -> int:
    if place.guild is not None:
        return tx.directory.permissions(application_id, place.channel.id, tx.now())
    return _IN_DMS if application_id in place.channel.recipient_ids else _IN_GROUPS


def _context(place: ChannelAccess, application_id: int) -> InteractionContext:
    if place.guild is not None:
        return InteractionContext.GUILD
    with_bot = place.channel.type == ChannelType.DM and application_id in place.channel.recipient_ids
    return InteractionContext.BOT_DM if with_bot else InteractionContext.PRIVATE_CHANNEL


def _owners(place: ChannelAccess) -> dict[str, str]:
    """Who has let the application in: the guild; for a direct message with its bot, "0"."""
    return {_GUILD_INSTALL: str(place.guild_id or 0)}


async def _locale(tx: Reading) -> str:
    async with tx.connection() as conn:
        account = await accounts.own_account(conn, user_id=tx.actor.id)
    return (account and account["locale"]) or DEFAULT_LOCALE
