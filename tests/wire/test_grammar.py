"""The patterns themselves: what they must not be made of."""

from __future__ import annotations

import re

import pytest

from chatd.wire import grammar, handshake

PATTERNS = {
    f"{module.__name__}.{name}": value.pattern
    for module in (grammar, handshake)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}


@pytest.mark.parametrize("name", PATTERNS)
def test_no_group_is_repeated_possessively(name):
    """Early releases of Python 3.11 do not go back to where such a group began when it fails half way."""
    without_classes = re.sub(r"\[(?:\\.|[^\]\\])*\]", "x", PATTERNS[name])
    assert not re.search(r"\)(?:[*+?]|\{[0-9,]+\})\+", without_classes)
