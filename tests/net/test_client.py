"""Asking other servers: real connections on the loopback, hostile ones, and names that change their mind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chatd.net.addresses import AllowedAddresses
from chatd.net.client import Client, ClientSettings, FetchError, Resolve, parse_url
from chatd.net.tls import make_context
from tests.net.test_tls import make_certificate, trusting
from tests.web import Web, web

OPEN = AllowedAddresses(["127.0.0.0/8"])


def client(allowed: AllowedAddresses = OPEN, resolve: Resolve | None = None, **settings: Any) -> Client:
    return Client(ClientSettings(allowed=allowed, **settings), resolve=resolve)


def names(*answers: list[str]) -> Callable[[str, int], Any]:
    """A resolver that gives one answer after the other, as a name that is rebound does."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        if not left:
            raise OSError("no such host")
        return left.pop(0)

    return resolve


async def refusal(asker: Client, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        await asker.get(url)
    return caught.value.reason


async def test_a_page_is_fetched_with_nothing_given_away():
    async with web() as place:
        url = place.page("/a?b=c", b"<p>hello", "Content-Type: Text/HTML; charset=utf-8")
        fetched = await client(user_agent="chatd/1").get(url, accept="text/html")
    assert (fetched.status, fetched.content, fetched.is_whole) == (200, b"<p>hello", True)
    assert (fetched.url, fetched.media_type) == (url, "text/html")
    lines = place.asked[0].decode().lower().split("\r\n")
    assert lines[0] == "get /a?b=c http/1.1"
    assert {"user-agent: chatd/1", "accept: text/html"} <= set(lines)
    assert {line.split(":")[0] for line in lines[1:] if line} == {
        "host", "user-agent", "accept", "accept-encoding", "connection"
    }  # fmt: skip


async def test_redirects_are_followed_a_few_times():
    async with web() as place:
        place.page("/end", b"here")
        place.page("/2", b"", "Location: end", status="307 X")
        place.page("/1", b"x" * 100, f"Location: {place.url('/2')}", status="301 X")
        place.page("/loop", b"", "Location: /loop", status="302 X")
        place.page("/bad", b"", "Location: http://[::1", status="302 X")
        place.page("/none", b"", status="302 X")
        assert (await client().get(place.url("/1"))).url == place.url("/end")
        assert await refusal(client(), place.url("/loop")) == "redirected too often"
        assert await refusal(client(), place.url("/bad")) == "address malformed"
        assert (await client().get(place.url("/none"))).status == 302
        assert await refusal(client(redirects_max=1), place.url("/1")) == "redirected too often"


async def test_only_so_much_is_taken_and_nothing_of_what_is_of_no_interest():
    async with web() as place:
        page = place.page("/page", b"x" * 5000, "Content-Type: text/html")
        archive = place.page("/archive", b"x" * 5000, "Content-Type: application/zip")
        fetched = await client(bytes_max=1000).get(page)
        assert (len(fetched.content), fetched.is_whole) == (1000, False)
        fetched = await client().get(archive, take={"application/zip": 0}.__getitem__)
        assert (fetched.content, fetched.is_whole, fetched.status) == (b"", False, 200)


async def test_what_is_not_public_is_not_asked():
    async with web() as place:
        place.page("/", b"secret")
        guarded = client(AllowedAddresses())
        for host in ("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]",
                     "[::ffff:127.0.0.1]"):  # fmt: skip
            assert await refusal(guarded, place.url("/", host)) in ("address not allowed", "host not found")
        assert place.asked == []


async def test_a_redirect_does_not_lead_where_one_may_not_ask():
    async with web() as place:
        targets = ("http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://127.0.0.1/",
                   "file:///etc/passwd", "//10.0.0.1/x")  # fmt: skip
        for number, target in enumerate(targets):
            url = place.page(f"/{number}", b"", f"Location: {target}", status="302 Found")
            assert await refusal(client(), url) in ("address not allowed", "address not of the web")
        assert len(place.asked) == 6


async def test_a_name_that_is_rebound_between_look_and_connection_gains_nothing():
    """The judged address is the one that is connected to; a rebound name is judged again at each step."""
    async with web() as place:
        place.page("/", b"hello")
        place.page("/again", b"", "Location: /", status="302 Found")
        url = place.url("/", "rebound.example")
        assert (await client(resolve=names(["127.0.0.1"], ["10.0.0.1"])).get(url)).content == b"hello"
        assert b"Host: rebound.example:%d\r\n" % place.port in place.asked[0]
        rebound = client(resolve=names(["127.0.0.1"], ["10.0.0.1"]))
        assert await refusal(rebound, place.url("/again", "rebound.example")) == "address not allowed"


async def test_of_several_addresses_those_that_are_allowed_are_tried_in_turn():
    async with web() as place:
        url = place.page("/", b"hello").replace("127.0.0.1", "many.example")
        answer = ["10.0.0.1", "127.9.9.9", "127.0.0.1"]  # not allowed, nobody there, here
        assert (await client(resolve=names(answer)).get(url)).content == b"hello"
    assert await refusal(client(resolve=names()), "http://gone.example/") == "host not found"
    assert await refusal(client(resolve=names([])), "http://empty.example/") == "address not allowed"


async def test_tls_proves_the_name_whatever_the_address(tmp_path):
    certificate, key = make_certificate(tmp_path, "here")
    place = Web()
    server = await asyncio.start_server(place.answer, "127.0.0.1", 0, ssl=make_context(certificate, key))
    place.port = server.sockets[0].getsockname()[1]
    settings, trust = ClientSettings(allowed=OPEN), trusting(certificate)
    async with server:
        place.page("/", b"hello")
        url = place.url("/", "localhost").replace("http", "https")
        assert (await Client(settings, tls=trust).get(url)).content == b"hello"
        assert await refusal(client(), url) == "SSLCertVerificationError"
        pretending = Client(settings, tls=trust, resolve=names(["127.0.0.1"]))
        other = url.replace("localhost", "bank.example")
        assert await refusal(pretending, other) == "SSLCertVerificationError"


HOSTILE = {
    "/nothing": b"",
    "/garbage": b"\x00\xff" * 500,
    "/head without end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nfew",
    "/smuggled": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}


async def test_a_hostile_server_costs_no_more_than_an_error():
    async with web() as place:
        for path, answer in HOSTILE.items():
            place.pages[path.replace(" ", "%20")] = answer
            await refusal(client(), place.url(path))


async def test_a_server_that_says_nothing_is_not_waited_for():
    async with web() as place:
        assert await refusal(client(timeout_s=0.05), place.url("/silent")) == "took too long"


@pytest.mark.parametrize(("url", "parsed"), [
    ("http://chat.example", ("http", "chat.example", 80, "/")),
    ("HTTPS://Chat.Example:444/A/ü b?q=ä&x[]={}#part",
     ("https", "chat.example", 444, "/A/%C3%BC%20b?q=%C3%A4&x%5B%5D=%7B%7D")),
    ("http://bücher.example/%7Ea%2Fb", ("http", "xn--bcher-kva.example", 80, "/%7Ea%2Fb")),
    ("http://[2001:db8::1]:8080/", ("http", "2001:db8::1", 8080, "/")),
])  # fmt: skip
def test_an_address_is_taken_apart(url, parsed):
    assert tuple(parse_url(url)) == parsed


@pytest.mark.parametrize("url", [
    "", "chat.example", "ftp://chat.example/", "http:///path", "http://", "http://u@chat.example/",
    "http://u:p@chat.example/", "http://chat.example:99999/", "http://chat.example:x/", "http://[::1",
    "http://[fe80::1%25eth0]/", "http://" + "a" * 70 + ".example/", "http://a..example/",
    "http://chat.example/" + "a" * 3000, "javascript:alert(1)", "data:text/html,x",
])  # fmt: skip
def test_what_is_no_address_of_the_web_is_not_asked(url):
    with pytest.raises(FetchError):
        parse_url(url)


def test_host_is_as_the_field_has_it():
    assert parse_url("http://a.example:80/").authority == "a.example"
    assert parse_url("https://a.example:80/").authority == "a.example:80"
    assert parse_url("http://[2001:db8::1]/").authority == "[2001:db8::1]"


async def test_content_is_posted_once_and_the_answer_is_taken_whatever_it_is():
    async with web() as place:
        url = place.page("/in", b"no", "Content-Type: text/plain", status="401 Unauthorized")
        answer = await client(user_agent="chatd/1").post(url, b'{"type":1}', [("X-Proof", "abc")])
        assert (answer.status, answer.content) == (401, b"no")
        lines = place.asked[0].decode().split("\r\n")
        assert lines[0] == "POST /in HTTP/1.1" and {"X-Proof: abc", "Content-Length: 10"} <= set(lines)
        moved = place.page("/moved", b"", "Location: /in", status="307 X")
        assert (await client().post(moved, b"{}", [])).status == 307
        assert len(place.asked) == 2


async def test_content_is_not_posted_without_tls_but_to_networks_that_are_named():
    async with web() as place:
        url = place.page("/in", b"yes")
        named = client(tls_to_public=True)
        assert (await named.post(url, b"{}", [])).content == b"yes"
        with pytest.raises(FetchError) as caught:
            await client(AllowedAddresses(), resolve=names(["93.184.216.34"]), tls_to_public=True).post(
                "http://chat.example/in", b"{}", []
            )
        assert caught.value.reason == "address not allowed"
        with pytest.raises(FetchError) as caught:
            await client(AllowedAddresses(), tls_to_public=True).post(url, b"{}", [])
        assert caught.value.reason == "address not allowed"


async def test_no_more_is_taken_of_an_answer_than_its_bound():
    async with web() as place:
        url = place.page("/in", b"x" * 5000)
        answer = await client(bytes_max=1000).post(url, b"{}", [])
        assert (len(answer.content), answer.is_whole) == (1000, False)
