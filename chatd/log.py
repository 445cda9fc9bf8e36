"""Log lines: an event, then fields. `logger.info("resumed", seq=17, replayed=3)`.

A line is `time level component event key=value …` on standard error; under systemd (JOURNAL_STREAM is
set) it starts with the priority that journald reads, `<6>`, and leaves the time to it. A child made by
`bind` carries its fields into every line: connection, user, request. No message content and no token
is ever a field; from a path that has one in it, it is taken out, in tracebacks too.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import traceback
from typing import Any

# sd-daemon(3): the number in front of a line is its syslog priority.
PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
COLOURS = {
    logging.DEBUG: "2",
    logging.INFO: "36",
    logging.WARNING: "33",
    logging.ERROR: "31",
    logging.CRITICAL: "1;31",
}

# A field longer than this is cut: one hostile header must not fill a disk.
FIELD_CHARACTERS_MAX = 300

# Whoever knows these paths may speak as the webhook, or answer in the place of the bot.
_TOKEN_IN_PATH = re.compile(r"""(/(?:webhooks|interactions)/[^/\s]+/)[^/?\s"']+""")

_root = logging.getLogger("chatd")


class Logger:
    """A component's logger with the fields it has been bound to."""

    __slots__ = ("component", "fields", "_fields_text")

    def __init__(self, component: str, fields: dict[str, Any] | None = None) -> None:
        self.component = component
        self.fields = fields or {}
        self._fields_text = _text_of(self.fields)

    def bind(self, **fields: Any) -> Logger:
        """A child that adds `fields` to every line."""
        return Logger(self.component, {**self.fields, **fields})

    def child(self, component: str) -> Logger:
        """The same fields under another component's name."""
        return Logger(component, self.fields)

    def debug(self, event: str, **fields: Any) -> None:
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        self._write(logging.ERROR, event, fields)

    def exception(self, event: str, error: BaseException | None = None, **fields: Any) -> None:
        """An error with its traceback on the lines below; `error` defaults to the one being handled."""
        error = error or sys.exc_info()[1]
        trace = "".join(traceback.format_exception(error)) if error else ""
        self._write(logging.ERROR, event, fields, trace)

    def _write(self, level: int, event: str, fields: dict[str, Any], trace: str = "") -> None:
        if _root.isEnabledFor(level):
            line = f"{self.component:<8} {event}{self._fields_text}{_text_of(fields)}"
            text = f"{line}\n{trace.rstrip()}" if trace else line
            _root.log(level, "%s", _TOKEN_IN_PATH.sub(r"\1[token]", text))


class _Lines(logging.Formatter):
    """The line's beginning: a journald priority, or a time and a level (coloured on a terminal)."""

    def __init__(self, journald: bool, coloured: bool) -> None:
        super().__init__()
        self.journald = journald
        self.coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage() if record.name == _root.name else _text_of_library(record)
        if self.journald:
            return "\n".join(f"<{PRIORITIES.get(record.levelno, 6)}>{line}" for line in text.split("\n"))
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        level = f"{record.levelname.lower():<8}"
        if self.coloured:
            level = f"\x1b[{COLOURS.get(record.levelno, '0')}m{level}\x1b[0m"
        return f"{at} {level}{text}"


def set_up(level: str = "info") -> None:
    """Send lines of `level` and above to standard error, and warnings of libraries. Call once, at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("JOURNAL_STREAM" in os.environ, sys.stderr.isatty()))
    logging.getLogger().handlers[:] = _root.handlers[:] = [handler]
    _root.propagate = False
    _root.setLevel(level.upper())


def _text_of(fields: dict[str, Any]) -> str:
    return "".join(f" {name}={_quoted(value)}" for name, value in fields.items())


def _quoted(value: Any) -> str:
    """The value on one line: quoted when it holds a space, a quote or a control character."""
    text = str(value)[:FIELD_CHARACTERS_MAX]
    if text and text.isprintable() and not any(mark in text for mark in ' "='):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return "\\" + mark
    return mark if mark.isprintable() else repr(mark)[1:-1]


def _text_of_library(record: logging.LogRecord) -> str:
    """What asyncio or asyncpg says, in our form; with the traceback only if it is an error to them."""
    text = f"{record.name.partition('.')[0]:<8} {' '.join(record.getMessage().split())}"
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return text
    if record.levelno < logging.ERROR:
        return text + _text_of({"error": type(error).__name__, "reason": error})
    return f"{text}\n{''.join(traceback.format_exception(error)).rstrip()}"


logger = Logger("core")
