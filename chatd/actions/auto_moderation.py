"""Automatic moderation: a guild's rules. What they do to a message or a name is in screening.py.

A change of a rule counts as one of the guild's permissions: a message that was let through by the rules of a
moment ago is looked at again before it is written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import access, audit_log, screening
from chatd.actions.access import GuildAccess
from chatd.model import events
from chatd.model.audit_log import AuditAction, changes_between
from chatd.model.auto_moderation import TRIGGERS, ActionType, Rule, RuleDraft, RuleEdit, TriggerType
from chatd.model.channels import TEXT_BASED, Channel
from chatd.model.errors import InvalidFormBody, UnknownAutoModerationRule
from chatd.model.json_text import encode_json
from chatd.model.permissions import Permission
from chatd.model.rule_set import RuleSet, excess_of
from chatd.store.queries import auto_moderation
from chatd.store.transaction import Reading, Transaction

# What the audit log tells of a rule.
_TOLD = ("name", "event_type", "trigger_type", "trigger_metadata", "actions", "enabled", "exempt_roles",
         "exempt_channels")  # fmt: skip


async def list_rules(tx: Reading, guild_id: int) -> list[dict[str, Any]]:
    """A guild's rules by id. Needs MANAGE_GUILD. Raises UnknownGuild, MissingPermissions."""
    place = await _managed(tx, guild_id)
    rules = place.guild.auto_moderation_rules
    return [rules[rule_id].payload() for rule_id in sorted(rules)]


async def get_rule(tx: Reading, guild_id: int, rule_id: int) -> Rule:
    """One of them. Raises also UnknownAutoModerationRule."""
    return _find(await _managed(tx, guild_id), rule_id)


async def create_rule(tx: Transaction, guild_id: int, draft: RuleDraft) -> dict[str, Any]:
    """Add a rule to a guild, which holds for whatever is written after the commit.

    Needs MANAGE_GUILD, and MODERATE_MEMBERS for one that times members out. Emits
    AUTO_MODERATION_RULE_CREATE to those who may see rules, and of the first one GUILD_UPDATE.
    Raises UnknownGuild, MissingPermissions, InvalidFormBody at what the guild has not, or has enough of.
    """
    place = await _managed(tx, guild_id)
    rule = Rule(tx.next_id(), guild_id, tx.actor.id, trigger_type=draft.trigger_type, **draft.values)
    _require_room(place, rule)
    _require_cheap(place, None, rule)
    _require_what_it_names(tx, place, rule, draft.values)
    await auto_moderation.insert_rule(
        tx.conn, **_columns(rule), guild_id=guild_id, creator_id=rule.creator_id,
        event_type=rule.event_type, trigger_type=rule.trigger_type,
    )  # fmt: skip
    tx.emit(events.auto_moderation_rule_create(rule), to=place.audience)
    _tell_of_feature(tx, place, {**place.guild.auto_moderation_rules, rule.id: rule})
    await _record(tx, AuditAction.AUTO_MODERATION_RULE_CREATE, rule, None, rule)
    return rule.payload()


async def update_rule(tx: Transaction, guild_id: int, rule_id: int, edit: RuleEdit) -> dict[str, Any]:
    """Change a rule; all as with create_rule. Emits AUTO_MODERATION_RULE_UPDATE, and GUILD_MEMBER_UPDATE of
    members whom it holds no longer.

    Raises UnknownGuild, UnknownAutoModerationRule, MissingPermissions, InvalidFormBody.
    """
    place = await _managed(tx, guild_id)
    before = _find(place, rule_id)
    after = edit.applied_to(before)
    _require_cheap(place, before, after)
    _require_what_it_names(tx, place, after, edit.values)
    if after == before:
        return after.payload()
    await auto_moderation.update_rule(tx.conn, **_columns(after))
    tx.emit(events.auto_moderation_rule_update(after), to=place.audience)
    await _free_members(tx, place, {rule_id: after})
    await _record(tx, AuditAction.AUTO_MODERATION_RULE_UPDATE, after, before, after)
    return after.payload()


async def delete_rule(tx: Transaction, guild_id: int, rule_id: int) -> None:
    """Needs MANAGE_GUILD. Emits AUTO_MODERATION_RULE_DELETE, GUILD_MEMBER_UPDATE of whom it held, and of the
    last one GUILD_UPDATE.

    Raises UnknownGuild, UnknownAutoModerationRule, MissingPermissions.
    """
    place = await _managed(tx, guild_id)
    rule = _find(place, rule_id)
    await auto_moderation.delete_rule(tx.conn, id=rule_id)
    tx.emit(events.auto_moderation_rule_delete(rule), to=place.audience)
    left = {id: other for id, other in place.guild.auto_moderation_rules.items() if id != rule_id}
    _tell_of_feature(tx, place, left)
    await _free_members(tx, place, {rule_id: replace(rule, enabled=False)})
    await _record(tx, AuditAction.AUTO_MODERATION_RULE_DELETE, rule, rule, None)


def _tell_of_feature(tx: Transaction, place: GuildAccess, rules: dict[int, Rule]) -> None:
    """A guild has the feature AUTO_MODERATION from its first rule to its last."""
    if bool(rules) != bool(place.guild.auto_moderation_rules):
        tx.emit(events.guild_update(replace(place.guild, auto_moderation_rules=rules)), to=place.audience)


async def _managed(tx: Reading, guild_id: int) -> GuildAccess:
    place = await access.guild(tx, guild_id)
    place.require(Permission.MANAGE_GUILD)
    return place


def _find(place: GuildAccess, rule_id: int) -> Rule:
    rule = place.guild.auto_moderation_rules.get(rule_id)
    if rule is None:
        raise UnknownAutoModerationRule()
    return rule


async def _free_members(tx: Transaction, place: GuildAccess, changed: dict[int, Rule]) -> None:
    """Whom a rule for names holds, it holds no longer than it would now."""
    if any(rule.trigger_type == TriggerType.MEMBER_PROFILE for rule in changed.values()):
        rules = {**place.guild.auto_moderation_rules, **changed}
        await screening.free_members(tx, place.guild, RuleSet(rules.values(), tx.directory.word_lists))


def _require_room(place: GuildAccess, rule: Rule) -> None:
    """A guild has so many rules of each kind; enabled or not, since they are enabled without asking again."""
    rules_max = TRIGGERS[rule.trigger_type].rules_max
    known = place.guild.auto_moderation_rules.values()
    if sum(other.trigger_type == rule.trigger_type for other in known) >= rules_max:
        raise InvalidFormBody.at(
            "trigger_type", "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED",
            f"Maximum number of rules with this trigger reached ({rules_max}).",
        )  # fmt: skip


def _require_cheap(place: GuildAccess, before: Rule | None, after: Rule) -> None:
    """A message is held against the patterns of all rules, enabled or not, for as long as nobody notices."""
    patterns = after.trigger_metadata.get("regex_patterns")
    if not patterns or before is not None and before.trigger_metadata.get("regex_patterns") == patterns:
        return
    rules = {**place.guild.auto_moderation_rules, after.id: after}.values()
    excess = excess_of(rule for rule in rules if rule.trigger_type == after.trigger_type)
    if excess is not None:
        raise InvalidFormBody.at(
            "trigger_metadata.regex_patterns", "AUTO_MODERATION_PATTERNS_TOO_COSTLY", excess
        )


def _require_what_it_names(tx: Reading, place: GuildAccess, rule: Rule, values: dict[str, Any]) -> None:
    """What of a rule is new names what there is in the guild, and does no more than its maker may."""
    if "actions" not in values:
        return
    if rule.has_action(ActionType.TIMEOUT):
        place.require(Permission.MODERATE_MEMBERS)
    for at, action in enumerate(rule.actions):
        if action["type"] != ActionType.SEND_ALERT_MESSAGE:
            continue
        channel = tx.directory.channels.get(int(action["metadata"]["channel_id"]))
        if channel is None or not _takes_alerts(tx, place, channel):
            message = "Alerts go to a text channel of the guild."
            raise InvalidFormBody.at(f"actions.{at}.metadata.channel_id", "CHANNEL_INVALID", message)


def _takes_alerts(tx: Reading, place: GuildAccess, channel: Channel) -> bool:
    is_here = channel.guild_id == place.guild.id and channel.type in TEXT_BASED
    return is_here and tx.directory.can_view(tx.actor.id, channel.id)


def _columns(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "trigger_metadata": encode_json(rule.trigger_metadata),
        "actions": encode_json(rule.actions),
        "enabled": rule.enabled,
        "exempt_roles": list(rule.exempt_roles),
        "exempt_channels": list(rule.exempt_channels),
    }


async def _record(
    tx: Transaction, action: AuditAction, rule: Rule, before: Rule | None, after: Rule | None
) -> None:
    old, new = (None if each is None else each.payload() for each in (before, after))
    await audit_log.record(
        tx, rule.guild_id, action, target_id=rule.id, changes=changes_between(old, new, _TOLD)
    )
