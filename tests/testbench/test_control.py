"""The control API on a running bench: what people do, what is written down, what can happen to a bot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatd.testbench.asking import Ask, Refused, exchange_awaiting
from chatd.testbench.control import ROWS
from chatd.testbench.waiting import NothingCame
from tests.end_to_end.clients import API, ask, listening
from tests.end_to_end.clients import say as say_by_http

DOCS = Path(__file__).parent.parent.parent / "docs" / "testbench.md"


async def control(chat, method, path, body=None):
    return await exchange_awaiting(chat.control, Ask(method, path, body))


def test_the_page_has_a_line_for_each_row():
    documented = set(re.findall(r"^\| `([A-Z]+) (/\S*)` \|", DOCS.read_text(), re.MULTILINE))
    assert documented == {(row.method, row.path or "/") for row in ROWS}


# ── people ──


async def test_people_say_reply_react_edit_and_delete_as_themselves(chat):
    ada, bob = await chat.user("ada"), await chat.user("bob", display_name="Bob")
    said = await ada.say("hello")
    assert (said.author.username, said.channel_id) == ("ada", chat.channel.id)
    answer = await bob.reply(said, "hello yourself")
    assert (answer.author.global_name, answer.referenced_message.id) == ("Bob", said.id)
    await bob.react(said, "👋")
    assert (await chat.next_reaction(said, by=bob)).emoji.name == "👋"
    await bob.react(said, "👋", remove=True)
    assert (await chat.next_event("MESSAGE_REACTION_REMOVE", message_id=said.id)).user_id == bob.id
    await ada.edit(said, "hello all")
    assert (await chat.next_edit(said)).content == "hello all"
    await ada.delete(said)
    assert (await chat.next_deletion()).id == said.id


async def test_what_somebody_may_not_do_is_refused_as_their_client_would_be_told(chat):
    ada, bob = await chat.user("ada"), await chat.user("bob")
    said = await ada.say("mine")
    with pytest.raises(Refused) as refused:
        await bob.delete(said)
    assert (refused.value.status, refused.value.code) == (403, 50013)
    with pytest.raises(Refused) as refused:
        await ada.say("")
    assert (refused.value.status, refused.value.code) == (400, 50006)


async def test_people_type_speak_and_are_seen(chat):
    ada = await chat.user("ada")
    await ada.type()
    assert (await chat.next_event("TYPING_START")).user_id == ada.id
    voice = chat.channel_named("voice")
    await ada.join_voice(voice)
    assert (await chat.next_event("VOICE_STATE_UPDATE")).channel_id == voice.id
    await ada.leave_voice()
    assert (await chat.next_event("VOICE_STATE_UPDATE")).channel_id is None
    await ada.show("idle", [{"name": "chess", "type": 0}])
    shown = await chat.next_event("PRESENCE_UPDATE", user={"id": ada.id})
    assert (shown.status, shown.activities[0].name) == ("idle", "chess")


async def test_direct_messages_are_heard_too(chat):
    ada = await chat.user("ada")
    await ada.say("psst", channel=await ada.dm(chat.bot))
    assert (await chat.next_message(by=ada)).content == "psst"


async def test_each_test_has_a_guild_of_its_own_and_names_are_free_again(chat, testbench):
    ada = await chat.user("ada")
    before, again = chat.guild.id, testbench.chat()
    assert again.guild.id != before
    assert again.user("ada").id != ada.id
    with pytest.raises(Refused) as refused:
        await ada.say("is anybody here?")
    assert refused.value.status == 404


async def test_a_bad_request_is_answered_with_all_its_faults(chat):
    status, answer = await control(chat, "POST", "/faults", {"status": 200, "scope": "mine", "times": 0})
    assert status == 400
    assert set(answer["errors"]) == {"status", "scope", "times"}
    assert (await control(chat, "POST", "/nowhere"))[0] == 404
    assert (await control(chat, "POST", "/as/1/say", {"channel_id": "1"}))[0] == 404


async def test_nobody_finds_the_control_api_without_its_secret(chat):
    for path in ("/testbench", "/testbench/", "/testbench/guessed/log"):
        assert (await ask(chat.url, "GET", path)).status == 404


# ── waiting ──


async def test_nothing_is_given_out_twice_and_nothing_is_lost(chat):
    ada = await chat.user("ada")
    for content in ("one", "two", "three"):
        await ada.say(content)
    assert (await chat.next_message("two", by=ada)).content == "two"
    assert (await chat.next_message(by=ada)).content == "one"
    assert (await chat.next_message(by=ada, where=lambda message: "r" in message.content)).content == "three"
    with pytest.raises(NothingCame, match="MESSAGE_CREATE ada: three"):
        await chat.next_message("four", by=ada, timeout_s=0)


def test_a_test_that_is_no_coroutine_has_the_same_verbs(chat):
    ada = chat.user("ada")
    said = ada.say("hello")
    assert chat.next_message(by=ada).id == said.id
    chat.silence(within_s=0)


# ── time ──


async def test_the_clock_is_turned_and_what_it_is_time_for_happens(chat):
    ada = await chat.user("ada")
    poll = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "yes"}}], "duration": 1}
    said = await ada.say(poll=poll)
    await chat.advance(3600 + 1)
    ended = await chat.next_edit(said)
    assert ended.poll.results.is_finalized


# ── a bot's requests ──


async def test_requests_of_a_bot_are_written_down_with_their_answers(chat):
    token = f"Bot {chat.token}"
    assert (await say_by_http(chat.url, token, chat.channel.id, "beep")).status == 200
    path = f"/channels/{chat.channel.id}/messages"
    made = await chat.bot.next_request("POST", path)
    assert (made.status, made.body.content, made.answer.content) == (200, "beep", "beep")
    await say_by_http(chat.url, token, "1", "nowhere")
    assert (await chat.bot.next_request("POST", "/channels/1/messages", status=404)).answer.code == 10003


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_the_next_requests_of_a_kind_are_answered_with_429(chat, scope):
    token, path = f"Bot {chat.token}", f"/channels/{chat.channel.id}/messages"
    what = {"method": "POST", "path": "/channels/*/messages", "times": 2}
    await chat.fail_next(429, **what, scope=scope, retry_after_s=7)
    assert (await ask(chat.url, "GET", API + path, authorization=token)).status == 200
    for _ in range(2):
        refused = await say_by_http(chat.url, token, chat.channel.id, "beep")
        assert refused.status == 429
        assert refused.json == {
            "message": "You are being rate limited.", "retry_after": 7, "global": scope == "global"
        }  # fmt: skip
        assert (await chat.bot.next_request("POST", path)).is_fault
    assert (await say_by_http(chat.url, token, chat.channel.id, "beep")).status == 200


async def test_a_fault_is_the_bots_alone_and_may_be_any_error(chat):
    ada = await chat.user("ada")
    await chat.fail_next(503, message="away", code=0)
    assert (await say_by_http(chat.url, ada.token, chat.channel.id, "still here")).status == 200
    refused = await say_by_http(chat.url, f"Bot {chat.token}", chat.channel.id, "beep")
    assert (refused.status, refused.json) == (503, {"message": "away", "code": 0})


# ── a bot's connection ──


async def test_a_bot_may_be_made_with_less(chat, testbench):
    made = (await control(chat, "POST", "/bots", {"name": "shy", "permissions": "2048", "flags": 0}))[1]
    assert (await say_by_http(chat.url, made["token"], chat.channel.id, "hello")).status == 200
    path = f"{API}/channels/{chat.channel.id}"
    assert (await ask(chat.url, "DELETE", path, authorization=made["token"])).status == 403
    own = await ask(chat.url, "GET", f"{API}/applications/@me", authorization=made["token"])
    assert own.json["flags"] == 0
    testbench.chat()
    gone = await ask(chat.url, "GET", f"{API}/applications/@me", authorization=made["token"])
    assert gone.status == 401, "it was of that test"


async def test_frames_of_a_bot_are_written_down_without_its_token(chat):
    async with listening(chat.url, chat.token):
        frame = await chat.bot.next_session()
        assert (frame.op, frame.d.token) == (2, "…")


async def test_its_connection_can_be_cut_or_closed_with_a_code(chat):
    async with listening(chat.url, chat.token) as bot:
        assert await chat.bot.drop() == 1
        assert await bot.closed() == 1006
    async with listening(chat.url, chat.token) as bot:
        assert await chat.bot.drop(4009) == 1
        assert await bot.closed() == 4009


async def test_it_can_be_told_to_come_back_or_that_its_session_is_over(chat):
    async with listening(chat.url, chat.token) as bot:
        await chat.bot.reconnect()
        await chat.bot.invalidate(resumable=True)
        await chat.bot.invalidate()
        await bot.heard_ops(7, 9, 9)
        assert [payload["d"] for payload in bot.heard if payload["op"] == 9] == [True, False]


async def test_its_heartbeats_can_go_unanswered(chat):
    async with listening(chat.url, chat.token) as bot:
        await chat.bot.delay_heartbeats(None)
        await bot.send(1, 0)
        await chat.bot.delay_heartbeats(0)
        await bot.send(1, 0)
        await bot.heard_ops(11)
        await chat.bot.delay_heartbeats(0.01)
        await bot.send(1, 0)
        await bot.heard_ops(11, 11)
        assert [record["op"] for record in await chat.log("frame")][-3:] == [1, 1, 1]
