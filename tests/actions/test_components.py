"""Components in messages: beside what they say, or all that they are made of."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import messages
from chatd.model.errors import EmptyMessage, InvalidFormBody
from chatd.model.message_drafts import MessageDraft, MessageEdit
from chatd.model.messages import IS_COMPONENTS_V2
from tests.beats import refused
from tests.people import Heard, bot, general, person

ROW = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
PICTURE = {"type": 12, "items": [{"media": {"url": "https://chat.example/a.png"}}]}


def text(content: str = "hello") -> dict[str, Any]:
    return {"type": 10, "content": content}


async def say(store: Any, actor: Any, **fields: Any) -> Any:
    async with store.queued(actor) as tx:
        return await messages.create_message(tx, general(store).id, MessageDraft.parse(fields))


async def edit(store: Any, actor: Any, message: Any, **fields: Any) -> Any:
    async with store.queued(actor) as tx:
        return await messages.update_message(tx, message.channel_id, message.id, MessageEdit.parse(fields))


async def fresh(store: Any, actor: Any, message: Any) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return (await messages.get_message(tx, message.channel_id, message.id)).payload()


async def test_buttons_stand_below_a_text_or_alone(store):
    robo, _ = await bot(store, "robo")
    heard = Heard(store)
    message = await say(store, robo, content="hello", components=[ROW])
    (row,) = heard.entries[0].d["components"]
    assert (row["id"], row["components"][0]["id"]) == (1, 2)
    assert await fresh(store, robo, message) == message.payload()
    alone = await say(store, robo, components=[ROW])
    assert (await edit(store, robo, alone, content="x", components=[])).payload()["components"] == []
    async with refused(store, EmptyMessage):
        await edit(store, robo, alone, content="")


async def test_a_message_of_components_mentions_whom_their_texts_do(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    box = {"type": 17, "components": [text(f"look <@{ada.id}>"), PICTURE]}
    message = await say(store, robo, flags=IS_COMPONENTS_V2, components=[box])
    assert [user.id for user in message.mentions] == [ada.id]
    media = message.payload()["components"][0]["components"][1]["items"][0]["media"]
    assert media["id"].isdecimal() and media["url"] == media["proxy_url"]
    assert await fresh(store, robo, message) == message.payload()
    changed = await edit(store, robo, message, components=[text("nobody")])
    assert changed.mentions == () and changed.flags == IS_COMPONENTS_V2


@pytest.mark.parametrize(
    "fields, fault",
    [
        ({"components": [text()]}, "components"),
        ({"content": "x", "components": [ROW] * 6}, "components"),
        ({"flags": IS_COMPONENTS_V2, "content": "x", "components": [text()]}, "content"),
        ({"flags": IS_COMPONENTS_V2, "embeds": [{"title": "t"}], "components": [text()]}, "embeds"),
        ({"flags": IS_COMPONENTS_V2, "components": [{"type": 13, "file": {"url": "attachment://a"}}]},
         "components"),
    ],
)  # fmt: skip
async def test_what_does_not_go_together_is_refused(store, fields, fault):
    robo, _ = await bot(store, "robo")
    if len(fields.get("components", [])) == 6:
        fields["components"] = [{"type": 1, "components": [{**ROW["components"][0], "custom_id": str(n)}]}
                                for n in range(6)]  # fmt: skip
    async with refused(store, InvalidFormBody) as caught:
        await say(store, robo, **fields)
    assert set(caught.value.errors) == {fault}


async def test_a_message_becomes_one_of_components_and_stays_so(store):
    robo, _ = await bot(store, "robo")
    message = await say(store, robo, content="hello", embeds=[{"title": "t"}])
    async with refused(store, InvalidFormBody):
        await edit(store, robo, message, flags=IS_COMPONENTS_V2, components=[text()])
    made = await edit(
        store, robo, message, flags=IS_COMPONENTS_V2, content=None, embeds=[], components=[text()]
    )
    assert made.flags == IS_COMPONENTS_V2 and made.content == "" and made.payload()["embeds"] == []
    assert (await edit(store, robo, made, flags=0)).flags == IS_COMPONENTS_V2
    async with refused(store, InvalidFormBody):
        await edit(store, robo, made, content="x")


async def test_a_message_of_no_components_is_empty(store):
    robo, _ = await bot(store, "robo")
    async with refused(store, EmptyMessage):
        await say(store, robo, flags=IS_COMPONENTS_V2)
