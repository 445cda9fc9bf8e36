"""Link previews: which links of a text are looked up, and the embed that is made of what lies behind one.

What a client sends as an embed is always of type "rich"; what the server makes is of another type, so that
an edit of the text can take it away again. The picture of a preview is served from here (a reader's address
is nobody's business but ours), as the blob that stands in `proxy_url`; attachment_links.py makes an
address of it. Source: the Discord documentation, "Embed Types"; The Open Graph protocol.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from chatd.model.attachment_links import PREVIEW_SCHEME, RICH
from chatd.model.image_formats import Picture
from chatd.model.page_head import PageHead

PREVIEWS_MAX = 5
URL_CHARACTERS_MAX = 2048
TITLE_MAX, DESCRIPTION_MAX, PROVIDER_MAX = 256, 350, 256

# Code is shown as it is, and what is hidden by bars is not to be given away.
NOT_LOOKED_AT = re.compile(r"```.*?```|`[^`\n]+`|\|\|.*?\|\||<[^<>\s]*>", re.DOTALL)
LINK = re.compile(r"https?://[^\s<>|`\"]{1,2000}", re.IGNORECASE)
# What ends a sentence rather than an address.
TRAILING = ".,;:!?'\")]}*_~"
BRACKETS = {")": "(", "]": "[", "}": "{"}
COLOUR = re.compile(r"#([0-9a-fA-F]{6})")


class Found(NamedTuple):
    """An embed, all but its picture, and where that is (none: "")."""

    embed: dict[str, Any]
    picture_url: str


def links_in(content: str, own: str | None = None) -> list[str]:
    """The links to look up, each once: not in <…>, in code or behind bars, nor on `own`, this server."""
    if "://" not in content:
        return []
    found = (_without_trailing(match[0]) for match in LINK.finditer(NOT_LOOKED_AT.sub(" ", content)))
    links = dict.fromkeys(link for link in found if own is None or not f"{link}/".startswith(f"{own}/"))
    return list(links)[:PREVIEWS_MAX]


def without_previews(details: dict[str, Any] | None) -> dict[str, Any] | None:
    """A message's details with those embeds alone that somebody sent."""
    if details is None or "embeds" not in details:
        return details
    sent = [embed for embed in details["embeds"] if embed["type"] == RICH]
    rest = {name: value for name, value in details.items() if name != "embeds"}
    return (rest | {"embeds": sent} if sent else rest) or None


def pictures_in(details: dict[str, Any] | None) -> set[str]:
    """The blobs that the previews of a message show, and those of what it forwards."""
    details = details or {}
    holders = [details, *(snapshot["message"] for snapshot in details.get("message_snapshots", ()))]
    embeds = [embed for holder in holders for embed in holder.get("embeds", ()) if embed["type"] != RICH]
    named = [embed["thumbnail"]["proxy_url"] for embed in embeds if "thumbnail" in embed]
    return {name.removeprefix(PREVIEW_SCHEME).partition(".")[0] for name in named}


def of_page(link: str, url: str, head: PageHead) -> Found | None:
    """What a page says of itself; None when it says nothing. `url` is where `link` led in the end."""
    title = head.first("og:title", "twitter:title") or head.title
    description = head.first("og:description", "twitter:description", "description")
    picture_url = web_address(url, head.first("og:image:secure_url", "og:image", "og:image:url",
                                              "twitter:image", "twitter:image:src"))  # fmt: skip
    if not title and not description and not picture_url:
        return None
    is_article = head.first("og:type").startswith("article")
    embed: dict[str, Any] = {"type": "article" if is_article else "link", "url": link}
    provider = head.first("og:site_name")
    colour = COLOUR.fullmatch(head.first("theme-color"))
    parts = {
        "title": shortened(title, TITLE_MAX),
        "description": shortened(description, DESCRIPTION_MAX),
        "color": int(colour[1], 16) if colour else None,
        "provider": {"name": shortened(provider, PROVIDER_MAX)} if provider else None,
    }
    return Found(embed | {name: part for name, part in parts.items() if part}, picture_url)


def of_picture(link: str) -> Found:
    """A link to a picture: the embed is the picture."""
    return Found({"type": "image", "url": link}, link)


def with_picture(found: Found, picture: Picture, blob: str) -> dict[str, Any]:
    """The embed with its picture, which is stored as `blob`."""
    extension = picture.format.name.lower()
    thumbnail = {
        "url": found.picture_url,
        "proxy_url": f"{PREVIEW_SCHEME}{blob}.{extension}",
        "width": picture.width,
        "height": picture.height,
    }
    return {**found.embed, "thumbnail": thumbnail}


def web_address(base: str, reference: str) -> str:
    """Where a page's reference leads, if that is on the web and of bearable length; else nothing."""
    try:
        url = urljoin(base, reference) if reference else ""
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_good = parts.scheme in ("http", "https") and parts.hostname and len(url) <= URL_CHARACTERS_MAX
    return url if is_good else ""


def shortened(text: str, characters_max: int) -> str:
    return text if len(text) <= characters_max else text[: characters_max - 1].rstrip() + "…"


def _without_trailing(link: str) -> str:
    """A link as it was meant: a bracket at its end belongs to it where it was opened in it."""
    while link[-1] in TRAILING:
        opened = BRACKETS.get(link[-1])
        if opened is not None and link.count(opened) >= link.count(link[-1]):
            break
        link = link[:-1]
    return link
