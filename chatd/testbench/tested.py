"""The bot that a test is about: what can be done to it, and what it has asked for."""

from __future__ import annotations

from typing import Any

from chatd.testbench.asking import Ask, Steps, granted, step
from chatd.testbench.things import Thing
from chatd.testbench.waiting import WAIT_S


class Bot(Thing):
    """The bot that is tested, from outside: its connections, and what it has asked for."""

    @step
    def drop(self, code: int | None = None) -> Steps:
        """Cut its connections, without a word or with a close code; how many there were."""
        return granted((yield self._do("drop", {"code": code})))["connections"]

    @step
    def reconnect(self) -> Steps:
        """Tell it to come back: op 7."""
        return granted((yield self._do("reconnect", {})))["connections"]

    @step
    def invalidate(self, *, resumable: bool = False) -> Steps:
        """Tell it that its session is not valid: op 9."""
        return granted((yield self._do("invalidate", {"resumable": resumable})))["connections"]

    @step
    def delay_heartbeats(self, delay_s: float | None) -> Steps:
        """Acknowledge its heartbeats later by so much, or with None not at all."""
        granted((yield self._do("heartbeats", {"delay_s": delay_s})))

    @step
    def sessions(self) -> Steps:
        """Its gateway sessions: `id`, `intents`, `shard`, and the `form` that its frames have."""
        sessions = granted((yield Ask("GET", f"/bots/{self['id']}")))["sessions"]
        return [Thing(self.chat, session) for session in sessions]

    @step
    def next_session(self, *, timeout_s: float = WAIT_S) -> Steps:
        """Wait until it has identified, or resumed; the frame with which it did."""
        pattern = {"kind": "frame", "user_id": self["id"], "op": [2, 6]}
        return (yield from self.chat.found(pattern, timeout_s=timeout_s))

    @step
    def next_request(self, method: str, path: str, *, timeout_s: float = WAIT_S, **fields: Any) -> Steps:
        """The next call of the HTTP API that it has made: `status`, `body`, `answer`.

        `path` is as the documentation has it, with ids in place, below /api/v10.
        """
        pattern = {"kind": "request", "user_id": self["id"], "method": method, "path": path, **fields}
        return (yield from self.chat.found(pattern, timeout_s=timeout_s))

    def _do(self, what: str, body: Any) -> Ask:
        return Ask("POST", f"/bots/{self['id']}/{what}", body)
