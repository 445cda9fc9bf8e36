"""Tokens, cookies, and whose page made a request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatd.model.errors import CrossSite
from chatd.rest.auth import OwnPages, credentials, expired_cookie, is_secure, session_cookie
from chatd.rest.cors import Cors
from chatd.rest.settings import RestSettings
from chatd.wire.headers import Headers
from tests.rest.asking import HOST, request_of


@pytest.mark.parametrize("value", ["Bot MQ.a.b", "Bearer MQ.a.b", "MQ.a.b", "bot MQ.a.b", "BEARER  MQ.a.b "])
def test_a_token_comes_with_or_without_a_scheme(value):
    assert credentials(Headers([("Authorization", value)])) == ("MQ.a.b", False)


@pytest.mark.parametrize(
    "value, token",
    [("chatd_session=abc", "abc"), ("a=b; chatd_session=abc; c=d", "abc"),
     ('chatd_session="abc"', "abc"),
     ("a=b;chatd_session=abc", "abc"), ("other_chatd_session=abc", None),
     ("chatd_session=", None), ("a=b", None)],
)  # fmt: skip
def test_the_cookie_is_found_among_others(value, token):
    assert credentials(Headers([("Cookie", value)])) == (token, token is not None)


def test_an_authorization_goes_before_a_cookie():
    headers = Headers([("Cookie", "chatd_session=abc"), ("Authorization", "Bot xyz")])
    assert credentials(headers) == ("xyz", False)


OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": f"http://{HOST}"},
    {"Origin": f"https://{HOST.upper()}"},
    {"Origin": "https://public.example"},
    {"Origin": "https://listed.example"},
    {"Origin": "https://listed.example", "Sec-Fetch-Site": "cross-site"},
]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"https://{HOST}.evil.example"},
    {"Origin": f"https://{HOST}:8443"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
SILENT = [{}, {"Sec-Fetch-Site": "none"}]

PAGES = OwnPages("https://public.example/", Cors(["https://listed.example"]))


@pytest.mark.parametrize("headers", OURS)
def test_our_own_pages_may_use_the_cookie(headers):
    PAGES.require_for_cookie(request_of("POST", "/", headers))
    PAGES.refuse_foreign(request_of("POST", "/", headers))


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_may_not(headers):
    with pytest.raises(CrossSite):
        PAGES.require_for_cookie(request_of("POST", "/", headers))
    with pytest.raises(CrossSite):
        PAGES.refuse_foreign(request_of("POST", "/", headers))


@pytest.mark.parametrize("headers", SILENT)
def test_who_does_not_say_may_sign_in_but_not_use_the_cookie(headers):
    PAGES.refuse_foreign(request_of("POST", "/", headers))
    with pytest.raises(CrossSite):
        PAGES.require_for_cookie(request_of("POST", "/", headers))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_method_needs_to_show_nothing(method):
    PAGES.require_for_cookie(request_of(method, "/", {"Origin": "https://evil.example"}))


def test_the_cookie_has_every_attribute():
    settings = RestSettings(session=timedelta(hours=1))
    cookie = session_cookie("abc", request_of("GET", "/", secure=True), settings)
    assert cookie == "chatd_session=abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"
    assert session_cookie("abc", request_of("GET", "/"), settings).endswith("SameSite=Lax")
    assert expired_cookie(request_of("GET", "/"), settings).startswith("chatd_session=; Path=/; Max-Age=0;")


def test_the_cookie_is_secure_behind_tls():
    plain, secure = request_of("GET", "/"), request_of("GET", "/", secure=True)
    assert not is_secure(plain, RestSettings())
    assert is_secure(secure, RestSettings())
    assert is_secure(plain, RestSettings(public_url="https://public.example"))
    assert is_secure(plain, RestSettings(secure_cookies=True))
