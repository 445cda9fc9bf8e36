"""The chat as a test holds it in its hands: people who speak, and messages to wait for.

    ada = await chat.user("ada")
    await ada.say("!ping")
    assert (await chat.next_message()).content == "pong"

Each verb is written once, as steps: a generator that yields what it asks of the bench and is sent the answer.
In an `async def` test the steps are awaited (`by_awaiting`), in any other they block (`by_blocking`), and
the same verbs are called without `await`. Knows HTTP and nothing of the server.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Generator
from datetime import timedelta
from functools import wraps
from typing import Any, NamedTuple, ParamSpec
from urllib.parse import urlsplit

P = ParamSpec("P")

# How long something may be waited for, unless a test says otherwise; and the answers around that.
WAIT_S = 5.0
ANSWER_S = 60.0
# What somebody says, as against what the server notes of them: DEFAULT, REPLY and the two of commands.
SAID = [0, 19, 20, 23]


class Refused(AssertionError):
    """What somebody tried was refused: `status`, and the `code` and `message` of the error."""

    def __init__(self, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        self.code = body.get("code") if isinstance(body, dict) else None
        super().__init__(f"{status} {json.dumps(body, ensure_ascii=False)}")


class NothingCame(AssertionError):
    """What was waited for did not come; the text lists what came instead."""


class Ask(NamedTuple):
    """One request to the bench: a row of its control API."""

    method: str
    path: str
    body: Any = None


Steps = Generator[Ask, Any, Any]
Drive = Callable[[str, Steps], Any]


# ── the two ways to go through steps ──


def by_blocking(control: str, steps: Steps) -> Any:
    """Go through the steps, and return what they come to."""
    try:
        ask = next(steps)
        while True:
            ask = steps.send(exchange(control, ask))
    except StopIteration as end:
        return end.value


async def by_awaiting(control: str, steps: Steps) -> Any:
    """The same in an event loop, which is free meanwhile: a bot may live in it."""
    try:
        ask = next(steps)
        while True:
            ask = steps.send(await exchange_awaiting(control, ask))
    except StopIteration as end:
        return end.value


def exchange(control: str, ask: Ask) -> tuple[int, Any]:
    """The status and the JSON value of the answer."""
    url = urlsplit(control)
    assert url.hostname is not None
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=_patience_s(ask))
    try:
        fields = {"Content-Type": "application/json"}
        connection.request(ask.method, url.path + ask.path, _content(ask), fields)
        answer = connection.getresponse()
        return answer.status, _value(answer.read())
    finally:
        connection.close()


async def exchange_awaiting(control: str, ask: Ask) -> tuple[int, Any]:
    """As above. RFC 9112 section 9.6: with "close" the answer is whole when the connection ends."""
    url, content = urlsplit(control), _content(ask)
    async with asyncio.timeout(_patience_s(ask)):
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        try:
            head = (
                f"{ask.method} {url.path}{ask.path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            )
            writer.write(head.encode() + content)
            answer_head, _, answer = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
    return int(answer_head.split(b" ", 2)[1]), _value(answer)


def _patience_s(ask: Ask) -> float:
    waits_s = ask.body.get("timeout_s", 0.0) if isinstance(ask.body, dict) else 0.0
    return float(waits_s) + ANSWER_S


def _content(ask: Ask) -> bytes:
    return b"" if ask.body is None else json.dumps(ask.body).encode()


def _value(content: bytes) -> Any:
    return json.loads(content) if content else None


def step(verb: Callable[P, Steps]) -> Callable[P, Any]:
    """A verb of somebody, made of steps: what it comes to, or in an async test an awaitable of that."""

    @wraps(verb)
    def said(*args: P.args, **kwargs: P.kwargs) -> Any:
        who: Any = args[0]
        return who.chat.go(verb(*args, **kwargs))

    return said


def granted(answer: tuple[int, Any]) -> Any:
    """The value of an answer. Raises Refused."""
    status, value = answer
    if status >= 400:
        raise Refused(status, value)
    return value


# ── what there is ──


class Thing:
    """An object of the API: its fields as attributes, ids as texts. `data` is the object as it came."""

    def __init__(self, chat: Chat, data: dict[str, Any]) -> None:
        self.chat = chat
        self.data = data

    def __getattr__(self, name: str) -> Any:
        try:
            return _thing_or_value(self.chat, self.data[name])
        except KeyError:
            raise AttributeError(f"this {type(self).__name__.lower()} has no {name}: {self.data}") from None

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def __contains__(self, name: object) -> bool:
        return name in self.data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and self.data == other.data

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.data}>"


def _thing_or_value(chat: Chat, value: Any) -> Any:
    if isinstance(value, dict):
        return Thing(chat, value)
    return [_thing_or_value(chat, each) for each in value] if isinstance(value, list) else value


class Message(Thing):
    """What was said, as the API shows it: `content`, `author.username`, `embeds[0].title`."""


class Channel(Thing):
    """A place where things are said."""


class Guild(Thing):
    """The guild of the test, with its `channels`."""


class Interaction(Thing):
    """What became of a command, a button, a form.

    `outcome` is success, with the `message` that answers (None where the answer is only promised), failure,
    modal, with `title` and `components` of the form, or choices.
    """

    @property
    def message(self) -> Message | None:
        message = self.data.get("message")
        return None if message is None else Message(self.chat, message)

    @property
    def content(self) -> str:
        """What the answer says."""
        assert self.message is not None, f"no message has answered: {self.data}"
        return str(self.message["content"])


class User(Thing):
    """A person, who does as they are told and may no more than their roles grant."""

    @step
    def say(self, content: str = "", *, channel: Thing | None = None, **fields: Any) -> Steps:
        """Say something, in the test's first channel unless another is named; the message."""
        body = {"channel_id": self._place(channel), "content": content, **fields}
        return Message(self.chat, granted((yield self._as("say", body))))

    @step
    def reply(self, message: Message, content: str, **fields: Any) -> Steps:
        place = {"channel_id": message["channel_id"], "message_id": message["id"]}
        body = {**place, "content": content, **fields}
        return Message(self.chat, granted((yield self._as("reply", body))))

    @step
    def edit(self, message: Message, content: str) -> Steps:
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        return Message(self.chat, granted((yield self._request("PATCH", path, {"content": content}))))

    @step
    def delete(self, message: Message) -> Steps:
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        granted((yield self._request("DELETE", path)))

    @step
    def react(self, message: Message, emoji: str, *, remove: bool = False) -> Steps:
        """With a standard emoji, or `name:id` of one of the guild's."""
        body = {"channel_id": message["channel_id"], "message_id": message["id"], "emoji": emoji}
        granted((yield self._as("react", {**body, "remove": remove})))

    @step
    def invoke(
        self, name: str, options: dict[str, Any] | None = None, *, target: Thing | None = None,
        channel: Thing | None = None, bot: Thing | None = None,
    ) -> Steps:  # fmt: skip
        """Use a command, "play" or "queue add", with options by name, or a context menu's on its target."""
        target_id = None if target is None else target["id"]
        return (yield from self._interact("invoke", channel, bot, name=name, options=_ids(options),
                                          target_id=target_id))  # fmt: skip

    @step
    def autocomplete(
        self, name: str, options: dict[str, Any], *, focused: str | None = None,
        channel: Thing | None = None, bot: Thing | None = None,
    ) -> Steps:  # fmt: skip
        """Type an option, the last unless one is named; the choices that the bot offers."""
        focused = focused or list(options)[-1]
        typed = yield from self._interact("autocomplete", channel, bot, name=name, options=_ids(options),
                                          focused=focused)  # fmt: skip
        return typed.choices if typed.outcome == "choices" else []

    @step
    def click(self, message: Message, button: str | None = None) -> Steps:
        """Press a button, by its label or custom_id; the only one if none is named."""
        return (yield from self._on(message, "click", button=button))

    @step
    def select(self, message: Message, *values: str | Thing, menu: str | None = None) -> Steps:
        """Choose from a menu: options by label or value, or people, roles and channels."""
        chosen = [value if isinstance(value, str) else value["id"] for value in values]
        return (yield from self._on(message, "select", values=chosen, menu=menu))

    @step
    def submit(self, modal: Interaction, fields: dict[str, Any]) -> Steps:
        """Fill in a form and send it, its fields by label or custom_id."""
        ask = self._as("submit", {"interaction_id": modal["id"], "fields": _ids(fields)})
        return Interaction(self.chat, granted((yield ask)))

    def _interact(self, verb: str, channel: Thing | None, bot: Thing | None, **body: Any) -> Steps:
        body["channel_id"] = self._place(channel)
        body["application_id"] = None if bot is None else bot["id"]
        return Interaction(self.chat, granted((yield self._as(verb, body))))

    def _on(self, message: Message, verb: str, **body: Any) -> Steps:
        body |= {"channel_id": message["channel_id"], "message_id": message["id"]}
        return Interaction(self.chat, granted((yield self._as(verb, body))))

    @step
    def type(self, *, channel: Thing | None = None) -> Steps:
        granted((yield self._as("type", {"channel_id": self._place(channel)})))

    @step
    def join_voice(self, channel: Thing) -> Steps:
        body = {"guild_id": channel["guild_id"], "channel_id": channel["id"]}
        granted((yield self._as("voice", body)))

    @step
    def leave_voice(self) -> Steps:
        granted((yield self._as("voice", {"channel_id": None})))

    @step
    def show(self, status: str = "online", activities: list[dict[str, Any]] | None = None) -> Steps:
        """Be seen so: online, idle, dnd, and doing these things."""
        granted((yield self._as("presence", {"status": status, "activities": activities or []})))

    @step
    def dm(self, user: Thing) -> Steps:
        """The direct messages with somebody."""
        body = {"recipient_id": user["id"]}
        return Channel(self.chat, granted((yield self._request("POST", "/users/@me/channels", body))))

    @step
    def request(self, method: str, path: str, body: Any = None) -> Steps:
        """Any call of the HTTP API as this person: `await ada.request("GET", "/users/@me")`."""
        value = granted((yield self._request(method, path, body)))
        return _thing_or_value(self.chat, value)

    def _place(self, channel: Thing | None) -> Any:
        return (channel or self.chat.channel)["id"]

    def _as(self, what: str, body: Any) -> Ask:
        return Ask("POST", f"/as/{self['id']}/{what}", body)

    def _request(self, method: str, path: str, body: Any = None) -> Ask:
        return self._as("request", {"method": method, "path": path, "body": body})


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


class Chat:
    """One test's chat: a guild of its own with a channel, the bot in it, and nobody else yet.

    Nothing is given out twice: each `next_…` is what has come since the test began and no other has had.
    """

    def __init__(self, ready: dict[str, Any], state: dict[str, Any], drive: Drive) -> None:
        """`ready` is the bench's line, `state` what it said of its reset."""
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
        self._began: int = state["last"]
        self._looked: dict[str, int] = {}  # by pattern: up to where nothing is left for it
        self._given: set[int] = set()

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

    # ── what to wait for ──

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
        return Message(self, found["d"])

    @step
    def next_edit(
        self, message: Message | None = None, *, timeout_s: float = WAIT_S,
        where: Callable[[Message], bool] | None = None,
    ) -> Steps:  # fmt: skip
        """The next change of a message, of any unless one is named."""
        d = {} if message is None else {"id": message["id"]}
        found = yield from self.found(_event("MESSAGE_UPDATE", d), timeout_s=timeout_s, where=_said(where))
        return Message(self, found["d"])

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
            found = Thing(self, granted((status, value)))
            after = found["n"]
            if after not in self._given and (where is None or where(found)):
                break
        self._given.add(after)
        if where is None:  # Else what was passed over is still there for others.
            self._looked[key] = after
        return found


def _ids(values: dict[str, Any] | None) -> dict[str, Any]:
    """Values as they are sent: things by their ids."""
    given = values or {}
    return {name: value["id"] if isinstance(value, Thing) else value for name, value in given.items()}


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

