"""From a method and the segments of a path to a row of the table. Compiled once, five lookups a request.

A path of the table is literals and parameters, `/channels/{channel_id}/messages`. At every step a
literal goes before a parameter and there is no way back, so `/users/@me` never means a user called
"@me". Segments arrive already split and decoded (wire/url.py), so an encoded slash stays inside its
segment. What a parameter may look like is requests.py's business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from chatd.model.errors import MethodNotAllowed, RouteNotFound
from chatd.rest.responses import Answer

# The base is /api/v10; v9 and no version at all mean the same here.
VERSIONS = ("v10", "v9")

# The Discord documentation, "Rate limits": the parameters that a limit counts apart. Always the first.
MAJOR = (("webhook_id", "webhook_token"), ("webhook_id",), ("guild_id",), ("channel_id",))

# The limit of a row that is not counted at all: in no bucket, nor in the global one.
UNLIMITED = "none"

# An id, a webhook's id and token, or none.
Major = int | tuple[int, str] | None

Handler = Callable[..., Awaitable[Answer]]


class Who(Enum):
    """Who may call a route."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    PEOPLE = "people"
    BOTS = "bots"
    ADMINS = "administrators"  # as the database has it at that moment
    WEBHOOK = "webhook"  # whoever has its token, which the path names; nothing else is looked at


@dataclass(slots=True)
class Route:
    """One row: what is asked, who answers, which bucket pays, and who may ask.

    A parameter that ends in `_id` is an id, any other a text.
    A row that is `large` takes an image in its JSON, or as much as one; another only what words may need.

    `limit` is a field of LimitSettings. Rows that name the same limit share a bucket; calls with
    different values of the major parameter, the guild, channel or webhook that a path begins with, do not.
    """

    method: str
    path: str
    handler: Handler
    limit: str = "default_per_5_s"
    who: Who = Who.SIGNED_IN
    large: bool = False
    parameters: tuple[str, ...] = field(init=False)  # the names in braces, in the order of the path
    major_count: int = field(init=False)  # how many of them, from the first on, are the major one

    def __post_init__(self) -> None:
        self.parameters = tuple(step[1:-1] for step in self.path.split("/") if is_parameter(step))
        counts = (len(names) for names in MAJOR if self.parameters[: len(names)] == names)
        self.major_count = next(counts, 0)

    def major_of(self, values: list[Any]) -> Major:
        """The value of the major parameter among those of the path; a webhook comes with its token."""
        if self.major_count == 1:
            return values[0]  # type: ignore[no-any-return]
        return tuple(values[:2]) if self.major_count else None


@dataclass(slots=True)
class Step:
    """Where one has got to after some segments."""

    literals: dict[str, Step] = field(default_factory=dict)
    parameter: Step | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    allow: list[str] = field(default_factory=list)


class Router:
    """The table, as a tree of steps."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.root = Step()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        step = self.root
        for name in route.path.split("/")[1:]:
            step = self._next_step(step, name)
        if route.method in step.routes:
            raise ValueError(f"{route.method} {route.path} stands twice in the table")
        step.routes[route.method] = route
        if route.method == "GET":
            # RFC 9110 section 9.3.2: HEAD is GET without the content; the shell leaves that out.
            step.routes["HEAD"] = route
        step.allow = sorted({*step.routes, "OPTIONS"})

    @staticmethod
    def _next_step(step: Step, name: str) -> Step:
        if not is_parameter(name):
            return step.literals.setdefault(name, Step())
        if step.parameter is None:
            step.parameter = Step()
        return step.parameter

    def find(self, segments: tuple[str, ...]) -> tuple[Step, list[str]]:
        """The step that `segments` lead to, and the texts of its parameters. Raises RouteNotFound.

        A first segment `api` is skipped, and a version after it.
        """
        at = 0
        if segments and segments[0] == "api":
            at = 2 if len(segments) > 1 and segments[1] in VERSIONS else 1
        step, texts = self.root, []
        for segment in segments[at:]:
            following = step.literals.get(segment)
            if following is None:
                following = step.parameter
                if following is None:
                    raise RouteNotFound
                texts.append(segment)
            step = following
        if not step.routes:
            raise RouteNotFound
        return step, texts

    def match(self, method: str, segments: tuple[str, ...]) -> tuple[Route, list[str]]:
        """The row for this request. Raises RouteNotFound, or MethodNotAllowed with what is allowed there."""
        step, texts = self.find(segments)
        route = step.routes.get(method)
        if route is None:
            # RFC 9110 section 15.5.6: a 405 MUST list the methods of the target resource in Allow.
            raise MethodNotAllowed(allow=step.allow)
        return route, texts


def is_parameter(step: str) -> bool:
    return step.startswith("{") and step.endswith("}")
