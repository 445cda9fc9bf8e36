"""What is wrong with a body, read out of the tree of error 50035."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def faults_in(errors: dict[str, Any]) -> dict[str, list[str]]:
    """The codes of all faults by dotted path; those of the whole are at ""."""
    return dict(_leaves(errors, ()))


def _leaves(tree: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    for key, inside in tree.items():
        if key == "_errors":
            yield ".".join(path), [fault["code"] for fault in inside]
            assert all(fault["message"] for fault in inside)
        else:
            yield from _leaves(inside, (*path, key))
