"""What a browser is shown: redirects, the one page of the web client, its files, and a 404 page.

The client is a single page, index.html; its script reads the path. The server's part is to send people
where they belong: signed out to /login (and back to where they wanted to go), signed in to the app.
Files are below /assets, and the icon also where browsers look for it unasked. Markup and script are in
chatd/web; how a file is served is static.py's business.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING
from urllib.parse import quote

from chatd.actions import tokens
from chatd.model.actor import Actor
from chatd.model.errors import MethodNotAllowed, RouteNotFound
from chatd.rest.auth import credentials, renewed_cookie
from chatd.rest.errors import refusal_of
from chatd.rest.responses import Fields
from chatd.rest.static import Asset, load_assets, modules_of
from chatd.wire.http1 import Request
from chatd.wire.responses import REASON_PHRASES, Response
from chatd.wire.url import parse_query

if TYPE_CHECKING:
    from chatd.rest.app import RestApp

START = "/"
ALLOW = ["GET", "HEAD"]

# Pages for those who are signed out; signed in, one is sent on.
ENTRANCES = frozenset({"login", "register"})
# The first parts of the paths that the client shows to those who are signed in.
INSIDE = frozenset({"channels", "channel", "guild", "settings", "admin", "developers", "oauth2"})
# And to everybody, with how many parts the path has: an invite is read before one has an account, and a link
# for a password by who has forgotten theirs.
OPEN = frozenset({("setup", 1), ("invite", 2), ("reset", 1)})
# What browsers and search engines ask for at the root of a site, whatever a page says.
AT_ROOT = frozenset({"favicon.svg", "favicon.ico", "manifest.webmanifest", "robots.txt", "sw.js"})

# The files that a service worker keeps for the client to start from. A worker itself is not among them.
KEPT = (".js", ".css", ".svg", ".png", ".webmanifest")

# What stands in a Location unchanged: RFC 3986 reserved and unreserved characters, and escapes.
LOCATION_SAFE = "/?#[]@!$&'()*+,;=:%-._~"

# Content Security Policy 3. Everything comes from this server, and nothing may be put around a page.
# Without ws: and wss: older browsers take 'self' not to include our own WebSocket.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'{sockets}; font-src 'self'; media-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# In the page: what the doors are made of, and the script with which everything begins.
DOORS = re.compile(rb'\s*(?:<link [^>]*enter\.css">|<template\b.*</template>)', re.DOTALL)
START_OF_SCRIPTS = b'  <script type="module"'
# The script of a page for those who are inside, which imports the others.
CLIENT = ("js", "shell", "shell.js")

# The characters of a Host that may stand in the policy; one with others is left out of it.
HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-:[]")

# The client's files are the same for everybody and tell nothing, and a page has eighty of them.
FILE_FIELDS = (("X-Content-Type-Options", "nosniff"),)
SECURITY_FIELDS = (
    *FILE_FIELDS,
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)

# For what goes wrong where no page of the client can help, and for a 404 when it has none of its own.
PLAIN_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{status} {phrase}</title>
<link rel="stylesheet" href="/assets/css/style.css">
<main class="no-page">
<h1>{phrase}</h1>
<p>{message}</p>
<a class="primary" href="/">Go to the start page</a>
</main>
</html>
"""


class Site:
    """Every path that is not below /api."""

    def __init__(self, app: RestApp, folder: Traversable) -> None:
        self.app = app
        self.assets = load_assets(folder)
        self.page = self.assets["index.html",]
        self.app_page = app_page(self.assets)
        self.not_found = self.assets.get(("404.html",))
        # Browsers that read no page ask for this one; they go by the content type, not by the name.
        self.assets.setdefault(("favicon.ico",), self.assets["favicon.svg",])
        self.assets["shell.js",] = shell_list(self.assets)

    async def respond(self, request: Request) -> Response:
        """Answer one request of a browser, whatever comes of it."""
        try:
            if request.method not in ALLOW:
                raise MethodNotAllowed(ALLOW)
            return await self._get(request)
        except RouteNotFound:
            return self._missing(request)
        except Exception as error:
            refusal = refusal_of(error, request.method, request.path)
            return self._plain(request, refusal.status, refusal.message, refusal.headers())

    async def _get(self, request: Request) -> Response:
        segments = request.segments
        if segments and segments[-1] == "":
            segments = segments[:-1]  # "/login/" is "/login", and "/" is nothing at all
        first = segments[0] if segments else ""
        if first == "assets":
            return self._file(request, segments[1:])
        if first in AT_ROOT and len(segments) == 1:
            return self._file(request, segments)
        if first in INSIDE or (not segments and request.path == START):
            return await self._app_page(request)
        if (first, len(segments)) in OPEN:
            return self._page(request)
        if first in ENTRANCES and len(segments) == 1:
            return await self._entrance(request)
        raise RouteNotFound

    def _file(self, request: Request, path: tuple[str, ...]) -> Response:
        """A file of the client, but not its page: that is served under the paths that it knows."""
        asset = self.assets.get(path)
        if asset is None or path[-1].endswith(".html"):
            raise RouteNotFound
        return asset.answer(request, fields=list(FILE_FIELDS))

    async def _app_page(self, request: Request) -> Response:
        if await self._visitor(request) is None:
            return self._redirect(login_path(request))
        response = self.app_page.answer(request, fields=self._page_fields(request))
        cookie = renewed_cookie(request, self.app.settings)
        return response if cookie is None else with_fields(response, [("Set-Cookie", cookie)])

    async def _entrance(self, request: Request) -> Response:
        """/login and /register: for those who are inside already, the way to where they wanted to go."""
        if await self._visitor(request) is None:
            return self._page(request)
        wanted = dict(parse_query(request.query)).get("next")
        return self._redirect(wanted if wanted is not None and is_same_site(wanted) else START)

    async def _visitor(self, request: Request) -> Actor | None:
        token, _ = credentials(request.headers)
        if token is None:
            return None
        return await tokens.authenticate(self.app.store, token, self.app.settings.session)

    def _page(self, request: Request) -> Response:
        return self.page.answer(request, fields=self._page_fields(request))

    def _missing(self, request: Request) -> Response:
        if self.not_found is not None:
            return self.not_found.answer(request, 404, self._page_fields(request))
        return self._plain(request, 404, "There is no page at this address.", [])

    def _plain(self, request: Request, status: int, message: str, fields: Fields) -> Response:
        phrase = REASON_PHRASES.get(status, "Error")
        text = PLAIN_PAGE.format(status=status, phrase=phrase, message=html.escape(message))
        page = Asset.of("plain.html", text.encode())
        return page.answer(request, status, [*self._page_fields(request), *fields])

    def _page_fields(self, request: Request) -> Fields:
        policy = POLICY.format(sockets=sockets_of(request.headers.get("host")))
        return [("Content-Security-Policy", policy), *SECURITY_FIELDS]

    def _redirect(self, path: str) -> Response:
        """303: whatever was asked, look there. RFC 9110 section 15.4.4. It depends on the cookie."""
        location = quote(path, safe=LOCATION_SAFE)
        return Response(303, [("Location", location), ("Cache-Control", "no-store"), *SECURITY_FIELDS])


def app_page(assets: dict[tuple[str, ...], Asset]) -> Asset:
    """The page for those who are inside: without the doors, and with the client's modules named.

    So a browser asks for all of them at once, and not for each when it has read the one that imports it.
    """
    names = ("/".join(path) for path in modules_of(assets, CLIENT))
    links = "".join(f'  <link rel="modulepreload" href="/assets/{name}">\n' for name in names).encode()
    page = DOORS.sub(b"", assets["index.html",].identity)
    return Asset.of("index.html", page.replace(START_OF_SCRIPTS, links + START_OF_SCRIPTS))


def shell_list(assets: dict[tuple[str, ...], Asset]) -> Asset:
    """What the service worker keeps: the files of the client, under a version that changes with any of them.

    Browsers compare this file with the one they know, and so find out that there is a new version.
    """
    kept = (path for path in assets if path[-1].endswith(KEPT) and path != ("sw.js",))
    files = sorted("/".join(("", "assets", *path)) for path in kept)
    content = hashlib.sha256(b"".join(assets[path].etag.encode() for path in sorted(assets))).hexdigest()
    text = f"self.shell = {json.dumps({'version': content[:16], 'files': files})};\n"
    return Asset.of("shell.js", text.encode())


def login_path(request: Request) -> str:
    """The sign-in page that leads back to what was asked for; from the start it leads there anyway."""
    if request.path == START:
        return "/login"
    wanted = quote(request.path, safe="/@")
    if request.query:
        wanted += "?" + request.query
    return "/login?next=" + quote(wanted, safe="/@")


def is_same_site(path: str) -> bool:
    """Is this a path on this server, however a browser may read it?

    "//host" is another site, and so is "/\\host": browsers read a backslash as a slash. They also drop
    tabs and line breaks, so that "/\\t/host" would become "//host". WHATWG URL, section 4.4.
    """
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()


def sockets_of(host: str | None) -> str:
    """Our own WebSocket for the policy: " ws://host wss://host", or nothing for a Host not fit for it."""
    if not host or not HOST_CHARACTERS.issuperset(host.lower()):
        return ""
    return f" ws://{host} wss://{host}"


def with_fields(response: Response, fields: Fields) -> Response:
    return Response(response.status, [*response.headers, *fields], response.body)
