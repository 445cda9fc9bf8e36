"""What a test asks of the bench, in steps, and the two ways to go through them.

Each verb of a test is written once, as steps: a generator that yields what it asks of the bench and is sent
the answer. In an `async def` test the steps are awaited (`by_awaiting`), in any other they block
(`by_blocking`), and the same verbs are called without `await`. Knows HTTP and nothing of the server.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Generator
from functools import wraps
from typing import Any, NamedTuple, ParamSpec
from urllib.parse import urlsplit

P = ParamSpec("P")

# How long an answer may take, beside what it is asked to wait for.
ANSWER_S = 60.0


class Refused(AssertionError):
    """What somebody tried was refused: `status`, and the `code` and `message` of the error."""

    def __init__(self, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        self.code = body.get("code") if isinstance(body, dict) else None
        super().__init__(f"{status} {json.dumps(body, ensure_ascii=False)}")


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
