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
# What stands on all rooms, as app.py does: it may import whatever there is but the command line.
ABOVE = {"testbench"}
# Who writes a test brings these: the plug-in of their pytest, and the library of their bot.
BROUGHT = {"testbench/plugin.py": {"pytest"}, "testbench/discord_py.py": {"discord", "yarl"}}
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
        within = path.relative_to(CHATD)
        outside -= BROUGHT.get(str(within), set())
        assert outside <= RUN_TIME_DEPENDENCIES, path
        if outside:
            assert within.parts[0] in ("store", "actions", "testbench", "database.py", "cli.py"), path


def test_a_folder_of_chatd_is_a_room_or_has_no_code_of_python():
    folders = {path.name for path in CHATD.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(MAY_IMPORT) | ABOVE | {"web", "words"}


# What a test holds in its hands, in a process without a server.
CLIENT = (
    "client.py", "asking.py", "things.py", "acting.py", "tested.py", "waiting.py", "process.py", "plugin.py",
    "discord_py.py",
)  # fmt: skip


def test_only_the_command_line_knows_the_bench():
    for path in CHATD.rglob("*.py"):
        if path.parent.name != "testbench" and path.name != "cli.py":
            assert "testbench" not in rooms_imported_by(path), path


@pytest.mark.parametrize("name", CLIENT)
def test_what_a_test_holds_of_the_bench_imports_nothing_of_the_server(name):
    modules = {imported for imported in imports_of(CHATD / "testbench" / name) if "chatd" in imported}
    own = tuple(f"chatd.testbench.{each.removesuffix('.py')}." for each in CLIENT)
    assert all(module.startswith(own) for module in modules), modules
