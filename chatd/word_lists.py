"""The word lists of automatic moderation's presets: a file for each, one keyword a line, `#` for comments.

Those that come with the server are in chatd/words. An administrator may name a folder of their own
(`moderation.word_lists`); a list that is there takes the place of the one that comes with the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chatd import assets
from chatd.model.auto_moderation import KEYWORD_LENGTH, Preset


class WordListError(Exception):
    """A list that cannot be used; the message names the file."""


def read_word_lists(folder: str = "") -> dict[int, tuple[str, ...]]:
    """All lists by preset. Raises WordListError."""
    return {preset: tuple(_read(f"{preset.name.lower()}.txt", folder)) for preset in Preset}


def _read(name: str, folder: str) -> list[str]:
    own = Path(folder) / name
    if not folder or not own.exists():
        return _keywords((assets.words() / name).read_text("utf-8").splitlines(), name)
    try:
        return _keywords(own.read_text("utf-8").splitlines(), str(own))
    except (OSError, UnicodeDecodeError) as error:
        raise WordListError(f"{own}: {error}") from None


def _keywords(lines: Iterable[str], where: str) -> list[str]:
    found = []
    for number, line in enumerate(lines, start=1):
        keyword = line.partition("#")[0].strip()
        if len(keyword) > KEYWORD_LENGTH[1] or (keyword and not keyword.strip("* ")):
            rule = f"is not a keyword of up to {KEYWORD_LENGTH[1]} characters"
            raise WordListError(f"{where}: line {number} {rule}")
        if keyword:
            found.append(keyword)
    return found
