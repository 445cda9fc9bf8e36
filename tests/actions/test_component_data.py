"""Components that people use, and forms that they send in: what the application is told of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatd.actions import deletions, dms, messages
from chatd.model.attachments import UploadedFile
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import InvalidFormBody, UnknownInteraction, UnknownMessage
from chatd.model.message_drafts import MessageDraft
from chatd.model.messages import EPHEMERAL
from tests.beats import assert_as_fresh, refused
from tests.faults import faults_in
from tests.interacting import Application, ask, listening_bot, make_command, use
from tests.people import Heard, bot, deny, general, person
from tests.places import guild_of, make_channel, owner_of

BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}


def rows(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": 1, "components": [part]} for part in parts]


async def post(store: Any, robo: Any, *parts: dict[str, Any]) -> Any:
    """A message of the bot with these components."""
    draft = MessageDraft.parse({"content": "Well?", "components": rows(*parts or (BUTTON,))})
    async with store.queued(robo) as tx:
        return await messages.create_message(tx, general(store).id, draft)


async def click(
    store: Any, actor: Any, message: Any, application_id: int, *, channel_id: int | None = None,
    flags: int = 0, **data: Any,
) -> Any:  # fmt: skip
    body = {
        "type": 3, "application_id": str(application_id), "nonce": "8", "message_id": str(message.id),
        "channel_id": str(channel_id or message.channel_id), "message_flags": flags,
        "data": {"component_type": 2, "custom_id": "go", **data},
    }  # fmt: skip
    return await ask(store, actor, body)


async def test_a_button_is_pressed_and_the_application_is_told_on_which_message(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    message, heard = await post(store, robo), Heard(store)
    await click(store, ada, message, robo.id)
    told = Application.of(store, heard).told
    assert (told["type"], told["data"]) == (3, {"component_type": 2, "id": 2, "custom_id": "go"})
    assert told["message"] == message.payload()
    assert told["member"]["user"]["id"] == str(ada.id)
    await assert_as_fresh(store)


async def test_what_is_chosen_comes_as_objects(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    guild = guild_of(store)
    chosen = {5: (ada.id, {"users", "members"}), 6: (guild.id, {"roles"}), 7: (robo.id, {"users", "members"}),
              8: (general(store).id, {"channels"})}  # fmt: skip
    for kind, (number, kinds) in chosen.items():
        message, heard = await post(store, robo, {"type": kind, "custom_id": "go"}), Heard(store)
        await click(store, ada, message, robo.id, component_type=kind, values=[str(number)])
        data = Application.of(store, heard).told["data"]
        assert data["values"] == [str(number)] and set(data["resolved"]) == kinds
        assert set(data["resolved"][min(kinds)]) == {str(number)}


async def test_an_answer_changes_the_message_or_is_one_of_its_own(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    message, heard = await post(store, robo), Heard(store)
    await click(store, ada, message, robo.id)
    changed = await Application.of(store, heard).answer(7, {"content": "Gone", "components": []})
    assert (changed.id, changed.payload()["components"]) == (message.id, [])
    again = await post(store, robo)
    await click(store, ada, again, robo.id)
    reply = await Application.of(store, heard).answer(4, {"content": "Yes"})
    shown = reply.payload()
    assert shown["interaction_metadata"]["interacted_message_id"] == str(again.id)
    assert shown["message_reference"]["message_id"] == str(again.id)


async def test_in_a_direct_message_there_are_users_to_choose_and_nothing_else(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    async with store.transaction(ada) as tx:
        chat = int((await dms.open_dm(tx, DirectMessageDraft(robo.id)))["id"])
    menus = rows({"type": 5, "custom_id": "user"}, {"type": 7, "custom_id": "any"})
    async with store.queued(robo) as tx:
        draft = MessageDraft.parse({"content": "Who?", "components": menus})
        message = await messages.create_message(tx, chat, draft)
    heard = Heard(store)
    await click(store, ada, message, robo.id, custom_id="user", component_type=5, values=[str(ada.id)])
    told = Application.of(store, heard).told
    assert set(told["data"]["resolved"]) == {"users"} and told["user"]["id"] == str(ada.id)
    everyone = str(guild_of(store).id)
    async with refused(store, InvalidFormBody):
        await click(store, ada, message, robo.id, custom_id="any", component_type=7, values=[everyone])


async def test_an_ephemeral_message_is_used_by_whom_it_is_shown_to_alone(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    bob, _ = await person(store, "bob")
    command, heard = await make_command(store, robo), Heard(store)
    await use(store, ada, command)
    shown = await Application.of(store, heard).answer(
        4, {"content": "psst", "flags": EPHEMERAL, "components": rows(BUTTON)}
    )
    await click(store, ada, shown, robo.id, flags=EPHEMERAL)
    assert Application.of(store, heard).told["message"]["id"] == str(shown.id)
    for actor, flags in ((bob, EPHEMERAL), (ada, 0)):
        async with refused(store, UnknownMessage):
            await click(store, actor, shown, robo.id, flags=flags)


@pytest.mark.parametrize(
    "data, fault",
    [
        ({"custom_id": "off"}, "custom_id"),
        ({"custom_id": "gone"}, "custom_id"),
        ({"custom_id": "menu", "component_type": 3, "values": ["c"]}, "values.0"),
        ({"custom_id": "menu", "component_type": 3, "values": []}, "values"),
        ({"custom_id": "channel", "component_type": 8, "values": ["HIDDEN"]}, "values.0"),
        ({"component_type": 3}, "component_type"),
    ],
)
async def test_what_is_not_there_to_be_used_is_refused(store, data, fault):
    owner = await owner_of(store)
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    hidden = await make_channel(store, owner, permission_overwrites=[
        {"id": guild_of(store).id, "type": 0, "deny": "1024", "allow": "0"}])  # fmt: skip
    data = {**data, **({"values": [str(hidden.id)]} if data.get("values") == ["HIDDEN"] else {})}
    options = [{"label": each, "value": each} for each in "ab"]
    message = await post(
        store, robo, BUTTON, {**BUTTON, "custom_id": "off", "disabled": True},
        {"type": 2, "style": 5, "label": "Page", "url": "https://a.example"},
        {"type": 3, "custom_id": "menu", "options": options}, {"type": 8, "custom_id": "channel"},
    )  # fmt: skip
    async with refused(store, InvalidFormBody) as caught:
        await click(store, ada, message, robo.id, **data)
    assert set(faults_in(caught.value.errors)) == {f"data.{fault}"}


async def test_a_message_must_be_there_to_be_read_and_be_the_application_s(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    other, _ = await bot(store, "other")
    message, elsewhere = await post(store, robo), await make_channel(store, await owner_of(store))
    async with refused(store, InvalidFormBody) as caught:
        await click(store, ada, message, other.id)
    assert set(faults_in(caught.value.errors)) == {"application_id"}
    async with refused(store, UnknownMessage):
        await click(store, ada, message, robo.id, channel_id=elsewhere.id)
    deny(store, 1 << 16)
    async with refused(store, UnknownMessage):
        await click(store, ada, message, robo.id)


# ── forms ──

INPUT = {"type": 18, "label": "Why?", "component": {"type": 4, "custom_id": "why", "style": 2}}
FILES = {"type": 18, "label": "Show", "component": {
    "type": 19, "custom_id": "files", "required": False, "max_values": 2}}  # fmt: skip
MODAL = {"custom_id": "form", "title": "Tell us", "components": [INPUT, FILES]}


def filled(opened: dict[str, Any], value: str = "so", files: Any = (), **data: Any) -> dict[str, Any]:
    components = [
        {"type": 18, "component": {"type": 4, "custom_id": "why", "value": value}},
        {"type": 18, "component": {"type": 19, "custom_id": "files", "values": list(files)}},
    ]
    return {
        "type": 5, "application_id": opened["application"]["id"], "channel_id": opened["channel_id"],
        "nonce": "9", "data": {"id": opened["id"], "custom_id": "form", "components": components, **data},
    }  # fmt: skip


async def opened(store: Any, ada: Any, robo: Any, heard: Heard) -> dict[str, Any]:
    """The form that a command has opened, as who has asked is told of it."""
    await use(store, ada, await make_command(store, robo, name=f"ask{store.mint.next()}"))
    assert await Application.of(store, heard).answer(9, MODAL) is None
    (entry,) = [entry for entry in heard.entries[-2:] if entry.name == "INTERACTION_MODAL_CREATE"]
    assert entry.audience.user_ids == (ada.id,)
    return dict(entry.d)


async def test_a_form_is_shown_to_who_has_asked_and_sent_in_once(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    heard = Heard(store)
    form = await opened(store, ada, robo, heard)
    assert form["nonce"] == "7" and form["application"]["name"] == "robo"
    assert [part["id"] for part in form["components"]] == [1, 3] and form["title"] == "Tell us"
    opener = Application.of(store, heard)
    await ask(store, ada, filled(form))
    submitted = Application.of(store, heard)
    assert submitted.told["type"] == 5 and "message" not in submitted.told
    assert submitted.told["data"] == {
        "custom_id": "form", "components": [
            {"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "why", "value": "so"}},
            {"type": 18, "id": 3, "component": {"type": 19, "id": 4, "custom_id": "files", "values": []}},
        ],
    }  # fmt: skip
    reply = (await submitted.answer(4, {"content": "Thanks"})).payload()
    assert reply["interaction_metadata"]["triggering_interaction_metadata"]["id"] == str(opener.id)
    async with refused(store, UnknownInteraction):
        await ask(store, ada, filled(form))
    again = await opened(store, ada, robo, heard)
    await ask(store, ada, filled(again))


async def test_what_is_refused_can_be_sent_in_again(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    bob, _ = await person(store, "bob")
    form = await opened(store, ada, robo, Heard(store))
    async with refused(store, InvalidFormBody) as caught:
        await ask(store, ada, filled(form, value="", custom_id="other", files=["0"]))
    assert set(faults_in(caught.value.errors)) == {
        "data.custom_id", "data.components.0.component.value", "data.components.1.component.values.0",
    }  # fmt: skip
    for actor, change in (
        (bob, {}), (ada, {"channel_id": str((await make_channel(store, await owner_of(store))).id)}),
    ):  # fmt: skip
        async with refused(store, UnknownInteraction):
            await ask(store, actor, filled(form) | change)
    async with refused(store, UnknownInteraction):
        await ask(store, ada, filled({**form, "id": "1"}))
    await ask(store, ada, filled(form))


async def test_a_form_of_a_button_brings_its_message_and_may_change_it(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    message, heard = await post(store, robo), Heard(store)
    for _ in range(2):
        await click(store, ada, message, robo.id)
        await Application.of(store, heard).answer(9, MODAL)
    first, second = (entry.d for entry in heard.entries if entry.name == "INTERACTION_MODAL_CREATE")
    await ask(store, ada, filled(first))
    submitted = Application.of(store, heard)
    assert submitted.told["message"]["id"] == str(message.id)
    assert (await submitted.answer(7, {"content": "Done"})).id == message.id
    async with store.queued(robo) as tx:
        await deletions.delete_message(tx, message.channel_id, message.id)
    await ask(store, ada, filled(second))
    assert "message" not in Application.of(store, heard).told


async def test_files_of_a_form_are_handed_to_the_application(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    heard = Heard(store)
    form = await opened(store, ada, robo, heard)
    blob = await store.blobs.put(b"abc")
    files = [UploadedFile(n, f"{n}.txt", "text/plain", 3, b"abc", blob) for n in (0, 1)]
    await ask(store, ada, filled(form, files=["1"]), files)
    data = Application.of(store, heard).told["data"]
    (number,) = data["components"][1]["component"]["values"]
    (file,) = data["resolved"]["attachments"].values()
    assert (file["id"], file["filename"], file["ephemeral"]) == (number, "1.txt", True)
    async with store.pool.acquire() as conn:
        kept = await conn.fetch("select id from attachments")
    assert [row["id"] for row in kept] == [int(number)], "a file that nothing means is not kept"


@pytest.mark.parametrize(
    "data, fault",
    [
        ({**MODAL, "title": "x" * 46}, "data.title"),
        ({**MODAL, "components": []}, "data.components"),
        ({**MODAL, "components": [INPUT] * 2}, "data.components"),
        (None, "data.title"),
    ],
)
async def test_a_form_that_is_none_is_no_answer_and_another_may_come(store, data, fault):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    heard = Heard(store)
    await use(store, ada, await make_command(store, robo))
    application = Application.of(store, heard)
    async with refused(store, InvalidFormBody) as caught:
        await application.answer(9, data)
    assert fault in set(faults_in(caught.value.errors))
    await application.answer(9, MODAL)


async def test_a_form_is_no_answer_to_a_form(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    heard = Heard(store)
    await ask(store, ada, filled(await opened(store, ada, robo, heard)))
    submitted = Application.of(store, heard)
    for kind, data in ((9, MODAL), (7, {"content": "x"}), (6, None)):
        async with refused(store, InvalidFormBody) as caught:
            await submitted.answer(kind, data)
        assert set(faults_in(caught.value.errors)) == {"type"}


async def test_two_devices_send_a_form_in_at_once_and_one_has_it(store):
    robo, (ada, _) = await listening_bot(store), await person(store, "ada")
    form = await opened(store, ada, robo, Heard(store))
    done = await asyncio.gather(*(ask(store, ada, filled(form)) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Interaction", "UnknownInteraction"]
