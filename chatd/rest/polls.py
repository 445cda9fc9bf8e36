"""Polls over HTTP. Source: the Discord documentation, "Poll"; the routes that vote are chatd's own.

Discord documents how its own client votes nowhere. As there, bots have no vote.
"""

from __future__ import annotations

from chatd.actions import polls
from chatd.model.polls import VoterPage
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_voters(request: RestRequest, channel_id: int, message_id: int, answer_id: int) -> Answer:
    page = VoterPage.parse(request.query)
    async with request.reading() as tx:
        users = await polls.list_voters(tx, channel_id, message_id, answer_id, page)
    return json(200, {"users": [user.payload() for user in users]})


async def vote(request: RestRequest, channel_id: int, message_id: int, answer_id: int) -> Answer:
    async with request.transaction() as tx:
        await polls.vote(tx, channel_id, message_id, answer_id)
    return no_content()


async def take_back_vote(request: RestRequest, channel_id: int, message_id: int, answer_id: int) -> Answer:
    async with request.transaction() as tx:
        await polls.take_back_vote(tx, channel_id, message_id, answer_id)
    return no_content()


async def end_poll(request: RestRequest, channel_id: int, message_id: int) -> Answer:
    async with request.transaction() as tx:
        message = await polls.end_poll(tx, channel_id, message_id)
    return json(200, message.viewed())
