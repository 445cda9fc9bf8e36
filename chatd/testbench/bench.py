"""The bench: an App with a watch before its doors and a clock that can be turned, and who is on it.

Everything a test asks for is done by the App's own means: a person speaks through the row of the table that
their client would call, as themselves, and may no more than their roles grant.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from chatd import jobs
from chatd.app import App
from chatd.config import Config
from chatd.model.actor import Actor
from chatd.model.errors import ApiError, UnknownUser
from chatd.rest.responses import Answer
from chatd.store.store import Store
from chatd.testbench.clock import Clock
from chatd.testbench.faults import Faults
from chatd.testbench.records import Records
from chatd.testbench.watch import Watch


class Bench:
    """`people` and `bots` are those it has made: who they are to an action, and what a bot's role grants."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        from chatd.testbench.control import Control  # It knows us, too.

        self.config = config
        self.store = store
        self.clock = clock
        self.records = Records(clock)
        self.faults = Faults()
        self.secret = secrets.token_urlsafe(16)
        self.watch = Watch(self.records, self.faults, Control(self).respond, self.secret)
        self.watch.store = store
        self.app = App(config, store, between=self.watch.between)
        self.owner: Actor
        self.people: dict[int, Actor] = {}
        self.names: dict[str, int] = {}
        self.bots: dict[int, int] = {}
        self.guild_ids: list[int] = []

    @property
    def control_url(self) -> str:
        return f"{self.app.url}/testbench/{self.secret}"

    def actor(self, user_id: int) -> Actor:
        """Somebody whom the bench has made. Raises UnknownUser."""
        if user_id not in self.people:
            raise UnknownUser()
        return self.people[user_id]

    async def act(self, actor: Actor, method: str, path: str, body: Any = None) -> Answer:
        """Call a row of the HTTP API as a person; the answer is as it is, a refusal too."""
        status, value = await self.app.rest.call(actor, method, path, "", body)
        return Answer(status, value)

    async def must(self, actor: Actor, method: str, path: str, body: Any = None) -> Any:
        """The same, for what cannot be refused: the value of the answer. Raises what was answered."""
        answer = await self.act(actor, method, path, body)
        if answer.status >= 400:
            raise Refused(answer)
        return answer.value

    async def advance(self, seconds: float) -> None:
        """Turn the clock, and do at once what it is time for now."""
        self.clock.advance(seconds)
        await jobs.sweep(self.store, journal_kept=timedelta(seconds=self.config.gateway.resume_window_s))


class Refused(ApiError):
    """What a row of the API has answered, passed on."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.value.get("message"))
        self.status = answer.status
        self._body = answer.value

    def body(self) -> dict[str, Any]:
        return dict(self._body)
