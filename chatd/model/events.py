"""Gateway events: one constructor each, and the Entry in which an event travels.

Only actions make events; `grep "events\\."` there finds all. Source of the shapes: the Discord
documentation, "Gateway events".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from chatd.model.applications import Application
from chatd.model.audience import Audience
from chatd.model.audit_log import AuditEntry
from chatd.model.auto_moderation import Rule
from chatd.model.channels import Channel
from chatd.model.emojis import Emoji
from chatd.model.guilds import Guild
from chatd.model.interactions import Interaction
from chatd.model.invites import Invite
from chatd.model.members import Member
from chatd.model.messages import Message
from chatd.model.reactions import NORMAL
from chatd.model.relationships import Relationship
from chatd.model.roles import Role
from chatd.model.soundboard import Sound
from chatd.model.stage_instances import StageInstance
from chatd.model.stickers import Sticker
from chatd.model.threads import ThreadMember
from chatd.model.times import iso, iso_or_none
from chatd.model.users import User
from chatd.model.voice_states import VoiceState

# Read by servers only: a session or bot token has been revoked, by whichever process.
TOKEN_REVOKED = "CHATD_TOKEN_REVOKED"
# What rules have done; a session without the MESSAGE_CONTENT intent is told without the words.
AUTO_MODERATION_ACTION_EXECUTION = "AUTO_MODERATION_ACTION_EXECUTION"
# Read by servers only: there is a new guild, of which its owner is told when they are made its member.
GUILD_MADE = "CHATD_GUILD_MADE"
# Likewise: the emoji of an application, all of them. Nobody is told; its bot asks.
APPLICATION_EMOJIS_UPDATE = "CHATD_APPLICATION_EMOJIS_UPDATE"
# Likewise: an application is new, or another than it was; or is no more.
APPLICATION_UPDATE = "CHATD_APPLICATION_UPDATE"
APPLICATION_DELETE = "CHATD_APPLICATION_DELETE"

# For administrators: what one of them should know, or has done.
ADMIN_NOTICE = "CHATD_ADMIN_NOTICE"

# Read by servers only: what somebody has said in a guild is to be taken away.
PURGE_BEGUN = "CHATD_PURGE_BEGUN"


class Event(NamedTuple):
    """A name and its `d`, not yet anywhere."""

    name: str
    d: dict[str, Any]


class Entry:
    """An event on its way: its position, its JSON text made once, and whom it is for.

    `journalled` is False for what nobody replays (typing, presence); its position is then the one that
    the feed had reached.
    """

    __slots__ = ("position", "name", "payload", "audience", "journalled", "_d")

    def __init__(
        self, position: int, name: str, payload: str, audience: Audience, *, journalled: bool = True,
        d: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.position = position
        self.name = name
        self.payload = payload
        self.audience = audience
        self.journalled = journalled
        self._d = d

    @property
    def d(self) -> dict[str, Any]:
        """The payload read back, once, for the few who need to look inside."""
        if self._d is None:
            self._d = json.loads(self.payload)
        return self._d

    def __repr__(self) -> str:
        return f"<Entry {self.position} {self.name} to {self.audience}>"


def message_create(
    message: Message, guild: Guild | None, author_member: Member | None = None, *, dm_type: int | None = None
) -> Event:
    """`guild` is where it is posted, None for a direct message; `author_member` one that it has only now.

    `dm_type` is the channel's of a direct message: a bot hears of one by what is said in it, and discord.js
    makes nothing of a message whose channel it can not place.
    """
    return Event("MESSAGE_CREATE", _message_in(guild, message, author_member, dm_type))


def message_update(message: Message, guild: Guild | None, *, dm_type: int | None = None) -> Event:
    return Event("MESSAGE_UPDATE", _message_in(guild, message, dm_type=dm_type))


def message_delete(message_id: int, channel_id: int, guild_id: int | None) -> Event:
    d = {"id": str(message_id), "channel_id": str(channel_id)}
    if guild_id is not None:
        d["guild_id"] = str(guild_id)
    return Event("MESSAGE_DELETE", d)


def message_delete_bulk(message_ids: list[int], channel_id: int, guild_id: int | None) -> Event:
    d: dict[str, Any] = {"ids": [str(id) for id in message_ids], "channel_id": str(channel_id)}
    if guild_id is not None:
        d["guild_id"] = str(guild_id)
    return Event("MESSAGE_DELETE_BULK", d)


def reaction_add(
    message: Message, guild: Guild | None, user: User, member: Member | None, emoji: dict[str, Any]
) -> Event:
    """`emoji` is the partial one of emoji_payload."""
    d = _under_message(message.channel_id, message.id, guild.id if guild else None, emoji)
    d |= {"user_id": str(user.id), "burst": False, "type": NORMAL}
    if not message.is_of_webhook:
        d["message_author_id"] = str(message.author.id)
    if member is not None:
        d["member"] = member.payload(user)
    return Event("MESSAGE_REACTION_ADD", d)


def reaction_remove(
    channel_id: int, message_id: int, guild_id: int | None, user_id: int, emoji: dict[str, Any]
) -> Event:
    d = _under_message(channel_id, message_id, guild_id, emoji)
    return Event("MESSAGE_REACTION_REMOVE", d | {"user_id": str(user_id), "burst": False, "type": NORMAL})


def reactions_remove_all(channel_id: int, message_id: int, guild_id: int | None) -> Event:
    return Event("MESSAGE_REACTION_REMOVE_ALL", _under_message(channel_id, message_id, guild_id, None))


def reactions_remove_emoji(
    channel_id: int, message_id: int, guild_id: int | None, emoji: dict[str, Any]
) -> Event:
    return Event("MESSAGE_REACTION_REMOVE_EMOJI", _under_message(channel_id, message_id, guild_id, emoji))


def poll_vote(
    name: str, channel_id: int, message_id: int, guild_id: int | None, user_id: int, answer_id: int
) -> Event:
    """`name` is MESSAGE_POLL_VOTE_ADD or MESSAGE_POLL_VOTE_REMOVE."""
    d = _under_message(channel_id, message_id, guild_id, None)
    return Event(name, d | {"user_id": str(user_id), "answer_id": answer_id})


def channel_pins_update(channel_id: int, guild_id: int | None, last_pin_at: datetime | None) -> Event:
    d: dict[str, Any] = {"channel_id": str(channel_id), "last_pin_timestamp": iso_or_none(last_pin_at)}
    if guild_id is not None:
        d["guild_id"] = str(guild_id)
    return Event("CHANNEL_PINS_UPDATE", d)


def typing_start(
    channel_id: int, user_id: int, at_s: int, guild_id: int | None, member: dict[str, Any] | None
) -> Event:
    d: dict[str, Any] = {"channel_id": str(channel_id), "user_id": str(user_id), "timestamp": at_s}
    if guild_id is not None:
        d["guild_id"] = str(guild_id)
        d["member"] = member
    return Event("TYPING_START", d)


def presence_update(
    user_id: int, guild_id: int, status: str, activities: list[dict[str, Any]], client_status: dict[str, str]
) -> Event:
    return Event(
        "PRESENCE_UPDATE",
        {
            "user": {"id": str(user_id)},
            "guild_id": str(guild_id),
            "status": status,
            "activities": activities,
            "client_status": client_status,
        },
    )


def guild_made(guild: Guild, channels: list[Channel]) -> Event:
    return Event(GUILD_MADE, {**guild.payload(), "channels": [channel.payload() for channel in channels]})


def guild_update(guild: Guild) -> Event:
    return Event("GUILD_UPDATE", guild.payload())


def guild_delete(guild_id: int) -> Event:
    return Event("GUILD_DELETE", {"id": str(guild_id)})


def channel_create(channel: Channel) -> Event:
    """A channel of a guild, as are those of the next two."""
    return Event("CHANNEL_CREATE", channel.payload())


def channel_update(channel: Channel) -> Event:
    return Event("CHANNEL_UPDATE", channel.payload())


def channel_delete(channel: Channel) -> Event:
    return Event("CHANNEL_DELETE", channel.payload())


def webhooks_update(guild_id: int, channel_id: int) -> Event:
    return Event("WEBHOOKS_UPDATE", {"guild_id": str(guild_id), "channel_id": str(channel_id)})


def command_permissions_update(permissions: dict[str, Any]) -> Event:
    return Event("APPLICATION_COMMAND_PERMISSIONS_UPDATE", permissions)


def command_index_update(guild_id: int) -> Event:
    return Event("GUILD_APPLICATION_COMMAND_INDEX_UPDATE", {"guild_id": str(guild_id)})


def guild_role_create(guild_id: int, role: Role) -> Event:
    return Event("GUILD_ROLE_CREATE", {"guild_id": str(guild_id), "role": role.payload()})


def guild_role_update(guild_id: int, role: Role) -> Event:
    return Event("GUILD_ROLE_UPDATE", {"guild_id": str(guild_id), "role": role.payload()})


def guild_role_delete(guild_id: int, role_id: int) -> Event:
    return Event("GUILD_ROLE_DELETE", {"guild_id": str(guild_id), "role_id": str(role_id)})


def guild_member_add(guild_id: int, member: Member, user: User) -> Event:
    return Event("GUILD_MEMBER_ADD", {**member.payload(user), "guild_id": str(guild_id)})


def guild_member_update(guild_id: int, member: Member, user: User) -> Event:
    return Event("GUILD_MEMBER_UPDATE", {**member.payload(user), "guild_id": str(guild_id)})


def guild_member_remove(guild_id: int, user: User) -> Event:
    return Event("GUILD_MEMBER_REMOVE", {"guild_id": str(guild_id), "user": user.payload()})


def guild_ban_add(guild_id: int, user: User) -> Event:
    return Event("GUILD_BAN_ADD", {"guild_id": str(guild_id), "user": user.payload()})


def guild_ban_remove(guild_id: int, user: User) -> Event:
    return Event("GUILD_BAN_REMOVE", {"guild_id": str(guild_id), "user": user.payload()})


def invite_create(invite: Invite, inviter: User | None) -> Event:
    return Event("INVITE_CREATE", invite.told_payload(inviter))


def invite_delete(code: str, guild_id: int, channel_id: int) -> Event:
    return Event("INVITE_DELETE", {"code": code, "guild_id": str(guild_id), "channel_id": str(channel_id)})


def guild_emojis_update(guild_id: int, emojis: Iterable[Emoji]) -> Event:
    """All that the guild has, by id."""
    told = [emoji.payload() for emoji in sorted(emojis, key=lambda emoji: emoji.id)]
    return Event("GUILD_EMOJIS_UPDATE", {"guild_id": str(guild_id), "emojis": told})


def application_emojis_update(application_id: int, emojis: Iterable[Emoji]) -> Event:
    told = [emoji.payload() for emoji in sorted(emojis, key=lambda emoji: emoji.id)]
    return Event(APPLICATION_EMOJIS_UPDATE, {"application_id": str(application_id), "emojis": told})


def application_update(application: Application, bot: User) -> Event:
    return Event(APPLICATION_UPDATE, {"application": application.record(), "bot": bot.payload()})


def application_delete(application_id: int) -> Event:
    return Event(APPLICATION_DELETE, {"application_id": str(application_id)})


def guild_stickers_update(guild_id: int, stickers: Iterable[Sticker]) -> Event:
    told = [sticker.payload() for sticker in sorted(stickers, key=lambda sticker: sticker.id)]
    return Event("GUILD_STICKERS_UPDATE", {"guild_id": str(guild_id), "stickers": told})


def interaction_create(payload: dict[str, Any]) -> Event:
    """For the application; whoever has made the interaction is told `interaction_made`."""
    return Event("INTERACTION_CREATE", payload)


def interaction_made(interaction_id: int, nonce: str | None) -> Event:
    return Event("INTERACTION_CREATE", {"id": str(interaction_id), "nonce": nonce})


def interaction_success(interaction_id: int, nonce: str | None) -> Event:
    return Event("INTERACTION_SUCCESS", {"id": str(interaction_id), "nonce": nonce})


def interaction_failure(interaction_id: int, nonce: str | None, reason: int) -> Event:
    return Event(
        "INTERACTION_FAILURE", {"id": str(interaction_id), "nonce": nonce, "reason_code": int(reason)}
    )


def interaction_modal_create(
    interaction: Interaction, application: dict[str, Any], modal: dict[str, Any]
) -> Event:
    """A form to be filled in; `id` is by what it is sent back."""
    return Event(
        "INTERACTION_MODAL_CREATE",
        {
            "id": str(interaction.id),
            "nonce": interaction.nonce,
            "channel_id": str(interaction.channel_id),
            "application": application,
            **modal,
        },
    )


def autocomplete_response(choices: Iterable[dict[str, Any]], nonce: str | None) -> Event:
    return Event("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", {"choices": list(choices), "nonce": nonce})


def integration_create(guild_id: int, integration: dict[str, Any]) -> Event:
    return Event("INTEGRATION_CREATE", {**integration, "guild_id": str(guild_id)})


def integration_delete(guild_id: int, application_id: int) -> Event:
    """The id of an integration is that of its bot, as that of its application is."""
    d = {"id": str(application_id), "guild_id": str(guild_id), "application_id": str(application_id)}
    return Event("INTEGRATION_DELETE", d)


def guild_integrations_update(guild_id: int) -> Event:
    return Event("GUILD_INTEGRATIONS_UPDATE", {"guild_id": str(guild_id)})


def audit_log_entry_create(guild_id: int, entry: AuditEntry) -> Event:
    return Event("GUILD_AUDIT_LOG_ENTRY_CREATE", {**entry.payload(), "guild_id": str(guild_id)})


def auto_moderation_rule_create(rule: Rule) -> Event:
    return Event("AUTO_MODERATION_RULE_CREATE", rule.payload())


def auto_moderation_rule_update(rule: Rule) -> Event:
    return Event("AUTO_MODERATION_RULE_UPDATE", rule.payload())


def auto_moderation_rule_delete(rule: Rule) -> Event:
    return Event("AUTO_MODERATION_RULE_DELETE", rule.payload())


def auto_moderation_action_execution(
    guild_id: int, rule: Rule, action: dict[str, Any], *, user_id: int, content: str, keyword: str | None,
    matched: str, channel_id: int | None, message_id: int | None, alert_id: int | None,
) -> Event:  # fmt: skip
    """A rule has done something about what a user wrote. Ids that it has not are absent, not null."""
    ids = {"channel_id": channel_id, "message_id": message_id, "alert_system_message_id": alert_id}
    return Event(
        AUTO_MODERATION_ACTION_EXECUTION,
        {
            "guild_id": str(guild_id),
            "action": action,
            "rule_id": str(rule.id),
            "rule_trigger_type": rule.trigger_type,
            "user_id": str(user_id),
            **{name: str(id) for name, id in ids.items() if id is not None},
            "content": content,
            "matched_keyword": keyword,
            "matched_content": matched,
        },
    )


def guild_soundboard_sound_create(sound: Sound) -> Event:
    return Event("GUILD_SOUNDBOARD_SOUND_CREATE", sound.payload())


def guild_soundboard_sound_update(sound: Sound) -> Event:
    return Event("GUILD_SOUNDBOARD_SOUND_UPDATE", sound.payload())


def guild_soundboard_sound_delete(sound: Sound) -> Event:
    d = {"sound_id": str(sound.id), "guild_id": str(sound.guild_id)}
    return Event("GUILD_SOUNDBOARD_SOUND_DELETE", d)


def voice_channel_effect_send(
    guild_id: int, channel_id: int, user_id: int, sound: Sound, emoji: dict[str, Any] | None
) -> Event:
    """Somebody plays a sound. There is no animation to it, since nobody can choose one."""
    d = {
        "channel_id": str(channel_id),
        "guild_id": str(guild_id),
        "user_id": str(user_id),
        "emoji": emoji,
        "sound_id": str(sound.id),
        "sound_volume": sound.volume,
    }
    return Event("VOICE_CHANNEL_EFFECT_SEND", d)


def stage_instance_create(stage: StageInstance) -> Event:
    return Event("STAGE_INSTANCE_CREATE", stage.payload())


def stage_instance_update(stage: StageInstance) -> Event:
    return Event("STAGE_INSTANCE_UPDATE", stage.payload())


def stage_instance_delete(stage: StageInstance) -> Event:
    return Event("STAGE_INSTANCE_DELETE", stage.payload())


def guild_scheduled_event_create(payload: dict[str, Any]) -> Event:
    return Event("GUILD_SCHEDULED_EVENT_CREATE", payload)


def guild_scheduled_event_update(payload: dict[str, Any]) -> Event:
    return Event("GUILD_SCHEDULED_EVENT_UPDATE", payload)


def guild_scheduled_event_delete(payload: dict[str, Any]) -> Event:
    return Event("GUILD_SCHEDULED_EVENT_DELETE", payload)


def guild_scheduled_event_user_add(guild_id: int, event_id: int, user_id: int) -> Event:
    return Event("GUILD_SCHEDULED_EVENT_USER_ADD", _interest(guild_id, event_id, user_id))


def guild_scheduled_event_user_remove(guild_id: int, event_id: int, user_id: int) -> Event:
    return Event("GUILD_SCHEDULED_EVENT_USER_REMOVE", _interest(guild_id, event_id, user_id))


def voice_state_update(
    guild_id: int, state: VoiceState, member: Member, user: User, *, left: bool = False
) -> Event:
    """Where a member is; `left`: that they are in no channel any more, or in none that one sees."""
    d = state.payload(guild_id, member, user)
    return Event("VOICE_STATE_UPDATE", {**d, "channel_id": None} if left else d)


def voice_channel_status_update(guild_id: int, channel_id: int, status: str | None) -> Event:
    d = {"id": str(channel_id), "guild_id": str(guild_id), "status": status}
    return Event("VOICE_CHANNEL_STATUS_UPDATE", d)


def voice_channel_start_time_update(guild_id: int, channel_id: int, at_s: int | None) -> Event:
    """Since when somebody is there, in Unix seconds; None when nobody is."""
    d = {"id": str(channel_id), "guild_id": str(guild_id), "voice_start_time": at_s}
    return Event("VOICE_CHANNEL_START_TIME_UPDATE", d)


def user_update(own_payload: dict[str, Any]) -> Event:
    return Event("USER_UPDATE", own_payload)


def thread_create(channel: Channel) -> Event:
    """It has just been made. Who made it is told so with their membership (gateway/hub.py)."""
    return Event("THREAD_CREATE", {**channel.payload(), "newly_created": True})


def thread_joined(channel: Channel, member: ThreadMember) -> Event:
    """For somebody who has been added to a thread and may never have heard of it."""
    return Event("THREAD_CREATE", {**channel.payload(), "member": member.payload(channel.id)})


def thread_update(channel: Channel) -> Event:
    return Event("THREAD_UPDATE", channel.payload())


def thread_delete(channel: Channel) -> Event:
    d = channel.payload()
    return Event("THREAD_DELETE", {name: d[name] for name in ("id", "guild_id", "parent_id", "type")})


def thread_members_update(
    channel: Channel, member_count: int, *, added: list[dict[str, Any]], removed: Iterable[int] = ()
) -> Event:
    """`added` are thread members, each with `member` and `presence`; `member_count` is after the change."""
    d: dict[str, Any] = {
        "id": str(channel.id),
        "guild_id": str(channel.guild_id),
        "member_count": member_count,
    }
    if added:
        d["added_members"] = added
    if removed:
        d["removed_member_ids"] = [str(user_id) for user_id in removed]
    return Event("THREAD_MEMBERS_UPDATE", d)


def thread_member_update(channel: Channel) -> Event:
    """Each of those it is for is told their own membership (gateway/hub.py)."""
    return Event("THREAD_MEMBER_UPDATE", {"id": str(channel.id), "guild_id": str(channel.guild_id)})


def dm_create(channel: Channel, recipients: list[User]) -> Event:
    """A direct message as one side sees it: `recipients` are the others."""
    return Event("CHANNEL_CREATE", channel.dm_payload(recipients))


def relationship_add(relationship: Relationship, other: User, *, should_notify: bool) -> Event:
    """Also one that has become another, as a request that was agreed to. Notify who did not do it."""
    return Event("RELATIONSHIP_ADD", {**relationship.payload(other), "should_notify": should_notify})


def relationship_update(relationship: Relationship, other: User) -> Event:
    return Event("RELATIONSHIP_UPDATE", relationship.payload(other))


def relationship_remove(other_id: int, type: int) -> Event:
    """`type` is what it was."""
    return Event("RELATIONSHIP_REMOVE", {"id": str(other_id), "type": type, "nickname": None})


def message_ack(
    channel_id: int, message_id: int, mention_count: int, *, by_hand: bool, version: int
) -> Event:
    """A channel has been read up to a message. `version` only grows."""
    return Event(
        "MESSAGE_ACK",
        {
            "channel_id": str(channel_id),
            "message_id": str(message_id),
            "mention_count": mention_count,
            "manual": by_hand,
            "version": version,
        },
    )


def user_settings_update(changed: dict[str, Any]) -> Event:
    """Those of one's settings that have changed."""
    return Event("USER_SETTINGS_UPDATE", changed)


def user_guild_settings_update(payload: dict[str, Any]) -> Event:
    return Event("USER_GUILD_SETTINGS_UPDATE", payload)


def channel_pins_ack(channel_id: int, at: datetime, *, version: int) -> Event:
    return Event(
        "CHANNEL_PINS_ACK", {"channel_id": str(channel_id), "timestamp": iso(at), "version": version}
    )


def dm_update(channel: Channel, recipients: list[User]) -> Event:
    return Event("CHANNEL_UPDATE", channel.dm_payload(recipients))


def dm_delete(channel: Channel, recipients: list[User]) -> Event:
    """One side has closed a direct message, or is in a group no more: gone for them alone."""
    return Event("CHANNEL_DELETE", channel.dm_payload(recipients))


def channel_recipient_add(channel_id: int, user: User) -> Event:
    return Event("CHANNEL_RECIPIENT_ADD", {"channel_id": str(channel_id), "user": user.payload()})


def channel_recipient_remove(channel_id: int, user: User) -> Event:
    return Event("CHANNEL_RECIPIENT_REMOVE", {"channel_id": str(channel_id), "user": user.payload()})


def report_create(payload: dict[str, Any]) -> Event:
    return Event("CHATD_REPORT_CREATE", payload)


def report_update(payload: dict[str, Any]) -> Event:
    return Event("CHATD_REPORT_UPDATE", payload)


def purge_begun(guild_id: int) -> Event:
    return Event(PURGE_BEGUN, {"guild_id": str(guild_id)})


def admin_notice(kind: str, at: datetime, *, user: User | None, by: int | None) -> Event:
    """`kind` is of model/administration.py; `user` whom it is about, `by` the administrator who did it."""
    d = {
        "kind": kind,
        "at": iso(at),
        "user": None if user is None else user.payload(),
        "by": None if by is None else str(by),
    }
    return Event(ADMIN_NOTICE, d)


def token_revoked(token_hash: bytes, user_id: int) -> Event:
    return Event(TOKEN_REVOKED, {"token_hash": token_hash.hex(), "user_id": str(user_id)})


def _under_message(
    channel_id: int, message_id: int, guild_id: int | None, emoji: dict[str, Any] | None
) -> dict[str, Any]:
    """Where a reaction or a vote is, and with which emoji where it is about one."""
    d: dict[str, Any] = {"channel_id": str(channel_id), "message_id": str(message_id)}
    if guild_id is not None:
        d["guild_id"] = str(guild_id)
    if emoji is not None:
        d["emoji"] = emoji
    return d


def _message_in(
    guild: Guild | None, message: Message, author_member: Member | None = None, dm_type: int | None = None
) -> dict[str, Any]:
    """A message with its place, and its author and whom it mentions as members of it.

    In a direct message `guild_id` is absent, not null, and `channel_type` says which kind it is.
    """
    d = message.payload()
    if guild is None:
        return d if dm_type is None else d | {"channel_type": dm_type}
    d["guild_id"] = str(guild.id)
    if author := author_member or guild.members.get(message.author.id):
        d["member"] = author.bare_payload()
    for user, mention in zip(message.mentions, d["mentions"], strict=True):
        if member := guild.members.get(user.id):
            mention["member"] = member.bare_payload()
    return d


def _interest(guild_id: int, event_id: int, user_id: int) -> dict[str, Any]:
    return {
        "guild_scheduled_event_id": str(event_id),
        "user_id": str(user_id),
        "guild_id": str(guild_id),
    }
