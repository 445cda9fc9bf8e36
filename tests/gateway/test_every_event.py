"""Every event of the documentation: its shape, the intent that it needs, and who hears of it.

A row says what somebody does, and what must be told of it: to a session that may see it and asked for it,
once, as the official schema has it; not to a session without its intent; not to somebody who is not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.actions import presence
from chatd.model import intents
from chatd.model.actor import ANYONE
from chatd.model.intents import Intent
from tests.compatibility.official import faults_of_object
from tests.gateway.client import Client
from tests.people import bot, person
from tests.pictures import data_uri, png
from tests.rest.conftest import Place, furnish
from tests.sounds import mp3

THUMB = "%F0%9F%91%8D"


@dataclass
class Scene:
    """A furnished server with a gateway. What a preparation has made is found in `made`."""

    place: Place
    gateway: Any
    bob_token: str = ""
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def guild(self) -> str:
        return f"/guilds/{self.place.guild_id}"

    @property
    def channel(self) -> str:
        return f"/channels/{self.place.channel_id}"

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        reply = await getattr(self.place, who).api(method, path, body)
        assert reply.status < 300, (method, path, reply.status, reply.content)
        return reply.json

    async def message(self, who: str = "ada", path: str | None = None, **body: Any) -> str:
        """Post one; the path of it."""
        where = path or self.channel
        sent = await self.ask(who, "POST", f"{where}/messages", {"content": "hello", **body})
        return f"{where}/messages/{sent['id']}"

    async def direct(self) -> str:
        """The path of robo's direct messages with bob."""
        body = {"recipient_id": str(self.place.bob_id)}
        opened = await self.ask("robo", "POST", "/users/@me/channels", body)
        return f"/channels/{opened['id']}"


Act = Callable[[Scene], Awaitable[Any]]


async def nothing(scene: Scene) -> None:
    pass


@dataclass
class Row:
    """`intent` is 0 for what is told whatever the intents. `keys` must be there; `part` is the official
    schema of `d`, or (key, schema) of something in it.
    """

    name: str
    intent: int
    doing: Act
    before: Act = nothing
    keys: str = ""
    part: Any = None
    case: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.case}".strip()


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


# ── guilds, channels, roles ──


async def make_channel(scene: Scene) -> None:
    scene.made["channel"] = await scene.ask("ada", "POST", scene.guild + "/channels", {"name": "room"})


async def edit_channel(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", f"/channels/{scene.made['channel']['id']}", {"topic": "new"})


async def delete_channel(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"/channels/{scene.made['channel']['id']}")


async def make_news(scene: Scene) -> None:
    made = await scene.ask("ada", "POST", f"{scene.guild}/channels", {"name": "news", "type": 5})
    scene.made["news"] = made["id"]


async def follow_news(scene: Scene) -> None:
    body = {"webhook_channel_id": str(scene.place.channel_id)}
    await scene.ask("ada", "POST", f"/channels/{scene.made['news']}/followers", body)


async def make_role(scene: Scene) -> None:
    scene.made["role"] = await scene.ask("ada", "POST", scene.guild + "/roles", {"name": "crew"})


async def edit_role(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", f"{scene.guild}/roles/{scene.made['role']['id']}", {"name": "hands"})


async def delete_role(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/roles/{scene.made['role']['id']}")


async def edit_guild(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", scene.guild, {"name": "Home"})


async def kick_robo(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/members/{scene.place.robo_id}")


# ── members ──


async def sign_up(scene: Scene) -> None:
    await person(scene.place.app.store, "newcomer")


async def rename_bob(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", f"{scene.guild}/members/{scene.place.bob_id}", {"nick": "Bobby"})


async def kick_bob(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/members/{scene.place.bob_id}")


async def ban_bob(scene: Scene) -> None:
    await scene.ask("ada", "PUT", f"{scene.guild}/bans/{scene.place.bob_id}", {})


async def unban_bob(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/bans/{scene.place.bob_id}")


async def add_bot(scene: Scene) -> None:
    actor, _ = await bot(scene.place.app.store, "guest")
    scene.made["bot"] = actor.id


async def send_bot_away(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/integrations/{scene.made['bot']}")


async def make_invite(scene: Scene) -> None:
    scene.made["invite"] = await scene.ask("ada", "POST", scene.channel + "/invites", {"max_age": 60})


async def delete_invite(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"/invites/{scene.made['invite']['code']}")


async def show_bob(scene: Scene) -> None:
    async with scene.place.app.store.reading(ANYONE) as tx:
        game = {"name": "chess", "type": 0, "created_at": 1_800_000_000_000}
        presence.update_presence(tx, scene.place.bob_id, "dnd", [game], {"web": "dnd"})


# ── messages ──


async def say(scene: Scene) -> None:
    await scene.message(content=f"hello <@{scene.place.bob_id}>")


async def have_message(scene: Scene) -> None:
    scene.made["message"] = await scene.message()


async def edit_message(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", scene.made["message"], {"content": "better"})


async def delete_message(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", scene.made["message"])


async def have_two_messages(scene: Scene) -> None:
    scene.made["ids"] = [(await scene.message()).rpartition("/")[2] for _ in range(2)]


async def delete_both(scene: Scene) -> None:
    await scene.ask("ada", "POST", scene.channel + "/messages/bulk-delete", {"messages": scene.made["ids"]})


async def pin_message(scene: Scene) -> None:
    path, _, message_id = scene.made["message"].rpartition("/")
    await scene.ask("ada", "PUT", f"{path}/pins/{message_id}")


async def react(scene: Scene) -> None:
    await scene.ask("ada", "PUT", f"{scene.made['message']}/reactions/{THUMB}/@me")


async def have_reaction(scene: Scene) -> None:
    await have_message(scene)
    await react(scene)


async def take_back(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.made['message']}/reactions/{THUMB}/@me")


async def clear_reactions(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.made['message']}/reactions")


async def clear_emoji(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.made['message']}/reactions/{THUMB}")


async def type_there(scene: Scene) -> None:
    await scene.ask("ada", "POST", scene.channel + "/typing")


async def have_poll(scene: Scene) -> None:
    answers = [{"poll_media": {"text": text}} for text in ("yes", "no")]
    poll = {"question": {"text": "again?"}, "answers": answers, "duration": 1}
    message = await scene.message(content="", poll=poll)
    scene.made["poll"] = message.replace("/messages/", "/polls/")


async def vote(scene: Scene) -> None:
    await scene.ask("bob", "PUT", scene.made["poll"] + "/answers/1/votes/@me")


async def have_vote(scene: Scene) -> None:
    await have_poll(scene)
    await vote(scene)


async def take_vote_back(scene: Scene) -> None:
    await scene.ask("bob", "DELETE", scene.made["poll"] + "/answers/1/votes/@me")


# ── direct messages ──


async def have_direct(scene: Scene) -> None:
    scene.made["direct"] = await scene.direct()


async def say_directly(scene: Scene) -> None:
    await scene.message("bob", scene.made["direct"])


async def have_direct_message(scene: Scene) -> None:
    await have_direct(scene)
    scene.made["message"] = await scene.message("bob", scene.made["direct"])


async def bob_edits(scene: Scene) -> None:
    await scene.ask("bob", "PATCH", scene.made["message"], {"content": "better"})


async def bob_deletes(scene: Scene) -> None:
    await scene.ask("bob", "DELETE", scene.made["message"])


async def bob_reacts(scene: Scene) -> None:
    await scene.ask("bob", "PUT", f"{scene.made['message']}/reactions/{THUMB}/@me")


async def bob_types(scene: Scene) -> None:
    await scene.ask("bob", "POST", scene.made["direct"] + "/typing")


# ── threads ──


async def start_thread(scene: Scene) -> None:
    message = scene.made.get("message") or await scene.message()
    scene.made["thread"] = await scene.ask("ada", "POST", message + "/threads", {"name": "aside"})


async def edit_thread(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", f"/channels/{scene.made['thread']['id']}", {"name": "new"})


async def delete_thread(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"/channels/{scene.made['thread']['id']}")


async def add_bob(scene: Scene) -> None:
    await scene.ask(
        "ada", "PUT", f"/channels/{scene.made['thread']['id']}/thread-members/{scene.place.bob_id}"
    )


# ── expressions, events, stages, voice ──


async def make_emoji(scene: Scene) -> None:
    await scene.ask("ada", "POST", scene.guild + "/emojis", {"name": "night", "image": data_uri(png())})


async def make_event(scene: Scene) -> None:
    body = {
        "name": "picnic", "entity_type": 3, "entity_metadata": {"location": "the park"}, "privacy_level": 2,
        "scheduled_start_time": in_hours(1), "scheduled_end_time": in_hours(2),
    }  # fmt: skip
    made = await scene.ask("ada", "POST", scene.guild + "/scheduled-events", body)
    scene.made["event"] = f"{scene.guild}/scheduled-events/{made['id']}"


async def edit_event(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", scene.made["event"], {"name": "dinner"})


async def delete_event(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", scene.made["event"])


async def join_event(scene: Scene) -> None:
    await scene.ask("bob", "PUT", scene.made["event"] + "/users/@me")


async def have_joined(scene: Scene) -> None:
    await make_event(scene)
    await join_event(scene)


async def leave_event(scene: Scene) -> None:
    await scene.ask("bob", "DELETE", scene.made["event"] + "/users/@me")


async def have_stage(scene: Scene) -> None:
    made = await scene.ask("ada", "POST", scene.guild + "/channels", {"name": "stage", "type": 13})
    scene.made["stage"] = made["id"]


async def open_stage(scene: Scene) -> None:
    body = {"channel_id": scene.made["stage"], "topic": "questions"}
    await scene.ask("ada", "POST", "/stage-instances", body)


async def have_open_stage(scene: Scene) -> None:
    await have_stage(scene)
    await open_stage(scene)


async def edit_stage(scene: Scene) -> None:
    await scene.ask("ada", "PATCH", f"/stage-instances/{scene.made['stage']}", {"topic": "answers"})


async def close_stage(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"/stage-instances/{scene.made['stage']}")


async def make_sound(scene: Scene) -> None:
    body = {"name": "tick", "sound": data_uri(mp3(), "audio/mpeg")}
    scene.made["sound"] = await scene.ask("ada", "POST", scene.guild + "/soundboard-sounds", body)


async def edit_sound(scene: Scene) -> None:
    path = f"{scene.guild}/soundboard-sounds/{scene.made['sound']['sound_id']}"
    await scene.ask("ada", "PATCH", path, {"name": "tock"})


async def delete_sound(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/soundboard-sounds/{scene.made['sound']['sound_id']}")


async def make_webhook(scene: Scene) -> None:
    scene.made["webhook"] = await scene.ask("ada", "POST", scene.channel + "/webhooks", {"name": "News"})


async def rename_webhook(scene: Scene) -> None:
    webhook = scene.made["webhook"]
    await scene.ask("nobody", "PATCH", f"/webhooks/{webhook['id']}/{webhook['token']}", {"name": "Olds"})


async def delete_webhook(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"/webhooks/{scene.made['webhook']['id']}")


async def bob_comes_to_voice(scene: Scene) -> None:
    bob = Client(scene.gateway)
    await bob.identify(scene.bob_token)
    d = {"guild_id": str(scene.place.guild_id), "channel_id": scene.made["stage"]}
    await bob.send(4, {**d, "self_mute": False, "self_deaf": False})


# ── automatic moderation ──


async def make_rule(scene: Scene) -> None:
    body = {"name": "words", "event_type": 1, "trigger_type": 1, "actions": [{"type": 1}], "enabled": True,
            "trigger_metadata": {"keyword_filter": ["grue"]}}  # fmt: skip
    scene.made["rule"] = await scene.ask("ada", "POST", f"{scene.guild}/auto-moderation/rules", body)


async def say_what_is_blocked(scene: Scene) -> None:
    reply = await scene.place.bob.api("POST", f"{scene.channel}/messages", {"content": "a grue"})
    assert (reply.status, reply.json["code"]) == (400, 200000)


async def edit_rule(scene: Scene) -> None:
    path = f"{scene.guild}/auto-moderation/rules/{scene.made['rule']['id']}"
    await scene.ask("ada", "PATCH", path, {"name": "darkness"})


async def delete_rule(scene: Scene) -> None:
    await scene.ask("ada", "DELETE", f"{scene.guild}/auto-moderation/rules/{scene.made['rule']['id']}")


# ── interactions ──


async def have_command(scene: Scene) -> None:
    scene.place.app.is_connected = scene.gateway.is_connected
    body = {"name": "ping", "description": "Answers"}
    path = f"/applications/{scene.place.robo_id}/commands"
    scene.made["command"] = await scene.ask("robo", "POST", path, body)


async def use_command(scene: Scene) -> None:
    body = {"type": 2, "application_id": str(scene.place.robo_id), "channel_id": str(scene.place.channel_id),
            "data": {"id": scene.made["command"]["id"]}}  # fmt: skip
    await scene.ask("bob", "POST", "/interactions", body)


_I = Intent
ROWS = [
    Row("GUILD_UPDATE", _I.GUILDS, edit_guild, part="GuildResponse"),
    Row("CHANNEL_CREATE", _I.GUILDS, make_channel, part="GuildChannelResponse"),
    Row("CHANNEL_UPDATE", _I.GUILDS, edit_channel, make_channel, part="GuildChannelResponse"),
    Row("CHANNEL_DELETE", _I.GUILDS, delete_channel, make_channel, part="GuildChannelResponse"),
    Row("CHANNEL_PINS_UPDATE", _I.GUILDS, pin_message, have_message,
        keys="channel_id guild_id last_pin_timestamp"),
    Row("WEBHOOKS_UPDATE", _I.GUILD_WEBHOOKS, follow_news, make_news, keys="guild_id channel_id"),
    Row("GUILD_ROLE_CREATE", _I.GUILDS, make_role, keys="guild_id role", part=("role", "GuildRoleResponse")),
    Row("GUILD_ROLE_UPDATE", _I.GUILDS, edit_role, make_role, keys="guild_id role",
        part=("role", "GuildRoleResponse")),
    Row("GUILD_ROLE_DELETE", _I.GUILDS, delete_role, make_role, keys="guild_id role_id"),
    Row("GUILD_MEMBER_ADD", _I.GUILD_MEMBERS, sign_up, keys="guild_id", part="GuildMemberResponse"),
    Row("GUILD_MEMBER_UPDATE", _I.GUILD_MEMBERS, rename_bob, keys="guild_id", part="GuildMemberResponse"),
    Row("GUILD_MEMBER_REMOVE", _I.GUILD_MEMBERS, kick_bob, keys="guild_id user",
        part=("user", "UserResponse")),
    Row("GUILD_BAN_ADD", _I.GUILD_MODERATION, ban_bob, keys="guild_id user", part=("user", "UserResponse")),
    Row("GUILD_BAN_REMOVE", _I.GUILD_MODERATION, unban_bob, ban_bob, keys="guild_id user",
        part=("user", "UserResponse")),
    Row("GUILD_AUDIT_LOG_ENTRY_CREATE", _I.GUILD_MODERATION, rename_bob, keys="guild_id",
        part="AuditLogEntryResponse"),
    Row("GUILD_EMOJIS_UPDATE", _I.GUILD_EXPRESSIONS, make_emoji, keys="guild_id emojis",
        part=("emojis", "EmojiResponse")),
    Row("AUTO_MODERATION_RULE_CREATE", _I.AUTO_MODERATION_CONFIGURATION, make_rule,
        part="KeywordRuleResponse"),
    Row("AUTO_MODERATION_RULE_UPDATE", _I.AUTO_MODERATION_CONFIGURATION, edit_rule, make_rule,
        part="KeywordRuleResponse"),
    Row("AUTO_MODERATION_RULE_DELETE", _I.AUTO_MODERATION_CONFIGURATION, delete_rule, make_rule,
        part="KeywordRuleResponse"),
    Row("AUTO_MODERATION_ACTION_EXECUTION", _I.AUTO_MODERATION_EXECUTION, say_what_is_blocked, make_rule,
        keys="action rule_id rule_trigger_type user_id channel_id content matched_keyword matched_content"),
    Row("GUILD_SOUNDBOARD_SOUND_CREATE", _I.GUILD_EXPRESSIONS, make_sound, part="SoundboardSoundResponse"),
    Row("GUILD_SOUNDBOARD_SOUND_UPDATE", _I.GUILD_EXPRESSIONS, edit_sound, make_sound,
        part="SoundboardSoundResponse"),
    Row("GUILD_SOUNDBOARD_SOUND_DELETE", _I.GUILD_EXPRESSIONS, delete_sound, make_sound,
        keys="guild_id sound_id"),
    Row("INTEGRATION_CREATE", _I.GUILD_INTEGRATIONS, add_bot,
        keys="id type name enabled account application guild_id"),
    Row("INTEGRATION_DELETE", _I.GUILD_INTEGRATIONS, send_bot_away, add_bot,
        keys="id guild_id application_id"),
    Row("GUILD_INTEGRATIONS_UPDATE", _I.GUILD_INTEGRATIONS, add_bot, keys="guild_id"),
    Row("INVITE_CREATE", _I.GUILD_INVITES, make_invite,
        keys="channel_id guild_id code created_at max_age max_uses temporary uses inviter expires_at"),
    Row("INVITE_DELETE", _I.GUILD_INVITES, delete_invite, make_invite, keys="channel_id guild_id code"),
    Row("WEBHOOKS_UPDATE", _I.GUILD_WEBHOOKS, make_webhook, keys="guild_id channel_id", case="made"),
    Row("WEBHOOKS_UPDATE", _I.GUILD_WEBHOOKS, rename_webhook, make_webhook, keys="guild_id channel_id",
        case="renamed by its token"),
    Row("WEBHOOKS_UPDATE", _I.GUILD_WEBHOOKS, delete_webhook, make_webhook, keys="guild_id channel_id",
        case="deleted"),
    Row("VOICE_STATE_UPDATE", _I.GUILD_VOICE_STATES, bob_comes_to_voice, have_stage, keys="member",
        part="VoiceStateResponse"),
    Row("PRESENCE_UPDATE", _I.GUILD_PRESENCES, show_bob,
        keys="user guild_id status activities client_status"),
    Row("MESSAGE_CREATE", _I.GUILD_MESSAGES, say, keys="guild_id member", part="MessageResponse"),
    Row("MESSAGE_UPDATE", _I.GUILD_MESSAGES, edit_message, have_message, keys="guild_id member",
        part="MessageResponse"),
    Row("MESSAGE_DELETE", _I.GUILD_MESSAGES, delete_message, have_message, keys="id channel_id guild_id"),
    Row("MESSAGE_DELETE_BULK", _I.GUILD_MESSAGES, delete_both, have_two_messages,
        keys="ids channel_id guild_id"),
    Row("MESSAGE_REACTION_ADD", _I.GUILD_MESSAGE_REACTIONS, react, have_message,
        keys="user_id channel_id message_id guild_id member emoji burst type message_author_id"),
    Row("MESSAGE_REACTION_REMOVE", _I.GUILD_MESSAGE_REACTIONS, take_back, have_reaction,
        keys="user_id channel_id message_id guild_id emoji burst type"),
    Row("MESSAGE_REACTION_REMOVE_ALL", _I.GUILD_MESSAGE_REACTIONS, clear_reactions, have_reaction,
        keys="channel_id message_id guild_id"),
    Row("MESSAGE_REACTION_REMOVE_EMOJI", _I.GUILD_MESSAGE_REACTIONS, clear_emoji, have_reaction,
        keys="channel_id message_id guild_id emoji"),
    Row("TYPING_START", _I.GUILD_MESSAGE_TYPING, type_there,
        keys="channel_id user_id timestamp guild_id member"),
    Row("MESSAGE_POLL_VOTE_ADD", _I.GUILD_MESSAGE_POLLS, vote, have_poll,
        keys="user_id channel_id message_id guild_id answer_id"),
    Row("MESSAGE_POLL_VOTE_REMOVE", _I.GUILD_MESSAGE_POLLS, take_vote_back, have_vote,
        keys="user_id channel_id message_id guild_id answer_id"),
    Row("THREAD_CREATE", _I.GUILDS, start_thread, have_message, keys="newly_created", part="ThreadResponse"),
    Row("THREAD_UPDATE", _I.GUILDS, edit_thread, start_thread, part="ThreadResponse"),
    Row("THREAD_DELETE", _I.GUILDS, delete_thread, start_thread, keys="id guild_id parent_id type"),
    Row("THREAD_MEMBERS_UPDATE", _I.GUILD_MEMBERS, add_bob, start_thread,
        keys="id guild_id member_count added_members"),
    Row("GUILD_SCHEDULED_EVENT_CREATE", _I.GUILD_SCHEDULED_EVENTS, make_event,
        part="ExternalScheduledEventResponse"),
    Row("GUILD_SCHEDULED_EVENT_UPDATE", _I.GUILD_SCHEDULED_EVENTS, edit_event, make_event,
        part="ExternalScheduledEventResponse"),
    Row("GUILD_SCHEDULED_EVENT_DELETE", _I.GUILD_SCHEDULED_EVENTS, delete_event, make_event,
        part="ExternalScheduledEventResponse"),
    Row("GUILD_SCHEDULED_EVENT_USER_ADD", _I.GUILD_SCHEDULED_EVENTS, join_event, make_event,
        keys="guild_scheduled_event_id user_id guild_id"),
    Row("GUILD_SCHEDULED_EVENT_USER_REMOVE", _I.GUILD_SCHEDULED_EVENTS, leave_event, have_joined,
        keys="guild_scheduled_event_id user_id guild_id"),
    Row("STAGE_INSTANCE_CREATE", _I.GUILDS, open_stage, have_stage, part="StageInstanceResponse"),
    Row("STAGE_INSTANCE_UPDATE", _I.GUILDS, edit_stage, have_open_stage, part="StageInstanceResponse"),
    Row("STAGE_INSTANCE_DELETE", _I.GUILDS, close_stage, have_open_stage, part="StageInstanceResponse"),
    Row("INTERACTION_CREATE", 0, use_command, have_command, part=("member", "GuildMemberResponse"),
        keys="id application_id type token version data guild_id guild channel_id channel member locale"
             " guild_locale app_permissions entitlements authorizing_integration_owners context"
             " attachment_size_limit"),
    # Between two
    Row("MESSAGE_CREATE", _I.DIRECT_MESSAGES, say_directly, have_direct, keys="channel_type",
        part="MessageResponse", case="dm"),
    Row("MESSAGE_UPDATE", _I.DIRECT_MESSAGES, bob_edits, have_direct_message, keys="channel_type",
        part="MessageResponse", case="dm"),
    Row("MESSAGE_DELETE", _I.DIRECT_MESSAGES, bob_deletes, have_direct_message, keys="id channel_id",
        case="dm"),
    Row("MESSAGE_REACTION_ADD", _I.DIRECT_MESSAGE_REACTIONS, bob_reacts, have_direct_message,
        keys="user_id channel_id message_id emoji burst type message_author_id", case="dm"),
    Row("TYPING_START", _I.DIRECT_MESSAGE_TYPING, bob_types, have_direct, keys="channel_id user_id timestamp",
        case="dm"),
]  # fmt: skip


@pytest.fixture
def scene(runner: Any, store: Any, gateway: Any) -> Scene:
    return runner.run(set_up(store, gateway))  # type: ignore[no-any-return]


async def set_up(store: Any, gateway: Any) -> Scene:
    """robo, the one who listens, is an administrator, so that what needs a permission is told, too."""
    scene = Scene(await furnish(store), gateway)
    scene.bob_token = scene.place.bob.headers["Authorization"].removeprefix("Bot ")
    role = await scene.ask("ada", "POST", scene.guild + "/roles", {"name": "bots", "permissions": "8"})
    await scene.ask("ada", "PUT", f"{scene.guild}/members/{scene.place.robo_id}/roles/{role['id']}")
    return scene


async def listener(scene: Scene, token: str, wanted: int = intents.ALL) -> Client:
    client = Client(scene.gateway)
    await client.identify(token, wanted)
    return client


def robo_token(scene: Scene) -> str:
    return scene.place.robo.headers["Authorization"].removeprefix("Bot ")


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_the_event_is_told_to_whom_it_is_for(scene: Scene, row: Row) -> None:
    store = scene.place.app.store
    _, stranger_token = await person(store, "stranger")
    (stranger_id,) = (user.id for user in store.directory.users.values() if user.username == "stranger")
    await scene.ask("ada", "DELETE", f"{scene.guild}/members/{stranger_id}")
    await row.before(scene)
    told = await listener(scene, robo_token(scene))
    untold = await listener(scene, robo_token(scene), intents.ALL & ~row.intent)
    stranger = await listener(scene, stranger_token)
    await scene.gateway.presences.settle()
    for client in (told, untold, stranger):
        client.forget()
    await row.doing(scene)
    await scene.gateway.presences.settle()
    assert untold.dispatches(row.name) == ([] if row.intent else told.dispatches(row.name))
    assert stranger.dispatches(row.name) == []
    ds = [d for d in told.dispatches(row.name) if row.name != "PRESENCE_UPDATE" or d["status"] == "dnd"]
    assert len(ds) == 1, told.names()
    (d,) = ds
    assert set(row.keys.split()) <= set(d)
    if row.case == "dm":
        assert "guild_id" not in d, "absent, not null"
    elif row.name not in ("GUILD_UPDATE",):
        assert d["guild_id"] == str(scene.place.guild_id)
    for value, schema in parts_of(row, d):
        assert faults_of_object(schema, value) == []


def parts_of(row: Row, d: dict[str, Any]) -> list[tuple[Any, str]]:
    """What of `d` is to be as the official schema of which name."""
    if row.part is None:
        return []
    if isinstance(row.part, str):
        return [(d, row.part)]
    key, schema = row.part
    values = d[key] if isinstance(d[key], list) else [d[key]]
    return [(value, schema) for value in values]


async def test_who_leaves_a_guild_is_told_so_and_hears_no_more(scene: Scene) -> None:
    client = await listener(scene, robo_token(scene))
    client.forget()
    await kick_robo(scene)
    assert client.dispatches("GUILD_DELETE") == [{"id": str(scene.place.guild_id)}]
    client.forget()
    await say(scene)
    assert client.names() == []


async def test_of_rules_only_those_hear_who_manage_the_guild(scene: Scene) -> None:
    bob = await listener(scene, scene.bob_token)
    robo = await listener(scene, robo_token(scene))
    bare = await listener(scene, robo_token(scene), intents.ALL & ~Intent.MESSAGE_CONTENT)
    for client in (bob, robo, bare):
        client.forget()
    await make_rule(scene)
    await say_what_is_blocked(scene)
    await delete_rule(scene)
    name = "AUTO_MODERATION_ACTION_EXECUTION"
    assert not any(name.startswith("AUTO_MODERATION") for name in bob.names())
    (whole,), (without,) = robo.dispatches(name), bare.dispatches(name)
    assert (whole["content"], whole["matched_content"]) == ("a grue", "grue")
    assert without == {**whole, "content": "", "matched_content": ""}


async def test_one_s_own_changes_are_told_whatever_the_intents(scene: Scene) -> None:
    bob = await listener(scene, scene.bob_token, int(Intent.GUILDS))
    bob.forget()
    await rename_bob(scene)
    await scene.ask("bob", "PATCH", "/users/@me", {"global_name": "Robert"})
    assert {"GUILD_MEMBER_UPDATE", "USER_UPDATE"} <= set(bob.names())
    (own,) = bob.dispatches("USER_UPDATE")
    assert own["global_name"] == "Robert" and "email" in own


async def test_what_administrators_should_know_is_told_to_nobody_else(scene: Scene) -> None:
    ada, bob = await listener(scene, scene.place.ada_token, 0), await listener(scene, scene.bob_token)
    robo = await listener(scene, robo_token(scene))
    await person(scene.place.app.store, "cleo")
    (told,) = ada.dispatches("CHATD_ADMIN_NOTICE")
    assert (told["kind"], told["user"]["username"], told["by"]) == ("user_signed_up", "cleo", None)
    assert "CHATD_ADMIN_NOTICE" not in bob.names() + robo.names()


async def test_bots_are_told_what_is_said_directly_and_nothing_of_the_channel(scene: Scene) -> None:
    robo, bob = await listener(scene, robo_token(scene)), await listener(scene, scene.bob_token)
    await scene.gateway.presences.settle()
    robo.forget()
    bob.forget()
    await have_direct_message(scene)
    assert bob.names() == ["CHANNEL_CREATE", "MESSAGE_CREATE"]
    assert robo.names() == ["MESSAGE_CREATE"]


async def test_a_hidden_channel_s_events_are_not_told(scene: Scene) -> None:
    """Of everything that happens in a channel, nothing comes to a member who cannot see it."""
    deny = {"type": 1, "allow": "0", "deny": "1024"}
    await scene.ask("ada", "PUT", f"{scene.channel}/permissions/{scene.place.bob_id}", deny)
    bob = await listener(scene, scene.bob_token)
    robo = await listener(scene, robo_token(scene))
    await scene.gateway.presences.settle()
    bob.forget()
    robo.forget()
    await have_reaction(scene)
    for act in (edit_message, pin_message, take_back, type_there, start_thread, edit_thread, delete_message):
        await act(scene)
    assert {"MESSAGE_CREATE", "MESSAGE_REACTION_ADD", "TYPING_START", "THREAD_CREATE"} <= set(robo.names())
    assert bob.names() == []


async def test_commands_are_told_of_to_people_and_what_is_said_of_them_to_their_bot(scene: Scene) -> None:
    robo, bob = await listener(scene, robo_token(scene), 0), await listener(scene, scene.bob_token, 0)
    another = await listener(scene, (await bot(scene.place.app.store, "third"))[1], int(Intent.GUILDS))
    await scene.gateway.presences.settle()
    for client in (robo, bob, another):
        client.forget()
    body = {"name": "echo", "description": "Say it again"}
    made = await scene.ask("robo", "POST", f"/applications/{scene.place.robo_id}/commands", body)
    assert bob.dispatches("GUILD_APPLICATION_COMMAND_INDEX_UPDATE") == [
        {"guild_id": str(scene.place.guild_id)}
    ]
    assert robo.names() == another.names() == []
    said = [{"id": str(scene.place.bob_id), "type": 2, "permission": False}]
    path = f"/applications/{scene.place.robo_id}{scene.guild}/commands/{made['id']}/permissions"
    told = await scene.ask("ada", "PUT", path, {"permissions": said})
    assert robo.names() == ["APPLICATION_COMMAND_PERMISSIONS_UPDATE"]
    (d,) = robo.dispatches("APPLICATION_COMMAND_PERMISSIONS_UPDATE")
    assert d == told and faults_of_object("CommandPermissionsResponse", d) == []
    assert another.names() == [], "it may not see the audit log"
    assert "APPLICATION_COMMAND_PERMISSIONS_UPDATE" not in bob.names()
