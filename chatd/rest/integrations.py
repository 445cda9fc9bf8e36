"""Integrations over HTTP, and the route by which a bot comes to a guild.

Source: the Discord documentation, "Guild" and "OAuth2", "Bot Authorization Flow".
"""

from __future__ import annotations

from chatd.actions import integrations
from chatd.model.integrations import AuthorizationQuery, BotAuthorization
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_integrations(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await integrations.list_integrations(tx, guild_id))


async def delete_integration(request: RestRequest, guild_id: int, integration_id: int) -> Answer:
    async with request.transaction() as tx:
        await integrations.delete_integration(tx, guild_id, integration_id)
    return no_content()


async def ask(request: RestRequest) -> Answer:
    """What somebody is asked who follows a bot's link."""
    asked = AuthorizationQuery.parse(request.query)
    async with request.reading() as tx:
        return json(200, await integrations.ask(tx, asked.application_id))


async def authorize(request: RestRequest) -> Answer:
    """The answer is where a browser goes from here."""
    draft = BotAuthorization.parse(request.query, await request.json())
    here = request.app.settings.public_url or request.app.settings.local_url
    if not draft.authorize:
        return json(200, {"location": f"{here}/channels/@me?error=access_denied"})
    async with request.transaction() as tx:
        await integrations.add_bot(tx, draft.guild_id, draft.application_id, draft.permissions)
    return json(200, {"location": f"{here}/channels/{draft.guild_id}"})
