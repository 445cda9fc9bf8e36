"""The chat as a test holds it in its hands: people who speak, and messages to wait for.

    ada = await chat.user("ada")
    await ada.say("!ping")
    assert (await chat.next_message()).content == "pong"

    asking.py    what is asked of the bench, awaited in an `async def` test and blocking in any other
    things.py    messages, channels, interactions: objects of the API
    acting.py    people, and what they do
    tested.py    the bot from outside
    waiting.py   what is waited for
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chatd.testbench.acting import User
from chatd.testbench.asking import Ask, Drive, Steps, granted, step
from chatd.testbench.tested import Bot
from chatd.testbench.things import Channel, Guild
from chatd.testbench.waiting import Waiting


class Chat(Waiting):
    """One test's chat: a guild of its own with a channel, the bot in it, and nobody else yet."""

    def __init__(self, ready: dict[str, Any], state: dict[str, Any], drive: Drive) -> None:
        """`ready` is the bench's line, `state` what it said of its reset."""
        super().__init__(state["last"])
        self.chat = self
        self.url: str = ready["url"]
        self.api: str = ready["api"]
        self.token: str = ready["token"]
        self.control: str = ready["control"]
        self.guild = Guild(self, state["guild"])
        self.channel = self.channel_named("general")
        self.owner = User(self, {"id": state["owner_id"], "username": "owner"})
        self.bot = Bot(self, {"id": ready["bot_id"], "token": ready["token"]})
        self._drive = drive

    def go(self, steps: Steps) -> Any:
        return self._drive(self.control, steps)

    def channel_named(self, name: str) -> Channel:
        """One of the channels that the guild began with."""
        return next(Channel(self, each) for each in self.guild.data["channels"] if each["name"] == name)

    # ── who and where ──

    @step
    def user(self, name: str, **fields: Any) -> Steps:
        """A new person in the guild. `display_name` is what others see."""
        return User(self, granted((yield Ask("POST", "/users", {"name": name, **fields}))))

    @step
    def make_channel(self, name: str, **fields: Any) -> Steps:
        """A new channel of the guild: `type=2` for voice, and whatever else the API takes."""
        body = {"name": name, **fields}
        ask = self.owner._request("POST", f"/guilds/{self.guild['id']}/channels", body)
        return Channel(self, granted((yield ask)))

    # ── what the bench does ──

    @step
    def advance(self, seconds: float | timedelta) -> Steps:
        """Turn the server's clock forward; what it is time for has happened when this returns."""
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        granted((yield Ask("POST", "/clock", {"advance_s": seconds})))

    @step
    def fail_next(self, status: int = 429, **fields: Any) -> Steps:
        """Answer the bot's next request so, in the server's place.

        `method`, `path` (in which * stands for anything), `times`; of a 429 `retry_after_s` and `scope`:
        user, shared or global.
        """
        body = {"status": status, "user_id": self.bot["id"], **fields}
        granted((yield Ask("POST", "/faults", body)))

    @step
    def log(self, kind: str | None = None) -> Steps:
        """What has happened since the test began: records of one kind (event, request, frame), or all."""
        return granted((yield self.log_ask(kind)))

    def log_ask(self, kind: str | None = None) -> Ask:
        return Ask("GET", f"/log?after={self._began}" + (f"&kind={kind}" if kind else ""))
