"""docs/gateway.md says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatd.gateway.dispatch import RECEIVE
from chatd.gateway.opcodes import CloseCode, Opcode
from chatd.gateway.settings import GatewaySettings

PAGE = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of every table row that begins with a number, below a heading."""
    section = re.split(r"^## ", PAGE.split(f"\n## {heading}\n")[1], flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_opcode_is_on_the_page_once():
    assert [(int(op), name) for op, name, *_ in rows("Opcodes")] == [
        *((int(op), op.name) for op in sorted(RECEIVE)),
        *((int(op), op.name) for op in sorted(set(Opcode) - set(RECEIVE))),
    ]


def test_what_a_client_sends_is_as_the_gate_has_it():
    said = {
        int(op): (when, int(size))
        for op, _, when, size, _ in (row for row in rows("Opcodes") if len(row) == 5)
    }
    limit = GatewaySettings().request_bytes_max
    assert said == {int(op): (row.when.value, row.bytes_max or limit) for op, row in RECEIVE.items()}


def test_every_close_code_is_on_the_page():
    assert [(int(code), name) for code, name, *_ in rows("Close codes")] == [
        (int(c), c.name) for c in CloseCode
    ]


@pytest.mark.parametrize("key", sorted(set(re.findall(r"`gateway\.(\w+)`", PAGE))))
def test_every_setting_that_is_named_exists(key):
    assert hasattr(GatewaySettings(), key)


def test_the_numbers_are_those_of_the_settings():
    settings = GatewaySettings()
    for number in (
        f'"heartbeat_interval": {settings.heartbeat_interval_ms}',
        f"within {settings.identify_timeout_s:.0f} seconds",
        f"more than {settings.frames_limit} frames in {settings.frames_window_s:.0f} seconds",
        f"counts for {settings.presence_grace_s:.0f} seconds more",
        f"given {settings.presence_grace_at_start_s:.0f} seconds",
        f"one and a half intervals and {settings.heartbeat_slack_s:.0f} seconds",
        f"more than\n{settings.unsent_bytes_max // 2**20} MiB unsent",
        f"nothing for {settings.stalled_s:.0f} seconds",
    ):
        assert number in PAGE, number
    assert settings.resume_window_s == 3600 and "for an hour" in PAGE
