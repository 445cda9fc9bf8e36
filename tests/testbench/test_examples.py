"""The two suites of docs/testing-bots.md, run as their authors would: by another pytest, and by Node."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from chatd.testbench.folder import cache_folder
from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.clients import environment

EXAMPLES = ROOT / "docs" / "examples"
SECONDS_MAX = 240


def run(command, cwd, **environ):
    """Run one suite; what it said, if it failed."""
    ended = subprocess.run(
        command, cwd=cwd, env=environment(PYTHONPATH=str(ROOT), PYTHON=sys.executable, **environ),
        capture_output=True, text=True, timeout=SECONDS_MAX, check=False,
    )  # fmt: skip
    if ended.returncode:
        pytest.fail(f"{ended.stdout}\n{ended.stderr}", pytrace=False)
    return ended.stdout


def test_the_suite_of_the_discord_py_bot_passes(tmp_path):
    shutil.copytree(EXAMPLES / "discord_py", tmp_path / "bot")
    # An installed chatd's plug-in is found by its entry point; from a checkout it has to be named.
    plugin = ["-p", "chatd.testbench.plugin", "-p", "no:cacheprovider"]
    said = run([sys.executable, "-m", "pytest", "-q", *plugin], tmp_path / "bot")
    assert "passed" in said


# Where there is no Node, scripts/compatibility brings it along and runs this.
if shutil.which("npm"):

    def test_the_suite_of_the_discord_js_bot_passes(tmp_path):
        shutil.copytree(EXAMPLES / "discord_js", tmp_path / "bot")
        (tmp_path / "bot" / "node_modules").symlink_to(installed(EXAMPLES / "discord_js" / "package.json"))
        assert "# fail 0" in run(["node", "--test", "--test-reporter=tap"], tmp_path / "bot")


def installed(package: Path) -> Path:
    """The packages that a package.json asks for, from the registry of this machine, kept for the next run.

    Without a lock file: one would name the registry that it was written with.
    """
    folder = cache_folder().parent / "npm" / hashlib.sha256(package.read_bytes()).hexdigest()[:16]
    if not folder.exists():
        half = folder.with_name(f"{folder.name}.{os.getpid()}")
        half.mkdir(parents=True)
        shutil.copy(package, half)
        run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"], half)
        with suppress(OSError):  # Another run was faster.
            half.rename(folder)
    return folder / "node_modules"
