"""Integrations: what is attached to a guild from outside, which here is its bots.

The id of an integration is that of its bot. Source: the Discord documentation, "Integration Object".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model.shapes import Form
from chatd.model.users import User


def integration_payload(bot: User, name: str, description: str) -> dict[str, Any]:
    """A bot as an integration of a guild; `name` and `description` are its application's."""
    return {
        "id": str(bot.id),
        "type": "discord",
        "name": name,
        "enabled": True,
        "account": {"id": str(bot.id), "name": bot.username},
        "application": {
            "id": str(bot.id),
            "name": name,
            "icon": bot.avatar,
            "description": description,
            "summary": "",  # deprecated and always empty, and discord.py fails without it
            "type": None,
            "bot": bot.payload(),
        },
        "scopes": ["bot"],
    }


@dataclass(slots=True, frozen=True)
class BotAuthorization:
    """Somebody lets a bot into a guild of theirs, or, asked whether they do, does not."""

    application_id: int
    guild_id: int
    authorize: bool

    @classmethod
    def parse(cls, query: dict[str, str], body: Any) -> BotAuthorization:
        """`client_id` stands in the query, as in the link that leads to the question."""
        form = Form({**body, "client_id": query.get("client_id")} if isinstance(body, dict) else body)
        draft = cls(
            form.snowflake("client_id"), form.snowflake("guild_id"), form.boolean("authorize", default=True)
        )
        form.finish()
        return draft
