"""Screening: what is written is held against the rules of its guild, and what they say is done.

    verdict = screen_message(…)        None for nearly everything, and nothing has been awaited
    verdict.refuse(tx)                 raises if a rule blocks it; the rest is committed all the same
    await carry_out(tx, verdict)       else, in the transaction that writes it: alerts, time-outs, events

Each act of a rule is told by AUTO_MODERATION_ACTION_EXECUTION to those who manage the guild, and has an entry
in the audit log by whom it was done to. Bots and webhooks are not screened, nor are those who manage the
guild, nor who has a role or writes in a channel that the rule exempts.

Source: the Discord documentation, "Auto Moderation".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chatd.actions import audit_log, system_messages
from chatd.actions.access import ChannelAccess
from chatd.log import logger
from chatd.model import events
from chatd.model.audience import Guild as GuildAudience
from chatd.model.audit_log import AuditAction
from chatd.model.auto_moderation import ActionType, Rule
from chatd.model.channels import TEXT_BASED
from chatd.model.errors import ApiError, MessageBlocked, TitleBlocked
from chatd.model.guilds import Guild
from chatd.model.members import QUARANTINED, Member
from chatd.model.mentions import parse_mentions
from chatd.model.messages import Message, MessageType
from chatd.model.permissions import Permission
from chatd.model.rule_set import Match, RuleSet
from chatd.model.users import User
from chatd.model.written_text import written_in
from chatd.store.auto_moderation import rule_set_of, said, traffic_of
from chatd.store.queries import members
from chatd.store.transaction import Queued, Reading, Transaction

log = logger.child("moderation")

# Whoever could change the rules is above them.
_EXEMPT = int(Permission.MANAGE_GUILD)


@dataclass(slots=True, frozen=True)
class Verdict:
    """What rules have found in something that `user` has written, and where.

    `channel_id` is None for a name. `refusal` is what a rule that blocks answers with.
    """

    guild_id: int
    user: User
    channel_id: int | None
    content: str
    matches: tuple[Match, ...]
    refusal: ApiError | None = None

    def refuse(self, tx: Queued) -> None:
        """Raises MessageBlocked or TitleBlocked if a rule says so."""
        if self.refusal is not None:
            tx.even_if_refused(self._carry_out)
            raise self.refusal

    async def _carry_out(self, tx: Transaction) -> None:
        await carry_out(tx, self)


# ── finding ──


def screen_message(
    tx: Queued, place: ChannelAccess, message: Message, *, edited: bool = False
) -> Verdict | None:
    """What the rules of the guild find in a message that the actor is about to post, or to change."""
    guild = place.guild
    if guild is None or not guild.auto_moderation_rules:
        return None
    member = place.member
    if member is None or not _is_screened(tx, place.permissions) or message.is_of_webhook:
        return None
    rules, text = rule_set_of(tx.directory, guild), written_in(message)
    matches = _words_in(guild, rules, text)
    mentioned = frozenset[int]()
    if rules.mentions is not None:
        mentioned = _mentioned_in(guild, message)
        # 0 is what clients send who want protection from raids alone.
        if 0 < rules.mentions.trigger_metadata["mention_total_limit"] < len(mentioned):
            matches.append(Match(rules.mentions, None, text))
    if rules.watches_traffic and not edited:
        matches += _in_traffic(guild, rules, member, message, text, mentioned)
    return _verdict(tx, place, member, matches, text, MessageBlocked)


def screen_title(tx: Queued, place: ChannelAccess, title: str) -> Verdict | None:
    """Likewise of a thread's name; `place` is the channel above, or the thread itself."""
    guild, member = place.guild, place.member
    if guild is None or not guild.auto_moderation_rules:
        return None
    if member is None or not _is_screened(tx, place.permissions):
        return None
    matches = _words_in(guild, rule_set_of(tx.directory, guild), title)
    return _verdict(tx, place, member, matches, title, TitleBlocked)


def screen_member(
    tx: Reading, guild: Guild, member: Member, user: User, rules: RuleSet | None = None
) -> tuple[Member, Verdict | None]:
    """The member as the guild's rule for names leaves them, and what it has found that was not known.

    One whose names are in order again is free again. `rules` are those of the guild unless they are about to
    be others.
    """
    if not guild.auto_moderation_rules and not member.flags & QUARANTINED:
        return member, None
    rules = rules or rule_set_of(tx.directory, guild)
    rule, names = rules.profile, [name for name in (member.nick, user.global_name, user.username) if name]
    match = None
    if rule is not None and not _is_exempt_by_name(tx, guild, member, user, rule):
        found = (rules.names.find(name).get(rule.id) for name in names)
        match = next((each for each in found if each is not None), None)
    holds = match is not None and match.rule.has_action(ActionType.BLOCK_MEMBER_INTERACTION)
    flags = member.flags | QUARANTINED if holds else member.flags & ~QUARANTINED
    verdict = None
    if match is not None and not (holds and flags == member.flags):
        verdict = Verdict(guild.id, user, None, "\n".join(names), (match,))
    return replace(member, flags=flags), verdict


def _is_screened(tx: Reading, permissions: int) -> bool:
    return not (tx.actor.bot or tx.actor.posts_in is not None or permissions & _EXEMPT)


def _is_exempt_by_name(tx: Reading, guild: Guild, member: Member, user: User, rule: Rule) -> bool:
    is_above = tx.directory.guild_permissions(user.id, guild.id) & _EXEMPT or user.id == guild.owner_id
    return bool(user.bot or is_above or set(member.role_ids) & set(rule.exempt_roles))


def _words_in(guild: Guild, rules: RuleSet, text: str) -> list[Match]:
    found = rules.messages.find(text)
    if rules.messages.cut:
        log.warning("patterns too costly", guild=guild.id, characters=len(text))
    return [found[rule_id] for rule_id in sorted(found)]


def _mentioned_in(guild: Guild, message: Message) -> frozenset[int]:
    """The members and roles that its words name, whether or not it notifies them."""
    named = parse_mentions(message.words)
    users = (user_id for user_id in named.user_ids if user_id in guild.members)
    return frozenset(users).union(role_id for role_id in named.role_ids if role_id in guild.roles)


def _in_traffic(
    guild: Guild, rules: RuleSet, member: Member, message: Message, text: str, mentioned: frozenset[int]
) -> list[Match]:
    """What is wrong with it together with what was said before. It is noted, whatever becomes of it."""
    traffic = traffic_of(guild)
    this = said(message.id, member, message.channel_id, text, mentioned)
    traffic.note(this)
    matches = []
    if rules.spam is not None and traffic.is_spam(this):
        matches.append(Match(rules.spam, None, text))
    if rules.mentions is not None and rules.watches_raids and traffic.is_raid(this):
        matches.append(Match(rules.mentions, None, text))
    return matches


def _verdict(
    tx: Reading, place: ChannelAccess, member: Member, matches: list[Match], content: str,
    kind: type[ApiError],
) -> Verdict | None:  # fmt: skip
    """Of those that hold for the member there, each rule once."""
    if not matches:
        return None
    assert place.guild is not None, "rules are of guilds"
    by_rule = {match.rule.id: match for match in matches if not _is_exempt(place, member, match.rule)}
    if not by_rule:
        return None
    held = tuple(by_rule.values())
    actions = (action for match in held for action in match.rule.actions)
    blocks = [action for action in actions if action["type"] == ActionType.BLOCK_MESSAGE]
    texts = (action["metadata"].get("custom_message") for action in blocks)
    user = tx.directory.users[member.user_id]
    refusal = kind(next((text for text in texts if text), None)) if blocks else None
    return Verdict(place.guild.id, user, place.channel.id, content, held, refusal)


def _is_exempt(place: ChannelAccess, member: Member, rule: Rule) -> bool:
    """A thread is exempt with its channel, and a channel with its category."""
    here = {place.channel.id, place.channel.parent_id}
    return not here.isdisjoint(rule.exempt_channels) or not set(rule.exempt_roles).isdisjoint(member.role_ids)


# ── doing ──


async def carry_out(tx: Transaction, verdict: Verdict, message_id: int | None = None) -> None:
    """Do what the rules say; `message_id` is of the message, unless it was blocked.

    Emits AUTO_MODERATION_ACTION_EXECUTION for each act, and what the act does: MESSAGE_CREATE of an alert,
    GUILD_MEMBER_UPDATE of a time-out.
    """
    await tx.hold_permissions(verdict.guild_id)
    for match in verdict.matches:
        for action in match.rule.actions:
            await _act(tx, verdict, match, action, message_id)


async def _act(
    tx: Transaction, verdict: Verdict, match: Match, action: dict[str, Any], message_id: int | None
) -> None:
    alert_id = None
    type = action["type"]
    if type == ActionType.SEND_ALERT_MESSAGE:
        alert_id = await _send_alert(tx, verdict, match, action["metadata"], message_id)
        if alert_id is None:
            return
    if type == ActionType.TIMEOUT and not await _time_out(tx, verdict, action["metadata"]):
        return
    event = events.auto_moderation_action_execution(
        verdict.guild_id, match.rule, action, user_id=verdict.user.id, content=verdict.content,
        keyword=match.keyword, matched=match.content, channel_id=verdict.channel_id, message_id=message_id,
        alert_id=alert_id,
    )  # fmt: skip
    tx.emit(event, to=GuildAudience(verdict.guild_id))
    options = {
        "auto_moderation_rule_name": match.rule.name,
        "auto_moderation_rule_trigger_type": str(int(match.rule.trigger_type)),
    }
    if verdict.channel_id is not None:
        options["channel_id"] = str(verdict.channel_id)
    await audit_log.record_rule(tx, verdict.guild_id, _LOGGED[type], verdict.user.id, options)


_LOGGED = {
    ActionType.BLOCK_MESSAGE: AuditAction.AUTO_MODERATION_BLOCK_MESSAGE,
    ActionType.SEND_ALERT_MESSAGE: AuditAction.AUTO_MODERATION_FLAG_TO_CHANNEL,
    ActionType.TIMEOUT: AuditAction.AUTO_MODERATION_USER_COMM_DISABLED,
    ActionType.BLOCK_MEMBER_INTERACTION: AuditAction.AUTO_MODERATION_QUARANTINE_USER,
}


async def _send_alert(
    tx: Transaction, verdict: Verdict, match: Match, metadata: dict[str, Any], message_id: int | None
) -> int | None:
    """Tell the channel of alerts; None if there is none any more."""
    channel = tx.directory.channels.get(int(metadata["channel_id"]))
    if channel is None or channel.guild_id != verdict.guild_id or channel.type not in TEXT_BASED:
        return None
    embed = alert_embed(verdict, match, message_id)
    alert = await system_messages.create_system_message(
        tx, channel.id, MessageType.AUTO_MODERATION_ACTION, author_id=verdict.user.id, author=verdict.user,
        details={"embeds": [embed]},
    )  # fmt: skip
    return alert.id


def alert_embed(verdict: Verdict, match: Match, message_id: int | None) -> dict[str, Any]:
    """What was written, and by fields which rule found what in it, as Discord's client reads them."""
    told = {
        "rule_name": match.rule.name,
        "channel_id": None if verdict.channel_id is None else str(verdict.channel_id),
        "decision_outcome": "blocked" if verdict.refusal is not None else "flagged",
        "keyword": match.keyword,
        "keyword_matched_content": match.content if match.keyword is not None else None,
        "flagged_message_id": None if message_id is None else str(message_id),
    }
    return {
        "type": "auto_moderation_message",
        "description": verdict.content,
        "fields": [{"name": name, "value": value, "inline": False} for name, value in told.items() if value],
    }


async def _time_out(tx: Transaction, verdict: Verdict, metadata: dict[str, Any]) -> bool:
    """Time the author out, unless they are for longer already, or are gone."""
    guild = tx.directory.guilds[verdict.guild_id]
    member = guild.members.get(verdict.user.id)
    until = tx.now() + timedelta(seconds=metadata["duration_seconds"])
    if member is None or (member.communication_disabled_until or until) > until:
        return False
    await write_member(tx, guild, replace(member, communication_disabled_until=until))
    return True


async def free_members(tx: Transaction, guild: Guild, rules: RuleSet) -> None:
    """Free those whom a rule for names holds and whom these, which are new, would not."""
    for member in guild.members.values():
        if member.flags & QUARANTINED:
            after, _ = screen_member(tx, guild, member, tx.directory.users[member.user_id], rules)
            if after != member:
                await write_member(tx, guild, after)


async def write_member(tx: Transaction, guild: Guild, member: Member) -> None:
    """Write what has been done to a member. Emits GUILD_MEMBER_UPDATE."""
    await members.update_member(
        tx.conn, guild_id=guild.id, user_id=member.user_id, nick=member.nick, avatar=member.avatar,
        banner=member.banner, deaf=member.deaf, mute=member.mute, flags=member.flags,
        communication_disabled_until=member.communication_disabled_until,
    )  # fmt: skip
    user = tx.directory.users[member.user_id]
    tx.emit(events.guild_member_update(guild.id, member, user), to=GuildAudience(guild.id))
