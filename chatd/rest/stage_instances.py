"""Stage instances over HTTP. Source: the Discord documentation, "Stage Instance"."""

from __future__ import annotations

from chatd.actions import stage_instances
from chatd.model.stage_instances import StageInstanceDraft, read_topic
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def create_stage_instance(request: RestRequest) -> Answer:
    draft = StageInstanceDraft.parse(await request.json())
    async with request.transaction() as tx:
        stage = await stage_instances.create_stage_instance(tx, draft)
    return json(200, stage.payload())


async def get_stage_instance(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        stage = await stage_instances.get_stage_instance(tx, channel_id)
    return json(200, stage.payload())


async def update_stage_instance(request: RestRequest, channel_id: int) -> Answer:
    topic = read_topic(await request.json())
    async with request.transaction() as tx:
        stage = await stage_instances.update_stage_instance(tx, channel_id, topic)
    return json(200, stage.payload())


async def delete_stage_instance(request: RestRequest, channel_id: int) -> Answer:
    async with request.transaction() as tx:
        await stage_instances.delete_stage_instance(tx, channel_id)
    return no_content()
