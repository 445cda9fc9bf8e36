"""What there is in a test's chat: objects of the API, and what has become of an interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatd.testbench.client import Chat


class Thing:
    """An object of the API: its fields as attributes, ids as texts. `data` is the object as it came."""

    def __init__(self, chat: Chat, data: dict[str, Any]) -> None:
        self.chat = chat
        self.data = data

    def __getattr__(self, name: str) -> Any:
        try:
            return thing_or_value(self.chat, self.data[name])
        except KeyError:
            raise AttributeError(f"this {type(self).__name__.lower()} has no {name}: {self.data}") from None

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def __contains__(self, name: object) -> bool:
        return name in self.data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and self.data == other.data

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.data}>"


def thing_or_value(chat: Chat, value: Any) -> Any:
    if isinstance(value, dict):
        return Thing(chat, value)
    return [thing_or_value(chat, each) for each in value] if isinstance(value, list) else value


class Message(Thing):
    """What was said, as the API shows it: `content`, `author.username`, `embeds[0].title`."""


class Channel(Thing):
    """A place where things are said."""


class Guild(Thing):
    """The guild of the test, with its `channels`."""


class Interaction(Thing):
    """What became of a command, a button, a form.

    `outcome` is success, with the `message` that answers (None where the answer is only promised), failure,
    modal, with `title` and `components` of the form, or choices.
    """

    @property
    def message(self) -> Message | None:
        message = self.data.get("message")
        return None if message is None else Message(self.chat, message)

    @property
    def content(self) -> str:
        """What the answer says."""
        assert self.message is not None, f"no message has answered: {self.data}"
        return str(self.message["content"])


def ids_in(values: dict[str, Any] | None) -> dict[str, Any]:
    """Values as they are sent: things by their ids."""
    given = values or {}
    return {name: value["id"] if isinstance(value, Thing) else value for name, value in given.items()}
