"""The files that chatd ships beside its code: the SQL, the web client and lists of words.

A wheel carries `sql/` inside the package, as `chatd/_sql`; a checkout has it beside the package.
Everything is read through Traversable, never by a path, so a zip archive works as well as a folder.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

PACKAGE = "chatd"


def sql() -> Traversable:
    """The folder of `sql/`: one file of named queries per feature, and `schema/`.

    Raises FileNotFoundError when the installation lacks it.
    """
    return first_folder(files(PACKAGE) / "_sql", Path(__file__).resolve().parent.parent / "sql")


def web() -> Traversable:
    """The folder of the web client. Raises FileNotFoundError when the installation lacks it."""
    return first_folder(files(PACKAGE) / "web")


def words() -> Traversable:
    """The folder of word lists for automatic moderation. Raises FileNotFoundError when it is missing."""
    return first_folder(files(PACKAGE) / "words")


def first_folder(*candidates: Traversable) -> Traversable:
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise FileNotFoundError("chatd is not installed whole; missing: " + " or ".join(map(str, candidates)))
