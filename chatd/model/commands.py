"""Application commands: what people type after a slash, or choose for somebody or for a message.

An application has global commands, for all guilds that its bot is in and for direct messages with it, and
commands of single guilds; in each of these scopes a name is unique for its type. Source: the Discord
documentation, "Application Commands".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any

from chatd.model import permissions
from chatd.model.command_definitions import (
    COMMAND_MAX,
    TOO_LARGE,
    TOO_MANY,
    has_too_many_parts,
    localized_options,
    options_of,
    size_of,
)
from chatd.model.command_names import (
    DESCRIPTION_MAX,
    description_of,
    localizations_of,
    shown_name_of,
    slash_name_of,
    with_localized,
)
from chatd.model.shapes import Form, forms_of


class CommandType(IntEnum):
    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class InteractionContext(IntEnum):
    """Where a command is used: in a guild, with the application's bot, with somebody else."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


class IntegrationType(IntEnum):
    """What an application was installed to. Here it is always a guild."""

    GUILD_INSTALL = 0
    USER_INSTALL = 1


# "An app can have the following number of commands", globally and in each guild.
COMMANDS_MAX: dict[int, int] = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
# "There is a global rate limit of 200 application command creates per day, per guild."
CREATIONS_PER_DAY_MAX = 200

_CONTEXTS = tuple(map(int, InteractionContext))
_INTEGRATION_TYPES = tuple(map(int, IntegrationType))

_NAME_TWICE = ("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
_NO_DESCRIPTION = (
    "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", "Context menu commands cannot have description",
)  # fmt: skip
_NO_OPTIONS = (
    "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID", "Context menu commands cannot have options",
)  # fmt: skip
_NO_HANDLER = ("APPLICATION_COMMAND_HANDLER_INVALID", "Only entry points of activities have a handler")


@dataclass(slots=True, frozen=True)
class CommandDraft:
    """A command as its application wants it.

    `contexts` is None for everywhere; a guild's command has none of its own, nor integration types.
    `default_member_permissions` is None where everybody may use it, 0 where nobody but administrators may
    until the guild says otherwise. `id` is that of one that is to be overwritten, where it is known.
    """

    type: int
    name: str
    description: str
    options: list[dict[str, Any]]
    name_localizations: dict[str, str] | None
    description_localizations: dict[str, str] | None
    default_member_permissions: int | None
    nsfw: bool
    contexts: list[int] | None
    integration_types: list[int]
    id: int | None = None

    @classmethod
    def parse(cls, body: Any, *, in_guild: bool = False) -> CommandDraft:
        _refuse_too_much([body])
        form = Form(body)
        draft = cls._read(form, in_guild)
        form.finish()
        return draft

    @classmethod
    def parse_all(cls, body: Any, *, in_guild: bool = False) -> list[CommandDraft]:
        """All commands of a scope at once."""
        _refuse_too_much(body if isinstance(body, list) else [])
        form, forms = forms_of(body, count=(0, sum(COMMANDS_MAX.values())))
        drafts = [cls._read(each, in_guild) for each in forms]
        taken: set[tuple[int, str]] = set()
        for each, draft in zip(forms, drafts, strict=True):
            if draft.key in taken:
                each.fault_whole(*_NAME_TWICE)
            taken.add(draft.key)
        form.finish()
        return drafts

    @classmethod
    def parse_edit(cls, body: Any, command: Command) -> CommandDraft:
        """What a command is to be when the fields that were sent have been replaced.

        What they may hold depends on what the command is, so they are read with all others.
        """
        if not isinstance(body, dict):
            return cls.parse(body)
        kept = command.payload()
        kept.pop("dm_permission", None)  # `contexts` says it too
        if "contexts" not in body and body.get("dm_permission") is not None:
            del kept["contexts"]
        return cls.parse({**kept, **body, "type": command.type}, in_guild=command.guild_id is not None)

    @classmethod
    def _read(cls, form: Form, in_guild: bool) -> CommandDraft:
        kind = form.choice("type", tuple(map(int, CommandType)), default=int(CommandType.CHAT_INPUT))
        typed = kind == CommandType.CHAT_INPUT
        read_name = slash_name_of if typed else shown_name_of
        if not typed:
            _refuse_what_is_typed(form)
        if form.raw("handler") is not None:
            form.fault("handler", *_NO_HANDLER)
        texts = localizations_of(form, "description_localizations", description_of) if typed else None
        draft = cls(
            type=kind,
            name=read_name(form, "name"),
            description=description_of(form) if typed else "",
            options=options_of(form) if typed else [],
            name_localizations=localizations_of(form, "name_localizations", read_name),
            description_localizations=texts,
            default_member_permissions=_default_permissions_of(form),
            nsfw=form.boolean("nsfw"),
            contexts=_contexts_of(form, in_guild),
            integration_types=_integration_types_of(form, in_guild),
            id=form.snowflake("id", default=None),
        )
        if draft.size > COMMAND_MAX:
            form.fault_whole(*TOO_LARGE)
        return draft

    def without_id(self) -> CommandDraft:
        return replace(self, id=None)

    @property
    def key(self) -> tuple[int, str]:
        """What is unique among the commands of a scope."""
        return self.type, self.name

    @property
    def size(self) -> int:
        return size_of({
            "name": self.name, "name_localizations": self.name_localizations,
            "description": self.description, "description_localizations": self.description_localizations,
            "options": self.options,
        })  # fmt: skip


@dataclass(slots=True, frozen=True)
class Command:
    """A command of an application, everywhere or of one guild. `version` is another after each change.

    Invariant: `draft` has no id, this has.
    """

    id: int
    application_id: int
    guild_id: int | None
    version: int
    draft: CommandDraft

    @classmethod
    def from_row(cls, row: Any) -> Command:
        draft = CommandDraft(
            row["type"], row["name"], row["description"], json.loads(row["options"]),
            json.loads(row["name_localizations"] or "null"),
            json.loads(row["description_localizations"] or "null"),
            row["default_member_permissions"], row["nsfw"], row["contexts"], row["integration_types"],
        )  # fmt: skip
        return cls(row["id"], row["application_id"], row["guild_id"], row["version"], draft)

    @property
    def type(self) -> int:
        return self.draft.type

    @property
    def name(self) -> str:
        return self.draft.name

    @property
    def options(self) -> list[dict[str, Any]]:
        return self.draft.options

    def redrafted(self, draft: CommandDraft, version: int) -> Command:
        """The command as the draft wants it; itself where that is nothing new."""
        wanted = draft.without_id()
        return self if wanted == self.draft else replace(self, draft=wanted, version=version)

    def is_used_in(self, context: InteractionContext) -> bool:
        """Whether the command is for such a place, as far as its application says."""
        if IntegrationType.GUILD_INSTALL not in self.draft.integration_types:
            return False
        if self.guild_id is not None:
            return context == InteractionContext.GUILD
        return self.draft.contexts is None or context in self.draft.contexts

    def columns(self) -> dict[str, Any]:
        """Its row."""
        scope = {"id": self.id, "application_id": self.application_id, "guild_id": self.guild_id}
        said = {field.name: getattr(self.draft, field.name) for field in fields(self.draft)}
        return {**said, **scope, "version": self.version}

    def payload(self) -> dict[str, Any]:
        draft = self.draft
        granted = draft.default_member_permissions
        d: dict[str, Any] = {
            "id": str(self.id),
            "application_id": str(self.application_id),
            "version": str(self.version),
            "default_member_permissions": None if granted is None else str(granted),
            "type": draft.type,
            "name": draft.name,
            "name_localizations": draft.name_localizations,
            "description": draft.description,
            "description_localizations": draft.description_localizations,
            "nsfw": draft.nsfw,
            "contexts": draft.contexts,
            "integration_types": draft.integration_types,
        }
        if self.guild_id is not None:
            d["guild_id"] = str(self.guild_id)
        else:
            d["dm_permission"] = draft.contexts is None or InteractionContext.BOT_DM in draft.contexts
        if draft.type == CommandType.CHAT_INPUT:
            d["options"] = draft.options
        return d

    def localized_payload(self, locale: str | None) -> dict[str, Any]:
        """As a list shows it that was asked for without localizations: with those of one locale at most."""
        d = with_localized(self.payload(), locale, ("name", "description"))
        if "options" in d:
            d["options"] = localized_options(d["options"], locale)
        return d


def counts_of(drafts: Iterable[CommandDraft]) -> Counter[int]:
    """How many there are of each type."""
    return Counter(draft.type for draft in drafts)


def _refuse_too_much(bodies: list[Any]) -> None:
    if has_too_many_parts(bodies):
        form = Form({})
        form.fault_whole(*TOO_MANY)
        form.finish()


def _refuse_what_is_typed(form: Form) -> None:
    """A command of a context menu has neither a description nor options, but may say so."""
    if form.string("description", default="", length=(0, DESCRIPTION_MAX)):
        form.fault("description", *_NO_DESCRIPTION)
    if form.items("options", default=[]):
        form.fault("options", *_NO_OPTIONS)


def _default_permissions_of(form: Form) -> int | None:
    """`default_permission`, false, is the older word for none at all."""
    granted: int | None = permissions.read(form, "default_member_permissions", default=None)
    everybody = form.boolean("default_permission", default=True)
    return 0 if granted is None and not everybody else granted


def _contexts_of(form: Form, in_guild: bool) -> list[int] | None:
    """`dm_permission`, false, is the older word for guilds only."""
    contexts = form.choices("contexts", _CONTEXTS, default=None, count=(1, len(_CONTEXTS)))
    direct = form.boolean("dm_permission", default=True)
    if in_guild:
        return None
    if contexts is None:
        return None if direct else [int(InteractionContext.GUILD)]
    return list(dict.fromkeys(contexts))


def _integration_types_of(form: Form, in_guild: bool) -> list[int]:
    kinds = form.choices(
        "integration_types", _INTEGRATION_TYPES, default=None, count=(1, len(_INTEGRATION_TYPES))
    )
    if in_guild or kinds is None:
        return [int(IntegrationType.GUILD_INSTALL)]
    return list(dict.fromkeys(kinds))
