"""Keywords: words and phrases looked for in a text, all of them at once.

Source: the Discord documentation, "Keyword Matching Strategies". `cat` is a word of its own, `cat*` begins
one, `*cat` ends one, `*cat*` is anywhere. Case does not count, nor how many blanks there are between words,
nor what cannot be seen: text and keywords are compared as `fold` leaves them.

A keyword is found by its beginning and then by its length: for each place of the text there is one look-up,
nearly always in vain, and else one for each length of the keywords that begin so, at most KEYWORD_LENGTH of
them. So the cost is that of the text, however many keywords there are, and LOOKS_MAX is the end of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chatd.model.character_tests import is_word

# Keywords are told apart by so many of their first characters, or by all if they have fewer.
BEGINNING = 3

# Look-ups for one text, some 5 ms of work, and as how many of them a hit counts. Only lists in which dozens
# of keywords begin alike, and a text of this beginning, need more; then it is looked through up to there.
LOOKS_MAX = 10_000
HIT_LOOKS = 4

Span = tuple[int, int]

_BLANKS = re.compile(r"\s+")
# Default_Ignorable_Code_Point of the Unicode Character Database: what no reader sees.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Scripts that are written without blanks between words: Thai and Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def fold(text: str) -> str:
    """The text without what does not count: NFKC_Casefold of the Unicode standard, and single blanks."""
    if text.isascii():
        return _BLANKS.sub(" ", text.lower())
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text))


class Unfolded:
    """Where in a text stands what stands somewhere once the text is folded."""

    def __init__(self, text: str, folded: str) -> None:
        self._length = len(text)
        self._first: list[int] | None = None
        if text.isascii() and len(folded) == len(text):
            return
        self._first, self._last = [], list[int]()
        for first, last in _pieces(text):
            count = len(fold(text[first:last]))
            self._first += [first] * count
            self._last += [last] * count

    def span(self, start: int, end: int) -> Span:
        if self._first is None:
            return start, end
        first = self._first[start] if start < len(self._first) else self._length
        last = self._last[end - 1] if 0 < end <= len(self._last) else self._length
        return first, max(first, last)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """What is folded together: a run of blanks, or a character with its marks and what cannot be seen."""
    at = 0
    while at < len(text):
        last = at + 1
        if blanks := _BLANKS.match(text, at):
            last = blanks.end()
        while last < len(text) and (unicodedata.combining(text[last]) or _INVISIBLE.match(text[last])):
            last += 1
        yield at, last
        at = last


class Keyword(NamedTuple):
    """A keyword as it is looked for; `number` is its place in the list."""

    number: int
    begins_word: bool
    ends_word: bool


class Keywords:
    """Some keywords, made ready. They are numbered as they come."""

    def __init__(self, keywords: Sequence[str]) -> None:
        self.cut = False
        # By how many characters count as the beginning, then by these, by length, and by all of the text.
        self._indexes: dict[int, dict[str, dict[int, dict[str, list[Keyword]]]]] = {}
        for number, keyword in enumerate(keywords):
            folded = fold(keyword).strip()
            text = folded.removeprefix("*").removesuffix("*").strip()
            if text:
                index = self._indexes.setdefault(min(BEGINNING, len(text)), {})
                same = index.setdefault(text[:BEGINNING], {}).setdefault(len(text), defaultdict(list))
                same[text].append(Keyword(number, not folded.startswith("*"), not folded.endswith("*")))

    def find(self, folded: str) -> Iterator[tuple[int, int, int]]:
        """The numbers of those that are in a folded text, each with where it stands, as often as it does.

        `cut` says afterwards whether the looks were not enough.
        """
        looks, self.cut = 0, False
        for width, index in self._indexes.items():
            places = range(len(folded) - width + 1)
            for start in [at for at in places if folded[at : at + width] in index]:
                for length, same in index[folded[start : start + width]].items():
                    keywords = same.get(folded[start : start + length], ())
                    looks += 1 + HIT_LOOKS * len(keywords)
                    if looks > LOOKS_MAX:
                        self.cut = True
                        return
                    for keyword in keywords:
                        if _stands(folded, start, start + length, keyword):
                            yield keyword.number, start, start + length


def _stands(text: str, start: int, end: int, keyword: Keyword) -> bool:
    """Whether words begin and end where the keyword wants them to."""
    if keyword.begins_word and start and _joins(text[start - 1], text[start]):
        return False
    return not (keyword.ends_word and end < len(text) and _joins(text[end - 1], text[end]))


def _joins(one: str, next: str) -> bool:
    """Whether two characters are of the same word. Without blanks, every character may begin another."""
    return is_word(one) and is_word(next) and not (_UNSPACED.match(one) or _UNSPACED.match(next))
