"""The matrix's page: what is written is read again, and every library has every group."""

from __future__ import annotations

import re

import pytest

from tests.compatibility import matrix
from tests.compatibility.matrix import GROUPS, LIBRARIES, Column, columns_of, table


def page_of(columns):
    return f"before {matrix.BEGIN}\n{table(columns)}\n{matrix.END} after"


def test_what_is_written_is_read_again():
    green = Column("discord.py", "2.7.1", "2026-01-02", dict.fromkeys(GROUPS))
    red = Column("discord.js", "14.0.0", "2026-01-02", {**dict.fromkeys(GROUPS), "files": "Error: no: file"})
    assert columns_of(page_of([green, red])) == [green, red]


def test_a_red_cell_says_why_below_the_table():
    text = table([Column("discord.py", "2", "2026-01-02", {**dict.fromkeys(GROUPS), "files": "Error: why"})])
    assert "| files | ✗ [1] |" in text
    assert "1. discord.py, files: Error: why\n" in text
    assert text.count("✓") == len(GROUPS) - 1


def test_a_green_cell_has_its_caveat_below_the_table():
    column = Column("oceanic.js", "1", "2026-01-02", {**dict.fromkeys(GROUPS), "files": "Error: why"})
    text = table([column])
    assert "| reactions | ✓ [3] |" in text and "3. oceanic.js, reactions: its event has no count" in text
    assert "| files | ✗ [2] |" in text and "2. oceanic.js, files: Error: why\n" in text
    assert columns_of(page_of([column])) == [column]


def test_a_group_that_was_not_run_is_not_green():
    assert "✗ [1]" in table([Column("discord.py", "2", "2026-01-02", {})])


def test_a_page_without_a_table_has_no_columns():
    assert columns_of(f"{matrix.BEGIN}\n{matrix.END}") == []


def test_the_page_has_been_written_by_this_matrix():
    columns = columns_of(matrix.PAGE.read_text())
    assert [column.name for column in columns] == [library.name for library in LIBRARIES]
    assert all(list(column.results) == list(GROUPS) for column in columns)


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_each_program_has_a_function_for_each_group(library):
    text = (matrix.PROGRAMS / library.program).read_text()
    if "discord_family" in text:
        text += (matrix.PROGRAMS / "discord_family.py").read_text()
    there = set(re.findall(r"^(?:export )?async (?:def|function) (\w+)\(", text, re.MULTILINE))
    assert set(GROUPS) <= there
