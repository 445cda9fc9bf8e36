"""Integrations: what is attached to a guild from outside, which here is its bots.

The id of an integration is that of its bot. Source: the Discord documentation, "Integration Object" and
"OAuth2", "Bot Authorization Flow".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model import permissions
from chatd.model.applications import SCOPES, Application
from chatd.model.shapes import Form
from chatd.model.users import User


def integration_payload(application: Application, bot: User, added_by: User | None) -> dict[str, Any]:
    """A bot as an integration of a guild; a bot that the server has put there was added by nobody."""
    d = {
        "id": str(bot.id),
        "type": "discord",
        "name": application.name,
        "enabled": True,
        "account": {"id": str(bot.id), "name": bot.username},
        "application": {**application.partial_payload(), "bot": bot.payload()},
        "scopes": list(SCOPES),
    }
    return d if added_by is None else {**d, "user": added_by.payload()}


@dataclass(slots=True, frozen=True)
class AuthorizationQuery:
    """What a link that leads to the question asks for."""

    application_id: int
    permissions: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> AuthorizationQuery:
        form = Form(query)
        draft = cls._read(form)
        form.finish()
        return draft

    @classmethod
    def _read(cls, form: Form) -> AuthorizationQuery:
        """There is nothing to authorize but a bot: no code is granted, and no token of a person's."""
        scopes = form.string("scope", default="bot", length=(1, 200)).split()
        if "bot" not in scopes or not set(SCOPES) >= set(scopes):
            message = "Must be bot, with or without applications.commands."
            form.fault("scope", "BASE_TYPE_CHOICES", message)
        if form.raw("response_type") is not None:
            form.fault("response_type", "BASE_TYPE_CHOICES", "This server grants no codes and no tokens.")
        return cls(form.snowflake("client_id"), permissions.read(form, "permissions", default=0))


@dataclass(slots=True, frozen=True)
class BotAuthorization:
    """Somebody lets a bot into a guild of theirs, or, asked whether they do, does not."""

    application_id: int
    guild_id: int
    authorize: bool
    permissions: int = 0

    @classmethod
    def parse(cls, query: dict[str, str], body: Any) -> BotAuthorization:
        """`client_id` stands in the query, as in the link; what the body says of the rest counts more."""
        sent = {**query, **body, "client_id": query.get("client_id")} if isinstance(body, dict) else body
        form = Form(sent)
        asked = AuthorizationQuery._read(form)
        draft = cls(
            asked.application_id, form.snowflake("guild_id"), form.boolean("authorize", default=True),
            asked.permissions,
        )  # fmt: skip
        form.finish()
        return draft
