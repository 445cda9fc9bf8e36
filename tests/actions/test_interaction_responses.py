"""Answers to interactions: exactly one first, each of its kind, and what follows; some told to one alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chatd.actions import (
    administration,
    attachments,
    deletions,
    ephemeral_messages,
    guilds,
    messages,
    reactions,
    threads,
)
from chatd.actions.interaction_responses import answer, find_to_answer
from chatd.interaction_deadlines import give_up
from chatd.model.actor import ANYONE
from chatd.model.administration import AccountEdit, Removal
from chatd.model.attachments import UploadedFile
from chatd.model.audience import Channel, Users
from chatd.model.errors import (
    AlreadyAcknowledged,
    CannotEditPoll,
    CannotMessageUser,
    EmptyMessage,
    InvalidFormBody,
    InvalidWebhookToken,
    UnknownInteraction,
    UnknownMessage,
    UnknownWebhook,
)
from chatd.model.interaction_responses import Callback, CallbackType, callback_response
from chatd.model.interactions import TOKEN_LIFE
from chatd.model.message_drafts import MessagePage
from chatd.model.messages import EPHEMERAL, IS_COMPONENTS_V2, LOADING, MessageType
from chatd.model.permissions import Permission
from chatd.model.reactions import EmojiKey
from chatd.model.thread_drafts import ThreadDraft, ThreadEdit
from tests.actions.test_relationships import block
from tests.beats import assert_as_fresh, refused, somebody_waits
from tests.interacting import Application, listening_bot, make_command, pressed, use
from tests.people import Heard, deny, general, person
from tests.places import give_role, make_role, owner_of
from tests.talk import open_dm, say

POLL = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "!"}}]}
MODAL = {
    "custom_id": "form", "title": "Form",
    "components": [{"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "name", "style": 1}}],
}  # fmt: skip
FILE = UploadedFile(0, "cat.txt", "text/plain", 3, b"cat", "a" * 32)


class Scene:
    """ada has used robo's /ping."""

    def __init__(self, store: Any, ada: Any, robo: Any, command: Any, heard: Heard) -> None:
        self.store, self.ada, self.robo, self.command, self.heard = store, ada, robo, command, heard
        self.app = Application.of(store, heard)
        heard.take()

    @classmethod
    async def make(cls, store: Any, channel_id: int | None = None, type: int = 2, **command: Any) -> Scene:
        ada, _ = await person(store, "ada")
        robo = await listening_bot(store)
        made = await make_command(store, robo, **command)
        heard = Heard(store)
        options = [{"name": "n", "type": option["type"], "value": "", "focused": True}
                   for option in command.get("options", ())]  # fmt: skip
        await use(store, ada, made, type=type, channel_id=channel_id, options=options)
        return cls(store, ada, robo, made, heard)

    async def history(self) -> list[Any]:
        """The answers that are in #general, as ada reads it."""
        async with self.store.reading(self.ada) as tx:
            page = await messages.list_messages(tx, general(self.store).id, MessagePage.parse({}))
        return [message.viewed() for message in page if "application_id" in (message.details or {})]

    async def again(self) -> Application:
        """The same command, used once more."""
        await use(self.store, self.ada, self.command)
        app = Application.of(self.store, self.heard)
        self.heard.take()
        return app


async def test_a_message_is_the_bots_own_and_says_whom_it_answers(store):
    scene = await Scene.make(store)
    message = await scene.app.answer(4, {"content": "pong"})
    created, success = scene.heard.entries
    assert (created.name, created.audience) == (
        "MESSAGE_CREATE", Channel(general(store).id, general(store).guild_id),
    )  # fmt: skip
    assert (success.name, success.audience) == ("INTERACTION_SUCCESS", Users((scene.ada.id,)))
    assert success.d == {"id": str(scene.app.id), "nonce": "7"}
    d = created.d
    assert d["type"] == MessageType.CHAT_INPUT_COMMAND and d["content"] == "pong"
    assert d["author"]["id"] == d["webhook_id"] == d["application_id"] == str(scene.robo.id)
    assert d["author"]["username"] == "robo" and d["member"]["roles"] is not None
    user = store.directory.users[scene.ada.id].payload()
    assert d["interaction_metadata"] == {
        "id": str(scene.app.id), "type": 2, "user": user,
        "authorizing_integration_owners": {"0": str(general(store).guild_id)},
    }  # fmt: skip
    assert d["interaction"] == {"id": str(scene.app.id), "type": 2, "name": "ping", "user": user}
    (read,) = await scene.history()
    assert read == message.viewed()
    assert general(store).last_message_id == message.id
    await assert_as_fresh(store)


async def test_the_bot_needs_no_permission_to_answer(store):
    deny(store, Permission.SEND_MESSAGES | Permission.EMBED_LINKS | Permission.ATTACH_FILES)
    scene = await Scene.make(store)
    message = await scene.app.answer(4, {"embeds": [{"title": "hi"}], "attachments": [{"id": 0}]}, [FILE])
    assert message.viewed()["attachments"][0]["filename"] == "cat.txt"


async def test_what_all_would_hear_the_bot_needs_a_permission_for(store):
    deny(store, Permission.MENTION_EVERYONE | Permission.SEND_TTS_MESSAGES)
    scene = await Scene.make(store)
    quiet = await scene.app.answer(4, {"content": "@everyone", "tts": True})
    assert (quiet.mention_everyone, quiet.tts) == (False, False)
    owner = await owner_of(store)
    granted = int(Permission.MENTION_EVERYONE | Permission.SEND_TTS_MESSAGES)
    role = await make_role(store, owner, permissions=str(granted))
    await give_role(store, scene.robo.id, role.id)
    loud = await scene.app.follow_up(content="@everyone", tts=True)
    assert (loud.mention_everyone, loud.tts) == (True, True)


async def test_there_is_one_first_answer(store):
    scene = await Scene.make(store)
    await scene.app.answer(4, {"content": "pong"})
    async with refused(store, AlreadyAcknowledged):
        await scene.app.answer(5)


async def test_of_two_answers_at_once_one_waits_and_is_second(store):
    """The second has read that nothing was answered yet."""
    scene = await Scene.make(store)
    async with store.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await conn.execute("select from interactions for update")
        first, second = (asyncio.ensure_future(scene.app.answer(4, {"content": n})) for n in "12")
        await somebody_waits(conn)
        await transaction.rollback()
    answers = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [AlreadyAcknowledged]
    assert len(await scene.history()) == 1
    assert scene.heard.names.count("INTERACTION_SUCCESS") == 1


async def test_who_answers_at_the_last_moment_has_answered(store):
    """Giving up waits for an answer that is being given."""
    scene = await Scene.make(store)
    async with store.reading(ANYONE) as tx:
        interaction = await find_to_answer(tx, scene.app.id, scene.app.token)
    callback = Callback.parse({"type": 4, "data": {"content": "pong"}}, (), interaction)
    async with store.transaction(interaction.actor()) as tx:
        await answer(tx, interaction, callback)
        given_up = asyncio.ensure_future(give_up(store, [interaction.id]))
        await somebody_waits(tx.conn)
    assert await given_up == 0
    assert "INTERACTION_FAILURE" not in scene.heard.names and len(await scene.history()) == 1


async def test_an_answer_that_is_refused_has_not_been_given(store):
    scene = await Scene.make(store)
    async with refused(store, EmptyMessage):
        await scene.app.answer(4, {"content": " "})
    async with refused(store, InvalidFormBody) as caught:
        await scene.app.answer(4, {"content": "x" * 2001, "tts": "no"})
    assert caught.value.errors["data"].keys() == {"content", "tts"}
    await scene.app.answer(4, {"content": "pong"})


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 10, 12, 99, None])
async def test_what_does_not_answer_a_command_is_refused_by_its_type(store, kind):
    scene = await Scene.make(store)
    async with refused(store, InvalidFormBody) as caught:
        await scene.app.answer(kind)
    assert caught.value.errors.keys() == {"type"}


async def test_another_token_answers_nothing(store):
    scene = await Scene.make(store)
    scene.app.token += "x"
    async with refused(store, UnknownInteraction):
        await scene.app.answer(4, {"content": "pong"})


async def test_what_is_to_come_is_loading_and_no_edit_when_it_comes(store):
    scene = await Scene.make(store)
    message = await scene.app.answer(5)
    assert message.flags == LOADING and message.content == ""
    scene.heard.take()
    done = await scene.app.edit(content="done", embeds=[{"title": "hi"}])
    (updated,) = scene.heard.entries
    assert updated.name == "MESSAGE_UPDATE" and updated.d["flags"] == 0
    assert (done.id, done.content, done.edited_at) == (message.id, "done", None)
    again = await scene.app.edit(content="better")
    assert again.edited_at is not None and again.viewed()["embeds"]
    (read,) = await scene.history()
    assert read["content"] == "better" and read["flags"] == 0 and read["type"] == 20


async def test_what_follows_a_deferred_answer_directly_is_that_answer(store):
    scene = await Scene.make(store)
    message = await scene.app.answer(5, {"flags": EPHEMERAL | IS_COMPONENTS_V2})
    assert message.flags == EPHEMERAL | LOADING
    first = await scene.app.follow_up(content="one", attachments=[{"id": 0}], files=[FILE])
    assert (first.id, first.flags, first.content) == (message.id, EPHEMERAL, "one")
    assert first.viewed()["attachments"]
    second = await scene.app.follow_up(content="two", flags=EPHEMERAL)
    assert second.id != message.id and second.type == MessageType.REPLY
    assert second.viewed()["referenced_message"]["content"] == "one"
    assert second.details["interaction_metadata"]["original_response_message_id"] == str(message.id)
    assert await scene.history() == []


async def test_a_poll_can_come_later_and_be_voted_on(store):
    scene = await Scene.make(store)
    message = await scene.app.answer(5)
    await scene.app.edit(poll=POLL)
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select message_id from open_polls") == message.id
    async with refused(store, CannotEditPoll):
        await scene.app.edit(content="no")
    async with refused(store, InvalidFormBody) as caught:
        await scene.app.edit(poll=POLL)
    assert caught.value.errors.keys() == {"poll"}


async def test_messages_follow_and_refer_to_the_first_answer(store):
    scene = await Scene.make(store)
    first = await scene.app.answer(4, {"content": "pong"})
    more = await scene.app.follow_up(content="more")
    assert (more.type, more.referenced.id) == (MessageType.REPLY, first.id)
    assert "interaction" not in more.details
    secret = await scene.app.follow_up(content="secret", flags=EPHEMERAL)
    assert secret.viewed()["referenced_message"]["id"] == str(first.id)
    await scene.app.delete()
    with pytest.raises(UnknownMessage):
        await scene.app.get()
    alone = await scene.app.follow_up(content="alone")
    assert alone.type == MessageType.DEFAULT and "message_reference" not in alone.details
    assert [message["content"] for message in await scene.history()] == ["alone", "more"]


async def test_what_follows_an_ephemeral_answer_openly_does_not_refer_to_it(store):
    scene = await Scene.make(store)
    await scene.app.answer(4, {"content": "secret", "flags": EPHEMERAL})
    more = await scene.app.follow_up(content="open")
    assert more.type == MessageType.DEFAULT and "referenced_message" not in more.viewed()


async def test_by_the_token_one_reaches_what_the_interaction_has_made_and_nothing_else(store):
    scene = await Scene.make(store)
    first = await scene.app.answer(4, {"content": "pong"})
    other = await scene.again()
    foreign = await other.answer(4, {"content": "other"})
    secret = await other.follow_up(content="secret", flags=EPHEMERAL)
    said = await say(store, scene.robo)
    for id in (foreign.id, secret.id, said.id, 5):
        for act in (scene.app.get(id), scene.app.edit(id, content="mine"), scene.app.delete(id)):
            async with refused(store, UnknownMessage):
                await act
    assert (await scene.app.get(first.id)).content == (await scene.app.get()).content == "pong"
    await scene.app.delete(first.id)
    scene.app.application_id += 1
    with pytest.raises(InvalidWebhookToken):
        await scene.app.found()


async def test_before_the_first_answer_nothing_follows(store):
    scene = await Scene.make(store)
    with pytest.raises(UnknownWebhook):
        await scene.app.follow_up(content="more")


async def test_the_token_ends_a_quarter_of_an_hour_after_the_answer(store):
    scene = await Scene.make(store)
    await scene.app.answer(4, {"content": "pong"})
    now = store.clock()
    store.clock = lambda: now + TOKEN_LIFE.total_seconds() - 5
    await scene.app.follow_up(content="more")
    store.clock = lambda: now + TOKEN_LIFE.total_seconds() + 5
    with pytest.raises(InvalidWebhookToken):
        await scene.app.follow_up(content="too late")
    with pytest.raises(UnknownInteraction):
        await scene.app.answer(4, {"content": "too late"})


async def test_by_the_token_nothing_more_is_said_once_the_owner_is_kept_out_or_gone(store):
    admin, _ = await person(store, "admin", admin=True)
    bob, _ = await person(store, "bob")
    scene = await Scene.make(store)
    async with store.pool.acquire() as conn:
        await conn.execute("update applications set owner_id = $1", bob.id)
    await scene.app.answer(4, {"content": "pong"})
    unanswered = await scene.again()
    for disabled in (True, False):
        async with store.transaction(admin) as tx:
            await administration.update_user(tx, bob.id, AccountEdit.parse({"disabled": disabled}))
        if disabled:
            with pytest.raises(InvalidWebhookToken):
                await scene.app.follow_up(content="more")
            with pytest.raises(UnknownInteraction):
                await unanswered.answer(4, {"content": "pong"})
    await scene.app.follow_up(content="more")
    async with store.transaction(admin) as tx:
        await administration.delete_user(tx, bob.id, Removal(None))
    with pytest.raises(InvalidWebhookToken):
        await scene.app.follow_up(content="too late")


# ── ephemeral ──


async def test_an_ephemeral_message_is_told_to_one_and_found_by_nobody(store):
    scene = await Scene.make(store)
    before = general(store).last_message_id
    message = await scene.app.answer(4, {"content": f"<@{scene.ada.id}> secret", "flags": EPHEMERAL})
    created = scene.heard.entries[0]
    assert created.name == "MESSAGE_CREATE"
    assert created.audience == Users((scene.ada.id,), general(store).guild_id)
    assert created.d["flags"] == EPHEMERAL and created.d["guild_id"] == str(general(store).guild_id)
    assert await scene.history() == [] and general(store).last_message_id == before
    async with store.reading(scene.ada) as tx:
        with pytest.raises(UnknownMessage):
            await messages.get_message(tx, general(store).id, message.id)
    async with store.transaction(scene.ada) as tx:
        with pytest.raises(UnknownMessage):
            await deletions.delete_message(tx, general(store).id, message.id)
    async with store.transaction(scene.ada) as tx:
        with pytest.raises(UnknownMessage):
            await reactions.add_reaction(tx, general(store).id, message.id, EmojiKey.of("🔥"))
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select count(*) from messages where id = $1", message.id) == 0
    await assert_as_fresh(store)


async def test_an_ephemeral_message_is_read_edited_and_deleted_by_the_token(store):
    scene = await Scene.make(store)
    body = {"content": "secret", "flags": EPHEMERAL, "attachments": [{"id": 0}]}
    message = await scene.app.answer(4, body, [FILE])
    assert (await scene.app.get()).content == "secret"
    scene.heard.take()
    edited = await scene.app.edit(content="other", attachments=[])
    assert edited.edited_at is not None and edited.is_ephemeral
    await scene.app.delete()
    with pytest.raises(UnknownMessage):
        await scene.app.get(message.id)
    one = Users((scene.ada.id,), general(store).guild_id)
    assert [(entry.name, entry.audience) for entry in scene.heard.entries] == [
        ("MESSAGE_UPDATE", one), ("MESSAGE_DELETE", one),
    ]  # fmt: skip
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select count(*) from attachments") == 0
    await assert_as_fresh(store)


async def test_a_file_of_an_ephemeral_message_is_found_by_its_address(store):
    scene = await Scene.make(store)
    body = {"content": "", "flags": EPHEMERAL, "attachments": [{"id": 0}]}
    message = await scene.app.answer(4, body, [FILE])
    (record,) = message.details["attachments"]
    async with store.reading(ANYONE) as tx:
        row = await attachments.find_attachment(tx, message.channel_id, int(record["id"]), "cat.txt")
    assert row.blob == FILE.blob


async def test_two_who_edit_an_ephemeral_message_at_once_both_have_their_say(store):
    scene = await Scene.make(store)
    await scene.app.answer(4, {"content": "secret", "flags": EPHEMERAL})
    async with store.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await conn.execute("select from ephemeral_messages for update")
        edits = [asyncio.ensure_future(scene.app.edit(content="words")),
                 asyncio.ensure_future(scene.app.edit(embeds=[{"title": "hi"}]))]  # fmt: skip
        await somebody_waits(conn)
        await transaction.rollback()
    await asyncio.gather(*edits)
    found = (await scene.app.get()).viewed()
    assert (found["content"], found["embeds"][0]["title"]) == ("words", "hi")


async def test_an_ephemeral_message_has_no_poll_and_is_forgotten_after_a_day(store):
    scene = await Scene.make(store)
    async with refused(store, InvalidFormBody) as caught:
        await scene.app.answer(4, {"poll": POLL, "flags": EPHEMERAL})
    assert caught.value.errors["data"].keys() == {"poll"}
    await scene.app.answer(5, {"flags": EPHEMERAL})
    async with refused(store, InvalidFormBody):
        await scene.app.edit(poll=POLL)
    async with store.reading(ANYONE) as tx:
        assert await ephemeral_messages.forget(tx) == 0
    now = store.clock()
    store.clock = lambda: now + ephemeral_messages.KEPT.total_seconds() + 1
    async with store.reading(ANYONE) as tx:
        assert await ephemeral_messages.forget(tx) == 1


# ── components, forms, what is typed ──


async def test_a_component_changes_its_message(store):
    scene = await Scene.make(store)
    await scene.app.answer(4, {"content": "press me"})
    message = await scene.app.get()
    press = await pressed(store, scene.ada, message)
    scene.heard.take()
    changed = await press.answer(7, {"content": "pressed"})
    assert scene.heard.names == ["MESSAGE_UPDATE", "INTERACTION_SUCCESS"]
    assert (changed.id, changed.content) == (message.id, "pressed")
    assert (await press.edit(content="again")).id == message.id  # @original is that message
    more = await press.follow_up(content="more")
    assert more.referenced.id == message.id
    assert more.details["interaction_metadata"]["interacted_message_id"] == str(message.id)


async def test_a_component_may_say_that_it_will_change_its_message(store):
    scene = await Scene.make(store)
    message = await scene.app.answer(4, {"content": "press me", "flags": EPHEMERAL})
    press = await pressed(store, scene.ada, message)
    scene.heard.take()
    assert (await press.answer(6)).id == message.id
    assert scene.heard.names == ["INTERACTION_SUCCESS"]
    changed = await press.edit(content="pressed")
    assert changed.id == message.id and changed.is_ephemeral


async def test_a_component_is_answered_by_a_reply_to_its_message(store):
    scene = await Scene.make(store)
    message = await scene.app.answer(4, {"content": "press me"})
    press = await pressed(store, scene.ada, message)
    reply = await press.answer(4, {"content": "pressed"})
    assert reply.type == MessageType.REPLY and reply.referenced.id == message.id
    assert "interaction" not in reply.details
    assert (await press.edit(message.id, content="old")).id == message.id
    assert (await press.get()).id == reply.id


async def test_a_form_is_shown_to_who_has_asked_and_kept(store):
    scene = await Scene.make(store)
    assert await scene.app.answer(9, MODAL) is None
    shown, success = scene.heard.entries
    assert (shown.name, shown.audience) == ("INTERACTION_MODAL_CREATE", Users((scene.ada.id,)))
    assert success.name == "INTERACTION_SUCCESS"
    assert {name: shown.d[name] for name in ("id", "nonce", "custom_id", "title")} == {
        "id": str(scene.app.id), "nonce": "7", "custom_id": "form", "title": "Form",
    }  # fmt: skip
    assert shown.d["application"]["id"] == str(scene.robo.id) and shown.d["components"][0]["id"] == 1
    assert (await scene.app.found()).modal["custom_id"] == "form"
    with pytest.raises(UnknownMessage):
        await scene.app.get()
    assert (await scene.app.follow_up(content="filled in?")).type == MessageType.DEFAULT


OPTIONS = [{"type": 4, "name": "n", "description": "N", "autocomplete": True}]


async def test_choices_are_told_to_who_is_typing_and_kept_nowhere(store):
    scene = await Scene.make(store, type=4, options=OPTIONS)
    choices = [{"name": "one", "value": 1, "name_localizations": {"de": "eins"}}, {"name": "two", "value": 2}]
    await scene.app.answer(8, {"choices": choices})
    (entry,) = scene.heard.entries
    assert entry.name == "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE" and not entry.journalled
    assert entry.audience == Users((scene.ada.id,)) and entry.d == {"choices": choices, "nonce": "7"}
    with pytest.raises(UnknownWebhook):
        await scene.app.follow_up(content="more")


async def test_choices_are_of_the_type_of_the_option(store):
    scene = await Scene.make(store, type=4, options=OPTIONS)
    async with refused(store, InvalidFormBody) as caught:
        await scene.app.answer(8, {"choices": [{"name": "", "value": 1}, {"name": "x", "value": "x"}]})
    assert caught.value.errors["data"]["choices"].keys() == {"0", "1"}
    async with refused(store, InvalidFormBody):
        await scene.app.answer(8, {"choices": [{"name": "x", "value": 1}] * 26})
    async with refused(store, InvalidFormBody):
        await scene.app.answer(4, {"content": "no"})
    await scene.app.answer(8)


# ── elsewhere ──


async def test_in_a_direct_message_the_bot_answers_too(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    dm = await open_dm(store, ada, robo)
    heard = Heard(store)
    await use(store, ada, command, channel_id=dm)
    app = Application.of(store, heard)
    heard.take()
    message = await app.answer(4, {"content": "pong"})
    assert heard.entries[0].audience == Channel(dm, None)
    assert message.details["interaction_metadata"]["authorizing_integration_owners"] == {"0": "0"}
    secret = await app.follow_up(content="secret", flags=EPHEMERAL)
    assert heard.entries[-1].audience == Users((ada.id,)) and "guild_id" not in heard.entries[-1].d
    assert secret.referenced.id == message.id
    await assert_as_fresh(store)


async def test_who_has_asked_is_answered_until_they_block_the_bot(store):
    """Also where the bot could not write to them by itself, since they share no guild any more."""
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    dm = await open_dm(store, ada, robo)
    heard = Heard(store)
    await use(store, ada, command, channel_id=dm)
    app = Application.of(store, heard)
    async with store.transaction(robo) as tx:
        await guilds.leave_guild(tx, general(store).guild_id)
    with pytest.raises(CannotMessageUser):
        await say(store, robo, channel_id=dm)
    assert (await app.answer(4, {"content": "pong"})).channel_id == dm
    await block(store, ada, robo.id)
    async with refused(store, CannotMessageUser):
        await app.follow_up(content="more")


async def test_an_answer_that_all_can_see_wakes_an_archived_thread(store):
    ada, _ = await person(store, "ada")
    robo = await listening_bot(store)
    command = await make_command(store, robo)
    async with store.transaction(ada) as tx:
        draft = ThreadDraft.parse({"name": "aside", "type": 11})
        thread_id = int((await threads.create_thread(tx, general(store).id, draft))["id"])
    heard = Heard(store)
    await use(store, ada, command, channel_id=thread_id)
    app = Application.of(store, heard)
    async with store.transaction(ada) as tx:
        await threads.update_thread(tx, thread_id, ThreadEdit.parse({"archived": True}))
    await app.answer(4, {"content": "secret", "flags": EPHEMERAL})
    assert store.directory.channels[thread_id].thread.archived
    await app.follow_up(content="pong")
    thread = store.directory.channels[thread_id].thread
    assert not thread.archived and robo.id in thread.members
    await assert_as_fresh(store)


async def test_what_is_told_of_an_answer_to_who_asks_for_it(store):
    scene = await Scene.make(store)
    async with store.reading(ANYONE) as tx:
        interaction = await find_to_answer(tx, scene.app.id, scene.app.token)
    message = await scene.app.answer(4, {"content": "pong"})
    told = callback_response(interaction, CallbackType.CHANNEL_MESSAGE_WITH_SOURCE, message)
    assert told["interaction"] == {
        "id": str(scene.app.id), "type": 2, "response_message_id": str(message.id),
        "response_message_loading": False, "response_message_ephemeral": False,
    }  # fmt: skip
    assert told["resource"] == {"type": 4, "message": message.viewed()}
    told = callback_response(interaction, CallbackType.MODAL, None)
    assert told == {"interaction": {"id": str(scene.app.id), "type": 2}}
    loading = replace(message, flags=LOADING)
    told = callback_response(interaction, CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE, loading)
    assert told["interaction"]["response_message_loading"] and "resource" not in told
