"""Waiting: a test is given what has come, each thing once, or told what came instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chatd.testbench.asking import Ask, Steps, granted, step
from chatd.testbench.things import Message, Thing

if TYPE_CHECKING:
    from chatd.testbench.client import Chat

# How long something may be waited for, unless a test says otherwise.
WAIT_S = 5.0
# What somebody says, as against what the server notes of them: DEFAULT, REPLY and the two of commands.
SAID = [0, 19, 20, 23]


class NothingCame(AssertionError):
    """What was waited for did not come; the text lists what came instead."""


class Waiting:
    """The part of a chat in which something is waited for.

    Nothing is given out twice: each `next_…` is what has come since the test began and no other has had.
    """

    chat: Chat
    bot: Thing

    def __init__(self, began: int) -> None:
        """`began` is the number of the last record before the test."""
        self._began = began
        self._looked: dict[str, int] = {}  # by pattern: up to where nothing is left for it
        self._given: set[int] = set()

    @step
    def next_message(
        self, content: str | None = None, *, by: Thing | None = None, channel: Thing | None = None,
        timeout_s: float = WAIT_S, where: Callable[[Message], bool] | None = None,
    ) -> Steps:  # fmt: skip
        """The next thing that a bot says, or somebody else; anywhere, unless a channel is named."""
        d: dict[str, Any] = {"type": SAID, "author": {"bot": True} if by is None else {"id": by["id"]}}
        d |= {} if content is None else {"content": content}
        d |= {} if channel is None else {"channel_id": channel["id"]}
        found = yield from self.found(_event("MESSAGE_CREATE", d), timeout_s=timeout_s, where=_said(where))
        return Message(self.chat, found["d"])

    @step
    def next_edit(
        self, message: Message | None = None, *, timeout_s: float = WAIT_S,
        where: Callable[[Message], bool] | None = None,
    ) -> Steps:  # fmt: skip
        """The next change of a message, of any unless one is named."""
        d = {} if message is None else {"id": message["id"]}
        found = yield from self.found(_event("MESSAGE_UPDATE", d), timeout_s=timeout_s, where=_said(where))
        return Message(self.chat, found["d"])

    @step
    def next_deletion(self, message: Message | None = None, *, timeout_s: float = WAIT_S) -> Steps:
        d = {} if message is None else {"id": message["id"]}
        return (yield from self.found(_event("MESSAGE_DELETE", d), timeout_s=timeout_s)).d

    @step
    def next_reaction(
        self, message: Message | None = None, *, emoji: str | None = None, by: Thing | None = None,
        timeout_s: float = WAIT_S,
    ) -> Steps:  # fmt: skip
        """The next reaction, of the bot unless somebody is named."""
        d: dict[str, Any] = {"user_id": (by or self.bot)["id"]}
        d |= {} if message is None else {"message_id": message["id"]}
        d |= {} if emoji is None else {"emoji": {"name": emoji}}
        return (yield from self.found(_event("MESSAGE_REACTION_ADD", d), timeout_s=timeout_s)).d

    @step
    def next_event(self, name: str, *, timeout_s: float = WAIT_S, **d: Any) -> Steps:
        """The next event of the gateway of that name whose fields are these."""
        return (yield from self.found(_event(name, d), timeout_s=timeout_s)).d

    @step
    def silence(self, within_s: float = 0.3, *, channel: Thing | None = None) -> Steps:
        """Make sure that no bot says anything for so long."""
        d: dict[str, Any] = {"type": SAID, "author": {"bot": True}}
        d |= {} if channel is None else {"channel_id": channel["id"]}
        try:
            found = yield from self.found(_event("MESSAGE_CREATE", d), timeout_s=within_s)
        except NothingCame:
            return
        raise AssertionError(f"nothing should have been said, but: {told(found.data)}")

    def found(
        self, pattern: Any, *, timeout_s: float, where: Callable[[Thing], bool] | None = None
    ) -> Steps:
        """The first record that matches and has not been given out. Raises NothingCame."""
        key = json.dumps(pattern, sort_keys=True)
        after = self._looked.get(key, self._began)
        while True:
            body = {"pattern": pattern, "after": after, "timeout_s": timeout_s}
            status, value = yield Ask("POST", "/wait", body)
            if status == 408:
                raise NothingCame(not_come(pattern, timeout_s, value["since"]))
            found = Thing(self.chat, granted((status, value)))
            after = found["n"]
            if after not in self._given and (where is None or where(found)):
                break
        self._given.add(after)
        if where is None:  # Else what was passed over is still there for others.
            self._looked[key] = after
        return found


def _event(name: str, d: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "event", "name": name, "d": d}


def _said(where: Callable[[Message], bool] | None) -> Callable[[Thing], bool] | None:
    return None if where is None else lambda found: where(Message(found.chat, found["d"]))


# ── what a failure says ──


def not_come(pattern: Any, timeout_s: float, since: list[dict[str, Any]]) -> str:
    lines = [f"nothing like {json.dumps(pattern, ensure_ascii=False)} within {timeout_s:g} s."]
    return "\n".join([*lines, "What came instead:" if since else "Nothing else came.", *map(told, since)])


def told(record: dict[str, Any]) -> str:
    """A record in one line."""
    match record["kind"]:
        case "event":
            d = record["d"]
            author = d.get("author", {}).get("username", "")
            text = f"{author}: {d.get('content', '')}" if author else json.dumps(d, ensure_ascii=False)[:120]
            return f"  event    {record['name']} {text}"
        case "request":
            problem = "" if record["status"] < 400 else f" {json.dumps(record['answer'])}"
            return f"  request  {record['method']} {record['path']} -> {record['status']}{problem}"
    return f"  frame    op {record['op']} {json.dumps(record['d'], ensure_ascii=False)[:120]}"
