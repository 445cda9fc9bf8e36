"""People of a test's chat, and what they do."""

from __future__ import annotations

from typing import Any

from chatd.testbench.asking import Ask, Steps, granted, step
from chatd.testbench.things import Channel, Interaction, Message, Thing, ids_in, thing_or_value


class User(Thing):
    """A person, who does as they are told and may no more than their roles grant."""

    @step
    def say(self, content: str = "", *, channel: Thing | None = None, **fields: Any) -> Steps:
        """Say something, in the test's first channel unless another is named; the message."""
        body = {"channel_id": self._place(channel), "content": content, **fields}
        return Message(self.chat, granted((yield self._as("say", body))))

    @step
    def reply(self, message: Message, content: str, **fields: Any) -> Steps:
        place = {"channel_id": message["channel_id"], "message_id": message["id"]}
        body = {**place, "content": content, **fields}
        return Message(self.chat, granted((yield self._as("reply", body))))

    @step
    def edit(self, message: Message, content: str) -> Steps:
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        return Message(self.chat, granted((yield self._request("PATCH", path, {"content": content}))))

    @step
    def delete(self, message: Message) -> Steps:
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        granted((yield self._request("DELETE", path)))

    @step
    def react(self, message: Message, emoji: str, *, remove: bool = False) -> Steps:
        """With a standard emoji, or `name:id` of one of the guild's."""
        body = {"channel_id": message["channel_id"], "message_id": message["id"], "emoji": emoji}
        granted((yield self._as("react", {**body, "remove": remove})))

    @step
    def invoke(
        self, name: str, options: dict[str, Any] | None = None, *, target: Thing | None = None,
        channel: Thing | None = None, bot: Thing | None = None,
    ) -> Steps:  # fmt: skip
        """Use a command, "play" or "queue add", with options by name, or a context menu's on its target."""
        target_id = None if target is None else target["id"]
        return (yield from self._interact("invoke", channel, bot, name=name, options=ids_in(options),
                                          target_id=target_id))  # fmt: skip

    @step
    def autocomplete(
        self, name: str, options: dict[str, Any], *, focused: str | None = None,
        channel: Thing | None = None, bot: Thing | None = None,
    ) -> Steps:  # fmt: skip
        """Type an option, the last unless one is named; the choices that the bot offers."""
        focused = focused or list(options)[-1]
        typed = yield from self._interact("autocomplete", channel, bot, name=name, options=ids_in(options),
                                          focused=focused)  # fmt: skip
        return typed.choices if typed.outcome == "choices" else []

    @step
    def click(self, message: Message, button: str | None = None) -> Steps:
        """Press a button, by its label or custom_id; the only one if none is named."""
        return (yield from self._on(message, "click", button=button))

    @step
    def select(self, message: Message, *values: str | Thing, menu: str | None = None) -> Steps:
        """Choose from a menu: options by label or value, or people, roles and channels."""
        chosen = [value if isinstance(value, str) else value["id"] for value in values]
        return (yield from self._on(message, "select", values=chosen, menu=menu))

    @step
    def submit(self, modal: Interaction, fields: dict[str, Any]) -> Steps:
        """Fill in a form and send it, its fields by label or custom_id."""
        ask = self._as("submit", {"interaction_id": modal["id"], "fields": ids_in(fields)})
        return Interaction(self.chat, granted((yield ask)))

    def _interact(self, verb: str, channel: Thing | None, bot: Thing | None, **body: Any) -> Steps:
        body["channel_id"] = self._place(channel)
        body["application_id"] = None if bot is None else bot["id"]
        return Interaction(self.chat, granted((yield self._as(verb, body))))

    def _on(self, message: Message, verb: str, **body: Any) -> Steps:
        body |= {"channel_id": message["channel_id"], "message_id": message["id"]}
        return Interaction(self.chat, granted((yield self._as(verb, body))))

    @step
    def type(self, *, channel: Thing | None = None) -> Steps:
        granted((yield self._as("type", {"channel_id": self._place(channel)})))

    @step
    def join_voice(self, channel: Thing) -> Steps:
        body = {"guild_id": channel["guild_id"], "channel_id": channel["id"]}
        granted((yield self._as("voice", body)))

    @step
    def leave_voice(self) -> Steps:
        granted((yield self._as("voice", {"channel_id": None})))

    @step
    def show(self, status: str = "online", activities: list[dict[str, Any]] | None = None) -> Steps:
        """Be seen so: online, idle, dnd, and doing these things."""
        granted((yield self._as("presence", {"status": status, "activities": activities or []})))

    @step
    def dm(self, user: Thing) -> Steps:
        """The direct messages with somebody."""
        body = {"recipient_id": user["id"]}
        return Channel(self.chat, granted((yield self._request("POST", "/users/@me/channels", body))))

    @step
    def request(self, method: str, path: str, body: Any = None) -> Steps:
        """Any call of the HTTP API as this person: `await ada.request("GET", "/users/@me")`."""
        value = granted((yield self._request(method, path, body)))
        return thing_or_value(self.chat, value)

    def _place(self, channel: Thing | None) -> Any:
        return (channel or self.chat.channel)["id"]

    def _as(self, what: str, body: Any) -> Ask:
        return Ask("POST", f"/as/{self['id']}/{what}", body)

    def _request(self, method: str, path: str, body: Any = None) -> Ask:
        return self._as("request", {"method": method, "path": path, "body": body})
