"""Forms on the gateway: who is shown one, and who hears what was filled in."""

from __future__ import annotations

from chatd.model.intents import ALL
from tests.gateway.test_interactions import listening, use
from tests.interacting import Application, ask, make_command
from tests.people import Heard, bot, person

INPUT = {"type": 18, "label": "Why?", "component": {"type": 4, "custom_id": "why", "style": 1}}
MODAL = {"custom_id": "form", "title": "Tell us", "components": [INPUT]}


async def test_a_form_is_shown_on_the_devices_of_who_has_asked_and_its_answer_to_the_bot(store, gateway):
    ada, ada_token = await person(store, "ada")
    _, bob_token = await person(store, "bob")
    robo, robo_token = await bot(store, "robo")
    command, heard = await make_command(store, robo), Heard(store)
    devices = [await listening(gateway, ada_token) for _ in range(2)]
    its, bobs = await listening(gateway, robo_token), await listening(gateway, bob_token, ALL)
    await use(store, gateway, ada, command)
    await Application.of(store, heard).answer(9, MODAL)
    for device in devices:
        (form,) = device.dispatches("INTERACTION_MODAL_CREATE")
        assert set(form) == {"id", "nonce", "channel_id", "application", "custom_id", "title", "components"}
        assert (form["nonce"], form["application"]["id"]) == ("7", str(robo.id))
        assert device.names() == ["INTERACTION_CREATE", "INTERACTION_MODAL_CREATE", "INTERACTION_SUCCESS"]
    filled = [{"type": 18, "component": {"custom_id": "why", "value": "so"}}]
    body = {"type": 5, "application_id": str(robo.id), "channel_id": form["channel_id"], "nonce": "8",
            "data": {"id": form["id"], "custom_id": "form", "components": filled}}  # fmt: skip
    await ask(store, ada, body)
    asked, submitted = its.dispatches("INTERACTION_CREATE")
    assert (asked["type"], submitted["type"]) == (2, 5)
    assert submitted["data"]["components"][0]["component"]["value"] == "so"
    assert its.names() == ["INTERACTION_CREATE"] * 2 and bobs.names() == []
