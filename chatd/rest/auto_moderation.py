"""Automatic moderation over HTTP. Source: the Discord documentation, "Auto Moderation"."""

from __future__ import annotations

from chatd.actions import auto_moderation
from chatd.model.auto_moderation import RuleDraft, RuleEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_rules(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await auto_moderation.list_rules(tx, guild_id))


async def get_rule(request: RestRequest, guild_id: int, rule_id: int) -> Answer:
    async with request.reading() as tx:
        rule = await auto_moderation.get_rule(tx, guild_id, rule_id)
    return json(200, rule.payload())


async def create_rule(request: RestRequest, guild_id: int) -> Answer:
    draft = RuleDraft.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await auto_moderation.create_rule(tx, guild_id, draft))


async def update_rule(request: RestRequest, guild_id: int, rule_id: int) -> Answer:
    body = await request.json()
    async with request.reading() as tx:
        known = await auto_moderation.get_rule(tx, guild_id, rule_id)
    edit = RuleEdit.parse(body, known.trigger_type)
    async with request.transaction() as tx:
        return json(200, await auto_moderation.update_rule(tx, guild_id, rule_id, edit))


async def delete_rule(request: RestRequest, guild_id: int, rule_id: int) -> Answer:
    async with request.transaction() as tx:
        await auto_moderation.delete_rule(tx, guild_id, rule_id)
    return no_content()
