"""Interactions on the gateway: who hears of them, whatever they asked for, and again after a resume."""

from __future__ import annotations

from typing import Any

from chatd.actions import interactions
from chatd.model.intents import ALL, Intent
from chatd.model.interactions import InteractionDraft
from chatd.model.messages import EPHEMERAL
from tests.gateway.client import Client
from tests.gateway.conftest import settled
from tests.interacting import BYTES_MAX, Application, make_command
from tests.people import Heard, bot, general, person
from tests.talk import say


async def use(store: Any, gateway: Any, actor: Any, command: Any) -> None:
    """As the HTTP door has it: the gateway is asked who is there."""
    body = {"type": 2, "application_id": str(command.application_id), "nonce": "7",
            "channel_id": str(general(store).id), "data": {"id": str(command.id)}}  # fmt: skip
    draft = InteractionDraft.parse(body, (), interactions.READERS)
    async with store.transaction(actor) as tx:
        await interactions.create_interaction(
            tx, draft, attachment_bytes_max=BYTES_MAX, is_connected=gateway.is_connected
        )


async def listening(gateway: Any, token: str, wanted: int = 0) -> Client:
    client = Client(gateway)
    await client.identify(token, wanted)
    await gateway.presences.settle()
    client.forget()
    return client


async def test_a_bot_hears_of_its_interactions_without_any_intent_and_nobody_else_does(store, gateway):
    ada, ada_token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    robo, robo_token = await bot(store, "robo")
    _, other_token = await bot(store, "other")
    command = await make_command(store, robo)
    heard, others = await listening(gateway, robo_token), await listening(gateway, other_token)
    asking, watching = await listening(gateway, ada_token), await listening(gateway, bob_token)
    await use(store, gateway, ada, command)
    (d,) = heard.dispatches("INTERACTION_CREATE")
    assert d["token"] and d["data"]["name"] == "ping"
    assert asking.dispatches("INTERACTION_CREATE") == [{"id": d["id"], "nonce": "7"}]
    assert others.names() == watching.names() == []


async def test_a_resume_brings_the_interactions_that_were_missed(store, gateway):
    ada, _ = await person(store, "ada")
    robo, token = await bot(store, "robo")
    command = await make_command(store, robo)
    client = Client(gateway)
    await client.identify(token, 0)
    client.read()
    client.vanish()
    await settled(gateway)
    heard = Heard(store)
    await use(store, gateway, ada, command)
    assert "INTERACTION_FAILURE" not in heard.names  # it is about to come back
    again = Client(gateway)
    await again.resume(token, client.session_id, client.seq)
    (d,) = again.dispatches("INTERACTION_CREATE")
    await Application(store, d).answer(4, {"content": "pong"})


async def test_an_interaction_is_answered_at_the_server_that_comes_after(store, gateway, another_store):
    ada, _ = await person(store, "ada")
    robo, token = await bot(store, "robo")
    command = await make_command(store, robo)
    client = await listening(gateway, token)
    await use(store, gateway, ada, command)
    (d,) = client.dispatches("INTERACTION_CREATE")
    there = Application(await another_store(), d)
    message = await there.answer(5)
    assert (await there.follow_up(content="pong")).id == message.id


async def test_an_ephemeral_message_comes_to_every_session_of_one_person_and_to_nobody_else(store, gateway):
    ada, ada_token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    robo, robo_token = await bot(store, "robo")
    command = await make_command(store, robo)
    bot_session, bob = await listening(gateway, robo_token, ALL), await listening(gateway, bob_token, ALL)
    first = await listening(gateway, ada_token, ALL)
    second = await listening(gateway, ada_token, ALL & ~Intent.MESSAGE_CONTENT)
    await gateway.presences.settle()
    for client in (bot_session, bob, first, second):
        client.forget()
    await use(store, gateway, ada, command)
    (told,) = bot_session.dispatches("INTERACTION_CREATE")
    application = Application(store, told)
    await application.answer(4, {"content": "secret", "flags": EPHEMERAL})
    await application.edit(content="other")
    await application.delete()
    for client in (first, second):
        assert client.names() == [
            "INTERACTION_CREATE", "MESSAGE_CREATE", "INTERACTION_SUCCESS", "MESSAGE_UPDATE", "MESSAGE_DELETE",
        ]  # fmt: skip
        assert client.contents() == ["secret"]
    await say(store, ada, "open")
    assert bob.contents() == ["open"] and bob.names() == ["MESSAGE_CREATE"]
    assert bot_session.contents() == ["open"]
