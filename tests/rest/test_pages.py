"""What a browser is shown: redirects, pages, files, 404, and the fields that keep it safe."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote, unquote

import pytest

from chatd import assets
from chatd.rest.pages import app_page, is_same_site, shell_list, sockets_of
from chatd.rest.static import Asset, bare, load_assets, modules_of
from tests.rest.asking import Client
from tests.rest.conftest import doorless

PAGE = (assets.web() / "index.html").read_bytes()
SCRIPT = bare("app.js", (assets.web() / "js" / "app.js").read_bytes())


@pytest.fixture
def stranger() -> Client:
    return Client(doorless())


@pytest.fixture
def ada(place) -> Client:
    return Client(place.app, cookie=place.ada_token)


@pytest.mark.parametrize(
    "path, location",
    [("/", "/login"), ("/channels/@me", "/login?next=/channels/@me"),
     ("/channels/1/2?around=3&x=%2F", "/login?next=/channels/1/2%3Faround%3D3%26x%3D%252F"),
     ("/channels/%40me/%C3%A9", "/login?next=/channels/@me/%25C3%25A9"),
     ("/channels", "/login?next=/channels")],
)  # fmt: skip
async def test_who_is_signed_out_is_sent_to_sign_in(stranger, path, location):
    reply = await stranger.get(path)
    assert (reply.status, reply.headers["location"]) == (303, location)
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/login", "/register", "/setup", "/login/", "/login?next=/channels/1", "/invite/abc", "/reset"]
)
async def test_the_entrances_show_the_page(stranger, path):
    reply = await stranger.get(path)
    assert (reply.status, reply.content) == (200, PAGE)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


async def test_who_is_signed_in_is_shown_the_app(ada):
    for path in ("/", "/channels/@me", "/channels/1/2", "/channels/@me/", "/settings/appearance", "/admin"):
        reply = await ada.get(path)
        assert reply.status == 200
        # It has no door, and names what it needs: a browser asks for all of it at once.
        assert b"<template" not in reply.content and reply.content.rstrip().endswith(b"</html>")
        assert b'<link rel="modulepreload" href="/assets/js/views/messages.js">' in reply.content
        assert "Max-Age=2592000" in reply.headers["set-cookie"]


@pytest.mark.parametrize(
    "wanted, location",
    [("/channels/1/2?x=y", "/channels/1/2?x=y"), ("/channels/é", "/channels/%C3%A9"), ("", "/"),
     ("//evil.example", "/"), ("/\\evil.example", "/"),
     ("https://evil.example", "/"), ("/\t/evil.example", "/"),
     ("/\r\nSet-Cookie: a=b", "/"), ("javascript:alert(1)", "/"),
     ("/x\u2028y", "/")],
)  # fmt: skip
async def test_who_is_signed_in_is_sent_on_within_this_site(ada, wanted, location):
    for page in ("login", "register"):
        reply = await ada.get(f"/{page}?next={quote(wanted, safe='')}")
        assert (reply.status, reply.headers["location"]) == (303, location)


async def test_signing_in_leads_back_to_where_one_wanted_to_go(stranger):
    location = (await stranger.get("/channels/1/2?around=3")).headers["location"]
    wanted = unquote(location.removeprefix("/login?next="))
    assert wanted == "/channels/1/2?around=3"
    assert is_same_site(wanted)


async def test_a_dead_cookie_is_sent_to_sign_in(place):
    reply = await Client(place.app, cookie="gone").get("/channels/@me")
    assert (reply.status, reply.headers["location"]) == (303, "/login?next=/channels/@me")


async def test_a_page_carries_every_security_field(stranger):
    for path in ("/login", "/no/such/page"):
        headers = (await stranger.get(path)).headers
        policy = headers["content-security-policy"]
        for directive in ("default-src 'none'", "script-src 'self'", "style-src 'self'",
                          "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                          "connect-src 'self' ws://chat.example wss://chat.example;"):  # fmt: skip
            assert directive in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["chat.example'", "a;script-src *", "x y", "a,b"])
def test_a_strange_host_does_not_get_into_the_policy(host):
    assert sockets_of(host) == ""


def test_a_host_in_the_policy_may_be_an_address_with_a_port():
    assert sockets_of("[::1]:8080") == " ws://[::1]:8080 wss://[::1]:8080"


async def test_files_are_served_below_assets(stranger):
    reply = await stranger.get("/assets/js/app.js")
    assert (reply.status, reply.content) == (200, SCRIPT)
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["x-content-type-options"] == "nosniff"
    etag = reply.headers["etag"]
    assert (await stranger.get("/assets/js/app.js", If_None_Match=etag)).status == 304
    zipped = await stranger.get("/assets/js/app.js", Accept_Encoding="gzip")
    assert gzip.decompress(zipped.content) == SCRIPT
    assert (await stranger.get("/assets/js/app.js", Range="bytes=0-9")).content == SCRIPT[:10]


@pytest.mark.parametrize("path", ["/favicon.ico", "/favicon.svg", "/assets/favicon.svg"])
async def test_the_icon_is_where_browsers_look(stranger, path):
    assert (await stranger.get(path)).headers["content-type"] == "image/svg+xml"


def assets_in(text: str) -> list[str]:
    return [piece.partition('"')[0] for piece in text.split('"/assets/')[1:]]


async def test_everything_that_the_page_names_is_there(stranger):
    names = assets_in(PAGE.decode())
    assert names
    for name in names:
        assert (await stranger.get(f"/assets/{name}")).status == 200, name


@pytest.mark.parametrize(
    "path",
    ["/assets/", "/assets", "/assets/js", "/assets/js/", "/assets/none.js", "/assets/index.html",
     "/assets/..%2fapp.py", "/assets/%2e%2e%2fapp.py", "/assets/js%2Fapp.js", "/assets/js//app.js",
     "/assets/js/..%5capp.js", "/assets//etc/passwd", "/index.html", "/js/app.js", "/login/more", "//",
     "/api2", "/favicon.ico/x", "/setup/x", "/.git/config"],
)  # fmt: skip
async def test_nothing_else_is_there(stranger, path):
    reply = await stranger.get(path)
    assert reply.status == 404
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<h1>" in reply.content


async def test_what_was_asked_is_never_repeated_on_a_page(stranger):
    reply = await stranger.get("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert b"script" not in reply.content


@pytest.mark.parametrize("path", ["/login", "/", "/assets/js/app.js", "/nothing"])
async def test_pages_can_only_be_looked_at(stranger, path):
    reply = await stranger.ask("POST", path, {"x": 1})
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


async def test_head_of_a_page(stranger):
    reply = await stranger.ask("HEAD", "/login")
    assert (reply.status, reply.content) == (200, b"")
    assert reply.headers["content-length"] == str(len(PAGE))


async def test_a_query_that_cannot_be_read_is_refused(ada):
    assert (await ada.get("/login?next=%FF")).status == 400


async def test_asterisk_form_is_no_page(stranger):
    assert (await stranger.ask("OPTIONS", "*")).status == 405


def test_a_first_view_is_less_than_100_kilobytes():
    files = load_assets(assets.web())
    # What the page begins with, what READY and the first move of a pointer fetch, and what is no script.
    scripts = ["app", "shell/shell", "people/wire", "ui/first-paint", "ui/tooltip"]
    modules = modules_of(files, *(("js", *f"{name}.js".split("/")) for name in scripts))
    sent = [files[path] for path in modules] + [app_page(files), files["css", "style.css"]]
    sent += [files["favicon.svg",], files["manifest.webmanifest",]]
    assert sum(len(file.gzipped or file.identity) for file in sent) < 100_000


async def test_the_service_worker_stands_at_the_root_and_knows_every_file(stranger):
    worker = await stranger.get("/sw.js")
    assert (worker.status, worker.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    kept = json.loads((await stranger.get("/assets/shell.js")).content.partition(b"=")[2].rstrip(b";\n"))
    assert {"/assets/js/app.js", "/assets/css/tokens.css", "/assets/icons/192.png"} < set(kept["files"])
    assert not {"/assets/sw.js", "/assets/shell.js", "/assets/index.html"} & set(kept["files"])
    for path in kept["files"]:
        assert (await stranger.get(path)).status == 200, path


def test_the_version_of_the_shell_is_made_of_its_content():
    files = {("index.html",): Asset.of("index.html", b"1"), ("js", "a.js"): Asset.of("a.js", b"a")}
    before = shell_list(files).identity
    assert before == shell_list(dict(reversed(files.items()))).identity
    assert before != shell_list(files | {("js", "a.js"): Asset.of("a.js", b"b")}).identity
    assert before != shell_list(files | {("index.html",): Asset.of("index.html", b"2")}).identity
