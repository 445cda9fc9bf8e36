"""The directory's part of automatic moderation: each guild's rules, compiled when first needed.

directory.py loads it with the rest (`load`) and folds entries by the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncpg import Connection

from chatd.model.auto_moderation import Rule
from chatd.model.events import Entry
from chatd.store.queries import auto_moderation as queries

if TYPE_CHECKING:
    from chatd.store.directory import Directory


async def load(directory: Directory, conn: Connection) -> None:
    """Read all rules, after the guilds."""
    for row in await queries.list_rules(conn):
        directory.guilds[row["guild_id"]].auto_moderation_rules[row["id"]] = Rule.from_row(row)


def _on_rule(directory: Directory, entry: Entry) -> None:
    rule = Rule.from_payload(entry.d)
    directory.guilds[rule.guild_id].auto_moderation_rules[rule.id] = rule


def _on_rule_delete(directory: Directory, entry: Entry) -> None:
    directory.guilds[int(entry.d["guild_id"])].auto_moderation_rules.pop(int(entry.d["id"]), None)


FOLDS: dict[str, Callable[[Directory, Entry], None]] = {
    "AUTO_MODERATION_RULE_CREATE": _on_rule,
    "AUTO_MODERATION_RULE_UPDATE": _on_rule,
    "AUTO_MODERATION_RULE_DELETE": _on_rule_delete,
}

# They do not change who sees what, but what may be said: who decided by the rules of before decides anew.
CHANGES_PERMISSIONS = frozenset(FOLDS)
