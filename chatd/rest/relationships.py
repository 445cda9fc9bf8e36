"""Relationships over HTTP: friends, requests and blocks, for people only. See docs/api.md."""

from __future__ import annotations

from chatd.actions import relationships
from chatd.model.relationships import FriendRequest, RelationshipDraft, RelationshipEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_relationships(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, relationships.list_relationships(tx.directory, tx.actor.id))


async def ask_by_name(request: RestRequest) -> Answer:
    draft = FriendRequest.parse(await request.json())
    async with request.transaction() as tx:
        await relationships.ask_by_name(tx, draft)
    return no_content()


async def create_relationship(request: RestRequest, user_id: int) -> Answer:
    draft = RelationshipDraft.parse(await request.json())
    async with request.transaction() as tx:
        await relationships.create_relationship(tx, user_id, draft)
    return no_content()


async def update_relationship(request: RestRequest, user_id: int) -> Answer:
    edit = RelationshipEdit.parse(await request.json())
    async with request.transaction() as tx:
        await relationships.update_relationship(tx, user_id, edit)
    return no_content()


async def delete_relationship(request: RestRequest, user_id: int) -> Answer:
    async with request.transaction() as tx:
        await relationships.delete_relationship(tx, user_id)
    return no_content()
