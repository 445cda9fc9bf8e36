"""Direct messages over HTTP. Source: the Discord documentation, "Create DM"."""

from __future__ import annotations

from chatd.actions import dms
from chatd.model.dms import DirectMessageDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def list_dms(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, dms.list_dms(tx))


async def open_dm(request: RestRequest) -> Answer:
    draft = DirectMessageDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await dms.open_dm(tx, draft))
