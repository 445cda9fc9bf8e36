"""The first run: what an empty database needs to become a server somebody can sign in to.

All of it is one transaction that asks the database whether it has been done, so it can be killed at any
point and started again, and two servers on one database do it once. It needs no directory: it comes
before the directory is loaded.
"""

from __future__ import annotations

from asyncpg import Connection

from chatd.model import credentials
from chatd.model.channels import ChannelType
from chatd.model.permissions import DEFAULT_EVERYONE
from chatd.model.presence import STATUSES
from chatd.model.snowflakes import Mint
from chatd.store.queries import accounts, channels, guilds, members, settings, users

SYSTEM_USERNAME = "chatd"
CHANNEL_NAME = "general"
CHANNEL_TOPIC = "Everybody is here."


async def initialise(conn: Connection, mint: Mint, *, server_name: str, registration: str) -> bool:
    """Make the statuses, the system user, the default guild with #general, and the settings.

    True if this call did it, False if it had been done. An explicit `registration` ("open", "invite",
    "closed") is also taken over later; "" leaves what the settings say, "open" at first.
    """
    async with conn.transaction():
        await settings.lock_first_run(conn)
        if await settings.find_settings(conn) is not None:
            if registration:
                await settings.set_registration(conn, registration=registration)
            return False
        for name, colour in STATUSES.items():
            await settings.insert_status(conn, name=name, colour=colour)
        user_id = await _create_system_user(conn, mint)
        guild_id, channel_id = await _create_guild(conn, mint, server_name, user_id)
        await settings.insert_settings(
            conn, name=server_name, guild_id=guild_id, channel_id=channel_id, system_user_id=user_id,
            registration=registration or "open",
        )  # fmt: skip
        return True


async def renew_setup_secret(conn: Connection) -> str | None:
    """A fresh secret for the one-time set-up link, or None once there is an administrator.

    Only its hash is kept, so a link that was lost with a killed process is replaced by the next start.
    """
    async with conn.transaction():
        await settings.lock_settings(conn)
        if await accounts.count_admins(conn):
            return None
        secret = credentials.mint_secret()
        await settings.set_setup_hash(conn, setup_hash=credentials.hash_token(secret))
        return secret


async def _create_system_user(conn: Connection, mint: Mint) -> int:
    user_id = mint.next()
    await users.insert_user(
        conn, id=user_id, username=SYSTEM_USERNAME, global_name=None, bot=True, system=True, status="bot"
    )
    return user_id


async def _create_guild(conn: Connection, mint: Mint, name: str, owner_id: int) -> tuple[int, int]:
    """The default guild, the system user's until somebody sets the server up; its id and #general's."""
    guild_id, channel_id = mint.next(), mint.next()
    await guilds.insert_guild(conn, id=guild_id, name=name, owner_id=owner_id)
    await guilds.insert_everyone(conn, guild_id=guild_id, permissions=DEFAULT_EVERYONE)
    await channels.insert_channel(
        conn, id=channel_id, guild_id=guild_id, type=ChannelType.GUILD_TEXT, name=CHANNEL_NAME,
        topic=CHANNEL_TOPIC, position=0,
    )  # fmt: skip
    await guilds.set_system_channel(conn, id=guild_id, channel_id=channel_id)
    await members.insert_member(conn, guild_id=guild_id, user_id=owner_id, temporary=False)
    return guild_id, channel_id
