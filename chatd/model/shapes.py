"""What a client may send: a Form reads a JSON object field by field and keeps every fault by its path.

    form = Form(body)
    content = form.string("content", default="", length=(0, 2000))
    tts = form.boolean("tts")
    form.finish()                     # raises InvalidFormBody (50035) with all faults at once

Each reader returns a usable value even after a fault, so that a draft reads to its end. A missing or
null field gives the default; without one it is a fault. The codes are those of the Discord
documentation, "Error messages". Unknown fields are ignored, as clients of newer versions expect.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from chatd.model.errors import InvalidFormBody
from chatd.model.snowflakes import parse_snowflake

# Half of a UTF-16 pair is no character, and PostgreSQL's text cannot hold NUL.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#]+[^\s]*")

_REQUIRED: Any = object()
FAULTS_MAX = 1000  # Who has made more is told these: no answer shall be longer than what was asked.
INTEGER_MAX = 2**53  # Beyond it JavaScript clients cannot tell two numbers apart.


class Form:
    """One JSON object, and the faults found in it so far (shared with the forms inside it)."""

    __slots__ = ("_fields", "_path", "_faults")

    def __init__(self, body: Any, path: tuple[str, ...] = (), faults: list[Any] | None = None) -> None:
        self._path = path
        self._faults: list[tuple[tuple[str, ...], str, str]] = [] if faults is None else faults
        self._fields: dict[str, Any] = body if isinstance(body, dict) else {}
        if not isinstance(body, dict):
            self._keep(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")

    def __contains__(self, name: str) -> bool:
        """True when the field was sent, null included: what a PATCH changes."""
        return name in self._fields

    def replaced(self, name: str, value: Any) -> Form:
        """This form with one field put into its normal form; faults are still kept here."""
        return Form({**self._fields, name: value}, self._path, self._faults)

    def fault(self, name: str, code: str, message: str) -> None:
        """Record a fault of the field `name`."""
        self._keep((*self._path, name), code, message)

    def fault_in(self, name: str, at: int, code: str, message: str) -> None:
        """Record a fault of one value in the list `name`."""
        self._keep((*self._path, name, str(at)), code, message)

    def fault_whole(self, code: str, message: str) -> None:
        """Record a fault of the object itself, which is in none of its fields."""
        self._keep(self._path, code, message)

    def _keep(self, path: tuple[str, ...], code: str, message: str) -> None:
        if len(self._faults) < FAULTS_MAX:
            self._faults.append((path, code, message))

    def finish(self) -> None:
        """Raise InvalidFormBody if anything was wrong."""
        if self._faults:
            raise InvalidFormBody(_tree(self._faults))

    def string(
        self, name: str, *, default: Any = _REQUIRED, length: tuple[int, int] = (0, 2000), strip: bool = False
    ) -> Any:
        """Text of a length, in characters, within bounds. Never NUL or half a surrogate pair."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, "")
        if not isinstance(value, str):
            return self._refused(name, "STRING_TYPE_CONVERT", "Could not interpret value as string.", "")
        if _UNSTORABLE.search(value):
            return self._refused(name, "STRING_TYPE_REGEX", "Must not contain NUL or lone surrogates.", "")
        value = value.strip() if strip else value
        shortest, longest = length
        if len(value) > longest:
            self.fault(name, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
        elif len(value) < shortest:
            code = "BASE_TYPE_REQUIRED" if not value else "BASE_TYPE_BAD_LENGTH"
            self.fault(name, code, f"Must be between {shortest} and {longest} in length.")
        return value

    def pattern(self, name: str, rule: re.Pattern[str], message: str, **options: Any) -> Any:
        """A string that `rule` matches whole; `message` tells a person what the rule is."""
        faults_before = len(self._faults)
        value = self.string(name, **options)
        if value is not None and len(self._faults) == faults_before and not rule.fullmatch(value):
            self.fault(name, "STRING_TYPE_REGEX", message)
        return value

    def url(
        self, name: str, schemes: Collection[str], *, default: Any = _REQUIRED,
        length: tuple[int, int] = (0, 2048),
    ) -> Any:  # fmt: skip
        """An address with one of these schemes. RFC 3986 section 3: scheme, authority, and what follows."""
        faults_before = len(self._faults)
        url = self.string(name, default=default, length=length, strip=True)
        if not url or len(self._faults) > faults_before:
            return url
        if not _URL.fullmatch(url):
            self.fault(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif url.partition(":")[0].lower() not in schemes:
            self.fault(name, "URL_TYPE_INVALID_SCHEME", f"Scheme must be one of ({', '.join(schemes)}).")
        return url

    def integer(
        self, name: str, *, default: Any = _REQUIRED, between: tuple[int, int] = (0, INTEGER_MAX)
    ) -> Any:
        """A whole number within bounds; a number in a string is taken too, as clients send both."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, between[0])
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer() and abs(value) <= INTEGER_MAX:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            return self._refused(name, "NUMBER_TYPE_COERCE", "Value is not int.", between[0])
        return self._in_bounds(name, value, between)

    def number(self, name: str, *, default: Any = _REQUIRED, between: tuple[float, float]) -> Any:
        """A number, whole or not, within bounds."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, between[0])
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return self._refused(name, "NUMBER_TYPE_COERCE", "Value is not float.", between[0])
        return self._in_bounds(name, value, between)

    def boolean(self, name: str, *, default: Any = False) -> Any:
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, False)
        if not isinstance(value, bool):
            return self._refused(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.", False)
        return value

    def flag(self, name: str) -> bool:
        """A boolean of a query, which clients write as 1 or true, 0 or false, or leave out."""
        value = self._fields.get(name)
        form = self.replaced(name, value.lower()) if isinstance(value, str) else self
        return form.choice(name, ("false", "true", "0", "1"), default="false") in ("true", "1")

    def moment(self, name: str, *, default: Any = _REQUIRED) -> Any:
        """A time in ISO 8601, in UTC unless it says otherwise."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, datetime.fromtimestamp(0, UTC))
        try:
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            message = f"Could not parse {_shown(value)}. Should be ISO8601."
            return self._refused(name, "DATE_TIME_TYPE_PARSE", message, datetime.fromtimestamp(0, UTC))

    def snowflake(self, name: str, *, default: Any = _REQUIRED) -> Any:
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, 0)
        try:
            return parse_snowflake(value)
        except ValueError:
            return self._refused(name, "NUMBER_TYPE_COERCE", f'Value "{_shown(value)}" is not snowflake.', 0)

    def choice(self, name: str, choices: Collection[Any], *, default: Any = _REQUIRED) -> Any:
        """One of a few values."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, next(iter(choices)))
        if isinstance(value, (dict, list, bool)) or value not in choices:
            listed = ", ".join(map(repr, choices))
            return self._refused(
                name, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).", next(iter(choices))
            )
        return next(choice for choice in choices if choice == value)  # 1.0 is 1

    def items(self, name: str, *, default: Any = _REQUIRED, count: tuple[int, int] = (0, 100)) -> Any:
        """A list of so many values, unread; see `snowflakes` and `forms` for what is in it."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, [])
        if not isinstance(value, list):
            return self._refused(name, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", [])
        if not count[0] <= len(value) <= count[1]:
            message = f"Must be between {count[0]} and {count[1]} in length."
            return self._refused(name, "BASE_TYPE_BAD_LENGTH", message, [])
        return value

    def snowflakes(self, name: str, *, default: Any = _REQUIRED, count: tuple[int, int] = (0, 100)) -> Any:
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        inside = self._inside(name, values)
        return [inside.snowflake(str(at)) for at in range(len(values))]

    def integers(
        self, name: str, *, default: Any = _REQUIRED, count: tuple[int, int] = (0, 100),
        between: tuple[int, int] = (0, INTEGER_MAX),
    ) -> Any:  # fmt: skip
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        inside = self._inside(name, values)
        return [inside.integer(str(at), between=between) for at in range(len(values))]

    def strings(
        self, name: str, *, default: Any = _REQUIRED, count: tuple[int, int] = (0, 100),
        length: tuple[int, int] = (0, 2000),
    ) -> Any:  # fmt: skip
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        inside = self._inside(name, values)
        return [inside.string(str(at), length=length) for at in range(len(values))]

    def patterns(
        self, name: str, rule: re.Pattern[str], message: str, *, default: Any = _REQUIRED,
        count: tuple[int, int] = (0, 100), length: tuple[int, int] = (0, 2000),
    ) -> Any:  # fmt: skip
        """A list of strings, each of which `rule` matches whole."""
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        inside = self._inside(name, values)
        return [inside.pattern(str(at), rule, message, length=length) for at in range(len(values))]

    def urls(
        self, name: str, schemes: Collection[str], *, default: Any = _REQUIRED,
        count: tuple[int, int] = (0, 100),
    ) -> Any:  # fmt: skip
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        inside = self._inside(name, values)
        return [inside.url(str(at), schemes, length=(1, 2048)) for at in range(len(values))]

    def choices(
        self, name: str, choices: Collection[Any], *, default: Any = _REQUIRED,
        count: tuple[int, int] = (0, 100),
    ) -> Any:  # fmt: skip
        """A list of some of a few values."""
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        inside = self._inside(name, values)
        return [inside.choice(str(at), choices) for at in range(len(values))]

    def _inside(self, name: str, values: list[Any]) -> Form:
        """A list's values under their places, so that each can be read and named by its path."""
        return Form({str(at): value for at, value in enumerate(values)}, (*self._path, name), self._faults)

    def form(self, name: str, *, default: Any = _REQUIRED) -> Any:
        """The object inside, as a Form of its own whose faults are kept with ours."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, Form({}, (*self._path, name), []))
        return Form(value, (*self._path, name), self._faults)

    def forms(self, name: str, *, default: Any = _REQUIRED, count: tuple[int, int] = (0, 100)) -> Any:
        values = self.items(name, default=default, count=count)
        if not isinstance(values, list):
            return values
        return [Form(value, (*self._path, name, str(at)), self._faults) for at, value in enumerate(values)]

    def forms_by_id(
        self, name: str, *, default: Any = _REQUIRED, count: tuple[int, int] = (0, 100)
    ) -> Any:
        """An object with so many ids for its names, and an object for each."""
        value = self._fields.get(name)
        if value is None:
            return self._missing(name, default, {})
        inside = Form(value, (*self._path, name), self._faults)
        ids = Form({each: each for each in inside._fields}, inside._path, self._faults)
        if not count[0] <= len(inside._fields) <= count[1]:
            message = f"Must be between {count[0]} and {count[1]} in length."
            return self._refused(name, "BASE_TYPE_BAD_LENGTH", message, {})
        return {ids.snowflake(each): inside.form(each) for each in inside._fields}

    def raw(self, name: str) -> Any:
        """The value as it came, for a reader that has its own rule."""
        return self._fields.get(name)

    def _missing(self, name: str, default: Any, stand_in: Any) -> Any:
        if default is not _REQUIRED:
            return default
        return self._refused(name, "BASE_TYPE_REQUIRED", "This field is required", stand_in)

    def _refused(self, name: str, code: str, message: str, stand_in: Any) -> Any:
        self.fault(name, code, message)
        return stand_in

    def _in_bounds(self, name: str, value: float, between: tuple[float, float]) -> float:
        least, most = between
        kind = type(value).__name__
        if value < least:
            self.fault(name, "NUMBER_TYPE_MIN", f"{kind} value should be greater than or equal to {least}.")
        elif value > most:
            self.fault(name, "NUMBER_TYPE_MAX", f"{kind} value should be less than or equal to {most}.")
        return min(max(value, least), most)


def forms_of(body: Any, *, count: tuple[int, int] = (0, 100)) -> tuple[Form, list[Form]]:
    """A body that is a list of objects: the form of the whole, to be finished, and one for each."""
    if not isinstance(body, list):
        root = Form({})
        root._faults.append(((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"))
        return root, []
    root = Form({str(at): value for at, value in enumerate(body)})
    if not count[0] <= len(body) <= count[1]:
        message = f"Must be between {count[0]} and {count[1]} in length."
        root._faults.append(((), "BASE_TYPE_BAD_LENGTH", message))
        return root, []
    return root, [Form(value, (str(at),), root._faults) for at, value in enumerate(body)]


def _shown(value: Any) -> str:
    """A value as an error may repeat it: short, and always encodable."""
    return str(value)[:40].encode("utf-8", "replace").decode("utf-8")


def _tree(faults: list[tuple[tuple[str, ...], str, str]]) -> dict[str, Any]:
    """Faults by path as the nested object of error 50035; the body's own faults sit at its root."""
    root: dict[str, Any] = {}
    for path, code, message in faults:
        place = root
        for key in path:
            place = place.setdefault(key, {})
        place.setdefault("_errors", []).append({"code": code, "message": message})
    return root
