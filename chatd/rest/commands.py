"""Application commands over HTTP. Source: the Discord documentation, "Application Commands".

Each is asked for in two scopes: globally, and in a guild. So the handlers below come in pairs, of which the
second takes a `guild_id`. The index is as Discord's client asks for it.
"""

from __future__ import annotations

from chatd.actions import command_index, command_permissions, commands
from chatd.model.command_names import preferred_locale
from chatd.model.command_permissions import Exceptions
from chatd.model.commands import CommandDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def list_global(request: RestRequest, application_id: int) -> Answer:
    return await _list(request, application_id, None)


async def list_of_guild(request: RestRequest, application_id: int, guild_id: int) -> Answer:
    return await _list(request, application_id, guild_id)


async def create_global(request: RestRequest, application_id: int) -> Answer:
    return await _create(request, application_id, None)


async def create_in_guild(request: RestRequest, application_id: int, guild_id: int) -> Answer:
    return await _create(request, application_id, guild_id)


async def overwrite_global(request: RestRequest, application_id: int) -> Answer:
    return await _overwrite(request, application_id, None)


async def overwrite_in_guild(request: RestRequest, application_id: int, guild_id: int) -> Answer:
    return await _overwrite(request, application_id, guild_id)


async def get_global(request: RestRequest, application_id: int, command_id: int) -> Answer:
    return await _get(request, application_id, None, command_id)


async def get_in_guild(request: RestRequest, application_id: int, guild_id: int, command_id: int) -> Answer:
    return await _get(request, application_id, guild_id, command_id)


async def update_global(request: RestRequest, application_id: int, command_id: int) -> Answer:
    return await _update(request, application_id, None, command_id)


async def update_in_guild(
    request: RestRequest, application_id: int, guild_id: int, command_id: int
) -> Answer:
    return await _update(request, application_id, guild_id, command_id)


async def delete_global(request: RestRequest, application_id: int, command_id: int) -> Answer:
    return await _delete(request, application_id, None, command_id)


async def delete_in_guild(
    request: RestRequest, application_id: int, guild_id: int, command_id: int
) -> Answer:
    return await _delete(request, application_id, guild_id, command_id)


# ── who may use them ──


async def list_permissions(request: RestRequest, application_id: int, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await command_permissions.list_permissions(tx, application_id, guild_id))


async def get_permissions(
    request: RestRequest, application_id: int, guild_id: int, command_id: int
) -> Answer:
    async with request.reading() as tx:
        return json(200, await command_permissions.get_permissions(tx, application_id, guild_id, command_id))


async def put_permissions(
    request: RestRequest, application_id: int, guild_id: int, command_id: int
) -> Answer:
    exceptions = Exceptions.parse(await request.json())
    async with request.transaction() as tx:
        said = await command_permissions.put_permissions(tx, application_id, guild_id, command_id, exceptions)
    return json(200, said)


async def index_of_guild(request: RestRequest, guild_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await command_index.of_guild(tx, guild_id))


async def index_of_channel(request: RestRequest, channel_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await command_index.of_channel(tx, channel_id))


# ── in either scope ──


async def _list(request: RestRequest, application_id: int, guild_id: int | None) -> Answer:
    complete = request.flag("with_localizations")
    async with request.reading() as tx:
        there = await commands.list_commands(tx, application_id, guild_id)
    if complete:
        return json(200, [command.payload() for command in there])
    locale = _locale_of(request)
    return json(200, [command.localized_payload(locale) for command in there])


async def _create(request: RestRequest, application_id: int, guild_id: int | None) -> Answer:
    draft = CommandDraft.parse(await request.json(), in_guild=guild_id is not None)
    async with request.transaction() as tx:
        command, is_new = await commands.create_command(tx, application_id, guild_id, draft)
    return json(201 if is_new else 200, command.payload())


async def _overwrite(request: RestRequest, application_id: int, guild_id: int | None) -> Answer:
    drafts = CommandDraft.parse_all(await request.json(), in_guild=guild_id is not None)
    async with request.transaction() as tx:
        there = await commands.overwrite_commands(tx, application_id, guild_id, drafts)
    return json(200, [command.payload() for command in there])


async def _get(request: RestRequest, application_id: int, guild_id: int | None, command_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, (await commands.get_command(tx, application_id, guild_id, command_id)).payload())


async def _update(request: RestRequest, application_id: int, guild_id: int | None, command_id: int) -> Answer:
    body = await request.json()
    async with request.transaction() as tx:
        command = await commands.update_command(tx, application_id, guild_id, command_id, body)
    return json(200, command.payload())


async def _delete(request: RestRequest, application_id: int, guild_id: int | None, command_id: int) -> Answer:
    async with request.transaction() as tx:
        await commands.delete_command(tx, application_id, guild_id, command_id)
    return no_content()


def _locale_of(request: RestRequest) -> str | None:
    """Localization: "by looking at the X-Discord-Locale header, then the Accept-Language header"."""
    if request.wire is None:
        return None
    fields = request.wire.headers
    return preferred_locale(fields.get("x-discord-locale"), fields.get("accept-language"))
