"""The control API: what a test may ask of the bench, on one page, and the door to it.

It is reached by a path that nobody can guess, on the server's own port, and only on a bench: a server that
is none has no such door. Bodies and refusals are JSON as in the rest of the API, all faults at once, by path.
Each row has a line in docs/testbench.md, and a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatd.model.errors import ApiError
from chatd.model.shapes import Form
from chatd.rest.app import answer_of
from chatd.rest.requests import parse_parameters, read_json
from chatd.rest.responses import Answer, json, no_content, response_of
from chatd.rest.router import Route, Router
from chatd.testbench import bots, interacting, people
from chatd.testbench.faults import Fault
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from chatd.wire.url import parse_query

if TYPE_CHECKING:
    from chatd.testbench.bench import Bench

BODY_BYTES_MAX = 2**20
WAIT_S, WAIT_S_MAX = 5.0, 600.0
ADVANCE_S_MAX = 10 * 365 * 86_400.0
# What is shown of what came, where what was waited for did not.
SHOWN_MAX = 30


@dataclass(slots=True)
class Call:
    """One call of one row."""

    bench: Bench
    query: dict[str, str]
    body: Any


class NothingCame(ApiError):
    """What a test waited for did not happen; `since` is what did."""

    status, code = 408, 0

    def __init__(self, timeout_s: float, since: list[dict[str, Any]]) -> None:
        super().__init__(f"Nothing like it within {timeout_s:g} s.")
        self.since = since

    def body(self) -> dict[str, Any]:
        return {**super().body(), "since": self.since}


class Control:
    """The door: a request to a row, its answer to a response."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.router = Router(ROWS)

    async def respond(self, request: Request) -> Response:
        """Answer one request below the path of the control API."""
        try:
            route, texts = self.router.match(request.method, request.segments[2:])
            query = dict(parse_query(request.query)) if request.query else {}
            call = Call(self.bench, query, await read_json(request, BODY_BYTES_MAX) or {})
            answer = await route.handler(call, *parse_parameters(route, texts))
        except Exception as error:
            answer = answer_of(error, request.method, request.path)
        return response_of(answer, [])


# ── what is no person's and no bot's ──


async def show(call: Call) -> Answer:
    return json(200, people.shown(call.bench))


async def reset(call: Call) -> Answer:
    bench = call.bench
    bench.faults.clear()
    bench.watch.delays_s.clear()
    return json(200, await people.start_over(bench, call.body))


async def advance(call: Call) -> Answer:
    form = Form(call.body)
    seconds = form.number("advance_s", between=(0, ADVANCE_S_MAX))
    form.finish()
    await call.bench.advance(seconds)
    return json(200, {"now": call.bench.clock()})


async def add_fault(call: Call) -> Answer:
    call.bench.faults.add(Fault.parse(call.body))
    return no_content()


async def clear_faults(call: Call) -> Answer:
    call.bench.faults.clear()
    return no_content()


async def wait(call: Call) -> Answer:
    form, records = Form(call.body), call.bench.records
    after = form.integer("after", default=records.last)
    timeout_s = form.number("timeout_s", default=WAIT_S, between=(0, WAIT_S_MAX))
    form.finish()
    found = await records.wait(form.raw("pattern"), after=after, timeout_s=timeout_s)
    if found is None:
        raise NothingCame(timeout_s, list(records.after(after))[-SHOWN_MAX:])
    return json(200, found)


async def log(call: Call) -> Answer:
    form = Form(call.query)
    after = form.integer("after", default=0)
    kind = form.choice("kind", ("event", "request", "frame"), default=None)
    form.finish()
    pattern = None if kind is None else {"kind": kind}
    return json(200, list(call.bench.records.after(after, pattern)))


ROWS = (
    Route("GET",    "",                               show),
    Route("POST",   "/reset",                         reset),
    Route("POST",   "/clock",                         advance),
    Route("POST",   "/faults",                        add_fault),
    Route("DELETE", "/faults",                        clear_faults),
    Route("POST",   "/wait",                          wait),
    Route("GET",    "/log",                           log),

    Route("POST",   "/users",                         people.make_user),
    Route("POST",   "/guilds",                        people.make_guild),
    Route("PUT",    "/guilds/{guild_id}/members/{user_id}", people.join_guild),
    Route("POST",   "/as/{user_id}/request",          people.request),
    Route("POST",   "/as/{user_id}/say",              people.say),
    Route("POST",   "/as/{user_id}/reply",            people.reply),
    Route("POST",   "/as/{user_id}/react",            people.react),
    Route("POST",   "/as/{user_id}/type",             people.type_),
    Route("POST",   "/as/{user_id}/voice",            people.go_to_voice),
    Route("POST",   "/as/{user_id}/presence",         people.show_presence),
    Route("POST",   "/as/{user_id}/invoke",           interacting.invoke),
    Route("POST",   "/as/{user_id}/autocomplete",     interacting.autocomplete),
    Route("POST",   "/as/{user_id}/click",            interacting.click),
    Route("POST",   "/as/{user_id}/select",           interacting.select),
    Route("POST",   "/as/{user_id}/submit",           interacting.submit),

    Route("POST",   "/bots",                          bots.make_bot),
    Route("GET",    "/bots/{user_id}",                bots.show_bot),
    Route("POST",   "/bots/{user_id}/drop",           bots.drop),
    Route("POST",   "/bots/{user_id}/reconnect",      bots.reconnect),
    Route("POST",   "/bots/{user_id}/invalidate",     bots.invalidate),
    Route("POST",   "/bots/{user_id}/heartbeats",     bots.delay_heartbeats),
)  # fmt: skip
