"""Endpoints of applications for tests: an aiohttp server that checks signatures as bots' authors do."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

Answer = Callable[[dict[str, Any]], web.Response | Awaitable[web.Response]]


def pong(_: dict[str, Any]) -> web.Response:
    return web.json_response({"type": 1})


class Endpoint:
    """Answers what its application has signed, and refuses all else. `answer` may be changed."""

    def __init__(self, verify_key: str) -> None:
        self.verify_key = VerifyKey(bytes.fromhex(verify_key))
        self.answer: Answer = pong
        self.heard: list[dict[str, Any]] = []
        self.forged = 0
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        signed = (request.headers["X-Signature-Timestamp"] + body).encode()
        try:
            self.verify_key.verify(signed, bytes.fromhex(request.headers["X-Signature-Ed25519"]))
        except BadSignatureError:
            self.forged += 1
            return web.Response(status=401, text="invalid request signature")
        self.heard.append(json.loads(body))
        answer = self.answer(self.heard[-1])
        return await answer if inspect.isawaitable(answer) else answer


@asynccontextmanager
async def endpoint(verify_key: str) -> AsyncIterator[Endpoint]:
    """Serve it on the loopback, at `url`."""
    there = Endpoint(verify_key)
    app = web.Application()
    app.router.add_post("/interactions", there.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    there.url = f"http://127.0.0.1:{runner.addresses[0][1]}/interactions"
    try:
        yield there
    finally:
        await runner.cleanup()
