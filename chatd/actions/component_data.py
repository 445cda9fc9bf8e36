"""The data of a component that somebody uses, and of a form that they send in.

Both are held against what was shown to them: the component as it stands in its message, and the modal that is
kept with the interaction that opened it. Source: the Discord documentation, "Component Reference".
"""

from __future__ import annotations

from typing import Any

from chatd.actions.access import ChannelAccess
from chatd.actions.interaction_data import Asked, Data, hand_over, message_of, opener_of
from chatd.actions.resolved import Named
from chatd.model.component_data import FAILED, component_data
from chatd.model.errors import InvalidFormBody, UnknownInteraction, UnknownMessage
from chatd.model.interactions import Interaction
from chatd.model.messages import Message
from chatd.model.modals import Modal
from chatd.store.queries import interactions
from chatd.store.transaction import Reading, Transaction


async def read_use(tx: Reading, asked: Asked) -> Data:
    """A button that is pressed, or a menu that is chosen from.

    Raises UnknownMessage, and InvalidFormBody by the paths of the data, or at `application_id` for a message
    of another application.
    """
    draft, form = asked.draft, asked.draft.data
    assert draft.message_id is not None, "a component is one of a message"
    message = await message_of(tx, asked.place, draft.message_id, ephemeral=draft.message_ephemeral)
    if draft.application_id not in _applications_of(message):
        raise InvalidFormBody.at("application_id", FAILED, "The message is of another application.")
    named = Named(tx, asked.place)
    d = component_data(form, (message.details or {}).get("components", []), named)
    form.finish()
    if resolved := await named.resolved(draft.application_id):
        d["resolved"] = resolved
    return Data(d, {"interacted_message_id": str(message.id)}, message=message)


async def read_submission(tx: Reading, asked: Asked) -> Data:
    """A modal that is sent in, which can be done once; `data.id` is that of the interaction that it answered.

    Raises UnknownInteraction, and InvalidFormBody by the paths of the data.
    """
    assert isinstance(tx, Transaction), "what is sent in is taken from whoever has it open"
    form = asked.draft.data
    opener_id = form.snowflake("id")
    form.finish()
    opener = await opener_of(tx, asked, opener_id)
    assert opener.modal is not None, "it has opened one"
    handed = hand_over(tx, asked)
    named = Named(tx, asked.place, handed.objects)
    d: dict[str, Any] = Modal.from_payload(opener.modal).submitted(form, named)
    form.finish()
    if not await interactions.take_modal(tx.conn, id=opener.id):
        raise UnknownInteraction()  # on another device it was sent in at this moment
    if resolved := await named.resolved(asked.draft.application_id):
        d["resolved"] = resolved
    files = tuple(row for row in handed.rows if row.id in named.attachment_ids)
    metadata = {"triggering_interaction_metadata": opener.metadata}
    return Data(d, metadata, files, await _message_of(tx, asked.place, opener))


def _applications_of(message: Message) -> set[int]:
    """Its author, or whose webhook has posted it."""
    of_webhook = (message.details or {}).get("application_id")
    return {message.author.id} | ({int(of_webhook)} if of_webhook else set())


async def _message_of(tx: Reading, place: ChannelAccess, opener: Interaction) -> Message | None:
    """The message on which the modal was opened, if it was on one and that is still there."""
    if opener.message_id is None:
        return None
    try:
        return await message_of(tx, place, opener.message_id, ephemeral=opener.message_ephemeral)
    except UnknownMessage:
        return None
