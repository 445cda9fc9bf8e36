"""The audit log over HTTP. Source: the Discord documentation, "Audit log"."""

from __future__ import annotations

from chatd.actions import audit_log
from chatd.model.audit_log import AuditLogPage
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def list_entries(request: RestRequest, guild_id: int) -> Answer:
    page = AuditLogPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await audit_log.list_entries(tx, guild_id, page))
