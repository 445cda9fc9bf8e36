"""Interactions over HTTP. Source: the Discord documentation, "Receiving and Responding to Interactions".

A person makes one; who has its token answers it, and that alone says who asks: from there on the application.
Messages that follow the answer are posted as by a webhook, to whose routes webhooks.py gives them from here.
"""

from __future__ import annotations

from chatd.actions import interaction_messages, interaction_responses, interactions
from chatd.model.credentials import interaction_of
from chatd.model.interaction_responses import Callback, ResponseDraft, ResponseEdit, callback_response
from chatd.model.interactions import Interaction, InteractionDraft
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def create_interaction(request: RestRequest) -> Answer:
    """Nothing is answered; what becomes of it, the gateway tells."""
    parts = await request.parts()
    draft = InteractionDraft.parse(parts.json, parts.files, interactions.READERS)
    await parts.keep()
    app = request.app
    async with request.transaction() as tx:
        await interactions.create_interaction(
            tx, draft, attachment_bytes_max=app.settings.attachment_bytes_max, is_connected=app.is_connected
        )
    return no_content()


async def answer(request: RestRequest, interaction_id: int, token: str) -> Answer:
    with_response = request.flag("with_response")
    async with request.reading() as tx:
        interaction = await interaction_responses.find_to_answer(tx, interaction_id, token)
    request.actor = interaction.actor()
    parts = await request.parts()
    callback = Callback.parse(parts.json, parts.files, interaction)
    await parts.keep()
    async with request.transaction() as tx:
        message = await interaction_responses.answer(tx, interaction, callback)
    if not with_response:
        return no_content()
    return json(200, callback_response(interaction, callback.type, message))


# ── messages that follow ──


async def follow_up(request: RestRequest, application_id: int, token: str) -> Answer:
    interaction = await _prove(request, application_id, token)
    parts = await request.parts()
    draft = ResponseDraft.parse(parts.json, parts.files)
    await parts.keep()
    async with request.transaction() as tx:
        interaction = await interaction_responses.hold(tx, interaction)
        message = await interaction_messages.follow_up(tx, interaction, draft)
    return json(200, message.viewed())


async def get_message(
    request: RestRequest, application_id: int, token: str, message_id: int | None
) -> Answer:
    """None is the first answer, here and below."""
    interaction = await _prove(request, application_id, token)
    async with request.reading() as tx:
        message = await interaction_messages.get(tx, interaction, message_id)
    return json(200, message.viewed())


async def update_message(
    request: RestRequest, application_id: int, token: str, message_id: int | None
) -> Answer:
    interaction = await _prove(request, application_id, token)
    parts = await request.parts()
    edit = ResponseEdit.parse(parts.json, parts.files)
    await parts.keep()
    async with request.transaction() as tx:
        message = await interaction_messages.edit(tx, interaction, message_id, edit)
    return json(200, message.viewed())


async def delete_message(
    request: RestRequest, application_id: int, token: str, message_id: int | None
) -> Answer:
    interaction = await _prove(request, application_id, token)
    async with request.transaction() as tx:
        await interaction_messages.delete(tx, interaction, message_id)
    return no_content()


async def _prove(request: RestRequest, application_id: int, token: str) -> Interaction:
    """Let the application be who asks, once it has answered. Raises InvalidWebhookToken, UnknownWebhook."""
    await request.app.settle(interaction_of(token) or 0)
    async with request.reading() as tx:
        interaction = await interaction_responses.find_answered(tx, application_id, token)
    request.actor = interaction.actor()
    return interaction
