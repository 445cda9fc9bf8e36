"""Words for searching: whatever the script, what is looked for is among what a text is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.model.search_words import (
    LEXEME_CHARACTERS_MAX,
    TERMS_MAX,
    Lexemes,
    folded,
    quoted,
    sought,
    tokens_of,
)


def tokens(text: str) -> list[str]:
    return [token.text for token in tokens_of(text)]


def literal(text: str) -> str:
    lexemes = Lexemes()
    lexemes.add_text(text, "A")
    return lexemes.literal()


@pytest.mark.parametrize(
    "text, found",
    [
        ("Hello, world!", ["hello", "world"]),
        ("snake_case and 3.14 don't", ["snake", "case", "and", "3", "14", "don", "t"]),
        ("Übergröße Ёлка İstanbul", ["ubergrosse", "елка", "istanbul"]),
        ("ﬁne Ｗｉｄｅ ①", ["fine", "wide", "1"]),
        ("שָׁלוֹם مُحَمَّد", ["שלום", "محمد"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京都へ行く。明日", ["東京都へ行く", "明日"]),
        ("สวัสดีครับ ABC", ["สวัสดีครับ", "abc"]),
        ("한국어 검색", ["한국어", "검색"]),
        ("東京タワーtower", ["東京タワー", "tower"]),
        ("が", ["が"]),  # its mark belongs to it, and so it does when it comes apart
        ("\u304b\u3099", ["が"]),
        ("nice 🎉👍🏽", ["nice", "🎉", "👍", "🏽"]),
        ("<@123456789012345678> <#5> <@&7> <:blob:123456789012345678>", ["blob"]),
        ("a <b> and x:9", ["a", "b", "and", "x", "9"]),
        ("!!! … ---", []),
    ],
)
def test_a_text_is_cut_into_words_as_its_script_has_them(text, found):
    assert tokens(text) == found


def test_a_word_is_found_by_its_endings_and_a_whole_one_counts_for_more():
    assert literal("Hello hello") == "'hello':1A,2A 'ello' 'llo'"


def test_what_is_an_ending_of_one_word_and_a_word_itself_has_the_place_of_the_word():
    assert literal("hello llo") == "'hello':1A 'llo':2A 'ello'"


def test_writing_without_spaces_is_pairs_and_the_last_character():
    assert literal("東京都") == "'東京':1A '京都':2A '都':3A"


def test_no_phrase_goes_on_from_one_text_to_the_next():
    lexemes = Lexemes()
    lexemes.add_text("one", "A")
    lexemes.add_text("two", "B")
    lexemes.add_mark("#has:link")
    assert lexemes.literal() == "'one':1A 'two':3B '#has:link'"


def test_what_is_long_is_cut_short_on_both_sides():
    word = "x" * 5 + "abcdefghijklmnopqrstuvwxyz" * 3
    first = literal(word).split(":")[0]
    assert len(first) == LEXEME_CHARACTERS_MAX + 2
    wanted = sought("abcdefghijklmnopqrstuvwxyz")
    assert wanted is not None and wanted.matching == "('abcdefghijklmnop':*)"
    assert "'abcdefghijklmnop'" in literal(word)


@pytest.mark.parametrize(
    "text, matching",
    [
        ("ell", "('ell':*)"),
        ("hello world", "('hello':*) & ('world':*)"),
        ('"hello world" foo', "('hello' <-> 'world') & ('foo':*)"),
        ("京都", "('京都')"),
        ("東京都", "('東京' <-> '京都')"),
        ("京", "('京':*)"),
        ("🎉", "('🎉')"),
        ('""', None),
        ("?!", None),
    ],
)
def test_what_somebody_looks_for(text, matching):
    wanted = sought(text)
    assert (wanted and wanted.matching) == matching


def test_a_whole_word_ranks_beside_what_matches():
    wanted = sought("hello")
    assert wanted is not None and wanted.ranking == "'hello' | ('hello':*)"


def test_words_near_each_other():
    wanted = sought("one two", slop=1)
    assert wanted is not None and wanted.matching == "('one':* <1> 'two':* | 'one':* <2> 'two':*)"
    assert sought("one", slop=1) == sought("one")


def test_of_many_words_some_count():
    wanted = sought("x " * 500)
    assert wanted is not None and wanted.matching.count("'x'") == TERMS_MAX


def test_nothing_that_is_quoted_gets_out():
    assert quoted("it's a \\") == "'it''s a \\\\'"


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=200))
def test_any_text_has_lexemes_that_are_short_and_not_empty(text):
    lexemes = Lexemes()
    lexemes.add_text(text, "A")
    for token in tokens_of(text):
        assert token.text
    assert "''" not in lexemes.literal() and "\\" not in lexemes.literal()
