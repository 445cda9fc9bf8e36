"""Applications and their bot users: make one, look at it, change it, give it another token, delete it.

An application is its owner's; one that nobody owns is the administrators'. To anybody else it is unknown. Its
bot may look at it, and change what the documentation lets a bot change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import administrators, members, users
from chatd.actions.rows import arguments_of
from chatd.actions.signing import new_key_pair
from chatd.model import credentials, events
from chatd.model.accounts import SignedIn
from chatd.model.applications import FLAGS_TO_SET, Application, switched
from chatd.model.audience import Nobody
from chatd.model.errors import InvalidFormBody, MissingPermissions, OwnerStays, UnknownApplication
from chatd.model.json_text import encode_json
from chatd.model.users import User, UserEdit
from chatd.store import queries
from chatd.store.queries import accounts, applications, interactions, settings
from chatd.store.transaction import Reading, Transaction


async def create_bot(
    tx: Transaction, username: str, *, owner_id: int | None = None, flags: int = FLAGS_TO_SET
) -> SignedIn:
    """A bot user with its application and its first token, in the default guild.

    It may ask for every intent unless `flags` say otherwise. Emits CHATD_APPLICATION_UPDATE, and what
    members.add_member does. Raises InvalidFormBody when the name is taken.
    """
    rules = await settings.find_settings(tx.conn)
    _, user = await _insert(tx, Application(tx.next_id(), username, owner_id, flags=flags))
    await members.add_member(tx, rules["guild_id"], user)
    return SignedIn(user, await _mint_token(tx, user.id), None)


async def list_bots(tx: Reading) -> list[Any]:
    """Every bot, by id."""
    async with tx.connection() as conn:
        rows: list[Any] = await applications.list_bots(conn)
    return rows


async def get_own(tx: Reading) -> dict[str, Any]:
    """The application of the bot that asks. Raises UnknownApplication."""
    return _payload(tx, _found(tx, tx.actor.id))


async def get_application(tx: Reading, application_id: int) -> dict[str, Any]:
    """One's own, whether one is its bot or its owner. Raises UnknownApplication."""
    return _payload(tx, await _own(tx, application_id))


async def list_applications(tx: Reading) -> list[dict[str, Any]]:
    """Those that the actor owns, by id; for an administrator also those that nobody owns."""
    owner_ids = {tx.actor.id, None} if await administrators.is_one(tx) else {tx.actor.id}
    every = sorted(tx.directory.applications.values(), key=lambda application: application.id)
    return [_payload(tx, application) for application in every if application.owner_id in owner_ids]


async def create_application(
    tx: Transaction, name: str, *, owned_max: int, admins_only: bool = False
) -> dict[str, Any]:
    """Make an application of one's own, with a bot of the same name that is nowhere yet and has no token.

    Emits CHATD_APPLICATION_UPDATE. Raises MissingPermissions where only administrators may and one is none,
    and InvalidFormBody where the name is taken, or the actor has `owned_max` already.
    """
    if admins_only and not await administrators.is_one(tx):
        raise MissingPermissions()
    await applications.hold_owner(tx.conn, id=tx.actor.id)
    if await applications.count_owned(tx.conn, owner_id=tx.actor.id) >= owned_max:
        message = f"Maximum number of applications reached ({owned_max})."
        raise InvalidFormBody({"_errors": [{"code": "APPLICATIONS_LIMIT_REACHED", "message": message}]})
    application = Application(tx.next_id(), name, tx.actor.id)
    try:
        application, bot = await _insert(tx, application)
    except InvalidFormBody:
        message = "There is somebody of this name already, and so it cannot be the bot's."
        raise InvalidFormBody.at("name", "USERNAME_ALREADY_TAKEN", message) from None
    return application.own_payload(bot, tx.directory.users[tx.actor.id], 0)


async def update_application(
    tx: Transaction, application_id: int, values: dict[str, Any], hashes: dict[str, str | None]
) -> dict[str, Any]:
    """Change one's own application; `values` are an ApplicationEdit's, and `hashes` those of its images.

    A bot that loses a privileged intent loses the sessions that asked for it. Emits CHATD_APPLICATION_UPDATE.
    Raises UnknownApplication.
    """
    before = await _hold_own(tx, application_id)
    after = replace(before, **{**values, **hashes})
    after = replace(after, flags=switched(before.flags, after.flags))
    if after != before:
        texts = {
            name: None if getattr(after, name) is None else encode_json(getattr(after, name))
            for name in ("install_params", "integration_types_config")
        }
        query = applications.update_application
        await query(tx.conn, **arguments_of(after, query, **texts))
        tx.emit(events.application_update(after, tx.directory.users[application_id]), to=Nobody())
    return _payload(tx, after)


async def update_bot(
    tx: Transaction, application_id: int, edit: UserEdit, *, avatar: str | None, banner: str | None
) -> dict[str, Any]:
    """Change the name or the face of the bot of one's own application.

    Emits what users.update_user does. Raises UnknownApplication, and InvalidFormBody at `username`.
    """
    await _own(tx, application_id)
    return (await users.update_user(tx, application_id, edit, avatar=avatar, banner=banner)).payload()


async def reset_token(tx: Transaction, application_id: int) -> str:
    """A new token for the bot of one's own application; every other of its tokens is dead from then on.

    Emits CHATD_TOKEN_REVOKED for each of those. Raises UnknownApplication.
    """
    await _hold_own(tx, application_id)
    await _revoke_tokens(tx, application_id)
    return await _mint_token(tx, application_id)


async def delete_application(tx: Transaction, application_id: int) -> None:
    """Delete one's own application: its bot leaves every guild, and its name is free again.

    The bot user stays under a name that nobody would choose, for what it has said stays. Emits
    CHATD_APPLICATION_DELETE, CHATD_TOKEN_REVOKED, and what members.remove_members and users.update_user do.
    Raises UnknownApplication, and OwnerStays while the bot owns a guild.
    """
    await _hold_own(tx, application_id)
    guild_ids = [guild.id for guild in tx.directory.guilds_of(application_id)]
    for guild_id in guild_ids:
        await tx.hold_permissions(guild_id)
    if any(guild.owner_id == application_id for guild in tx.directory.guilds_of(application_id)):
        raise OwnerStays()
    await _revoke_tokens(tx, application_id)
    # Before it leaves: whoever is a member no more has no new name to be told there.
    gone = UserEdit(tx.directory.users[application_id].name_of_deleted, sets=frozenset({"avatar", "banner"}))
    await users.update_user(tx, application_id, gone)
    for guild_id in guild_ids:
        await members.remove_members(tx, guild_id, [application_id])
    if tx.directory.application_emojis.get(application_id):
        tx.emit(events.application_emojis_update(application_id, ()), to=Nobody())
    await applications.delete_application(tx.conn, id=application_id)
    tx.emit(events.application_delete(application_id), to=Nobody())


async def keep_out(tx: Transaction, owner_id: int) -> None:
    """End what the bots of somebody do who is disabled. Their tokens hold again once their owner is let in.

    Emits CHATD_TOKEN_REVOKED for each.
    """
    for row in await applications.list_tokens_of_owner(tx.conn, owner_id=owner_id):
        tx.emit(events.token_revoked(row["hash"], row["user_id"]), to=Nobody())


async def disown(tx: Transaction, owner_id: int) -> None:
    """Let the applications of somebody who is being deleted be the administrators'.

    A bot is of use to others, so it keeps its name, guilds, roles and commands; but whoever ran it has no
    business here any more. So it has no token until an administrator makes one, and no endpoint.
    Emits CHATD_APPLICATION_UPDATE for each, and CHATD_TOKEN_REVOKED.
    """
    await applications.hold_owner(tx.conn, id=owner_id)
    for row in await applications.disown(tx.conn, owner_id=owner_id):
        application = Application.from_row(row)
        await _revoke_tokens(tx, application.id)
        await interactions.end_tokens(tx.conn, application_id=application.id, now=tx.now())
        tx.emit(events.application_update(application, tx.directory.users[application.id]), to=Nobody())


async def owns(tx: Reading, application: Application) -> bool:
    """Is it the actor's? One that nobody owns is every administrator's."""
    if application.owner_id is None:
        return await administrators.is_one(tx)
    return application.owner_id == tx.actor.id


async def _insert(tx: Transaction, application: Application) -> tuple[Application, User]:
    """The rows of an application and its bot. It has keys, where these can be made.

    Raises InvalidFormBody at `username` when its name is taken.
    """
    bot = User(application.id, application.name, bot=True)
    try:
        await queries.users.insert_user(
            tx.conn, id=bot.id, username=bot.username, global_name=None, bot=True, system=False, status="bot"
        )
    except UniqueViolationError:
        raise users.username_taken() from None
    pair, query = new_key_pair(), applications.insert_application
    if pair is not None:
        application = replace(application, verify_key=pair.public.hex())
    await query(tx.conn, **arguments_of(application, query, signing_key=pair and pair.private))
    tx.emit(events.application_update(application, bot), to=Nobody())
    return application, bot


async def _mint_token(tx: Transaction, bot_id: int) -> str:
    token = credentials.mint_token(bot_id, tx.now().timestamp())
    await accounts.insert_token(
        tx.conn, hash=credentials.hash_token(token), user_id=bot_id, kind="bot", expires_at=None,
        user_agent=None, address=None,
    )  # fmt: skip
    return token


async def _revoke_tokens(tx: Transaction, bot_id: int) -> None:
    for row in await applications.delete_tokens(tx.conn, user_id=bot_id):
        tx.emit(events.token_revoked(row["hash"], bot_id), to=Nobody())


def _found(tx: Reading, application_id: int) -> Application:
    application = tx.directory.applications.get(application_id)
    if application is None:
        raise UnknownApplication()
    return application


async def _own(tx: Reading, application_id: int) -> Application:
    """Raises UnknownApplication unless the actor is its bot, or owns it."""
    return await _require_own(tx, _found(tx, application_id))


async def _hold_own(tx: Transaction, application_id: int) -> Application:
    """As it is now, and stays until the commit. Whose it was a moment ago does not count. Raises likewise."""
    await _own(tx, application_id)
    row = await applications.hold_application(tx.conn, id=application_id)
    if row is None:
        raise UnknownApplication()
    return await _require_own(tx, Application.from_row(row))


async def _require_own(tx: Reading, application: Application) -> Application:
    if tx.actor.id != application.id and not await owns(tx, application):
        raise UnknownApplication()
    return application


def _payload(tx: Reading, application: Application) -> dict[str, Any]:
    """Nobody's application is shown as its bot's own."""
    known = tx.directory.users
    owner = known.get(application.owner_id or application.id, known[application.id])
    guild_count = len(tx.directory.guilds_of(application.id))
    return application.own_payload(known[application.id], owner, guild_count)
