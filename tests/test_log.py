"""Log lines: what a person, a parser and journald each read in them."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Callable, Iterator

import pytest

from chatd import log
from chatd.log import FIELD_CHARACTERS_MAX, Logger

logger = Logger("tests")
Start = Callable[..., io.StringIO]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Set logging up as a start of chatd does; what is written then can be read."""
    root, everybody = logging.getLogger("chatd"), logging.getLogger()
    before = root.handlers[:], root.propagate, root.level, everybody.handlers[:]

    def start(level: str = "info", *, journal: bool = False) -> io.StringIO:
        if journal:
            monkeypatch.setenv("JOURNAL_STREAM", "8:12345")
        else:
            monkeypatch.delenv("JOURNAL_STREAM", raising=False)
        written = io.StringIO()
        monkeypatch.setattr(sys, "stderr", written)
        log.set_up(level)
        return written

    yield start
    root.handlers[:], root.propagate, _, everybody.handlers[:] = before
    root.setLevel(before[2])


def test_a_line_is_time_level_component_event_and_fields(start):
    written = start()
    logger.info("resumed", seq=17, replayed=3)
    assert re.fullmatch(r"\d\d:\d\d:\d\d info    tests    resumed seq=17 replayed=3\n", written.getvalue())


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v10/webhooks/5/s3cret", "/api/v10/webhooks/5/[token]"),
        ("/api/webhooks/5/s3cret/messages/@original", "/api/webhooks/5/[token]/messages/@original"),
        ("/api/v10/interactions/7/s3cret/callback", "/api/v10/interactions/7/[token]/callback"),
        ("/api/v10/webhooks/5", "/api/v10/webhooks/5"),
        ("/api/v10/channels/5/webhooks", "/api/v10/channels/5/webhooks"),
    ],
)
def test_a_token_that_is_in_a_path_is_in_no_line(start, path, shown):
    written = start()
    logger.bind(path=path).warning("slow")
    logger.exception("request failed", ValueError(f"cannot answer {path}"), method="POST", path=path)
    assert "s3cret" not in written.getvalue()
    assert written.getvalue().count(shown) == 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain-value/1.0", "plain-value/1.0"),
        (None, "None"),
        ("", '""'),
        ("two words", '"two words"'),
        ("a=b", '"a=b"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("C:\\x", "C:\\x"),
        ('\\" level=error', '"\\\\\\" level=error"'),
        ("line\nanother\r\tline", '"line\\nanother\\r\\tline"'),
        ("\x00\x1b[31mred\x7f", '"\\x00\\x1b[31mred\\x7f"'),
        ("\u2028\u202e\ud800", '"\\u2028\\u202e\\ud800"'),
        ("naïve-日本", "naïve-日本"),
        ("x" * 1000, "x" * FIELD_CHARACTERS_MAX),
    ],
)
def test_a_field_cannot_leave_its_line_nor_pose_as_another(start, value, shown):
    written = start()
    logger.warning("refused", origin=value, next=1)
    assert written.getvalue().endswith(f" tests    refused origin={shown} next=1\n")
    assert written.getvalue().count("\n") == 1


def test_levels_below_the_chosen_one_are_not_written(start):
    written = start("warning")
    logger.debug("one")
    logger.info("two")
    logger.warning("three")
    logger.error("four")
    assert [line.split()[1:] for line in written.getvalue().splitlines()] == [
        ["warning", "tests", "three"], ["error", "tests", "four"]
    ]  # fmt: skip


def test_journald_is_given_the_priority_of_every_line_and_keeps_the_time_itself(start):
    written = start("debug", journal=True)
    logger.debug("a")
    logger.info("b")
    logger.warning("c")
    logger.error("d", field="two\nlines")
    assert written.getvalue().splitlines() == [
        "<7>tests    a", "<6>tests    b", "<4>tests    c", '<3>tests    d field="two\\nlines"'
    ]  # fmt: skip


def test_a_traceback_stands_below_its_line_and_has_its_priority(start):
    written = start(journal=True)
    try:
        raise ValueError("wrong")
    except ValueError:
        logger.exception("failed", request=3)
    lines = written.getvalue().splitlines()
    assert lines[:2] == ["<3>tests    failed request=3", "<3>Traceback (most recent call last):"]
    assert lines[-1] == "<3>ValueError: wrong" and all(line.startswith("<3>") for line in lines)


def test_a_child_carries_the_fields_it_was_bound_to(start):
    written = start()
    bound = logger.bind(peer="::1").child("gateway").bind(session="a b")
    bound.info("identified", bot=True)
    logger.info("alone")
    said = [line.split(" ", 1)[1].strip() for line in written.getvalue().splitlines()]
    assert said == ['info    gateway  identified peer=::1 session="a b" bot=True', "info    tests    alone"]


def test_colours_are_for_terminals(start, monkeypatch):
    assert "\x1b" not in lines_of(start())
    terminal = start()
    terminal.isatty = lambda: True
    log.set_up()
    assert "\x1b[33mwarning \x1b[0mtests    late" in lines_of(terminal)
    journal = start(journal=True)
    journal.isatty = lambda: True
    log.set_up()
    assert lines_of(journal) == "<4>tests    late\n"


def lines_of(written: io.StringIO) -> str:
    logger.warning("late")
    return written.getvalue()


def test_what_libraries_say_has_the_same_form(start):
    written = start(journal=True)
    logging.getLogger("asyncpg.pool").info("not worth a line")
    for level in (logging.WARNING, logging.ERROR):
        try:
            raise OSError("refused, it\nseems")
        except OSError:
            logging.getLogger("asyncpg.pool").log(level, "no\nconnection", exc_info=True)
    lines = written.getvalue().splitlines()
    assert lines[0] == '<4>asyncpg  no connection error=OSError reason="refused, it\\nseems"'
    assert lines[1:3] == ["<3>asyncpg  no connection", "<3>Traceback (most recent call last):"]
    assert lines[-1] == "<3>seems"


def test_setting_up_again_does_not_write_twice(start):
    start()
    written = start()
    logger.info("once")
    assert written.getvalue().count("once") == 1
