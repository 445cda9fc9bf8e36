"""The first answer to an interaction: exactly one, within three seconds, of a kind that fits what was asked.

Of two that come at once one waits for the other's row and finds it answered. An answer that is refused for
what it holds has not been given, and another may come.

Source: the Discord documentation, "Interaction Callback".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chatd.actions import interaction_messages
from chatd.model import credentials, events
from chatd.model.audience import Users
from chatd.model.errors import (
    AlreadyAcknowledged,
    InvalidWebhookToken,
    UnknownInteraction,
    UnknownWebhook,
)
from chatd.model.interaction_responses import Callback, CallbackType
from chatd.model.interactions import TOKEN_LIFE, Interaction, InteractionType
from chatd.model.json_text import encode_json
from chatd.model.messages import Message
from chatd.store.queries import interactions
from chatd.store.transaction import Reading, Transaction


async def find_to_answer(tx: Reading, interaction_id: int, token: str) -> Interaction:
    """The interaction whose token that is. Raises UnknownInteraction, AlreadyAcknowledged."""
    found = await _find(tx, interaction_id, token)
    if found is None:
        raise UnknownInteraction()
    if found.callback_type is not None:
        raise AlreadyAcknowledged()
    return found


async def find_answered(tx: Reading, application_id: int, token: str) -> Interaction:
    """The interaction by whose token messages follow the first answer, as by a webhook's.

    Raises InvalidWebhookToken, UnknownWebhook as long as it has not been answered.
    """
    found = await _find(tx, credentials.interaction_of(token) or 0, token)
    if found is None or found.application_id != application_id:
        raise InvalidWebhookToken()
    if found.callback_type in (None, CallbackType.APPLICATION_COMMAND_AUTOCOMPLETE_RESULT):
        raise UnknownWebhook()
    return found


async def hold(tx: Transaction, interaction: Interaction) -> Interaction:
    """As it is now, and stays until the commit. Raises InvalidWebhookToken where it is gone."""
    await interactions.hold_interaction(tx.conn, id=interaction.id)
    row = await interactions.find_interaction(tx.conn, id=interaction.id)
    if row is None:
        raise InvalidWebhookToken()
    return Interaction.from_row(row)


async def answer(tx: Transaction, interaction: Interaction, callback: Callback) -> Message | None:
    """Answer first. The message that this has made or changed, or that is to be changed.

    Emits INTERACTION_SUCCESS to who has asked, and what the answer is: MESSAGE_CREATE or MESSAGE_UPDATE,
    INTERACTION_MODAL_CREATE, or APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE to who is typing.
    Raises UnknownInteraction, AlreadyAcknowledged, and what interaction_messages raises.
    """
    await _claim(tx, interaction, callback)
    message = await _ANSWERS[callback.type](tx, interaction, callback)
    if interaction.type != InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE:
        _tell(tx, interaction, events.interaction_success(interaction.id, interaction.nonce))
    if message is not None:
        await interactions.set_response(
            tx.conn, id=interaction.id, response_id=message.id, response_ephemeral=message.is_ephemeral
        )
    return message


async def _claim(tx: Transaction, interaction: Interaction, callback: Callback) -> None:
    now = tx.now()
    claimed = await interactions.claim_answer(
        tx.conn, id=interaction.id, callback_type=int(callback.type), now=now, expires_at=now + TOKEN_LIFE
    )
    if claimed:
        return
    row = await interactions.find_interaction(tx.conn, id=interaction.id)
    if row is None or row["callback_type"] is None:
        raise UnknownInteraction()
    raise AlreadyAcknowledged()


async def _find(tx: Reading, interaction_id: int, token: str) -> Interaction | None:
    """None for one that is over, or is another's."""
    async with tx.connection() as conn:
        row = await interactions.find_interaction(conn, id=interaction_id)
    if row is None or row["token_hash"] != credentials.hash_token(token) or row["expires_at"] <= tx.now():
        return None
    return Interaction.from_row(row)


def _tell(tx: Transaction, interaction: Interaction, event: events.Event) -> None:
    tx.emit(event, to=Users((interaction.user_id,)))


# ── the answers ──


async def _respond(tx: Transaction, interaction: Interaction, callback: Callback) -> Message:
    assert callback.response is not None, "this answer is a message"
    return await interaction_messages.respond(tx, interaction, callback.response)


async def _defer(tx: Transaction, interaction: Interaction, callback: Callback) -> Message:
    assert callback.response is not None, "this answer is a message that is to come"
    return await interaction_messages.respond(tx, interaction, callback.response, loading=True)


async def _defer_update(tx: Transaction, interaction: Interaction, _: Callback) -> Message:
    """The message that was used is the one that will be changed."""
    return await interaction_messages.get(tx, interaction, interaction.message_id)


async def _update(tx: Transaction, interaction: Interaction, callback: Callback) -> Message:
    assert callback.edit is not None, "this answer is an edit"
    return await interaction_messages.edit(tx, interaction, interaction.message_id, callback.edit)


async def _show_form(tx: Transaction, interaction: Interaction, callback: Callback) -> None:
    """The form is kept with what it answers, by whose id it will be sent back."""
    assert callback.modal is not None, "this answer is a form"
    modal = callback.modal.payload()
    await interactions.set_modal(tx.conn, id=interaction.id, modal=encode_json(modal))
    application = tx.directory.applications[interaction.application_id].partial_payload()
    _tell(tx, interaction, events.interaction_modal_create(interaction, application, modal))


async def _complete(tx: Transaction, interaction: Interaction, callback: Callback) -> None:
    """What nobody replays: who is typing has typed more by then."""
    event = events.autocomplete_response(callback.choices, interaction.nonce)
    tx.signal(event, to=Users((interaction.user_id,)))


_ANSWERS: dict[CallbackType, Callable[[Transaction, Interaction, Callback], Awaitable[Message | None]]] = {
    CallbackType.CHANNEL_MESSAGE_WITH_SOURCE: _respond,
    CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE: _defer,
    CallbackType.DEFERRED_UPDATE_MESSAGE: _defer_update,
    CallbackType.UPDATE_MESSAGE: _update,
    CallbackType.APPLICATION_COMMAND_AUTOCOMPLETE_RESULT: _complete,
    CallbackType.MODAL: _show_form,
}
