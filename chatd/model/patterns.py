"""Patterns: many regular expressions, held against a text in one pass and in linear time.

A backtracking matcher such as Python's `re` tries one way after another, and for some patterns there are
exponentially many: `(a+)+$` on thirty a's takes a minute. Here all ways are followed at once, so no pattern
that somebody writes can keep the server. The method is Ken Thompson's (1968), as Russ Cox retells it in
"Regular Expression Matching Can Be Simple And Fast" and its sequels, and as RE2 and Rust's `regex` have it:

    pattern_syntax.parse   text -> tree
    Program                tree -> instructions of a machine that can be in many of them at the same time
    Patterns.scan          run it: which of the patterns are somewhere in a text?
    Patterns.spans         and where is one of them? (which is asked only of what has been found)

For `scan`, the set of instructions that the machine is in, with what kind of character came before, is a
State. Where a character leads from there is found out once and remembered (the lazy DFA), so that most of a
text costs one dictionary look-up for each of its characters. What is remembered is bounded by CACHE_MAX, the
size of a program by PROGRAM_MAX, and the work for one text by STEPS_MAX, counted in instructions and not in
time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from chatd.model.character_tests import Test, is_word
from chatd.model.pattern_syntax import (
    Alternation,
    Assertion,
    Character,
    Concatenation,
    Node,
    PatternError,
    Repetition,
    parse,
)

# Instructions of one pattern. One of 260 characters has no more than these but by counted repetitions.
PROGRAM_MAX = 2_000
# Transitions that are remembered, and instructions of the states that they lead to, which take some 50 bytes
# each; then all are forgotten, and those that are needed are found out again.
CACHE_MAX = 200_000
# Instructions looked at for one text, some 50 ms. Whoever writes a pattern that needs more for a message,
# which takes hundreds of instructions at each of its characters, has it held against the beginning only.
STEPS_MAX = 100_000


class TooCostly(Exception):
    """The text has used up its steps. `found` are the patterns that are in the part that was looked at."""

    found: frozenset[int] = frozenset()


class Kind(Enum):
    """All that an assertion asks of a character beside it; EDGE is the lack of one."""

    EDGE = auto()
    NEWLINE = auto()
    WORD = auto()
    OTHER = auto()


def kind_of(c: str) -> Kind:
    if not c:
        return Kind.EDGE
    if c == "\n":
        return Kind.NEWLINE
    return Kind.WORD if is_word(c) else Kind.OTHER


# ── the program ──


class Take(NamedTuple):
    """Go on at `then` if the next character passes the test."""

    test: Test
    then: int


class Fork(NamedTuple):
    """Go on at both, of which the first is preferred."""

    first: int
    second: int


class Hold(NamedTuple):
    """Go on at `then` if the assertion holds here."""

    assertion: Assertion
    then: int


class Found(NamedTuple):
    pattern: int


Instruction = Take | Fork | Hold | Found


class Program:
    """The instructions of some patterns, and where each begins."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises PatternError."""
        self.instructions: list[Instruction] = []
        self.starts: list[int] = []
        for pattern in patterns:
            self._limit = len(self.instructions) + PROGRAM_MAX
            self._visits = 0
            found = self._add(Found(len(self.starts)))
            self.starts.append(self._compile(parse(pattern), found))

    def _compile(self, node: Node, then: int) -> int:
        """Add what matches the node and goes on at `then`; where it begins. A tree is built from its end."""
        # A repetition of nothing adds nothing, and is counted nevertheless.
        self._visits += 1
        if self._visits > PROGRAM_MAX:
            raise _too_large()
        match node:
            case Character(test):
                return self._add(Take(test, then))
            case Concatenation(parts):
                for part in reversed(parts):
                    then = self._compile(part, then)
                return then
            case Alternation(parts):
                *others, start = [self._compile(part, then) for part in parts]
                for other in reversed(others):
                    start = self._add(Fork(other, start))
                return start
            case Repetition():
                return self._compile_repetition(node, then)
            case _:
                return self._add(Hold(node, then))

    def _compile_repetition(self, node: Repetition, then: int) -> int:
        """x{2,4} is xx(x(x)?)?, and x{2,} is x and then x+."""
        start, copies = then, node.least
        if node.most is None:
            loop = self._add(Fork(then, then))  # which goes round once there is something to go round
            inside = self._compile(node.inside, loop)
            self.instructions[loop] = self._fork(inside, then, node.lazy)
            start, copies = (loop, 0) if node.least == 0 else (inside, node.least - 1)
        else:
            for _ in range(node.most - node.least):
                start = self._add(self._fork(self._compile(node.inside, start), then, node.lazy))
        for _ in range(copies):
            start = self._compile(node.inside, start)
        return start

    def _fork(self, inside: int, past: int, lazy: bool) -> Fork:
        return Fork(past, inside) if lazy else Fork(inside, past)

    def _add(self, instruction: Instruction) -> int:
        if len(self.instructions) >= self._limit:
            raise _too_large()
        self.instructions.append(instruction)
        return len(self.instructions) - 1


def _too_large() -> PatternError:
    return PatternError("compiled, it is too large", 0)


# ── running it ──

_HOLDS = {
    Assertion.TEXT_START: lambda before, after: before is Kind.EDGE,
    Assertion.TEXT_END: lambda before, after: after is Kind.EDGE,
    Assertion.LINE_START: lambda before, after: before in (Kind.EDGE, Kind.NEWLINE),
    Assertion.LINE_END: lambda before, after: after in (Kind.EDGE, Kind.NEWLINE),
    Assertion.WORD_BOUNDARY: lambda before, after: (before is Kind.WORD) != (after is Kind.WORD),
    Assertion.NOT_WORD_BOUNDARY: lambda before, after: (before is Kind.WORD) == (after is Kind.WORD),
}

_NONE: frozenset[int] = frozenset()


class State(dict[str, "State"]):
    """Between two characters: the instructions that the machine is in, and what came before.

    As a dictionary, where the next character leads; "" is the end of the text. `found` are the patterns that
    have been found to end where the step began that led here.
    """

    __slots__ = ("patterns", "at", "before", "found")

    def __init__(self, patterns: Patterns, at: frozenset[int], before: Kind, found: frozenset[int]) -> None:
        super().__init__()
        self.patterns = patterns
        self.at = at
        self.before = before
        self.found = found

    def __missing__(self, c: str) -> State:
        state = self[c] = self.patterns.step(self, c)
        return state


class Patterns:
    """Some patterns, compiled together. They are numbered as they come."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Raises PatternError for the first that is none."""
        self._program = Program(texts)
        self.steps = 0  # of the text at hand
        self._forget()

    def __len__(self) -> int:
        return len(self._program.starts)

    def scan(self, text: str) -> frozenset[int]:
        """The numbers of the patterns that match anywhere in the text. Raises TooCostly."""
        self.steps = 0
        found = _NONE
        state = self._first
        try:
            for c in text:
                state = state[c]
                if state.found:
                    found |= state.found
            return found | state[""].found
        except TooCostly as error:
            error.found = found
            raise

    def step(self, state: State, c: str) -> State:
        """Where a character leads. A match may begin before any, so the first instructions are always in."""
        if self.is_spent:
            raise TooCostly()
        if self._cached >= CACHE_MAX:
            self._forget()
        self._cached += 1
        before, after = state.before, kind_of(c)
        key = (before, c)
        if key not in self._beginnings:
            self._beginnings[key] = begins = self._followed(self._program.starts, before, after, c)
            self._cached += len(begins[0])
        begun, found_at_once = self._beginnings[key]
        at, found = self._followed(state.at, before, after, c) if state.at else (_NONE, _NONE)
        return self._state(at | begun, after, found | found_at_once)

    def _followed(
        self, starts: Sequence[int] | frozenset[int], before: Kind, after: Kind, c: str
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Where one gets from these instructions by one character, and which patterns end before it."""
        instructions, stack, seen = self._program.instructions, list(starts), set[int]()
        at, found = set[int](), set[int]()
        while stack:
            number = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            instruction = instructions[number]
            if isinstance(instruction, Take):
                if c and instruction.test(c):
                    at.add(instruction.then)
            elif isinstance(instruction, Fork):
                stack += instruction
            elif isinstance(instruction, Found):
                found.add(instruction.pattern)
            elif _HOLDS[instruction.assertion](before, after):
                stack.append(instruction.then)
        self.steps += len(seen)
        return frozenset(at), frozenset(found)

    def _state(self, at: frozenset[int], before: Kind, found: frozenset[int]) -> State:
        key = (at, before, found)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = State(self, at, before, found)
            self._cached += len(at)
        return state

    def _forget(self) -> None:
        self._cached = 0
        self._states: dict[tuple[frozenset[int], Kind, frozenset[int]], State] = {}
        self._beginnings: dict[tuple[Kind, str], tuple[frozenset[int], frozenset[int]]] = {}
        self._first = self._state(_NONE, Kind.EDGE, _NONE)

    @property
    def is_spent(self) -> bool:
        """Whether the steps for this text were not enough."""
        return self.steps > STEPS_MAX

    # ── where ──

    def spans(self, pattern: int, text: str) -> Iterator[tuple[int, int]]:
        """Where the pattern matches in the text that was scanned last, from the left, none over another.

        As far as the steps last that the scan has left.
        """
        at = 0
        while at <= len(text) and (span := self._span(pattern, text, at)):
            yield span
            at = max(span[1], at + 1)

    def _span(self, pattern: int, text: str, start: int) -> tuple[int, int] | None:
        """The leftmost match from `start` on, and of several there the one that the pattern prefers.

        Threads are kept in the order in which a backtracking matcher would try them, each with where it began
        (Rob Pike's way): once one has matched, those behind it are of no more interest.
        """
        threads: list[tuple[int, int]] = []
        best = None
        before = kind_of(text[start - 1]) if start else Kind.EDGE
        for position in range(start, len(text) + 1):
            c = text[position : position + 1]
            after = kind_of(c)
            if best is None:
                threads.append((self._program.starts[pattern], position))
            threads, ended = self._advance(threads, before, after, c)
            if ended is not None:
                best = (ended, position)
            if best is not None and not threads or self.is_spent:
                break
            before = after
        return best

    def _advance(
        self, threads: list[tuple[int, int]], before: Kind, after: Kind, c: str
    ) -> tuple[list[tuple[int, int]], int | None]:
        """The threads after one more character, and where one began that has matched before it."""
        instructions, seen, advanced = self._program.instructions, set[int](), list[tuple[int, int]]()
        ended = None
        stack = threads[::-1]
        while stack and ended is None:
            number, begun = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            instruction = instructions[number]
            if isinstance(instruction, Take):
                if c and instruction.test(c):
                    advanced.append((instruction.then, begun))
            elif isinstance(instruction, Fork):
                stack += ((instruction.second, begun), (instruction.first, begun))
            elif isinstance(instruction, Found):
                ended = begun
            elif _HOLDS[instruction.assertion](before, after):
                stack.append((instruction.then, begun))
        self.steps += len(seen)
        return advanced, ended
