"""A server that has been set up, and people who ask it: ada owns it, bob came by himself, robo is a bot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from chatd import assets
from chatd.actions import accounts, applications, first_run
from chatd.model import credentials
from chatd.model.accounts import Device, RegisterDraft, SetUpDraft
from chatd.model.actor import ANYONE
from chatd.rest import LimitSettings, RestApp, RestSettings
from tests.rest.asking import Client, Clock

PASSWORD = "correct horse battery"
UNLIMITED = RestSettings(limits=LimitSettings.off())


@dataclass
class Place:
    """What a test is about: the server, its clock, its people, and where they are."""

    app: RestApp
    clock: Clock
    ada: Client
    bob: Client
    robo: Client
    nobody: Client
    ada_token: str
    ada_id: int
    bob_id: int
    robo_id: int
    guild_id: int
    channel_id: int

    def with_settings(self, **changes: Any) -> None:
        """The same server and people behind a door with other settings."""
        app = RestApp(self.app.store, settings=replace(self.app.settings, **changes), assets=assets.web(),
                      clock=self.clock)  # fmt: skip
        self.app = app
        for client in (self.ada, self.bob, self.robo, self.nobody):
            client.app = app


def doorless(settings: RestSettings = UNLIMITED) -> RestApp:
    """A door with nothing behind it, for those who are not signed in."""
    return RestApp(None, settings=settings, assets=assets.web(), clock=Clock())


@cache
def password_hash() -> str:
    """Slow to make, so it is made once in the run."""
    return credentials.hash_password(PASSWORD)


@pytest.fixture
def place(runner: Any, store: Any) -> Place:
    return runner.run(furnish(store))  # type: ignore[no-any-return]


async def furnish(store: Any) -> Place:
    clock, device, session = Clock(), Device(None, None), UNLIMITED.session
    app = RestApp(store, settings=UNLIMITED, assets=assets.web(), clock=clock)
    async with store.pool.acquire() as conn:
        secret = await first_run.renew_setup_secret(conn)
    async with store.transaction(ANYONE) as tx:
        draft = SetUpDraft(secret, RegisterDraft("ada", PASSWORD, None, "Ada", None))
        ada = await accounts.set_up(tx, draft, password_hash(), device, session)
    async with store.transaction(ANYONE) as tx:
        draft = RegisterDraft("bob", PASSWORD, "bob@chat.example", None, None)
        bob = await accounts.register(tx, draft, password_hash(), device, session)
    async with store.transaction(ANYONE) as tx:
        robo = await applications.create_bot(tx, "robo", owner_id=ada.user.id)
    (guild,) = store.directory.guilds.values()
    (channel_id,) = guild.channel_ids
    people = [Client(app, token=somebody.token) for somebody in (ada, bob, robo)]
    ids = [somebody.user.id for somebody in (ada, bob, robo)]
    return Place(app, clock, *people, Client(app), ada.token, *ids, guild.id, channel_id)
