"""What rules of automatic moderation do to what members write and call themselves."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import channels, deletions, members, messages, screening, threads
from chatd.model.actor import Actor
from chatd.model.audience import Guild
from chatd.model.errors import MessageBlocked, MissingPermissions, TitleBlocked
from chatd.model.members import QUARANTINED, MemberEdit, OwnMemberEdit
from chatd.model.message_drafts import MessageDraft
from chatd.model.permissions import Permission
from chatd.model.rule_set import Match
from chatd.model.thread_drafts import ThreadDraft, ThreadEdit
from tests.actions.test_auto_moderation import TIME_OUT, alert, change, create, delete
from tests.beats import all_rows, assert_as_fresh
from tests.company import make_role
from tests.conftest import opened_store
from tests.people import Heard, bot, general, person
from tests.permitting import allow
from tests.places import give_role, make_channel
from tests.talk import edit, rename, say

BLOCK = {"type": 1}
EXECUTION = "AUTO_MODERATION_ACTION_EXECUTION"
LOGGED = "GUILD_AUDIT_LOG_ENTRY_CREATE"


async def scene(store: Any, **fields: Any) -> tuple[Any, Any, Any]:
    """The owner, bob, and a rule of the owner's against the word grue."""
    owner, _ = await person(store, "owner", admin=True)
    bob, _ = await person(store, "bob")
    return owner, bob, await create(store, owner, **fields)


async def blocked(store: Any, act: Any) -> list[Any]:
    """The act is refused, and leaves no message; what is told of it instead."""
    heard, before = Heard(store), await all_rows(store)
    with pytest.raises(MessageBlocked):
        await act
    after = await all_rows(store)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"audit_log", "journal", "journal_head", "messages", "members", "guilds"}
    await assert_as_fresh(store)
    return heard.entries


def names(entries: list[Any]) -> list[str]:
    return [entry.name for entry in entries]


# ── what is done ──


async def test_a_message_is_blocked_with_an_event_and_an_entry_in_the_log(store):
    _, bob, rule = await scene(store)
    guild_id = general(store).guild_id
    executed, logged = await blocked(store, say(store, bob, "It is a Grue!"))
    assert (executed.name, executed.audience) == (EXECUTION, Guild(guild_id))
    assert executed.d == {
        "guild_id": str(guild_id), "action": {"type": 1, "metadata": {}}, "rule_id": rule["id"],
        "rule_trigger_type": 1, "user_id": str(bob.id), "channel_id": str(general(store).id),
        "content": "It is a Grue!", "matched_keyword": "grue", "matched_content": "Grue",
    }  # fmt: skip
    assert (logged.name, logged.d["action_type"], logged.d["target_id"], logged.d["user_id"]) == (
        LOGGED, 143, str(bob.id), str(bob.id),
    )  # fmt: skip
    assert logged.d["options"] == {
        "auto_moderation_rule_name": "words", "auto_moderation_rule_trigger_type": "1",
        "channel_id": str(general(store).id),
    }  # fmt: skip


async def test_the_rule_says_why(store):
    custom = {"type": 1, "metadata": {"custom_message": "It is dark in here."}}
    _, bob, _ = await scene(store, actions=[custom])
    with pytest.raises(MessageBlocked) as caught:
        await say(store, bob, "grue")
    assert caught.value.body() == {"code": 200000, "message": "It is dark in here."}


async def test_an_alert_is_a_message_of_its_own(store):
    owner, bob, _ = await scene(store)
    alerts = await make_channel(store, owner, name="alerts")
    await create(store, owner, name="alerting", actions=[BLOCK, alert(alerts.id)],
                 trigger_metadata={"keyword_filter": ["grue"]})  # fmt: skip
    told = await blocked(store, say(store, bob, "a grue"))
    assert names(told) == [EXECUTION, LOGGED, EXECUTION, LOGGED, "MESSAGE_CREATE", EXECUTION, LOGGED]
    message, executed, logged = told[4:]
    assert (message.d["type"], message.d["channel_id"], message.d["author"]["id"], message.d["content"]) == (
        24, str(alerts.id), str(bob.id), "",
    )  # fmt: skip
    (embed,) = message.d["embeds"]
    assert (embed["type"], embed["description"]) == ("auto_moderation_message", "a grue")
    assert {field["name"]: field["value"] for field in embed["fields"]} == {
        "rule_name": "alerting", "channel_id": str(general(store).id), "decision_outcome": "blocked",
        "keyword": "grue", "keyword_matched_content": "grue",
    }  # fmt: skip
    assert executed.d["alert_system_message_id"] == message.d["id"]
    assert logged.d["action_type"] == 144


async def test_a_rule_that_does_not_block_lets_the_message_stand_beside_what_it_does(store):
    _, bob, _ = await scene(store, actions=[TIME_OUT])
    heard = Heard(store)
    sent = await say(store, bob, "grue")
    created, updated, executed, logged = heard.take()
    assert (created.name, created.d["id"]) == ("MESSAGE_CREATE", str(sent.id))
    assert updated.name == "GUILD_MEMBER_UPDATE"
    assert updated.d["communication_disabled_until"] is not None
    assert (executed.d["message_id"], executed.d["action"]) == (str(sent.id), TIME_OUT)
    assert (logged.d["action_type"], logged.d["target_id"]) == (145, str(bob.id))
    await assert_as_fresh(store)
    with pytest.raises(MissingPermissions):
        await say(store, bob, "hello?")


async def test_a_time_out_never_ends_a_longer_one(store):
    """Two messages may be on their way at once, to rules of different length."""
    owner, bob, made = await scene(store, actions=[TIME_OUT])
    await say(store, bob, "grue")
    await change(store, owner, made["id"], actions=[{"type": 3, "metadata": {"duration_seconds": 1}}])
    guild = store.directory.guilds[general(store).guild_id]
    match = Match(guild.auto_moderation_rules[int(made["id"])], "grue", "grue")
    user, heard = store.directory.users[bob.id], Heard(store)
    async with store.transaction(bob) as tx:
        await screening.carry_out(tx, screening.Verdict(guild.id, user, general(store).id, "grue", (match,)))
    assert heard.entries == []


async def test_an_edit_is_screened_as_a_new_message_is(store):
    _, bob, _ = await scene(store)
    sent = await say(store, bob, "nothing to see")
    told = await blocked(store, edit(store, bob, sent, "a grue"))
    assert names(told) == [EXECUTION, LOGGED]
    async with store.reading(bob) as tx:
        assert (await messages.get_message(tx, sent.channel_id, sent.id)).content == "nothing to see"


async def test_what_is_written_with_other_rows_is_blocked_with_all_of_them(store):
    """A poll takes a transaction, which is rolled back; why it was is committed all the same."""
    _, bob, _ = await scene(store)
    await allow(store, Permission.SEND_POLLS)
    poll = {"question": {"text": "Is it a grue?"}, "answers": [{"poll_media": {"text": "yes"}}]}
    draft = MessageDraft.parse({"poll": poll})

    async def post() -> None:
        async with store.transaction(bob) as tx:
            await messages.create_message(tx, general(store).id, draft)

    told = await blocked(store, post())
    assert [entry.d.get("content") for entry in told if entry.name == EXECUTION] == ["Is it a grue?\nyes"]


@pytest.mark.parametrize(
    "embed",
    [{"title": "grue"}, {"description": "a grue"}, {"fields": [{"name": "x", "value": "grue"}]},
     {"footer": {"text": "grue"}}, {"author": {"name": "grue"}}],
)  # fmt: skip
async def test_embeds_are_text_too(store, embed):
    _, bob, _ = await scene(store)
    await blocked(store, say(store, bob, "see", embeds=[embed]))


@pytest.mark.parametrize(
    "said",
    [{"content": "grue"}, {"embeds": [{"title": "grue"}]},
     {"flags": 1 << 15, "components": [{"type": 17, "components": [{"type": 10, "content": "a grue"}]}]}],
)  # fmt: skip
async def test_what_is_forwarded_is_looked_at_whole(store, said):
    owner, bob, _ = await scene(store)
    robo, _ = await bot(store, "robo")
    original = await say(store, robo, said.pop("content", ""), **said)
    reference = {"type": 1, "message_id": str(original.id), "channel_id": str(original.channel_id)}

    async def forward() -> None:
        async with store.transaction(bob) as tx:
            draft = MessageDraft.parse({"message_reference": reference})
            await messages.create_message(tx, general(store).id, draft)

    await blocked(store, forward())


# ── whom and where ──


async def test_bots_and_those_who_manage_the_guild_are_above_the_rules(store):
    owner, bob, _ = await scene(store)
    robo, _ = await bot(store, "robo")
    async with store.transaction(owner) as tx:
        await members.add_member(tx, general(store).guild_id, store.directory.users[robo.id])
    for actor in (owner, robo):
        await say(store, actor, "grue")
    await allow(store, Permission.MANAGE_GUILD)
    await say(store, bob, "grue")


async def test_roles_and_channels_are_exempt_with_what_is_below_them(store):
    owner, bob, rule = await scene(store)
    category = await make_channel(store, owner, type=4)
    inside = await make_channel(store, owner, parent_id=str(category.id))
    async with store.transaction(owner) as tx:
        draft = ThreadDraft.parse({"name": "x", "type": 11})
        thread = await threads.create_thread(tx, general(store).id, draft)
    places = (general(store).id, int(thread["id"]), inside.id)
    for channel_id in places:
        with pytest.raises(MessageBlocked):
            await say(store, bob, "grue", channel_id)
    exempt = [str(general(store).id), str(category.id)]
    await change(store, owner, rule["id"], exempt_channels=exempt)
    for channel_id in places:
        await say(store, bob, "grue", channel_id)
    role_id = await make_role(store, owner, "trusted")
    await change(store, owner, rule["id"], exempt_channels=[], exempt_roles=[str(role_id)])
    with pytest.raises(MessageBlocked):
        await say(store, bob, "grue")
    await give_role(store, bob.id, role_id)
    await say(store, bob, "grue")


async def test_what_is_disabled_or_gone_blocks_nothing(store):
    owner, bob, rule = await scene(store, enabled=False)
    await say(store, bob, "grue")
    await change(store, owner, rule["id"], enabled=True)
    with pytest.raises(MessageBlocked):
        await say(store, bob, "grue")
    await delete(store, owner, rule["id"])
    await say(store, bob, "grue")


async def test_a_rule_holds_from_its_commit_on_for_who_has_not_heard_of_it(store, pool):
    """The other process decides by what it knows, and its statement says that this is too old."""
    owner, _ = await person(store, "owner", admin=True)
    bob, _ = await person(store, "bob")
    other = await opened_store(pool, process=1)
    try:
        await other.listener.stop()
        await create(store, owner)
        with pytest.raises(MessageBlocked):
            await say(other, bob, "grue")
    finally:
        await other.close()


async def test_an_alert_whose_channel_is_gone_is_not_sent(store):
    owner, bob, _ = await scene(store, enabled=False)
    alerts = await make_channel(store, owner, name="alerts")
    await create(store, owner, actions=[BLOCK, alert(alerts.id)])
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, alerts.id)
    assert names(await blocked(store, say(store, bob, "grue"))) == [EXECUTION, LOGGED]


async def test_nobody_takes_back_the_alert_about_themself(store):
    _, bob, _ = await scene(store, enabled=False)
    owner = Actor(next(user.id for user in store.directory.users.values() if user.username == "owner"))
    await create(store, owner, actions=[alert(general(store).id)])
    heard = Heard(store)
    await say(store, bob, "grue")
    _, posted = [entry.d for entry in heard.entries if entry.name == "MESSAGE_CREATE"]
    assert posted["type"] == 24
    with pytest.raises(MissingPermissions):
        async with store.transaction(bob) as tx:
            await deletions.delete_message(tx, general(store).id, int(posted["id"]))
    async with store.transaction(owner) as tx:
        await deletions.delete_message(tx, general(store).id, int(posted["id"]))


# ── other triggers ──


async def test_presets_are_lists_of_words(store):
    store.directory.word_lists = {1: ("drat",), 2: ("ankle*",)}
    metadata = {"presets": [1, 2], "allow_list": ["ankle boots"]}
    _, bob, _ = await scene(store, trigger_type=4, trigger_metadata=metadata)
    executed, _ = await blocked(store, say(store, bob, "Drat!"))
    assert (executed.d["rule_trigger_type"], executed.d["matched_keyword"]) == (4, "drat")
    await blocked(store, say(store, bob, "such ankles"))
    await say(store, bob, "I like ankle boots")


async def test_mentions_are_counted(store):
    owner, bob, _ = await scene(store, trigger_type=5, trigger_metadata={"mention_total_limit": 2})
    role_id = await make_role(store, owner, "crew")
    everybody = [f"<@{user_id}>" for user_id in store.directory.guilds[general(store).guild_id].members]
    two = everybody[-2:]
    await say(store, bob, " ".join([*two, *two, "<@5>", "<@&6>"]))
    executed, _ = await blocked(store, say(store, bob, " ".join([*two, f"<@&{role_id}>"])))
    assert (executed.d["matched_keyword"], executed.d["matched_content"]) == (None, executed.d["content"])


async def test_spam_is_what_one_says_too_often(store):
    _, bob, _ = await scene(store, trigger_type=3, trigger_metadata=None)
    for _ in range(3):
        await say(store, bob, "Buy my stuff!")
    told = await blocked(store, say(store, bob, "buy  MY stuff!"))
    assert [entry.d["rule_trigger_type"] for entry in told if entry.name == EXECUTION] == [3]
    await say(store, bob, "sorry")


async def test_newcomers_who_mention_many_together_are_a_raid(store):
    metadata = {"mention_total_limit": 0, "mention_raid_protection_enabled": True}
    owner, bob, _ = await scene(store, trigger_type=5, trigger_metadata=metadata)
    roles = [f"<@&{await make_role(store, owner, f'r{at}')}>" for at in range(20)]
    crowd = [bob, *[(await person(store, name))[0] for name in ("cleo", "dora")]]
    for at, actor in enumerate(crowd[:2]):
        await say(store, actor, " ".join(roles[at * 7 : at * 7 + 7]))
    told = await blocked(store, say(store, crowd[2], " ".join(roles[14:])))
    assert [entry.d["rule_trigger_type"] for entry in told if entry.name == EXECUTION] == [5]
    await say(store, bob, "nobody in particular")


# ── titles ──


async def test_the_name_of_a_thread_is_screened(store):
    _, bob, _ = await scene(store)

    async def start(name: str) -> Any:
        async with store.transaction(bob) as tx:
            draft = ThreadDraft.parse({"name": name, "type": 11})
            return await threads.create_thread(tx, general(store).id, draft)

    await start("grues")
    heard = Heard(store)
    with pytest.raises(TitleBlocked):
        await start("the grue")
    assert names(heard.take()) == [EXECUTION, LOGGED]


async def test_a_post_is_screened_by_name_and_by_message(store):
    owner, bob, _ = await scene(store)
    forum = await make_channel(store, owner, type=15)

    async def post(name: str, content: str) -> Any:
        async with store.transaction(bob) as tx:
            draft = ThreadDraft.parse({"name": name, "message": {"content": content}})
            return await threads.create_thread(tx, forum.id, draft)

    with pytest.raises(TitleBlocked):
        await post("grue", "hello")
    await blocked(store, post("hello", "grue"))
    made = await post("hello", "hello")
    with pytest.raises(TitleBlocked):
        async with store.transaction(bob) as tx:
            await threads.update_thread(tx, int(made["id"]), ThreadEdit.parse({"name": "grue"}))


# ── names ──

PROFILE = {"trigger_type": 6, "event_type": 2, "actions": [{"type": 4}],
           "trigger_metadata": {"keyword_filter": ["*grue*"]}}  # fmt: skip


def flags_of(store: Any, who: Any) -> int:
    return int(store.directory.guilds[general(store).guild_id].members[who.id].flags & QUARANTINED)


async def call_oneself(store: Any, actor: Actor, nick: str | None) -> None:
    async with store.transaction(actor) as tx:
        await members.update_own(tx, general(store).guild_id, OwnMemberEdit.parse({"nick": nick}))


async def test_a_nickname_against_the_rules_keeps_its_bearer_from_everything_but_another_one(store):
    _, bob, rule = await scene(store, **PROFILE)
    heard = Heard(store)
    await call_oneself(store, bob, "Grueling")
    updated, nick, executed, logged = heard.take()
    assert updated.d["flags"] & QUARANTINED
    assert (nick.d["action_type"], logged.d["action_type"], logged.d["target_id"]) == (24, 146, str(bob.id))
    assert executed.d == {
        "guild_id": str(general(store).guild_id), "action": {"type": 4, "metadata": {}},
        "rule_id": rule["id"], "rule_trigger_type": 6, "user_id": str(bob.id), "content": "Grueling\nbob",
        "matched_keyword": "*grue*", "matched_content": "Grue",
    }  # fmt: skip
    await assert_as_fresh(store)
    with pytest.raises(MissingPermissions):
        await say(store, bob, "hello")
    await call_oneself(store, bob, "still a grue")
    assert names(heard.take()).count(EXECUTION) == 0, "they are known already"
    await call_oneself(store, bob, None)
    assert not flags_of(store, bob)
    await assert_as_fresh(store)
    await say(store, bob, "hello")


async def test_every_name_counts_wherever_it_comes_from(store):
    owner, bob, rule = await scene(store, **PROFILE)
    await rename(store, bob, "Grue")
    assert flags_of(store, bob)
    await assert_as_fresh(store)
    await rename(store, bob, "Bob")
    assert not flags_of(store, bob)
    async with store.transaction(owner) as tx:
        await members.update_member(tx, general(store).guild_id, bob.id, MemberEdit.parse({"nick": "grue"}))
    assert flags_of(store, bob)
    cleo, _ = await person(store, "grue_cleo")
    assert flags_of(store, cleo)
    await assert_as_fresh(store)
    await rename(store, owner, "Grue")
    assert not flags_of(store, owner), "who manages the guild is above its rules"
    heard = Heard(store)
    await change(store, owner, rule["id"], enabled=False)
    assert not flags_of(store, bob) and not flags_of(store, cleo)
    assert names(heard.take()).count("GUILD_MEMBER_UPDATE") == 2
    await assert_as_fresh(store)


async def test_a_rule_for_names_may_only_tell(store):
    _, bob, _ = await scene(store, **{**PROFILE, "actions": [alert(general(store).id)]})
    heard = Heard(store)
    await call_oneself(store, bob, "grue")
    assert not flags_of(store, bob)
    assert names(heard.take()) == ["GUILD_MEMBER_UPDATE", LOGGED, "MESSAGE_CREATE", EXECUTION, LOGGED]
