"""Keywords: found as the documentation has it, in any script, and as a naive search would find them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.model.keywords import Keywords, Unfolded, fold


def found(keyword: str, text: str) -> list[str]:
    """What of the text a keyword matches, as it is written there."""
    folded = fold(text)
    places = Unfolded(text, folded)
    spans = [places.span(start, end) for _, start, end in Keywords([keyword]).find(folded)]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    "keyword, matching, others",
    [
        ("cat*", ["catch", "Catapult", "CAttLE", "cat"], ["copycat", "educate"]),
        ("*cat", ["wildcat", "copyCat", "cat"], ["catch", "educate"]),
        ("*cat*", ["location", "eduCation", "cat"], ["dog"]),
        ("cat", ["cat", "a cat!", "(CAT)", "cat\ndog"], ["cats", "copycat", "cat_", "cat9"]),
        ("the mat*", ["the matrix", "the  mat", "on THE\nMAT"], ["breathe mat", "themat"]),
        ("*the mat", ["breathe mat"], ["the matrix"]),
        ("*the mat*", ["breathe matter"], ["the rug"]),
        ("c++", ["i like c++", "c++!"], ["c+"]),
        ("x", ["x", "x y", "-x-"], ["xx", "ax"]),
        ("кот", ["Кот", "это кот."], ["который", "скот"]),
        ("straße", ["STRASSE", "straße"], ["straßen"]),
        ("猫", ["猫", "黒猫です", "a猫"], ["犬"]),
        ("แมว", ["ฉันมีแมวตัวหนึ่ง"], ["หมา"]),
        ("café", ["CAFE\u0301", "café"], ["cafe", "cafés"]),
        ("किताब", ["यह किताब है"], ["किताबें"]),
        ("bad", ["b\u200bad", "ｂａｄ", "b\u00adad", "𝐛𝐚𝐝"], ["bäd", "badge"]),
    ],
)  # fmt: skip
def test_a_keyword_is_a_word_or_a_part_of_one(keyword: str, matching: list[str], others: list[str]) -> None:
    for text in matching:
        assert found(keyword, text), text
    for text in others:
        assert not found(keyword, text), text


@pytest.mark.parametrize(
    "keyword, text, wanted",
    [
        ("cat", "a CAT and a Cat", ["CAT", "Cat"]),
        ("*cat*", "catcat", ["cat", "cat"]),
        ("a b", "x  a\t\n b", ["a\t\n b"]),
        ("bad", "so b\u200bad!", ["b\u200bad"]),
        ("café", "un CAFE\u0301 !", ["CAFE\u0301"]),
        ("ss", "x ß", ["ß"]),
        ("fi*", "ﬁne  ﬁsh", ["ﬁ", "ﬁ"]),
    ],
)  # fmt: skip
def test_what_is_found_is_told_as_it_is_written(keyword: str, text: str, wanted: list[str]) -> None:
    assert found(keyword, text) == wanted


def test_many_are_found_in_one_pass_with_those_that_begin_alike():
    keywords = Keywords(["a*", "ab*", "abc*", "abcd*", "abce", "*bc*", "abcd*"])
    found = sorted(keywords.find("abcdef"))
    assert found == [(0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 0, 4), (5, 1, 3), (6, 0, 4)]


def test_what_is_nothing_but_wildcards_is_nowhere():
    assert list(Keywords(["**", "*", " ", "* *"]).find("any * thing")) == []


PARTS = st.text("ab ", min_size=1, max_size=5).filter(str.strip)
WILD = st.tuples(st.sampled_from(["", "*"]), PARTS, st.sampled_from(["", "*"])).map("".join)


@given(st.lists(WILD, max_size=6), st.text("ab .", max_size=16))
@settings(deadline=None)
def test_a_naive_search_finds_the_same(keywords: list[str], text: str) -> None:
    folded = fold(text)

    def naive(keyword: str) -> set[tuple[int, int]]:
        keyword = fold(keyword).strip()
        literal = keyword.strip("*").strip()
        padded = f" {folded} "
        spans = ((at, at + len(literal)) for at in range(len(folded)) if folded.startswith(literal, at))
        return {
            (start, end)
            for start, end in spans
            if (keyword.startswith("*") or not padded[start : start + 2].isalnum())
            and (keyword.endswith("*") or not padded[end : end + 2].isalnum())
        }

    wanted = {(number, *span) for number, each in enumerate(keywords) for span in naive(each)}
    assert set(Keywords(keywords).find(folded)) == wanted


@given(st.text(max_size=20))
@settings(deadline=None)
def test_every_part_of_a_folded_text_is_somewhere_in_the_text(text: str) -> None:
    folded = fold(text)
    for start in range(len(folded)):
        first, last = Unfolded(text, folded).span(start, start + 1)
        assert 0 <= first <= last <= len(text)
    assert fold(folded) == folded
