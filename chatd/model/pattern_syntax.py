"""The syntax of patterns: from text to a tree. Source: the documentation of Rust's `regex`, "Syntax".

    alternation    concatenation ("|" concatenation)*
    concatenation  repetition*
    repetition     atom ("*" | "+" | "?" | "{n}" | "{n,}" | "{n,m}")*    each with a "?" behind it for lazy
    atom           character | "." | escape | class | "^" | "$" | group
    group          "(" alternation ")" | "(?:" … ")" | "(?flags:" … ")" | "(?<name>" … ")" | "(?flags)"

Rust's syntax has neither back-references nor look-around, which is why it can be matched in linear time
(patterns.py). Left out of it here: word boundaries of one side only, the flag R, and turning Unicode off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from chatd.model import character_tests as tests
from chatd.model.character_tests import Test

# Deeper than anything that somebody writes by hand, and far from the end of Python's own stack.
NESTING_MAX = 40
REPEATS_MAX = 1000
# To know a character's cases, and to test each, takes as long as so many tests.
CASES_WEIGHT = 6


class PatternError(Exception):
    """What is wrong with a pattern, and at which of its characters, from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Assertion(Enum):
    """What must be so between two characters."""

    TEXT_START = auto()
    TEXT_END = auto()
    LINE_START = auto()
    LINE_END = auto()
    WORD_BOUNDARY = auto()
    NOT_WORD_BOUNDARY = auto()


class Character(NamedTuple):
    """One character that passes the test, which takes as long as `weight` simple ones."""

    test: Test
    weight: int = 1


class Concatenation(NamedTuple):
    parts: tuple[Node, ...]


class Alternation(NamedTuple):
    """The first that matches is preferred."""

    parts: tuple[Node, ...]


class Repetition(NamedTuple):
    """`most` is None for any number. A lazy one prefers fewer."""

    inside: Node
    least: int
    most: int | None
    lazy: bool


Node = Assertion | Character | Concatenation | Alternation | Repetition

NOTHING = Concatenation(())


@dataclass(slots=True, frozen=True)
class Flags:
    """i, m, s, U and x."""

    ignores_case: bool = False
    multi_line: bool = False
    dot_is_all: bool = False
    swaps_greed: bool = False
    verbose: bool = False


_FLAGS = {
    "i": "ignores_case", "m": "multi_line", "s": "dot_is_all", "U": "swaps_greed", "x": "verbose",
}  # fmt: skip
_REPEATS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_COUNTED = re.compile(r"\{\s*([0-9]{1,9})\s*(?:(,)\s*([0-9]{1,9})?\s*)?\}")
_NAME = re.compile(r"P?<([A-Za-z_][A-Za-z0-9_.\[\]]*)>")
_FLAG_LIST = re.compile(r"([A-Za-z]*)(?:-([A-Za-z]+))?([:)])")
_CODE_POINT = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|[xuU]\{([0-9A-Fa-f]{1,8})\}")
_PROPERTY = re.compile(r"[pP](?:\{([^{}]*)\}|([A-Za-z]))")
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")

_ASSERTIONS = {
    "A": Assertion.TEXT_START, "z": Assertion.TEXT_END, "b": Assertion.WORD_BOUNDARY,
    "B": Assertion.NOT_WORD_BOUNDARY,
}  # fmt: skip
_CLASSES: dict[str, Test] = {
    "d": tests.is_digit, "s": tests.is_space, "w": tests.is_word, "D": tests.negated(tests.is_digit),
    "S": tests.negated(tests.is_space), "W": tests.negated(tests.is_word),
}  # fmt: skip
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a"}
_SET_OPERATIONS = {"&&": tests.both, "--": tests.without, "~~": tests.one_alone}


def parse(text: str) -> Node:
    """The tree of a pattern. Raises PatternError."""
    parser = _Parser(text)
    node = parser.alternation(Flags(), depth=0)
    if parser.at < len(text):
        raise PatternError("unopened group", parser.at)
    return node


class _Parser:
    """Reads from `at` onwards; each method leaves it behind what it has read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.names: set[str] = set()

    # ── structure ──

    def alternation(self, flags: Flags, depth: int) -> Node:
        if depth > NESTING_MAX:
            raise PatternError(f"nested deeper than {NESTING_MAX}", self.at)
        branches: list[Node] = []
        while True:
            branch, flags = self.concatenation(flags, depth)
            branches.append(branch)
            if not self.take("|"):
                return branches[0] if len(branches) == 1 else Alternation(tuple(branches))

    def concatenation(self, flags: Flags, depth: int) -> tuple[Node, Flags]:
        """Up to the next `|` or `)`, and the flags that hold from there on."""
        parts: list[Node] = []
        while True:
            if flags.verbose:
                self.skip_blanks()
            c = self.peek()
            if c in ("", "|", ")"):
                return parts[0] if len(parts) == 1 else Concatenation(tuple(parts)), flags
            if c == "(":
                group = self.group(flags, depth)
                if isinstance(group, Flags):
                    flags = group
                    continue
                node: Node = group
            else:
                node = self.atom(flags)
            parts.append(self.repeated(node, flags))

    def group(self, flags: Flags, depth: int) -> Node | Flags:
        opened = self.at
        self.at += 1
        if self.take("?"):
            if self.text.startswith(("=", "!", "<=", "<!"), self.at):
                raise PatternError("look-around is not supported", opened)
            if name := self.match(_NAME):
                if name[1] in self.names:
                    raise PatternError("duplicate group name", opened)
                self.names.add(name[1])
            elif listed := self.match(_FLAG_LIST):
                flags = self.flags_after(flags, listed, opened)
                if listed[3] == ")":
                    return flags
            else:
                raise PatternError("unrecognized group", opened)
        inside = self.alternation(flags, depth + 1)
        if not self.take(")"):
            raise PatternError("unclosed group", opened)
        return inside

    def flags_after(self, flags: Flags, listed: re.Match[str], opened: int) -> Flags:
        on, off, end = listed.groups()
        if off and "u" in off:
            raise PatternError("Unicode cannot be turned off", opened)
        if end == ")" and not on and not off:
            raise PatternError("missing flag", opened)
        for names, value in ((on.replace("u", ""), True), (off or "", False)):
            for name in names:
                if name not in _FLAGS:
                    raise PatternError("unrecognized flag", opened)
                flags = replace(flags, **{_FLAGS[name]: value})
        return flags

    def repeated(self, node: Node, flags: Flags) -> Node:
        """The node with all the repetitions that follow it."""
        while True:
            if flags.verbose:
                self.skip_blanks()
            started, c = self.at, self.peek()
            if c in _REPEATS and c:
                least, most = _REPEATS[c]
                self.at += 1
            elif c == "{":
                least, most = self.counted()
            else:
                return node
            lazy = self.take("?") != flags.swaps_greed
            if most is not None and least > most:
                raise PatternError("invalid repetition range", started)
            node = Repetition(node, least, most, lazy)

    def counted(self) -> tuple[int, int | None]:
        started = self.at
        found = self.match(_COUNTED)
        if found is None:
            raise PatternError("invalid counted repetition", started)
        least = int(found[1])
        most = least if found[2] is None else None if found[3] is None else int(found[3])
        if max(least, most or 0) > REPEATS_MAX:
            raise PatternError(f"more than {REPEATS_MAX} repetitions", started)
        return least, most

    # ── atoms ──

    def atom(self, flags: Flags) -> Node:
        started = self.at
        c = self.text[started]
        self.at += 1
        if c in "*+?{":
            raise PatternError("repetition of nothing", started)
        if c == ".":
            return Character(tests.any_character if flags.dot_is_all else tests.not_newline)
        if c == "^":
            return Assertion.LINE_START if flags.multi_line else Assertion.TEXT_START
        if c == "$":
            return Assertion.LINE_END if flags.multi_line else Assertion.TEXT_END
        if c == "[":
            self.at = started
            test = self.class_(flags, depth=0)
            return Character(test, _weight_of(self.text[started : self.at], flags))
        if c != "\\":
            return Character(_literal(c, flags))
        name = self.peek()
        if name in _ASSERTIONS and name:
            self.at += 1
            if self.peek() == "{":
                raise PatternError("one-sided word boundaries are not supported", started)
            return _ASSERTIONS[name]
        found = self.escape(started, flags)
        return Character(_literal(found, flags) if isinstance(found, str) else found)

    def escape(self, started: int, flags: Flags) -> str | Test:
        """What follows a backslash: a character, or a test of one."""
        c = self.peek()
        if not c:
            raise PatternError("incomplete escape", started)
        if c in _CLASSES:
            self.at += 1
            return _CLASSES[c]
        if found := self.match(_PROPERTY):
            named = tests.property_named(found[1] if found[1] is not None else found[2])
            if named is None:
                raise PatternError("unknown Unicode property", started)
            named = tests.ignoring_case(named) if flags.ignores_case else named
            return tests.negated(named) if found[0][0] == "P" else named
        if found := self.match(_CODE_POINT):
            number = int(next(group for group in found.groups() if group), 16)
            if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                raise PatternError("no such character", started)
            return chr(number)
        self.at += 1
        if c in _CONTROLS:
            return _CONTROLS[c]
        if c.isdigit() and c.isascii():
            raise PatternError("backreferences are not supported", started)
        if c.isascii() and (c.isalpha() or c in "<>") or not c.isascii():
            raise PatternError("unrecognized escape", started)
        return c

    # ── classes ──

    def class_(self, flags: Flags, depth: int) -> Test:
        """`[…]`: a union of characters, ranges and classes, and operations between unions, from the left."""
        started = self.at
        if depth > NESTING_MAX:
            raise PatternError(f"nested deeper than {NESTING_MAX}", started)
        self.at += 1
        is_negated = self.take("^")
        whole: Test | None = None
        operation = tests.both
        union: list[Test] = [_literal("]", flags)] if self.take("]") else []
        while True:
            if flags.verbose:
                self.skip_blanks()
            two = self.text[self.at : self.at + 2]
            closes, operates = two.startswith("]"), two in _SET_OPERATIONS
            if closes or operates:
                self.at += 1 if closes else 2
                part = tests.either(*union) if union else tests.negated(tests.any_character)
                whole = part if whole is None else operation(whole, part)
                if closes:
                    return tests.negated(whole) if is_negated else whole
                operation, union = _SET_OPERATIONS[two], []
            elif not two:
                raise PatternError("unclosed character class", started)
            else:
                union.append(self.class_item(flags, depth))

    def class_item(self, flags: Flags, depth: int) -> Test:
        started = self.at
        if found := self.match(_POSIX):
            named = tests.POSIX.get(found[2])
            if named is None:
                raise PatternError("unknown class", started)
            named = tests.ignoring_case(named) if flags.ignores_case else named
            return tests.negated(named) if found[1] else named
        if self.peek() == "[":
            return self.class_(flags, depth + 1)
        first = self.class_character(flags)
        two = self.text[self.at : self.at + 2]
        if not isinstance(first, str) or not two.startswith("-") or two in ("-]", "--", "-"):
            return _literal(first, flags) if isinstance(first, str) else first
        self.at += 1
        last = self.class_character(flags)
        if not isinstance(last, str) or last < first:
            raise PatternError("invalid character class range", started)
        test = tests.within(first, last)
        return tests.ignoring_case(test) if flags.ignores_case else test

    def class_character(self, flags: Flags) -> str | Test:
        started = self.at
        c = self.peek()
        if not c:
            raise PatternError("unclosed character class", started)
        self.at += 1
        return self.escape(started, flags) if c == "\\" else c

    # ── reading ──

    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> bool:
        if self.peek() != wanted:
            return False
        self.at += 1
        return True

    def match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def skip_blanks(self) -> None:
        """With the flag x, blanks count for nothing, and comments go from `#` to the end of the line."""
        while True:
            c = self.peek()
            if c == "#":
                self.at = (self.text + "\n").index("\n", self.at)
            elif not c or not c.isspace():
                return
            else:
                self.at += 1


def _weight_of(class_: str, flags: Flags) -> int:
    """Of a class as it is written: what is tested by itself in it has two characters at least."""
    return (1 + len(class_) // 2) * (CASES_WEIGHT if flags.ignores_case else 1)


def _literal(c: str, flags: Flags) -> Test:
    return tests.one_of(tests.cases_of(c) if flags.ignores_case else c)
