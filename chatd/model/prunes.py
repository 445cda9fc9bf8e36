"""Pruning: putting out at once all who have not been here for some days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model.shapes import Form

# The Discord documentation, "Get Guild Prune Count".
DAYS = (1, 30)
ROLES_MAX = 100


@dataclass(slots=True, frozen=True)
class PruneDraft:
    """Members who have been away for `days`, with no role or none beside `role_ids`."""

    days: int
    role_ids: frozenset[int]
    counts: bool

    @classmethod
    def parse(cls, fields: Any) -> PruneDraft:
        """From a query or a body. Some clients write a body's fields as they would write a query's."""
        form = Form(fields)
        draft = cls(
            days=form.integer("days", default=7, between=DAYS),
            role_ids=frozenset(_role_ids_of(form)),
            counts=_counts_of(form),
        )
        form.finish()
        return draft


def _role_ids_of(form: Form) -> list[int]:
    """`include_roles`, a list or a text with commas."""
    value = form.raw("include_roles")
    if isinstance(value, str):
        listed = [role_id.strip() for role_id in value.split(",")] if value.strip() else []
        form = form.replaced("include_roles", listed)
    role_ids: list[int] = form.snowflakes("include_roles", default=[], count=(0, ROLES_MAX))
    return role_ids


def _counts_of(form: Form) -> bool:
    """`compute_prune_count`, true unless it says otherwise."""
    value = form.raw("compute_prune_count")
    if isinstance(value, str):
        return form.flag("compute_prune_count")
    counts: bool = form.boolean("compute_prune_count", default=True)
    return counts
