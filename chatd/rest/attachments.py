"""Addresses of attachments over HTTP. Source: the Discord documentation, "Signed attachment CDN URLs"."""

from __future__ import annotations

from chatd.actions import attachments
from chatd.model.attachments import read_refresh
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json


async def refresh_urls(request: RestRequest) -> Answer:
    urls = read_refresh(await request.json())
    async with request.reading() as tx:
        fresh = await attachments.refresh_urls(tx, urls)
    pairs = zip(urls, fresh, strict=True)
    return json(200, {"refreshed_urls": [{"original": old, "refreshed": new} for old, new in pairs]})
