"""Embeds: rich text beside a message, each part with a limit of its own and one for all of them together.

What a client sends comes out as the embed object that is stored and shown. Its type is "rich" whatever was
sent, and provider, video and sizes are ignored: those are for what the server itself finds behind a link.
Source: the Discord documentation, "Embed Object" and "Embed Limits".
"""

from __future__ import annotations

from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso

EMBEDS_MAX = 10
FIELDS_MAX = 25
TITLE_MAX, DESCRIPTION_MAX = 256, 4096
FIELD_NAME_MAX, FIELD_VALUE_MAX = 256, 1024
FOOTER_MAX, AUTHOR_MAX = 2048, 256
# All of these together, over all embeds of a message.
CHARACTERS_MAX = 6000
COLOR_MAX = 0xFFFFFF

ATTACHMENT = "attachment://"
_WEB = ("http", "https")
_MEDIA = ("http", "https", "attachment")


def embeds_of(form: Form) -> list[dict[str, Any]]:
    """Read the field `embeds` of a message's form. An embed that says nothing at all is left out."""
    inside = form.forms("embeds", default=[], count=(0, EMBEDS_MAX))
    embeds = [embed for embed in map(_embed_of, inside) if embed.keys() - {"type"}]
    if sum(map(characters_in, embeds)) > CHARACTERS_MAX:
        message = f"Embed size exceeds maximum size of {CHARACTERS_MAX}."
        form.fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)
    return embeds


def characters_in(embed: dict[str, Any]) -> int:
    """What counts towards the limit of all embeds together."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    texts += [text for field in embed.get("fields", ()) for text in (field["name"], field["value"])]
    return sum(len(text) for text in texts if text)


def _embed_of(form: Form) -> dict[str, Any]:
    timestamp = form.moment("timestamp", default=None)
    return _present(
        type="rich",
        title=_text(form, "title", TITLE_MAX),
        description=_text(form, "description", DESCRIPTION_MAX),
        url=form.url("url", _WEB, default=None) or None,
        color=form.integer("color", default=None, between=(0, COLOR_MAX)),
        timestamp=None if timestamp is None else iso(timestamp),
        footer=_footer_of(form),
        image=_media_of(form, "image"),
        thumbnail=_media_of(form, "thumbnail"),
        author=_author_of(form),
        fields=[_field_of(field) for field in form.forms("fields", default=(), count=(0, FIELDS_MAX))],
    )


def _footer_of(form: Form) -> dict[str, Any] | None:
    footer = form.form("footer", default=None)
    if footer is None:
        return None
    text = _text(footer, "text", FOOTER_MAX)
    return {"text": text, **_icon_of(footer)} if text else None


def _author_of(form: Form) -> dict[str, Any] | None:
    author = form.form("author", default=None)
    if author is None:
        return None
    name = _text(author, "name", AUTHOR_MAX)
    url = author.url("url", _WEB, default=None) or None
    return _present(name=name, url=url, **_icon_of(author)) if name else None


def _field_of(form: Form) -> dict[str, Any]:
    return {
        "name": form.string("name", length=(1, FIELD_NAME_MAX), strip=True),
        "value": form.string("value", length=(1, FIELD_VALUE_MAX), strip=True),
        "inline": form.boolean("inline"),
    }


def _media_of(form: Form, name: str) -> dict[str, Any] | None:
    media = form.form(name, default=None)
    url = None if media is None else media.url("url", _MEDIA, default=None)
    return None if not url else _with_proxy("url", "proxy_url", url)


def _icon_of(form: Form) -> dict[str, Any]:
    url = form.url("icon_url", _MEDIA, default=None)
    return {} if not url else _with_proxy("icon_url", "proxy_icon_url", url)


def _with_proxy(key: str, proxy_key: str, url: str) -> dict[str, Any]:
    """No picture is fetched on anybody's behalf here, so what a client takes for a proxy is the place."""
    return {key: url} if url.startswith(ATTACHMENT) else {key: url, proxy_key: url}


def _text(form: Form, name: str, longest: int) -> str | None:
    """A text without the spaces around it, or None for an empty one."""
    text: str | None = form.string(name, default=None, length=(0, longest), strip=True)
    return text or None


def _present(**parts: Any) -> dict[str, Any]:
    """The parts that are there: an embed object has no null, and no empty list."""
    return {name: part for name, part in parts.items() if part is not None and part != []}
