"""Say at the end of a run how much of the official API has been found to be there."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    for name, value in (each for report in reports for each in report.user_properties):
        if name == "official operations":
            terminalreporter.write_line(value)
