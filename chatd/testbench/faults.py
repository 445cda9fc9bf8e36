"""Answers that a bot gets in place of the server's: 429, and what a server says that is in trouble.

A fault waits for the next requests of a kind, and is used up by them. What it answers is what the server
itself, or the proxy before it, would have said.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from chatd.model.errors import ApiError, RateLimited
from chatd.model.shapes import Form

SCOPES = ("user", "shared", "global")
STATUS_BETWEEN = (400, 599)


class Trouble(ApiError):
    """An answer of some status that says nothing else."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(slots=True)
class Fault:
    """`path` is one below /api/v10 in which * stands for anything; None is any, as for the others."""

    method: str | None
    path: str
    user_id: int | None
    times: int
    answer: ApiError

    @classmethod
    def parse(cls, body: Any) -> Fault:
        form = Form(body)
        status = form.integer("status", default=429, between=STATUS_BETWEEN)
        scope = form.choice("scope", SCOPES, default="user")
        retry_after_s = form.number("retry_after_s", default=0.5, between=(0, 3600))
        message = form.string("message", default="The bench was told to answer so.")
        code = form.integer("code", default=0)
        fault = cls(
            form.string("method", default=None), form.string("path", default="*"),
            form.snowflake("user_id", default=None), form.integer("times", default=1, between=(1, 2**31)),
            RateLimited(retry_after_s, scope) if status == 429 else Trouble(status, code, message),
        )  # fmt: skip
        form.finish()
        return fault

    def meets(self, method: str, path: str, user_id: int | None) -> bool:
        return (
            self.method in (None, method)
            and self.user_id in (None, user_id)
            and fnmatchcase(path, self.path)
        )


class Faults:
    """Those that wait, the oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, path: str, user_id: int | None) -> ApiError | None:
        """The answer of the first fault that a request meets; None where the server shall answer."""
        for fault in self._waiting:
            if fault.meets(method, path, user_id):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault.answer
        return None
