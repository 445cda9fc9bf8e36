"""What commands and their options are called, in one's own language too.

Source: the Discord documentation, "Application Commands", "Naming" and "Localization". Its rule for names is
^[-_'\\p{L}\\p{N}\\p{sc=Deva}\\p{sc=Thai}]{1,32}$, which re cannot say: it is asked character by character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from chatd.model.guilds import LOCALES
from chatd.model.shapes import Form

NAME_MAX, DESCRIPTION_MAX = 32, 100
INVALID_NAME = ("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")

# Every character of the two scripts, whose vowel signs are no letters: Unicode's Scripts.txt.
_DEVANAGARI = frozenset(map(chr, (
    *range(0x0900, 0x0951), *range(0x0955, 0x0964), *range(0x0966, 0x0980), *range(0xA8E0, 0xA900),
    *range(0x11B00, 0x11B0A),
)))  # fmt: skip
_THAI = frozenset(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E5C))))
_ALSO = _DEVANAGARI | _THAI | frozenset("-_'")

# "Locale fallbacks": whose language is not there is shown this one.
_FALLBACKS = {"en-US": "en-GB", "en-GB": "en-US", "es-419": "es-ES"}


def is_slash_name(name: str) -> bool:
    """Whether a command that is typed, or an option, may be called so; the length is asked elsewhere.

    "If there is a lowercase variant of any letters used, you must use those."
    """
    return all(
        (unicodedata.category(character)[0] in "LN" or character in _ALSO) and character.lower() == character
        for character in name
    )


def slash_name_of(form: Form, name: str = "name") -> str:
    """A name that is typed."""
    value: str = form.string(name, length=(1, NAME_MAX))
    if not is_slash_name(value):
        form.fault(name, *INVALID_NAME)
    return value


def shown_name_of(form: Form, name: str = "name") -> str:
    """A name that is chosen from a menu, and may have capitals and spaces."""
    value: str = form.string(name, length=(1, NAME_MAX), strip=True)
    return value


def description_of(form: Form, name: str = "description") -> str:
    value: str = form.string(name, length=(1, DESCRIPTION_MAX))
    return value


def localizations_of(form: Form, name: str, read: Callable[[Form, str], str]) -> dict[str, str] | None:
    """The field `name`: a text for each of some locales, every one read by `read`; None for none at all.

    A locale with null has none.
    """
    texts = form.form(name, default=None)
    if texts is None:
        return None
    sent = form.raw(name)
    given = [locale for locale, text in sent.items() if text is not None] if isinstance(sent, dict) else []
    if len(given) > len(LOCALES):
        form.fault(name, "BASE_TYPE_BAD_LENGTH", f"Must be between 0 and {len(LOCALES)} in length.")
        return None
    for locale in given:
        if locale not in LOCALES:
            texts.fault(locale, "BASE_TYPE_CHOICES", f"Locale must be one of ({', '.join(LOCALES)}).")
    return {locale: read(texts, locale) for locale in given if locale in LOCALES} or None


def localized(texts: dict[str, str] | None, locale: str | None) -> str | None:
    """The text for a locale or the one it falls back to; None where the default is to be shown."""
    if not texts or locale is None:
        return None
    return texts.get(locale) or texts.get(_FALLBACKS.get(locale, ""))


def preferred_locale(*fields: str | None) -> str | None:
    """The first locale that we know in fields such as Accept-Language, RFC 9110 section 12.5.4.

    What comes first in a field is taken for the most wanted, as browsers write it. de-AT is de.
    """
    for field in fields:
        for each in (field or "").split(","):
            wanted = each.partition(";")[0].strip()
            for locale in (wanted, wanted.partition("-")[0]):
                if locale in LOCALES:
                    return locale
    return None


def longest(default: str, texts: dict[str, str] | None) -> int:
    """The characters that count of a field: of its longest text, "including the default value"."""
    return max(len(default), *map(len, (texts or {}).values()), 0)


def with_localized(d: dict[str, Any], locale: str | None, fields: Iterable[str]) -> dict[str, Any]:
    """An object with `..._localized` for one locale in the place of each `..._localizations`."""
    shown = {name: value for name, value in d.items() if not name.endswith("_localizations")}
    for field in fields:
        text = localized(d.get(f"{field}_localizations"), locale)
        if text is not None:
            shown[f"{field}_localized"] = text
    return shown
