"""Applications over HTTP, for their bots and for their owners.

Source: the Discord documentation, "Application". The routes of owners are as Discord's own client uses them.
"""

from __future__ import annotations

from chatd.actions import applications, images
from chatd.model.applications import ApplicationEdit, application_name_of
from chatd.model.errors import InvalidFormBody
from chatd.model.shapes import Form
from chatd.model.users import UserEdit
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def get_self(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await applications.get_own(tx))


async def update_self(request: RestRequest) -> Answer:
    return await update_application(request, request.actor.id)


async def list_applications(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, await applications.list_applications(tx))


async def create_application(request: RestRequest) -> Answer:
    form = Form(await request.json())
    name = application_name_of(form)
    form.finish()
    settings = request.app.settings
    async with request.transaction() as tx:
        made = await applications.create_application(
            tx, name, owned_max=settings.applications_owned_max, admins_only=settings.applications == "admins"
        )
    return json(201, made)


async def get_application(request: RestRequest, application_id: int) -> Answer:
    async with request.reading() as tx:
        return json(200, await applications.get_application(tx, application_id))


async def update_application(request: RestRequest, application_id: int) -> Answer:
    edit = ApplicationEdit.parse(await request.json(), by_owner=not request.actor.bot)
    async with request.reading() as tx:
        await applications.get_application(tx, application_id)  # before anything is asked or kept for it
    if (url := edit.values.get("interactions_endpoint_url")) is not None:
        await check_endpoint(request, application_id, url)
    store = request.app.store
    hashes = {name: await images.keep(store, image) for name, image in edit.images.items()}
    async with request.transaction() as tx:
        return json(200, await applications.update_application(tx, application_id, edit.values, hashes))


async def check_endpoint(request: RestRequest, application_id: int, url: str) -> None:
    """Whether it answers a ping that we have signed. Raises InvalidFormBody."""
    check = request.app.check_endpoint
    if check is None:
        message = "This server cannot sign interactions: it lacks the extra `interactions`."
        raise InvalidFormBody.at(
            "interactions_endpoint_url", "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", message
        )
    await check(application_id, url)


async def delete_application(request: RestRequest, application_id: int) -> Answer:
    async with request.transaction() as tx:
        await applications.delete_application(tx, application_id)
    return no_content()


async def update_bot(request: RestRequest, application_id: int) -> Answer:
    edit = UserEdit.parse(await request.json(), of_bot=True)
    store = request.app.store
    avatar, banner = await images.keep(store, edit.avatar), await images.keep(store, edit.banner)
    async with request.transaction() as tx:
        return json(
            200, await applications.update_bot(tx, application_id, edit, avatar=avatar, banner=banner)
        )


async def reset_token(request: RestRequest, application_id: int) -> Answer:
    async with request.transaction() as tx:
        return json(200, {"token": await applications.reset_token(tx, application_id)})
