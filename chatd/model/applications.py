"""Applications: what a bot is, to its owner, to whoever lets it in, and to itself.

The id of an application is that of its bot user. Source: the Discord documentation, "Application".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from chatd.model import permissions
from chatd.model.images import Image, image_of
from chatd.model.intents import Intent
from chatd.model.shapes import Form
from chatd.model.users import User, bot_name_of

# The documentation, "Application Flags": two for each privileged intent, and either grants it. The first is
# of large applications that Discord has looked at; the second of all others, which their owners switch.
GRANTING_FLAGS = {
    Intent.GUILD_PRESENCES: (1 << 12, 1 << 13),
    Intent.GUILD_MEMBERS: (1 << 14, 1 << 15),
    Intent.MESSAGE_CONTENT: (1 << 18, 1 << 19),
}
# What an owner switches.
FLAGS_TO_SET = sum(limited for _, limited in GRANTING_FLAGS.values())
_GRANTING = sum(sum(flags) for flags in GRANTING_FLAGS.values())

# What a bot can be let in with. Here a bot may have commands wherever it is a member.
SCOPES = ("applications.commands", "bot")

DESCRIPTION_MAX = 400
TAGS_MAX, TAG_MAX = 5, 20
REDIRECTS_MAX = 10
# Where an application may be installed: in guilds, and with users.
INSTALLS = ("0", "1")


@dataclass(slots=True, frozen=True)
class Application:
    """All but the key that it signs with. Without an `owner_id` it belongs to the administrators."""

    id: int
    name: str
    owner_id: int | None = None
    description: str = ""
    icon: str | None = None
    cover_image: str | None = None
    tags: tuple[str, ...] = ()
    flags: int = 0
    bot_public: bool = True
    verify_key: str = ""
    interactions_endpoint_url: str | None = None
    role_connections_verification_url: str | None = None
    redirect_uris: tuple[str, ...] = ()
    terms_of_service_url: str | None = None
    privacy_policy_url: str | None = None
    custom_install_url: str | None = None
    install_params: dict[str, Any] | None = None
    integration_types_config: dict[str, Any] = field(default_factory=lambda: {"0": {}})

    @classmethod
    def from_row(cls, row: Any) -> Application:
        values = {each.name: row[each.name] for each in fields(cls)}
        for name in ("install_params", "integration_types_config"):
            values[name] = None if values[name] is None else json.loads(values[name])
        return cls(**_with_tuples(values))

    @classmethod
    def from_record(cls, d: dict[str, Any]) -> Application:
        """The contrary of `record`."""
        owner_id = None if d["owner_id"] is None else int(d["owner_id"])
        return cls(**_with_tuples({**d, "id": int(d["id"]), "owner_id": owner_id}))

    def record(self) -> dict[str, Any]:
        """Every field, as servers tell each other of it."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        owner_id = None if self.owner_id is None else str(self.owner_id)
        return {**values, "id": str(self.id), "owner_id": owner_id}

    def grants(self, intent: Intent) -> bool:
        """Whether its bot may ask for this intent; only the privileged ones are not everybody's."""
        return intent not in GRANTING_FLAGS or bool(self.flags & sum(GRANTING_FLAGS[intent]))

    def ungranted(self, intents: int) -> list[Intent]:
        """Those of `intents` that its bot may not ask for."""
        return [intent for intent in GRANTING_FLAGS if intents & intent and not self.grants(intent)]

    def partial_payload(self) -> dict[str, Any]:
        """As it stands on what it has made or is asked for."""
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": self.icon,
            "description": self.description,
            "summary": "",  # deprecated and always empty, and discord.py fails without it
            "type": None,
        }

    def payload(self, bot: User) -> dict[str, Any]:
        """As anybody may see it."""
        return {
            **self.partial_payload(),
            "bot": bot.payload(),
            "bot_public": self.bot_public,
            "bot_require_code_grant": False,
            "verify_key": self.verify_key,
            "flags": self.flags,
            "flags_new": str(self.flags),
            "tags": list(self.tags),
            "integration_types_config": self.integration_types_config,
            **{name: value for name in _LEFT_OUT if (value := getattr(self, name)) is not None},
        }

    def own_payload(self, bot: User, owner: User, guild_count: int) -> dict[str, Any]:
        """As its bot and its owner see it. Nobody installs it for themself, so nobody is counted there."""
        return {
            **self.payload(bot),
            "owner": owner.payload(),
            "team": None,
            "redirect_uris": list(self.redirect_uris),
            "interactions_endpoint_url": self.interactions_endpoint_url,
            "role_connections_verification_url": self.role_connections_verification_url,
            "explicit_content_filter": 0,
            "approximate_guild_count": guild_count,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "eligible_oauth2_scopes": list(SCOPES),
        }


# What is not there rather than null.
_LEFT_OUT = (
    "cover_image", "terms_of_service_url", "privacy_policy_url", "custom_install_url", "install_params",
)  # fmt: skip


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "tags": tuple(values["tags"]), "redirect_uris": tuple(values["redirect_uris"])}


# ── what a client may send ──

IMAGES = ("icon", "cover_image")
_SCHEMES = ("http", "https")

_URLS = ("interactions_endpoint_url", "role_connections_verification_url", "custom_install_url")
# Only its owner sets these; the documentation lets a bot set all else.
_OWNERS_URLS = ("terms_of_service_url", "privacy_policy_url")


@dataclass(slots=True, frozen=True)
class ApplicationEdit:
    """What of an application is to change: `values` by the names of its fields, only what was sent.

    `images` are the pictures that were sent, None for one that is taken away. `flags` are as sent:
    Application's `with_flags` knows which of them count.
    """

    values: dict[str, Any]
    images: dict[str, Image | None]

    @classmethod
    def parse(cls, body: Any, *, by_owner: bool) -> ApplicationEdit:
        """Null puts a field back to its default."""
        form = Form(body)
        values = _of_owner(form) if by_owner else {}
        for name in _URLS:
            if name in form:
                values[name] = form.url(name, _SCHEMES, default=None) or None
        if "description" in form:
            values["description"] = _description(form)
        if "tags" in form:
            values["tags"] = _tags(form)
        if "flags" in form:
            values["flags"] = form.integer("flags", default=0)
        if "install_params" in form:
            values["install_params"] = _install_params(form, "install_params")
        if "integration_types_config" in form:
            values["integration_types_config"] = _installs(form)
        edit = cls(values, {name: image_of(form, name) for name in IMAGES if name in form})
        form.finish()
        return edit


def switched(flags: int, wanted: int) -> int:
    """An application's flags when somebody wants these: only what grants an intent can be switched.

    A flag of Discord's own can be taken away with the intent, but not be given.
    """
    return flags & ~_GRANTING | wanted & (FLAGS_TO_SET | flags & _GRANTING)


def application_name_of(form: Form) -> Any:
    """The field `name`, which is to be the bot's username too."""
    return bot_name_of(form, "name")


def _of_owner(form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if form.raw("name") is not None:
        values["name"] = form.string("name", length=(2, 32), strip=True)
    if form.raw("bot_public") is not None:
        values["bot_public"] = form.boolean("bot_public")
    if "redirect_uris" in form:
        redirects = form.urls("redirect_uris", _SCHEMES, default=[], count=(0, REDIRECTS_MAX))
        values["redirect_uris"] = tuple(dict.fromkeys(redirects))
    for name in _OWNERS_URLS:
        if name in form:
            values[name] = form.url(name, _SCHEMES, default=None) or None
    return values


def _description(form: Form) -> str:
    """A text, or the text in the language that counts for everybody."""
    if isinstance(form.raw("description"), dict):
        inside = form.form("description")
        text: str = inside.string("default", length=(0, DESCRIPTION_MAX), strip=True)
        return text
    text = form.string("description", default="", length=(0, DESCRIPTION_MAX), strip=True)
    return text


def _tags(form: Form) -> tuple[str, ...]:
    """In their order, each once."""
    sent = form.strings("tags", default=[], count=(0, TAGS_MAX), length=(1, TAG_MAX))
    return tuple(dict.fromkeys(sent))


def _install_params(form: Form, name: str) -> dict[str, Any] | None:
    params = form.form(name, default=None)
    if params is None:
        return None
    scopes = params.choices("scopes", SCOPES, default=[], count=(0, len(SCOPES)))
    granted = permissions.read(params, "permissions", default=0)
    return {"scopes": sorted(set(scopes)), "permissions": str(granted)}


def _installs(form: Form) -> dict[str, Any]:
    """By where it may be installed, with what it asks for then."""
    config = form.form("integration_types_config", default=None)
    if config is None:
        return {"0": {}}
    installs: dict[str, Any] = {}
    for kind in INSTALLS:
        inside = config.form(kind, default=None)
        if inside is None:
            if kind in config:
                installs[kind] = {}
            continue
        params = _install_params(inside, "oauth2_install_params")
        installs[kind] = {} if params is None else {"oauth2_install_params": params}
    if not installs:
        form.fault("integration_types_config", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 2 in length.")
    return installs
