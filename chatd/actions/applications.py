"""Applications and their bot users: make one, look at one's own."""

from __future__ import annotations

from typing import Any

from asyncpg import UniqueViolationError

from chatd.actions import members
from chatd.actions.users import username_taken
from chatd.model import credentials
from chatd.model.accounts import SignedIn
from chatd.model.errors import UnknownApplication
from chatd.model.users import User
from chatd.store.queries import accounts, applications, settings, users
from chatd.store.transaction import Reading, Transaction

# Discord's flags for an application in fewer than 100 guilds that was granted the privileged intents:
# presence (1 << 13), members (1 << 15), message content (1 << 19). Here, whoever runs the server decides.
FLAGS = 1 << 13 | 1 << 15 | 1 << 19
# Of an application that may ask for the members of something; one flag for each size of application.
READS_MEMBERS = 1 << 14 | 1 << 15


async def create_bot(tx: Transaction, username: str, *, owner_id: int | None = None) -> SignedIn:
    """A bot user with its application and its first token, in the default guild.

    Emits what members.add_member does. Raises InvalidFormBody when the name is taken.
    """
    rules = await settings.find_settings(tx.conn)
    user = User(tx.next_id(), username, bot=True)
    try:
        await users.insert_user(
            tx.conn, id=user.id, username=username, global_name=None, bot=True, system=False, status="bot"
        )
    except UniqueViolationError:
        raise username_taken() from None
    await applications.insert_application(tx.conn, id=user.id, owner_id=owner_id, name=username, flags=FLAGS)
    await members.add_member(tx, rules["guild_id"], user)
    token = credentials.mint_token(user.id, tx.now().timestamp())
    await accounts.insert_token(
        tx.conn, hash=credentials.hash_token(token), user_id=user.id, kind="bot", expires_at=None,
        user_agent=None, address=None,
    )  # fmt: skip
    return SignedIn(user, token, None)


async def list_bots(tx: Reading) -> list[Any]:
    """Every bot, by id."""
    async with tx.connection() as conn:
        rows: list[Any] = await applications.list_bots(conn)
    return rows


async def get_own(tx: Reading) -> dict[str, Any]:
    """The application of the bot that asks. Raises UnknownApplication."""
    async with tx.connection() as conn:
        row = await applications.find_application(conn, id=tx.actor.id)
    if row is None:
        raise UnknownApplication()
    users_known = tx.directory.users
    owner = users_known.get(row["owner_id"]) or users_known[row["id"]]
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "icon": None,
        "description": row["description"],
        "summary": "",
        "type": None,
        "explicit_content_filter": 0,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": row["flags"],
        "flags_new": str(row["flags"]),
        "owner": owner.payload(),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(tx.directory.guilds_of(row["id"])),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "bot": users_known[row["id"]].payload(),
        "eligible_oauth2_scopes": [],
    }
