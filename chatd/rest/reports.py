"""Reports over HTTP: chatd's own routes, for who reports something and for those who look after it."""

from __future__ import annotations

from chatd.actions import reports
from chatd.model.reports import ReportDraft, ReportEdit, ReportPage
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def create_report(request: RestRequest) -> Answer:
    draft = ReportDraft.parse(await request.json())
    async with request.transaction() as tx:
        report = await reports.create_report(tx, draft)
    return json(201, report.receipt())


async def list_for_guild(request: RestRequest, guild_id: int) -> Answer:
    page = ReportPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await reports.list_for_guild(tx, guild_id, page))


async def update_for_guild(request: RestRequest, guild_id: int, report_id: int) -> Answer:
    edit = ReportEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await reports.update_for_guild(tx, guild_id, report_id, edit))


async def list_for_admins(request: RestRequest) -> Answer:
    page = ReportPage.parse(request.query)
    async with request.reading() as tx:
        return json(200, await reports.list_for_admins(tx, page))


async def update_for_admins(request: RestRequest, report_id: int) -> Answer:
    edit = ReportEdit.parse(await request.json())
    async with request.transaction() as tx:
        return json(200, await reports.update_for_admins(tx, report_id, edit))
