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
text costs one dictionary look-up for each of its characters. Where that is not known yet, the Ways out of the
state are: characters by which they are gone are looked up, and only tests that are no lists are asked.

What is remembered is bounded by CACHE_MAX, the size of a program by PROGRAM_MAX, and the work for one text by
STEPS_MAX, counted in instructions and not in time. How much of that a text of the patterns' own characters
takes, `cost` tells beforehand, to whoever is to be told that it is too much.
"""

from __future__ import annotations

import contextlib
import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from chatd.model.character_tests import Test, is_word, listed_by
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
# Instructions looked at for one text, and once more to find the places of what is in it: each some 5 ms at
# most. Patterns that need more for a message, at hundreds of instructions for each of its characters, are
# held against its beginning only.
STEPS_MAX = 10_000
# A step is half a microsecond. In that time so many instructions that a character leads to are put together.
LED_PER_STEP = 4
# A test that is a list of no more characters than that is looked up by them, and any other asked. All lists
# are where matches begin, for there every character is looked up.
LISTED_MAX = 8
LISTED_AT_BEGINNINGS_MAX = 128
# How long a text is by which the cost is told, and as which of several: the first is dear to anybody.
SAMPLE_CHARACTERS = 2_000
SAMPLES = 6


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
    weight: int


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

    def characters(self) -> set[str]:
        """Those that the patterns name."""
        takes = (instruction for instruction in self.instructions if isinstance(instruction, Take))
        return {c for take in takes for c in listed_by(take.test) or ()}

    def _compile(self, node: Node, then: int) -> int:
        """Add what matches the node and goes on at `then`; where it begins. A tree is built from its end."""
        # A repetition of nothing adds nothing, and is counted nevertheless.
        self._visits += 1
        if self._visits > PROGRAM_MAX:
            raise _too_large()
        match node:
            case Character(test, weight):
                return self._add(Take(test, then, 1 if listed_by(test) is not None else weight))
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


class Ways(NamedTuple):
    """Out of some instructions, where the kinds of the characters on both sides are known.

    `by_character` has where listed characters lead, `by_test` where those do that pass a test, each of which
    is asked once, at a cost of `weight` together; `found` are the patterns that end here.
    """

    by_character: dict[str, list[int]]
    by_test: dict[Test, list[int]]
    weight: int
    found: frozenset[int]

    def lead(self, c: str) -> frozenset[int]:
        at = self.by_character.get(c, [])
        passed = [then for test, then in self.by_test.items() if test(c)]
        return frozenset(at).union(*passed)


class State(dict[str, "State"]):
    """Between two characters: the instructions that the machine is in, and what came before.

    As a dictionary, where the next character leads; "" is the end of the text. `found` are the patterns that
    have been found to end where the step began that led here. `ways` are by the kind of the next character.
    """

    __slots__ = ("patterns", "at", "before", "found", "ways")

    def __init__(self, patterns: Patterns, at: frozenset[int], before: Kind, found: frozenset[int]) -> None:
        super().__init__()
        self.patterns = patterns
        self.at = at
        self.before = before
        self.found = found
        self.ways: dict[Kind, Ways] = {}

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
        begun, found = self._begun(before, after, c)
        if state.at:
            ways = state.ways.get(after)
            if ways is None:
                ways = state.ways[after] = self._ways(state.at, before, after)
            begun = begun | self._led(ways, c)
            found = found | ways.found
        return self._state(begun, after, found)

    def _begun(self, before: Kind, after: Kind, c: str) -> tuple[frozenset[int], frozenset[int]]:
        """Where one gets by a character from the beginnings of all patterns, and which end before it."""
        ways = self._beginnings.get((before, after))
        if ways is None:
            ways = self._beginnings[before, after] = self._ways(
                self._program.starts, before, after, LISTED_AT_BEGINNINGS_MAX
            )
        begun = self._begun_by.get((before, c))
        if begun is None:
            begun = self._begun_by[before, c] = self._led(ways, c)
            self._cached += len(begun)
        return begun, ways.found

    def _led(self, ways: Ways, c: str) -> frozenset[int]:
        at = ways.lead(c) if c else _NONE
        self.steps += ways.weight + len(at) // LED_PER_STEP
        return at

    def _ways(
        self, starts: Sequence[int] | frozenset[int], before: Kind, after: Kind, listed_max: int = LISTED_MAX
    ) -> Ways:
        instructions, stack, seen = self._program.instructions, list(starts), set[int]()
        by_character: defaultdict[str, list[int]] = defaultdict(list)
        by_test: defaultdict[Test, list[int]] = defaultdict(list)
        weight, found = 1, set[int]()
        while stack:
            number = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            instruction = instructions[number]
            if isinstance(instruction, Take):
                listed = listed_by(instruction.test)
                if listed is None or len(listed) > listed_max:
                    weight += 0 if instruction.test in by_test else instruction.weight
                    by_test[instruction.test].append(instruction.then)
                else:
                    for c in listed:
                        by_character[c].append(instruction.then)
            elif isinstance(instruction, Fork):
                stack += instruction
            elif isinstance(instruction, Found):
                found.add(instruction.pattern)
            elif _HOLDS[instruction.assertion](before, after):
                stack.append(instruction.then)
        self.steps += len(seen)
        self._cached += len(seen)
        return Ways(dict(by_character), dict(by_test), weight, frozenset(found))

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
        self._beginnings: dict[tuple[Kind, Kind], Ways] = {}
        self._begun_by: dict[tuple[Kind, str], frozenset[int]] = {}
        self._first = self._state(_NONE, Kind.EDGE, _NONE)

    @property
    def is_spent(self) -> bool:
        """Whether the steps for this text were not enough."""
        return self.steps > STEPS_MAX

    @property
    def size(self) -> int:
        return len(self._program.instructions)

    def cost(self) -> int:
        """The steps for a text as long as a message, of characters that the patterns name, then of others.

        It is not the first such text. One that takes STEPS_MAX nevertheless is not looked through to its end.
        """
        named = "".join(sorted(self._program.characters()))
        for number in range(SAMPLES):
            text = mixed(named or string.printable, SAMPLE_CHARACTERS // 2, number)
            with contextlib.suppress(TooCostly):
                self.scan(text + mixed(named + string.printable, SAMPLE_CHARACTERS // 2, number))
        return min(self.steps, STEPS_MAX)

    def renew(self) -> None:
        """Let there be as many steps again."""
        self.steps = 0

    # ── where ──

    def spans(self, pattern: int, text: str) -> Iterator[tuple[int, int]]:
        """Where the pattern matches in the text, from the left, none over another, while the steps last."""
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
                self.steps += instruction.weight
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


def mixed(characters: str, length: int, number: int) -> str:
    """One of several texts of these characters in no order: those of a congruential generator."""
    numbers = []
    for _ in range(length):
        number = (number * 1103515245 + 12345) % 2**31
        numbers.append(number >> 16)
    return "".join(characters[number % len(characters)] for number in numbers)
