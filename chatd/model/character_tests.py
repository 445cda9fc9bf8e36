"""What one character of a pattern can be: tests of a character, and their combinations.

Source: UTS #18, "Unicode Regular Expressions", and the Unicode Character Database as Python's unicodedata has
it. That has no scripts, but a character's name begins with its script, which does for the common ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

Test = Callable[[str], bool]

# A range of no more characters than that is a list of them.
LISTED_MAX = 128


def within(first: str, last: str) -> Test:
    if ord(last) - ord(first) < LISTED_MAX:
        return one_of("".join(map(chr, range(ord(first), ord(last) + 1))))
    return lambda c: first <= c <= last


def one_of(characters: Iterable[str]) -> Test:
    return frozenset(characters).__contains__


def listed_by(test: Test) -> frozenset[str] | None:
    """The characters that pass, where the test is a list of them: then nobody need ask it."""
    characters = getattr(test, "__self__", None)
    return characters if isinstance(characters, frozenset) else None


def either(*tests: Test) -> Test:
    """All lists among them are one."""
    rest = [test for test in tests if listed_by(test) is None]
    listed = frozenset[str]().union(*(listed_by(test) or () for test in tests))
    if not rest:
        return one_of(listed)
    if listed:
        rest.insert(0, one_of(listed))
    return rest[0] if len(rest) == 1 else lambda c: any(test(c) for test in rest)


def both(one: Test, other: Test) -> Test:
    return lambda c: one(c) and other(c)


def without(one: Test, other: Test) -> Test:
    return lambda c: one(c) and not other(c)


def one_alone(one: Test, other: Test) -> Test:
    return lambda c: one(c) != other(c)


def negated(test: Test) -> Test:
    return lambda c: not test(c)


def ignoring_case(test: Test) -> Test:
    """The test, of a character in any case."""
    listed = listed_by(test)
    if listed is not None and all(map(str.isascii, listed)):
        return one_of(c for c in _ASCII_IN_ANY_CASE if any(map(test, cases_of(c))))
    return lambda c: any(test(variant) for variant in cases_of(c))


def cases_of(c: str) -> tuple[str, ...]:
    """The character as it is written in the other case; those that take several characters do not count."""
    lower, upper = c.lower(), c.upper()
    return tuple(each for each in {c, lower, upper, lower.upper(), upper.lower()} if len(each) == 1)


# What is a character of ASCII in another case: beside these the long s, the dotless i and the sign of Kelvin.
_ASCII_IN_ANY_CASE = (*map(chr, range(128)), "\u017f", "\u0131", "\u212a")


def any_character(c: str) -> bool:
    return True


def not_newline(c: str) -> bool:
    return c != "\n"


def is_digit(c: str) -> bool:
    return c.isdecimal()


def is_space(c: str) -> bool:
    """White_Space. Python counts the four separators of ASCII as well."""
    return c.isspace() and not "\x1c" <= c <= "\x1f"


def is_word(c: str) -> bool:
    """UTS #18, Annex C: letters, marks, decimal numbers, connectors, and what joins letters."""
    return c.isalpha() or unicodedata.category(c) in _WORD or c in _JOINERS


_WORD = frozenset({"Mn", "Mc", "Me", "Nd", "Nl", "Pc"})
_JOINERS = "\u200c\u200d"

# "POSIX character classes", which are of ASCII.
POSIX: dict[str, Test] = {
    "alnum": one_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "alpha": one_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "ascii": within("\0", "\x7f"),
    "blank": one_of("\t "),
    "cntrl": either(within("\0", "\x1f"), one_of("\x7f")),
    "digit": within("0", "9"),
    "graph": within("!", "~"),
    "lower": within("a", "z"),
    "print": within(" ", "~"),
    "punct": one_of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "space": one_of("\t\n\v\f\r "),
    "upper": within("A", "Z"),
    "word": one_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"),
    "xdigit": one_of("0123456789abcdefABCDEF"),
}

# General categories by what they are called at length; both names are compared without case and underscores.
_CATEGORIES = {
    "letter": "L", "uppercaseletter": "Lu", "lowercaseletter": "Ll", "titlecaseletter": "Lt",
    "modifierletter": "Lm", "otherletter": "Lo", "mark": "M", "nonspacingmark": "Mn", "spacingmark": "Mc",
    "enclosingmark": "Me", "number": "N", "decimalnumber": "Nd", "letternumber": "Nl", "othernumber": "No",
    "punctuation": "P", "punct": "P", "connectorpunctuation": "Pc", "dashpunctuation": "Pd",
    "openpunctuation": "Ps", "closepunctuation": "Pe", "initialpunctuation": "Pi", "finalpunctuation": "Pf",
    "otherpunctuation": "Po", "symbol": "S", "mathsymbol": "Sm", "currencysymbol": "Sc",
    "modifiersymbol": "Sk", "othersymbol": "So", "separator": "Z", "spaceseparator": "Zs",
    "lineseparator": "Zl", "paragraphseparator": "Zp", "other": "C", "control": "Cc", "format": "Cf",
    "surrogate": "Cs", "privateuse": "Co", "unassigned": "Cn",
}  # fmt: skip
_ABBREVIATIONS = {abbreviation.lower(): abbreviation for abbreviation in _CATEGORIES.values()}

_SCRIPTS = frozenset(
    {"arabic", "armenian", "bengali", "bopomofo", "cherokee", "cyrillic", "devanagari", "ethiopic",
     "georgian", "greek", "gujarati", "gurmukhi", "hangul", "hebrew", "hiragana", "kannada", "katakana",
     "khmer", "lao", "latin", "malayalam", "mongolian", "myanmar", "oriya", "sinhala", "syriac", "tamil",
     "telugu", "thaana", "thai", "tibetan"}
)  # fmt: skip

_PROPERTIES: dict[str, Test] = {
    "any": any_character, "ascii": POSIX["ascii"], "alphabetic": str.isalpha, "alpha": str.isalpha,
    "lowercase": str.islower, "uppercase": str.isupper, "whitespace": is_space,
}  # fmt: skip


def property_named(name: str) -> Test | None:
    r"""What `\p{name}` tests: a general category, a script, or one of a few properties."""
    kind, _, value = name.rpartition("=")
    kind, value = plain_name(kind), plain_name(value)
    if kind in ("", "gc", "generalcategory"):
        category = _CATEGORIES.get(value) or _ABBREVIATIONS.get(value)
        if category is not None:
            return _of_category(category)
    if kind in ("", "sc", "script"):
        if value == "han":
            return _of_script("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH")
        if value in _SCRIPTS:
            return _of_script(value.upper() + " ")
    return _PROPERTIES.get(value) if not kind else None


def plain_name(name: str) -> str:
    """UAX #44, "Matching rules": case, blanks, hyphens and underscores do not count."""
    return re.sub(r"[\s_-]", "", name).lower()


def _of_category(prefix: str) -> Test:
    return lambda c: unicodedata.category(c).startswith(prefix)


def _of_script(*beginnings: str) -> Test:
    return lambda c: unicodedata.name(c, "").startswith(beginnings)
