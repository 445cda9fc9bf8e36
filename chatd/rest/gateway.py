"""Where the gateway is. Source: the Discord documentation, "Get Gateway" and "Get Gateway Bot".

Clients append `?v=10&encoding=json`, some of them after a slash of their own.
"""

from __future__ import annotations

from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json

# One process serves every guild, so more shards than one would only divide its work by one.
SHARDS = 1


async def get_gateway(request: RestRequest) -> Answer:
    return json(200, {"url": request.gateway_url()})


async def get_gateway_bot(request: RestRequest) -> Answer:
    return json(
        200,
        {
            "url": request.gateway_url(),
            "shards": SHARDS,
            "session_start_limit": request.app.session_start_limit(request.actor.id),
        },
    )
