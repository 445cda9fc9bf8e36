"""Rows: an object of model as the arguments of a query, where the two have the same names."""

from __future__ import annotations

from typing import Any


def arguments_of(thing: Any, query: Any, **others: Any) -> dict[str, Any]:
    """Every argument that a query takes: `others`, and for the rest the thing's fields of those names."""
    fields = {name: getattr(thing, name) for name in query.parameters if name not in others}
    return {**fields, **others}
