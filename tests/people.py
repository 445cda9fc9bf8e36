"""People for tests: sign somebody up, make a bot, and find General."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chatd.actions import accounts, applications
from chatd.model.accounts import Device, RegisterDraft
from chatd.model.actor import ANYONE, Actor
from chatd.model.credentials import hash_token

DAY = timedelta(days=1)
DEVICE = Device("tests", "127.0.0.1")
# Not the hash of any password: these people never sign in by one.
NO_PASSWORD = "scrypt$16384$8$5$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


async def person(store: Any, username: str, *, admin: bool = False) -> tuple[Actor, str]:
    """A signed-up user: who they are to an action, and their token."""
    draft = RegisterDraft(username, "", None, None, None)
    if admin:
        async with store.transaction(ANYONE) as tx:
            user = await accounts.create_account(tx, draft, NO_PASSWORD, admin=True)
            signed_in = await accounts.start_session(tx, user, DEVICE, DAY)
    else:
        async with store.transaction(ANYONE) as tx:
            signed_in = await accounts.register(tx, draft, NO_PASSWORD, DEVICE, DAY)
    return Actor(signed_in.user.id, admin=admin, token_hash=hash_token(signed_in.token)), signed_in.token


async def bot(store: Any, username: str) -> tuple[Actor, str]:
    """A bot user: who it is to an action, and its token."""
    async with store.transaction(ANYONE) as tx:
        made = await applications.create_bot(tx, username)
    return Actor(made.user.id, bot=True, token_hash=hash_token(made.token)), made.token


async def set_flags(store: Any, bot: Actor, flags: int) -> None:
    """Say which privileged intents a bot is granted, as its owner would."""
    async with store.transaction(bot) as tx:
        await applications.update_application(tx, bot.id, {"flags": flags}, {})


def general(store: Any) -> Any:
    """#general of the default guild."""
    return next(channel for channel in store.directory.channels.values() if channel.guild_id is not None)


def deny(store: Any, denied: int) -> None:
    """Take a permission from @everyone in the default guild, as this process knows it."""
    guild = store.directory.guilds[general(store).guild_id]
    everyone = guild.roles[guild.id]
    guild.roles[guild.id] = replace(everyone, permissions=everyone.permissions & ~denied)


class Heard:
    """Everything that the feed handed out since this was made."""

    def __init__(self, store: Any) -> None:
        self.entries: list[Any] = []
        store.feed.subscribe(self.entries.extend)

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.entries]

    def take(self) -> list[Any]:
        entries, self.entries[:] = self.entries[:], []
        return entries
