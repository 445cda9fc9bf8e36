"""Words for searching: a text becomes lexemes, and what somebody looks for becomes a query over such.

PostgreSQL keeps lexemes as a tsvector and matches them with a tsquery. Which lexemes there are is decided
here: no configuration of its own knows all languages, and nothing here depends on the database's locale.

    a word            hello    itself and each of its endings down to three letters, so that what is looked
                               for may stand anywhere inside: "ell" begins the ending "ello"
    writing without   東京都    each pair of neighbours and the last character; what is looked for is then a
    spaces                     phrase of pairs, so it is found exactly where it stands
    an emoji          🎉       itself

Letters are compared without case, accents and other marks that people leave out. Whole words carry their
place, and so a weight: one counts for more than an ending does (`RANK_WEIGHTS`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

# As much of a text is read, and as much of a word; a lexeme is cut short, and what is looked for likewise.
# PostgreSQL counts places up to 16383, which the texts of one message together do not reach.
TEXT_CHARACTERS_MAX = 8000
WORD_CHARACTERS_MAX = 64
LEXEME_CHARACTERS_MAX = 16
# A shorter ending would be found in nearly every message.
ENDING_CHARACTERS_MIN = 3
# Of what somebody looks for, so many words count.
TERMS_MAX = 32
# Between two words that must stand near each other, so many others are looked through.
SLOP_MAX = 20

# For ts_rank, of labels D, C, B, A: an ending (which has no label), what goes with the text, the text itself.
RANK_WEIGHTS = (0.1, 0.1, 0.5, 1.0)

# Scripts that do not put spaces between words, or not there where one would look for a part: Thai and Lao,
# Tibetan, Myanmar, Khmer, Han, kana, bopomofo and Hangul; without their punctuation.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e50-\u0e59\u0e81-\u0eff\u0f00\u0f18-\u0f39\u0f3e-\u0fbc\u1000-\u1049\u1050-\u109f"
    "\u1780-\u17d3\u17d7\u17dc-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u3099-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff\U00020000-\U0003ffff"
)
# Indic scripts write vowels as marks, which are part of the word though they are no letters.
_INDIC = "\u0900-\u0963\u0966-\u0df3"
_EMOJI = "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff"

_TOKEN = re.compile(
    rf"""
      (?P<unspaced> [{_UNSPACED}]+ )
    | (?P<word>     (?: [{_INDIC}] | (?![{_UNSPACED}]) [^\W_] )+ )
    | (?P<emoji>    [{_EMOJI}] )
    """,
    re.VERBOSE,
)
_ASCII_TOKEN = re.compile(r"(?P<word>[a-z0-9]+)")
# Marks that people leave out when they look for something: accents, Hebrew points, Arabic vowel signs.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\ufe0e\ufe0f\u200d]")
# What stands in a text for something else: a mention is looked for by whom it names. An emoji keeps its name.
_REFERENCE = re.compile(r"<(?:@[!&]?|#|/[^:>]{0,100}:|t:|id:)-?[a-z0-9:]{1,40}>|(?<=:)[0-9]{17,19}>", re.I)
_QUOTED = re.compile(r'"([^"]+)"')


class Token(NamedTuple):
    kind: str  # "word", "unspaced" or "emoji"
    text: str


def folded(text: str) -> str:
    """A text as it is compared: without case, compatibility forms and marks that people leave out."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold()))


def tokens_of(text: str) -> Iterator[Token]:
    text = folded(_REFERENCE.sub(" ", text[:TEXT_CHARACTERS_MAX]))
    for found in (_ASCII_TOKEN if text.isascii() else _TOKEN).finditer(text):
        assert found.lastgroup is not None, "every branch has a name"
        yield Token(found.lastgroup, found[0])


class Lexemes:
    """What a message can be found by: words with their places, and endings and marks, which have none."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._endings: set[str] = set()
        self._marks: set[str] = set()
        self._place = 0

    def add_text(self, text: str, label: str) -> None:
        """Words in their order. `label`, A to C, is how much they weigh."""
        places = self._places
        for kind, token in tokens_of(text):
            if kind == "unspaced":
                lexemes = [token[at : at + 2] for at in range(len(token))]
            else:
                word = token[:WORD_CHARACTERS_MAX]
                lexemes = [word[:LEXEME_CHARACTERS_MAX]]
                self._endings.update(_endings_of(word))
            for lexeme in lexemes:
                self._place += 1
                places.setdefault(lexeme, []).append(f"{self._place}{label}")
        self._place += 1  # so that no phrase goes on from one text to the next

    def add_mark(self, mark: str) -> None:
        """Something that no text can say, such as that a picture goes with it."""
        self._marks.add(mark)

    def literal(self) -> str:
        """As PostgreSQL reads a tsvector."""
        placed = [f"{quoted(word)}:{','.join(at)}" for word, at in self._places.items()]
        bare = (self._endings | self._marks).difference(self._places)
        return " ".join([*placed, *map(quoted, sorted(bare))])


# The words of a language are few, and the same ones come again and again.
@lru_cache(maxsize=20_000)
def _endings_of(word: str) -> tuple[str, ...]:
    starts = range(1, len(word) - ENDING_CHARACTERS_MIN + 1)
    return tuple(word[at : at + LEXEME_CHARACTERS_MAX] for at in starts)


class Sought(NamedTuple):
    """What somebody looks for, as tsqueries: which messages match, and how well each does."""

    matching: str
    ranking: str


def sought(text: str, slop: int | None = None) -> Sought | None:
    """Messages with all the words of a text, or with parts of words; what is in quotes stands there just so.

    With `slop` the words, or their beginnings, come one after the other, with at most so many others between
    two. None where there is nothing that could be found.
    """
    phrases = [" <-> ".join(map(_exact, _terms_of(phrase))) for phrase in _QUOTED.findall(text)]
    words = _terms_of(_QUOTED.sub(" ", text))
    anywhere = list(map(_anywhere, words))
    if slop is not None and len(words) > 1:
        pairs = zip(anywhere, anywhere[1:], strict=False)
        steps = range(1, min(slop, SLOP_MAX) + 2)
        anywhere = [" | ".join(f"{one} <{step}> {other}" for step in steps) for one, other in pairs]
    matching = [f"({term})" for term in (*phrases[:TERMS_MAX], *anywhere) if term]
    if not matching:
        return None
    return Sought(" & ".join(matching), " | ".join([*map(_exact, words), *matching]))


def _terms_of(text: str) -> list[Token]:
    return list(islice(tokens_of(text), TERMS_MAX))


def _exact(token: Token) -> str:
    """A whole word; writing without spaces is a phrase of pairs, and a single character begins one."""
    if token.kind != "unspaced":
        return quoted(token.text[:LEXEME_CHARACTERS_MAX])
    if len(token.text) == 1:
        return f"{quoted(token.text)}:*"
    return " <-> ".join(quoted(token.text[at : at + 2]) for at in range(len(token.text) - 1))


def _anywhere(token: Token) -> str:
    """A word or a part of one."""
    exact = _exact(token)
    return f"{exact}:*" if token.kind == "word" else exact


def quoted(lexeme: str) -> str:
    """A lexeme as PostgreSQL reads one, in a tsvector and in a tsquery."""
    if "\\" in lexeme or "'" in lexeme:
        lexeme = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{lexeme}'"
