"""The HTTP door: what happens to a request between the wire and an action.

    respond   an HTTP request    ┐
                                 ├─ match ─ authenticate ─ limit ─ call the row's handler ─ Answer
    call      the gateway's      ┘
              REQUEST

Each step refuses by raising, and errors.py says what is told of it. What the rows are is table.py's
page; whatever is not below /api is cdn.py's business or pages.py's.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from importlib.resources.abc import Traversable
from typing import Any

from chatd.actions import administrators, tokens
from chatd.model.actor import ANYONE, Actor
from chatd.model.errors import BotsForbidden, BotsOnly, InvalidFormBody, Unauthorized
from chatd.rest.auth import SAFE_METHODS, OwnPages, credentials
from chatd.rest.cdn import FIRST, Cdn
from chatd.rest.coding import compressed
from chatd.rest.cors import Cors
from chatd.rest.errors import refusal_of
from chatd.rest.limits import Limits, caller_of_address
from chatd.rest.live import Live
from chatd.rest.pages import Site
from chatd.rest.requests import UNREAD, RestRequest, parse_parameters
from chatd.rest.responses import Answer, Fields, response_of
from chatd.rest.router import UNLIMITED, Route, Router, Who
from chatd.rest.settings import RestSettings
from chatd.rest.table import ROUTES
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from chatd.wire.url import parse_target, split_path


async def nothing_fetched(url: str) -> str | None:
    """Where the server asks nobody for anything."""
    return None


async def nothing_to_settle(interaction_id: int) -> None:
    """Likewise."""


class RestApp:
    """Every route, behind its gate. One per process."""

    def __init__(self, store: Any, *, settings: RestSettings, assets: Traversable,
                 clock: Callable[[], float] = time.time,
                 is_online: Callable[[int], bool] = lambda user_id: False,
                 is_connected: Callable[[int], bool] = lambda user_id: False,
                 session_start_limit: Callable[[int], dict[str, int]] = lambda user_id: {}) -> None:
        """`assets` is the folder of the web client; `clock` gives Unix seconds.

        `is_online` tells of a user id whether the gateway knows them online, `is_connected` whether it has a
        connection of theirs, however they want to be seen, and `session_start_limit` how many
        sessions a bot may still begin; a gateway that is built later may be given here afterwards.
        """
        self.store = store
        self.settings = settings
        self.clock = clock
        self.is_online = is_online
        self.is_connected = is_connected
        self.session_start_limit = session_start_limit
        # The hash of our copy of a picture that an address names; what may ask others for it is given later.
        self.fetch_avatar: Callable[[str], Awaitable[str | None]] = nothing_fetched
        self.live = Live()
        # Whether an application answers at an address where it wants to be told of interactions; raises
        # InvalidFormBody where it does not. None on a server that cannot sign what it would ask.
        self.check_endpoint: Callable[[int, str], Awaitable[None]] | None = None
        # Until an interaction has the answer that its endpoint has written, if one is on its way.
        self.settle: Callable[[int], Awaitable[None]] = nothing_to_settle
        self.router = Router(ROUTES)
        self.limits = Limits(settings.limits)
        self.cors = Cors(settings.cors_origins)
        self.own_pages = OwnPages(settings.public_url, self.cors)
        self.site = Site(self, assets)
        self.cdn = Cdn(self)

    async def respond(self, request: Request) -> Response:
        """Answer one HTTP request, whatever comes of it."""
        segments = request.segments
        if not segments or segments[0] != "api":
            files = segments and segments[0] in FIRST
            return await (self.cdn if files else self.site).respond(request)
        fields: Fields = []
        if self.cors.origins:
            self.cors.add_fields(fields, request.headers)
        try:
            if request.method == "OPTIONS":
                return self._preflight(request)
            answer = await self._answer(request, fields)
        except Exception as error:
            answer = answer_of(error, request.method, request.path)
        return compressed(response_of(answer, fields), request.headers)

    async def call(
        self, actor: Actor, method: str, path: str, query: str, body: object
    ) -> tuple[int, object]:
        """Run the same row, behind the same gate, for a REQUEST of the gateway.

        `path` may begin with /api/v10; `body` is decoded JSON, None for none. Returns the status and
        the JSON value of the answer, None with 204.
        """
        try:
            raw_path, query_of_path = parse_target(path)
            route, texts = self.router.match(method, split_path(raw_path))
            request = RestRequest(self, route, actor, self.clock(), query or query_of_path, None, body)
            ids = self._count(request, actor.id, texts, [])
            await self._require(route.who, actor)
            answer = await route.handler(request, *ids)
        except Exception as error:
            answer = answer_of(error, method, path)
        return answer.status, answer.value

    async def _answer(self, wire: Request, fields: Fields) -> Answer:
        route, texts = self.router.match(wire.method, wire.segments)
        token, by_cookie = credentials(wire.headers)
        actor = None
        if token is not None and route.who is not Who.WEBHOOK:
            actor = await tokens.authenticate(self.store, token, self.settings.session)
        caller = caller_of_address(wire.peer) if actor is None else actor.id
        request = RestRequest(self, route, actor or ANYONE, self.clock(), wire.query, wire, UNREAD)
        ids = self._count(request, caller, texts, fields)
        await self._require(route.who, request.actor)
        if wire.method not in SAFE_METHODS:
            self._refuse_forged(wire, route, by_cookie)
        try:
            return await route.handler(request, *ids)
        finally:
            if request.uploads is not None:
                await request.uploads.drop()

    def _count(
        self, request: RestRequest, caller: int | str, texts: list[str], fields: Fields
    ) -> list[int]:
        """Count the call in its buckets, and give the ids of its path. Raises RateLimited, InvalidFormBody.

        A call with a bad id counts too, in the bucket of no major parameter.
        """
        route, fault, ids = request.route, None, []
        try:
            ids = parse_parameters(route, texts)
        except InvalidFormBody as error:
            fault = error
        major = None if fault is not None else route.major_of(ids)
        if route.limit != UNLIMITED:
            self.limits.take(caller, route.limit, major, fields, request.now_s)
        if fault is not None:
            raise fault
        return ids

    async def _require(self, who: Who, actor: Actor) -> None:
        """Raise unless such an actor may call such a route."""
        require(who, actor)
        if who is Who.ADMINS:
            await administrators.require(self.store, actor)

    def _refuse_forged(self, wire: Request, route: Route, by_cookie: bool) -> None:
        """Cross-site request forgery, of a signed-in user or of the signing in itself."""
        if route.who is Who.ANYONE:
            self.own_pages.refuse_foreign(wire)
        elif by_cookie and route.who is not Who.WEBHOOK:
            self.own_pages.require_for_cookie(wire)

    def _preflight(self, request: Request) -> Response:
        step, _ = self.router.find(request.segments)
        return Response(204, self.cors.preflight_fields(request.headers, step.allow))


def require(who: Who, actor: Actor) -> None:
    """As far as the actor tells. Raises Unauthorized, BotsForbidden, BotsOnly."""
    if who is Who.ANYONE or who is Who.WEBHOOK:
        return
    if actor is ANYONE:
        raise Unauthorized
    if who is Who.PEOPLE and actor.bot:
        raise BotsForbidden
    if who is Who.BOTS and not actor.bot:
        raise BotsOnly


def answer_of(error: Exception, method: str, path: str) -> Answer:
    refusal = refusal_of(error, method, path)
    return Answer(refusal.status, refusal.body(), refusal.headers())
