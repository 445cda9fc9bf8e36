"""Which files an application asks for: by a group's name, or by the extension.

Only a file's name is looked at, as everywhere with Discord; what is in it the application finds out.
Source: the Discord documentation, "Reference", "File Type Filtering".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chatd.model.shapes import Form

FILE_TYPES_MAX, FILE_TYPE_MAX = 10, 32

GROUPS: dict[str, frozenset[str]] = {
    "image": frozenset({".png", ".gif", ".jpg", ".jpeg", ".jfif", ".webp", ".avif"}),
    "video": frozenset({".mp4", ".mov", ".qt", ".webm"}),
    "audio": frozenset({".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac"}),
}

_FILE_TYPE = re.compile(r"\.[a-z0-9]+(?:\.[a-z0-9]+)*|" + "|".join(GROUPS), re.IGNORECASE)
_RULE = f"Must be one of ({', '.join(GROUPS)}) or an extension with its dot."


def file_types_of(form: Form) -> list[str]:
    """The field `file_types` in lower case; empty where every file will do."""
    found = form.patterns(
        "file_types", _FILE_TYPE, _RULE, default=[], count=(0, FILE_TYPES_MAX), length=(1, FILE_TYPE_MAX)
    )
    return list(dict.fromkeys(each.lower() for each in found))


def is_wanted(filename: str, file_types: Iterable[str]) -> bool:
    """Whether a file of this name is of one of the types; every file is where none is named."""
    wanted = list(file_types)
    name = filename.lower()
    return not wanted or any(name.endswith(tuple(GROUPS.get(each, (each,)))) for each in wanted)
