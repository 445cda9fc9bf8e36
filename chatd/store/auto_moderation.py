"""The directory's part of automatic moderation: each guild's rules, and what was said where it matters.

Rules are compiled when they are first needed, and anew after each change. What is said is noted from the time
on that somebody has asked for it (`traffic_of`). directory.py loads the rules with the rest (`load`) and
folds entries by the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncpg import Connection

from chatd.model.auto_moderation import Rule
from chatd.model.events import Entry
from chatd.model.guilds import Guild
from chatd.model.keywords import fold
from chatd.model.members import Member
from chatd.model.messages import SAID_BY_USERS
from chatd.model.rule_set import RuleSet
from chatd.model.snowflakes import created_at
from chatd.model.traffic import Said, Traffic, is_newcomer
from chatd.store.queries import auto_moderation as queries

if TYPE_CHECKING:
    from chatd.store.directory import Directory


async def load(directory: Directory, conn: Connection) -> None:
    """Read all rules, after the guilds."""
    for row in await queries.list_rules(conn):
        directory.guilds[row["guild_id"]].auto_moderation_rules[row["id"]] = Rule.from_row(row)


def rule_set_of(directory: Directory, guild: Guild) -> RuleSet:
    """The guild's rules, compiled."""
    if guild.rule_set is None:
        guild.rule_set = RuleSet(guild.auto_moderation_rules.values(), directory.word_lists)
    return guild.rule_set


def traffic_of(guild: Guild) -> Traffic:
    if guild.traffic is None:
        guild.traffic = Traffic()
    return guild.traffic


def said(message_id: int, member: Member, channel_id: int, text: str, mentioned: frozenset[int]) -> Said:
    """A message as `traffic` looks at it."""
    at = created_at(message_id)
    return Said(
        message_id, member.user_id, channel_id, at.timestamp(), fold(text), mentioned, is_newcomer(member, at)
    )


def note(guild: Guild, d: dict[str, Any]) -> None:
    """A message has been committed, here or by another process; what members say counts."""
    member = guild.members.get(int(d["author"]["id"]))
    if guild.traffic is not None and member is not None and d["type"] in SAID_BY_USERS:
        mentioned = frozenset(int(user["id"]) for user in d["mentions"]).union(map(int, d["mention_roles"]))
        guild.traffic.note(said(int(d["id"]), member, int(d["channel_id"]), d["content"], mentioned))


def _on_rule(directory: Directory, entry: Entry) -> None:
    rule = Rule.from_payload(entry.d)
    guild = directory.guilds[rule.guild_id]
    guild.auto_moderation_rules[rule.id] = rule
    guild.rule_set = None


def _on_rule_delete(directory: Directory, entry: Entry) -> None:
    guild = directory.guilds[int(entry.d["guild_id"])]
    guild.auto_moderation_rules.pop(int(entry.d["id"]), None)
    guild.rule_set = None


FOLDS: dict[str, Callable[[Directory, Entry], None]] = {
    "AUTO_MODERATION_RULE_CREATE": _on_rule,
    "AUTO_MODERATION_RULE_UPDATE": _on_rule,
    "AUTO_MODERATION_RULE_DELETE": _on_rule_delete,
}

# They do not change who sees what, but what may be said: who decided by the rules of before decides anew.
CHANGES_PERMISSIONS = frozenset(FOLDS)
