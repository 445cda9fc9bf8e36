"""The matrix: real libraries, unmodified, through groups of features. `scripts/compatibility` runs it.

Each library has a program in libraries/, a bot and its users in one, and each group is run by itself: a fresh
process on a fresh guild of a test bench, so one that fails takes no other with it. What came of it is
written into docs/compatibility.md; a red cell stays red and says why below the table.

    python -m tests.compatibility.matrix                     all libraries, all groups, and the page
    python -m tests.compatibility.matrix discord.py          one library, and the page's column for it
    python -m tests.compatibility.matrix discord.py files    one group, shown and not written

A library is a row of LIBRARIES and a program; a group is a row of GROUPS and a function in each program.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from chatd.testbench.folder import cache_folder
from chatd.testbench.process import BenchProcess, started

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = Path(__file__).parent / "libraries"
PAGE = ROOT / "docs" / "compatibility.md"
BEGIN, END = "<!-- begin: matrix -->\n", "<!-- end: matrix -->\n"
GREEN, RED = "✓", "✗"
PROGRAM_S = 120

GROUPS = {
    "connect": "identifies, knows its guild and itself, shows a presence",
    "compress": "takes a compressed transport, and reads long events from it",
    "resume": "comes back after a lost connection without a gap, on op 7, and anew on op 9",
    "members": "hears of who joins, changes and is seen; asks for members, gives a nickname",
    "messages": "says, hears, replies, edits, deletes, pins; embeds, history, typing, direct messages",
    "files": "sends files and reads them back, takes one away",
    "reactions": "adds, hears, lists and clears them",
    "threads": "begins threads and posts, writes in them, archives them",
    "roles_and_overwrites": "makes roles, gives them, hides a channel and lets somebody in",
    "moderation": "purges, times out, kicks, bans with a reason in the log, slows down, has words blocked",
    "webhooks": "makes one, posts by it under another name, edits, deletes",
    "commands": "registers, hears, answers, defers, follows up; sub commands, a context menu",
    "components": "buttons that change the message, menus, the layout of version 2",
    "modals": "shows a form, and hears what was filled in",
    "autocomplete": "offers choices while somebody types",
    "rate_limits": "keeps to limits it is told of, waits as long as a 429 of any scope says, and after a 502",
}
# What a green cell does not say: where a library cannot do as the others do, its program does the nearest.
CAVEATS = {
    ("oceanic.js", "members"): "all members are listed over HTTP; the gateway is asked by name",
    ("oceanic.js", "files"): "it numbers the files of a message from 1; a spoiler is not tried",
    ("oceanic.js", "reactions"): "its event has no count, so none is compared",
    ("oceanic.js", "threads"): "it forgets the tags that a new post comes with, so the post is read again",
    ("py-cord", "commands"): (
        "its get_desynced_commands takes every command for changed, since it compares its sets of contexts"
        " and integration types with the lists that come, here as anywhere; they are overwritten, and keep"
        " their ids"
    ),
}
# Without them a bench is faster, and the people on it may say as much as they like.
WITH_LIMITS = {"rate_limits"}


@dataclass(frozen=True)
class Library:
    """`requirements` are pip's or npm's; none where the tests' own environment has the library."""

    name: str
    program: str
    requirements: tuple[str, ...] = ()

    @property
    def is_node(self) -> bool:
        return self.program.endswith(".mjs")


LIBRARIES = [
    Library("discord.py", "discord_py.py"),
    Library("hikari", "hikari_py.py"),
    # Its transport compression is a package of its own.
    Library("discord.js", "discord_js.mjs", ("discord.js@14", "zlib-sync@0.1")),
    Library("oceanic.js", "oceanic_js.mjs", ("oceanic.js@1",)),
    Library("py-cord", "py_cord.py", ("py-cord>=2.6",)),
]


@dataclass
class Column:
    """What came of one library: for each group None where it works, else why it does not."""

    name: str
    version: str
    date: str
    results: dict[str, str | None] = field(default_factory=dict)


# ── environments ──


def command_of(library: Library) -> list[str]:
    """How its program is started, in an environment that has the library; kept for the next run."""
    if not library.requirements:
        return [sys.executable, str(PROGRAMS / library.program)]
    name = f"{library.name}-{hashlib.sha256(repr(library.requirements).encode()).hexdigest()[:8]}"
    home = cache_folder().parent / "compatibility" / name
    if not home.exists():
        half = home.with_name(f"{name}.{os.getpid()}")
        (_install_by_npm if library.is_node else _install_by_pip)(half, library.requirements)
        with suppress(OSError):  # Another run was faster.
            half.rename(home)
    if not library.is_node:
        return [str(home / "bin" / "python"), str(PROGRAMS / library.program)]
    # Node looks for packages beside the program, by its real path: so the program goes to them.
    for program in PROGRAMS.glob("*.mjs"):
        shutil.copy(program, home)
    return ["node", str(home / library.program)]


def _install_by_pip(home: Path, requirements: tuple[str, ...]) -> None:
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *requirements], check=True)


def _install_by_npm(home: Path, requirements: tuple[str, ...]) -> None:
    """Without a lock file: one would name the registry that it was written with.

    zlib-sync is compiled, for which its headers are beside the machine's Node or else fetched.
    """
    home.mkdir(parents=True)
    package = {"private": True, "type": "module", "allowScripts": {"zlib-sync": True}}
    (home / "package.json").write_text(json.dumps(package))
    npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    node = Path(shutil.which("node") or "node").resolve().parent.parent
    environ = {"npm_config_nodedir": str(node)} if (node / "include" / "node").is_dir() else {}
    subprocess.run([*npm, *requirements], cwd=home, env={**os.environ, **environ}, check=True)


# ── running ──


def run_library(library: Library, groups: Iterable[str]) -> Column:
    command = command_of(library)
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
    column = Column(library.name, version.strip(), f"{datetime.now(UTC):%Y-%m-%d}")
    with started() as bench, started("--limits") as limited:
        for group in groups:
            why = run_group(command, group, limited if group in WITH_LIMITS else bench)
            column.results[group] = why
            print(f"{library.name:12} {group:22} {'works' if why is None else why}", flush=True)
    return column


def run_group(command: list[str], group: str, bench: BenchProcess) -> str | None:
    """Why it does not work; None where it does."""
    environ = {**os.environ, "CHATD_BENCH": json.dumps(bench.ready)}
    try:
        ended = subprocess.run(
            [*command, group], env=environ, capture_output=True, text=True, timeout=PROGRAM_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it was not done in {PROGRAM_S} seconds"
    if ended.returncode == 0:
        return None
    if "MATRIX_VERBOSE" in os.environ:
        sys.stderr.write(ended.stdout + ended.stderr)
    said = ended.stderr.strip().splitlines()
    return said[-1] if said else f"exit status {ended.returncode}"


# ── the page ──


def table(columns: list[Column]) -> str:
    """The matrix as the page shows it; what is red, or green with a caveat, is explained below."""
    head = ["group", *(f"{each.name} {each.version}" for each in columns), "what it is"]
    rows, notes = [head, ["---", *(":-:" for _ in columns), "---"]], []
    for group, meaning in GROUPS.items():
        cells = []
        for column in columns:
            why = column.results.get(group, "has not been run")
            note = CAVEATS.get((column.name, group)) if why is None else why
            if note is not None:
                notes.append(f"{column.name}, {group.replace('_', ' ')}: {note}")
            mark = GREEN if why is None else RED
            cells.append(mark if note is None else f"{mark} [{len(notes)}]")
        rows.append([group.replace("_", " "), *cells, meaning])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    run_on = sorted({column.date for column in columns})
    dates = run_on[0] if len(run_on) == 1 else f"{run_on[0]} to {run_on[-1]}"
    footnotes = [f"{number}. {note}" for number, note in enumerate(notes, start=1)]
    return "\n".join([f"As of {dates}.", "", *lines, *([""] if footnotes else []), *footnotes]) + "\n"


def columns_of(page: str) -> list[Column]:
    """The columns that the page has: what a run of one library leaves as it is."""
    inside = page.split(BEGIN)[1].split(END)[0]
    rows = [line.strip("| ").split(" | ") for line in inside.splitlines() if line.startswith("| ")]
    if not rows:
        return []
    date = re.findall(r"\d{4}-\d\d-\d\d", inside)[-1]
    notes = dict(re.findall(r"^(\d+)\. [^:]*: (.*)$", inside, re.MULTILINE))
    columns = [Column(*title.rsplit(" ", 1), date) for title in rows[0][1:-1]]
    for row in rows[2:]:
        for column, cell in zip(columns, row[1:-1], strict=True):
            number = re.search(rf"{RED} \[(\d+)\]", cell)
            column.results[row[0].replace(" ", "_")] = None if number is None else notes[number[1]]
    return columns


def write_page(run: list[Column]) -> None:
    page = PAGE.read_text()
    known = {column.name: column for column in [*columns_of(page), *run]}
    columns = [known[library.name] for library in LIBRARIES if library.name in known]
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table(columns)}\n{END}{after}")


def main(arguments: list[str]) -> int:
    wanted = [library for library in LIBRARIES if not arguments or library.name == arguments[0]]
    if not wanted:
        sys.exit(f"no such library; there are: {', '.join(library.name for library in LIBRARIES)}")
    groups = arguments[1:] or list(GROUPS)
    columns = [run_library(library, groups) for library in wanted]
    if not arguments[1:]:
        write_page(columns)
    return int(any(why is not None for column in columns for why in column.results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
