"""Patterns: the same answers as Python's `re` gives where it gives any, at a cost that is bounded."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.model import patterns
from chatd.model.character_tests import _ASCII_IN_ANY_CASE, cases_of
from chatd.model.pattern_syntax import PatternError
from chatd.model.patterns import PROGRAM_MAX, STEPS_MAX, Patterns, TooCostly


def span(pattern: str, text: str) -> tuple[int, int] | None:
    compiled = Patterns([pattern])
    first = next(compiled.spans(0, text), None)
    assert compiled.scan(text) == (frozenset() if first is None else {0}), "both machines agree"
    return first


def matched(pattern: str, text: str) -> str | None:
    found = span(pattern, text)
    return None if found is None else text[slice(*found)]


@pytest.mark.parametrize(
    "pattern, text, wanted",
    [
        ("(b|c)at", "a cat", "cat"),
        (r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$", "127.0.0.1", "127.0.0.1"),
        (r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$", "127.0.0", None),
        ("", "x", ""),
        ("a+?", "aaa", "a"), ("a*", "baa", ""), ("a{2}", "aaa", "aa"), ("a{2,}", "aaaa", "aaaa"),
        ("a{1,2}?", "aaa", "a"), ("a{0}b", "ab", "b"), ("a**", "aa", "aa"),
        ("ab|a", "ab", "ab"), ("a|ab", "ab", "a"), ("|a", "a", ""),
        (".", "\n", None), ("(?s).", "\n", "\n"),
        ("^b", "a\nb", None), ("(?m)^b", "a\nb", "b"), ("a$", "a\n", None), ("(?m)a$", "a\nb", "a"),
        (r"\Aa\z", "a", "a"), (r"\bcat\b", "the cat.", "cat"), (r"\bcat\b", "location", None),
        (r"\Bcat\B", "location", "cat"), (r"\bкот\b", "это кот!", "кот"), (r"\bкот\b", "который", None),
        ("(?i)stra(?-i)E", "STRAE", "STRAE"), ("(?i)stra(?-i)E", "STRAe", None), ("(?i:a)b", "Ab", "Ab"),
        ("(?i)[^a]", "A", None), ("(?i)[k-m]", "L", "L"), ("(?i)é", "É", "É"), ("a(?i)b|c", "C", "C"),
        ("(?U)a+", "aa", "a"), ("(?U)a+?", "aa", "aa"), ("(?x) a b # c", "ab", "ab"),
        ("(?x)[ a ]b", "ab", "ab"),
        ("(?P<n>a)(?<m>b)", "ab", "ab"), ("(?is)A.", "a\n", "a\n"),
        (r"\x41\u0042\u{43}\U00000044\x{45}", "ABCDE", "ABCDE"), (r"\n\t\.\-\#\ ", "\n\t.-# ", "\n\t.-# "),
        (r"\d+", "x٣4", "٣4"), (r"\w+", "-äß_9", "äß_9"), (r"\s", "a\u2003", "\u2003"),
        (r"\S\D\W", "a-.", "a-."),
        (r"\p{Lu}\pL\P{L}", "aBc1", "Bc1"), (r"\p{Cyrillic}+", "ab да", "да"), (r"\p{sc=Han}", "a漢", "漢"),
        (r"\p{Uppercase_Letter}\p{gc=Nd}", "A1", "A1"), (r"[\p{Greek}\d]+", "xα1", "α1"),
        (r"\p{White_Space}\p{Alphabetic}", " a", " a"), (r"(?i)\p{Lu}", "a", "a"),
        ("[]a]+", "]a", "]a"), ("[^]a]", "]ab", "b"), ("[-a]+", "-a", "-a"), ("[a-]+", "-a", "-a"),
        ("[a-c[x-z]]+", "dazb", "azb"), ("[a-z&&[^aeiou]]+", "abcd", "bcd"), ("[a-z--m]+", "lmn", "l"),
        ("[a-c~~b-d]+", "abd", "a"), ("[[:alpha:]_]+", "1a_B", "a_B"), ("[[:^alpha:]]", "a1", "1"),
        (r"[\]\\\d]+", r"a]\5", r"]\5"), ("]}", "]}", "]}"), ("[a&]", "&", "&"), ("a^b", "ab", None),
    ],
)  # fmt: skip
def test_the_syntax_is_that_of_rust(pattern: str, text: str, wanted: str | None) -> None:
    assert matched(pattern, text) == wanted


@pytest.mark.parametrize(
    "pattern, position, message",
    [
        ("(a", 0, "unclosed group"), ("a)", 1, "unopened group"), ("*a", 0, "repetition of nothing"),
        ("a|*", 2, "repetition of nothing"), ("{2}", 0, "repetition of nothing"),
        ("(?i)*", 4, "repetition of nothing"), ("a{", 1, "invalid counted"), ("a{,5}", 1, "invalid counted"),
        ("a{3,2}", 1, "invalid repetition range"), ("a{1001}", 1, "more than 1000"),
        ("[a", 0, "unclosed character class"), ("[", 0, "unclosed character class"), ("[]", 0, "unclosed"),
        ("x[z-a]", 2, "invalid character class range"), (r"[a-\d]", 1, "invalid character class range"),
        ("[[:x:]]", 1, "unknown class"), ("\\", 0, "incomplete escape"), (r"\q", 0, "unrecognized escape"),
        (r"a\1", 1, "backreferences"), ("(?=a)", 0, "look-around"), ("(?<!a)", 0, "look-around"),
        ("(?z)", 0, "unrecognized flag"), ("(?)", 0, "missing flag"), ("(?-u)a", 0, "Unicode"),
        ("(?#)", 0, "unrecognized group"), ("(?<a>.)(?<a>.)", 7, "duplicate group name"),
        (r"\p{Klingon}", 0, "unknown Unicode property"), (r"\x{110000}", 0, "no such character"),
        (r"\u{D800}", 0, "no such character"), (r"\b{start}", 0, "one-sided"), (r"\é", 0, "unrecognized"),
        ("(" * 42 + ")" * 42, 41, "nested deeper"), ("[" * 130, 41, "nested deeper"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused_with_its_place(pattern: str, position: int, message: str) -> None:
    with pytest.raises(PatternError, match=re.escape(message)) as caught:
        Patterns([pattern])
    assert caught.value.position == position


# Patterns that mean the same to both, and make Python's way short: nothing empty is repeated.
LETTERS = st.sampled_from("abc")
ATOMS = st.one_of(
    LETTERS, st.sampled_from([".", "[ab]", "[^a]", r"\w", r"\d", r"\b", r"\B", "^", r"\Z", r"\s", "(?:)"])
)
CHARACTERS = st.one_of(LETTERS, st.sampled_from([".", "[ab]", "[^a]", r"\w", "(?:a|bc)", "(?:ab?)"]))
REPEATED = st.tuples(CHARACTERS, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{2,}", "*?", "+?", "??"]))


def grouped(inside: Any) -> Any:
    return st.one_of(
        st.lists(inside, min_size=1, max_size=3).map("".join),
        st.lists(inside, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inside.map(lambda part: f"(?:{part}a)+"),
    )


EXPRESSIONS = st.recursive(st.one_of(ATOMS, REPEATED.map("".join)), grouped, max_leaves=8)
# Not the empty text, in which Python finds no \B before its version 3.14.
TEXTS = st.text("abc1 \n_", min_size=1, max_size=12)


@given(EXPRESSIONS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_matches_are_those_of_a_backtracking_matcher(expression: str, text: str) -> None:
    wanted = re.search(expression, text)
    # Rust's \z is Python's \Z.
    assert span(expression.replace(r"\Z", r"\z"), text) == (wanted and wanted.span())


@given(st.lists(EXPRESSIONS, max_size=6), TEXTS)
@settings(deadline=None)
def test_many_are_found_in_one_pass(expressions: list[str], text: str) -> None:
    wanted = {number for number, each in enumerate(expressions) if re.search(each, text)}
    assert Patterns([each.replace(r"\Z", r"\z") for each in expressions]).scan(text) == wanted


@given(st.text(max_size=30), TEXTS)
@settings(deadline=None)
def test_garbage_is_a_pattern_or_refused(pattern: str, text: str) -> None:
    try:
        compiled = Patterns([pattern])
    except PatternError as error:
        assert 0 <= error.position <= len(pattern)
    else:
        assert bool(compiled.scan(text)) == bool(list(compiled.spans(0, text)))


def test_all_places_are_told_from_the_left() -> None:
    assert list(Patterns(["a+"]).spans(0, "aabaXa")) == [(0, 2), (3, 4), (5, 6)]
    assert list(Patterns(["a*"]).spans(0, "ba")) == [(0, 0), (1, 2), (2, 2)]
    assert list(Patterns([r"\bb"]).spans(0, "ab b")) == [(3, 4)]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){20}$", r"(\w+\s?)*$", "a*a*a*a*a*b"]
)
def test_what_explodes_by_backtracking_is_linear(pattern: str) -> None:
    compiled = Patterns([pattern])
    size = len(compiled._program.instructions)
    for text in ("a" * 1000 + "!", "a" * 2000 + "!"):
        compiled.scan(text)
        assert compiled.steps <= 3 * size * size, "each state is worked out once"
        compiled.steps = 0
        next(compiled.spans(0, text[-100:]), None)
        assert compiled.steps <= 2 * size * 101, "no instruction is looked at twice for a character"


def test_ascii_is_a_list_in_any_case() -> None:
    """Nothing else becomes a character of ASCII by its case."""
    others = [chr(number) for number in range(128, 0x110000) if not 0xD800 <= number < 0xE000]
    found = {c for c in others if any(map(str.isascii, cases_of(c)))}
    assert found == {c for c in _ASCII_IN_ANY_CASE if not c.isascii()}


@pytest.mark.parametrize("pattern", ["(x{1000}){1000}", "((x{100}){100}){100}", "(((){1000}){1000}){1000}",
                                     "(?:.{0,1000}){2}", r"\w{999}\d{999}x{9}"])  # fmt: skip
def test_what_is_too_large_is_refused_before_it_is_built(pattern: str) -> None:
    with pytest.raises(PatternError, match="too large"):
        Patterns([pattern])


def test_a_long_plain_pattern_is_not_too_large() -> None:
    assert len(Patterns(["x" * 260, "y{1000}"])._program.instructions) < PROGRAM_MAX


def test_the_work_for_one_text_is_bounded(rng: Any) -> None:
    costly = Patterns(["z", "(a|b)*a(a|b){600}c"])
    text = "z" + "".join(rng.choice("ab") for _ in range(4000))
    with pytest.raises(TooCostly) as caught:
        costly.scan(text)
    assert caught.value.found == {0}
    assert costly.steps < STEPS_MAX + 3 * PROGRAM_MAX
    assert costly.scan("z") == {0}, "the next text has steps of its own"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch, rng: Any) -> None:
    monkeypatch.setattr(patterns, "CACHE_MAX", 50)
    compiled = Patterns(["(a|b)*a(a|b){5}c"])
    wanted = re.compile("(a|b)*a(a|b){5}c")
    for _ in range(50):
        text = "".join(rng.choice("abc") for _ in range(60))
        assert bool(compiled.scan(text)) == bool(wanted.search(text))
        assert sum(len(state) for state in compiled._states.values()) <= 50


def test_states_of_many_instructions_are_remembered_in_smaller_numbers(
    monkeypatch: pytest.MonkeyPatch, rng: Any
) -> None:
    monkeypatch.setattr(patterns, "CACHE_MAX", 5_000)
    monkeypatch.setattr(patterns, "STEPS_MAX", 1_000_000)
    compiled = Patterns(["a.{500}b", "c.{500}d"])
    for _ in range(20):
        compiled.scan("".join(rng.choice("abcd") for _ in range(300)))
        held = sum(len(state.at) for state in compiled._states.values())
        assert held <= 5_000 + len(compiled._program.instructions)


@pytest.mark.parametrize(
    "texts, is_too_much",
    [
        ([r"\bfoo(bar)?\b", r"https?://\S+", "(?i)disc[o0]rd[.]gg/[a-z0-9]+", r"[\w.]+@[\w.]+"] * 15, False),
        (["abcdefghij" * 26] * 60, False),
        ([r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}", r"\d{13,16}", r"(.)\s(.)\s(.)\s(.)"] * 5, False),
        (["(a|b)*a(a|b){600}"], True),
        ([".{0,500}x"], True),
        ([r"\w{0,30}\d{0,30}!"] * 60, True),
    ],
)  # fmt: skip
def test_what_patterns_cost_is_known_before_there_is_a_text(texts: list[str], is_too_much: bool) -> None:
    assert (Patterns(texts).cost() == STEPS_MAX) is is_too_much
    assert Patterns(texts).cost() == Patterns(texts).cost(), "whoever tries again is told the same"


def test_new_characters_cost_no_more_than_the_tests_that_are_no_lists() -> None:
    compiled = Patterns([f"(?i)[{c}{c}0-9]{{3}}end" for c in "abcdefghijklmnopqrst"] * 3)
    compiled.scan("a")
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 1500)))
    compiled.scan(text)
    assert compiled.steps < STEPS_MAX
