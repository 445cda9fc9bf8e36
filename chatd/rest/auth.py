"""Who is asking: from a request's fields to an Actor, or a refusal.

A token comes as `Authorization: Bot …`, `Bearer …` or bare, or in the session cookie that signing in
set. The cookie is sent by a browser whoever made the page, so an unsafe method that comes by cookie
must also show that our own page, or a listed one, made it: cross-site request forgery ends here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from chatd.model.credentials import SESSION_COOKIE
from chatd.model.errors import CrossSite
from chatd.rest.cors import Cors
from chatd.rest.settings import RestSettings
from chatd.wire.headers import Headers
from chatd.wire.http1 import Request

# RFC 9110 section 9.2.1: these ask for nothing to change.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of_authorization(value: str) -> str:
    """`Bot x`, `Bearer x` and `x` are all x. RFC 9110 section 11.1: the scheme's case is of no concern."""
    scheme, space, token = value.partition(" ")
    if space and scheme.lower() in ("bot", "bearer"):
        return token.strip()
    return value.strip()


def credentials(headers: Headers) -> tuple[str | None, bool]:
    """The token that came, and whether it came by cookie alone."""
    authorization = headers.get("authorization")
    if authorization is not None:
        return token_of_authorization(authorization), False
    token = headers.cookie(SESSION_COOKIE) or None
    return token, token is not None


class OwnPages:
    """Tells requests made by our own pages, and by those of listed origins, from other sites' ones."""

    __slots__ = ("origin", "cors")

    def __init__(self, public_url: str, cors: Cors) -> None:
        self.origin = origin_of(public_url)
        self.cors = cors

    def require_for_cookie(self, request: Request) -> None:
        """An unsafe request by cookie: raise CrossSite unless it is shown to be our own."""
        if request.method not in SAFE_METHODS and self.made(request) is not True:
            raise CrossSite

    def refuse_foreign(self, request: Request) -> None:
        """A request that will set a cookie: raise CrossSite if a browser says that it is foreign.

        Clients that are no browsers say nothing, and need not.
        """
        if self.made(request) is False:
            raise CrossSite

    def made(self, request: Request) -> bool | None:
        """Did such a page make this request? None: it does not say."""
        site = request.headers.get("sec-fetch-site")
        # Fetch Metadata: set by the browser itself, no page can forge it.
        if site == "same-origin":
            return True
        origin = request.headers.get("origin")
        if origin is not None:
            return self.cors.lists(origin) or self._is_ours(origin.lower(), request)
        return None if site in (None, "none") else False

    def _is_ours(self, origin: str, request: Request) -> bool:
        # RFC 6454 section 4: scheme, host and port; behind a proxy that ends TLS we do not know the scheme.
        if self.origin and origin == self.origin:
            return True
        host = request.headers.get("host")
        return host is not None and origin in (f"http://{host.lower()}", f"https://{host.lower()}")


def origin_of(url: str) -> str:
    """`https://chat.example:8443` of a URL with that beginning; "" of an empty one."""
    if not url:
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_secure(request: Request, settings: RestSettings) -> bool:
    """May the cookie be kept from connections without TLS? Only if the browser comes with it."""
    return request.secure or settings.secure_cookies or settings.public_url.startswith("https:")


def session_cookie(token: str, request: Request, settings: RestSettings) -> str:
    """The Set-Cookie value that signs a browser in, for as long as a session lasts. RFC 6265 section 4.1."""
    return _set_cookie(token, int(settings.session.total_seconds()), request, settings)


def expired_cookie(request: Request, settings: RestSettings) -> str:
    """The Set-Cookie value that makes a browser forget the session."""
    return _set_cookie("", 0, request, settings)


def renewed_cookie(request: Request, settings: RestSettings) -> str | None:
    """The cookie that came with `request`, from now on: a session in use is extended, so its cookie is too.

    None for who is signed in by other means.
    """
    token, by_cookie = credentials(request.headers)
    return session_cookie(token, request, settings) if token is not None and by_cookie else None


def _set_cookie(token: str, age_max_s: int, request: Request, settings: RestSettings) -> str:
    # SameSite=Lax: sent when a link elsewhere leads here, not when another site's page posts here.
    value = f"{SESSION_COOKIE}={token}; Path=/; Max-Age={age_max_s}; HttpOnly; SameSite=Lax"
    return value + "; Secure" if is_secure(request, settings) else value
