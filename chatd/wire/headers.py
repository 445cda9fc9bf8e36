"""Field lines of a message: in order, names lower-cased once, never changed afterwards. RFC 9110 section 5.

Holds fields that http1.py or multipart.py has checked already; what a field means is its reader's
business. A field that came in several lines is joined, never reduced to its first or last line: a
second Content-Type then fails to parse instead of being read in two ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Headers:
    """Fields by name. Names are looked up without regard to case, values are stripped."""

    __slots__ = ("_items", "_joined")

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = [(name.lower(), value.strip(" \t")) for name, value in items]
        self._joined = dict(self._items)
        if len(self._joined) != len(self._items):
            self._join_repeated()

    def _join_repeated(self) -> None:
        # RFC 9110 section 5.3: lines of one name are combined in order, separated by a comma.
        # RFC 6265 section 5.4, RFC 9113 section 8.2.3: pairs of Cookie are separated by "; ".
        lines: dict[str, list[str]] = {}
        for name, value in self._items:
            lines.setdefault(name, []).append(value)
        for name, values in lines.items():
            self._joined[name] = ("; " if name == "cookie" else ", ").join(values)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value, lines of one name joined with ", " (Cookie with "; ")."""
        value = self._joined.get(name)
        if value is None:
            value = self._joined.get(name.lower())
        return default if value is None else value

    def tokens(self, name: str) -> list[str]:
        """The members of a comma-separated list, lower-cased, empty ones dropped. RFC 9110 section 5.6.1."""
        value = self.get(name)
        if value is None:
            return []
        members = [member.strip(" \t") for member in value.lower().split(",")]
        return [member for member in members if member]

    def cookie(self, name: str) -> str | None:
        """The value of the first cookie of this name, without quotes around it. RFC 6265 section 4.2.1."""
        for pair in (self.get("cookie") or "").split(";"):
            cookie_name, equals, value = pair.strip().partition("=")
            if equals and cookie_name == name:
                return value.strip('"')
        return None

    def items(self) -> list[tuple[str, str]]:
        """Each line as (lower-cased name, value), in order."""
        return list(self._items)

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._joined

    def __iter__(self) -> Iterator[str]:
        """Names in order of their first line, each once."""
        return iter(self._joined)

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, Headers) else NotImplemented

    def __repr__(self) -> str:
        """Names only: values may hold credentials, and a repr may reach a log."""
        return f"Headers({', '.join(self._joined)})"
