"""Somebody who walks through the whole API of a running server, and checks each answer by the official word.

`ask` sends a real request and keeps what was wrong with its answer under the official operation that it
belongs to; whatever it was told it gives back, so that the next step can go on from there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import aiohttp

from tests.compatibility.official import NAMED, faults_of, nameless
from tests.end_to_end.chatd_process import ChatdProcess


class Walk:
    """`faults` by official operation: an empty list for one that was asked and answered well."""

    def __init__(self, server: ChatdProcess, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http
        self.faults: defaultdict[str, list[str]] = defaultdict(list)
        self.broken: list[str] = []  # parts of the walk that could not be walked to their end
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, *, form: aiohttp.FormData | None = None,
        query: dict[str, Any] | None = None, reason: str | None = None, wanted: int | None = None, **ids: Any,
    ) -> Any:  # fmt: skip
        """Ask as `who`; names in braces are taken from `ids`, else from what has been met (`self.ids`).

        `wanted` is the status of a route of chatd's own, which no official operation describes.
        """
        target = path.format(**{**self.ids, **ids})
        headers = {"Authorization": f"Bot {self.tokens[who]}"} if who in self.tokens else {}
        if reason is not None:
            headers["X-Audit-Log-Reason"] = reason
        url = f"{self.server.url}/api/v10{target}"
        async with self.http.request(
            method, url, json=body, data=form, params=query, headers=headers
        ) as response:
            text = await response.text()
        answer = json.loads(text) if text else None
        self._check(method, path, response.status, answer, wanted)
        return answer

    def _check(self, method: str, path: str, status: int, answer: Any, wanted: int | None) -> None:
        operation = NAMED.get(nameless(f"{method} {path}"))
        if operation is not None:
            self.faults[operation] += faults_of(operation, status, answer)
        elif wanted is None or status != wanted:
            self.broken.append(f"{method} {path}: status {status}, {json.dumps(answer)[:300]}")

    async def sign_up(self, name: str) -> str:
        """A new user of the server; the id."""
        body = {"username": name, "password": "correct horse battery"}
        made = await self.ask("nobody", "POST", "/auth/register", body, wanted=201)
        self.tokens[name] = made["token"]
        self.ids[name] = made["user"]["id"]
        return self.ids[name]
