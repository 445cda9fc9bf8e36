"""Where an opening handshake comes from: whether it is let in, and whether its cookie counts.

A browser sends a site's cookies along with whatever page asks, so a WebSocket has to look at Origin by
itself: RFC 6455 section 10.2. Programs that are no browser send none, and have to bring a token.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from chatd.wire.headers import Headers


def is_own(headers: Headers, public_url: str) -> bool:
    """Whether a page of this very server asks: by the configured URL, or by the host it was reached by."""
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:  # such as a bracket that is never closed
        return False
    if not parts.netloc or parts.scheme not in ("http", "https"):
        return False
    public = urlsplit(public_url)
    if (parts.scheme, parts.netloc.lower()) == (public.scheme, public.netloc.lower()):
        return True
    return parts.netloc.lower() == (headers.get("host") or "").lower()


def is_allowed(headers: Headers, public_url: str, cors_origins: Collection[str]) -> bool:
    """Whether to open a connection at all."""
    origin = headers.get("origin")
    if origin is None or is_own(headers, public_url):
        return True
    # RFC 6454 section 6.2: browsers write an origin in lower case; an administrator may not.
    return origin.lower() in (listed.lower() for listed in cors_origins)
