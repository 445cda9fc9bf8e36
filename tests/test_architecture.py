"""Rooms import downward only; this table is the drawing in README.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHATD = Path(__file__).parent.parent / "chatd"

MAY_IMPORT: dict[str, set[str]] = {
    "wire": set(),
    "model": set(),
    "store": {"model"},
    "actions": {"model", "store"},
    "rest": {"wire", "model", "actions"},
    "gateway": {"wire", "model", "actions"},
    "net": {"wire"},
}
# Files beside the rooms that a room may use: each is a leaf, and none is for the pure rooms.
TOOLS = {"log", "assets"}
PURE = {"wire", "model"}
NOT_PURE = {"asyncio", "socket", "time", "logging", "threading", "subprocess", "asyncpg", "ssl", "random"}
RUN_TIME_DEPENDENCIES = {"asyncpg"}


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names of everything that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported_by(path: Path) -> set[str]:
    parts = (name.split(".") for name in imports_of(path))
    return {names[1] for names in parts if names[0] == "chatd" and len(names) > 1} - {"__version__"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_room_imports_only_downward(room):
    files = list((CHATD / room).rglob("*.py"))
    assert files
    allowed = MAY_IMPORT[room] | {room} | (set() if room in PURE else TOOLS)
    for path in files:
        assert rooms_imported_by(path) <= allowed, path


@pytest.mark.parametrize("room", sorted(PURE))
def test_a_pure_room_touches_nothing_of_the_world(room):
    for path in (CHATD / room).rglob("*.py"):
        touched = {name.split(".")[0] for name in imports_of(path)} & NOT_PURE
        assert not touched, f"{path} imports {touched}"


def test_asyncpg_is_the_only_dependency():
    import sys

    for path in CHATD.rglob("*.py"):
        outside = {name.split(".")[0] for name in imports_of(path)} - set(sys.stdlib_module_names) - {"chatd"}
        assert outside <= RUN_TIME_DEPENDENCIES, path
        if outside:
            assert path.relative_to(CHATD).parts[0] in ("store", "actions", "database.py", "cli.py"), path


def test_a_folder_of_chatd_is_a_room_or_the_web_client():
    folders = {path.name for path in CHATD.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(MAY_IMPORT) | {"web"}
