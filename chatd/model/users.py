"""A user as others see them, and what they may change of themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chatd.model.images import Image, image_of
from chatd.model.shapes import Form

# Who is deleted is called so. Nobody who is not may be: the name would be taken when its time comes, and they
# could not be deleted.
_OF_DELETED = r"(?!(?i:deleted_(?:user|bot)_))"
# The rule of the Discord documentation, "Usernames and nicknames": 2 to 32 of a-z, digits, _ and single dots.
USERNAME = re.compile(_OF_DELETED + r"(?!.*\.\.)[a-z0-9_.]{2,32}")
USERNAME_RULE = (
    "Usernames may only have 2 to 32 of a-z, 0-9, underscore and single full stops, "
    "and not begin as those of deleted users do."
)
DISPLAY_NAME_LENGTH = (1, 32)
DEFAULT_LOCALE = "en-US"
# A bot is named by whoever runs it, as freely as a display name, but nobody is called like a mention.
BOT_NAME = re.compile(_OF_DELETED + r"[^\x00-\x1f\x7f@#:`]{2,32}")
BOT_NAME_RULE = (
    "A bot's name may have 2 to 32 characters, none of them @ # : ` or a control character, "
    "and not begin as those of deleted bots do."
)


@dataclass(slots=True)
class User:
    id: int
    username: str
    global_name: str | None = None
    avatar: str | None = None
    bot: bool = False
    system: bool = False
    public_flags: int = 0
    banner: str | None = None
    accent_color: int | None = None

    @classmethod
    def from_row(cls, row: Any) -> User:
        return cls(
            row["id"], row["username"], row["global_name"], row["avatar"], row["bot"], row["system"],
            row["public_flags"], row["banner"], row["accent_color"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> User:
        return cls(
            int(d["id"]),
            d["username"],
            d["global_name"],
            d["avatar"],
            d["bot"],
            d["system"],
            d["public_flags"],
            d["banner"],
            d["accent_color"],
        )

    @property
    def name_of_deleted(self) -> str:
        """What they are called once they are deleted."""
        return f"deleted_{'bot' if self.bot else 'user'}_{self.id}"

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.username,
            "discriminator": "0",
            "global_name": self.global_name,
            "avatar": self.avatar,
            "bot": self.bot,
            "system": self.system,
            "public_flags": self.public_flags,
            "flags": self.public_flags,
            "banner": self.banner,
            "accent_color": self.accent_color,
            "avatar_decoration_data": None,
            "collectibles": None,
            "primary_guild": None,
        }

    def own_payload(
        self, *, email: str | None, verified: bool, locale: str = DEFAULT_LOCALE, admin: bool = False
    ) -> dict[str, Any]:
        """What only the user sees of themselves. Never a password, hash or token."""
        return {
            **self.payload(),
            "mfa_enabled": False,
            "verified": verified,
            "email": email,
            "locale": locale,
            "premium_type": 0,
            "admin": admin,
        }


# What of a user may be null, so that null clears it and what was not sent stays.
CLEARABLE = ("global_name", "avatar", "banner", "accent_color")


@dataclass(slots=True, frozen=True)
class UserEdit:
    """A PATCH of one's own user. `sets` names those of CLEARABLE that were sent, null or not."""

    username: str | None = None
    global_name: str | None = None
    avatar: Image | None = None
    banner: Image | None = None
    accent_color: int | None = None
    sets: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, body: Any, *, of_bot: bool = False) -> UserEdit:
        form = Form(body)
        edit = cls(
            username=bot_name_of(form, default=None) if of_bot else username_of(form, default=None),
            global_name=form.string("global_name", default=None, length=DISPLAY_NAME_LENGTH, strip=True),
            avatar=image_of(form, "avatar"),
            banner=image_of(form, "banner"),
            accent_color=form.integer("accent_color", default=None, between=(0, 0xFFFFFF)),
            sets=frozenset(name for name in CLEARABLE if name in form),
        )
        form.finish()
        return edit


def username_of(form: Form, **options: Any) -> Any:
    """The field `username`, lower-cased as the rule wants it."""
    value = form.raw("username")
    if isinstance(value, str):
        form = form.replaced("username", value.strip().lower())
    return form.pattern("username", USERNAME, USERNAME_RULE, length=(2, 32), **options)


def bot_name_of(form: Form, name: str = "username", **options: Any) -> Any:
    """The field `username` of a bot, or another that it is taken from."""
    return form.pattern(name, BOT_NAME, BOT_NAME_RULE, length=(2, 32), strip=True, **options)
