"""A real server for a module of tests, with chats and people of their own, and browsers that look at them.

A Place is shared, so each test makes its own people and its own chat in it. What a page cannot do (a message
of last spring, somebody's removal) is written through a store of the test's own, as the command line does,
or straight into the database before a page loads.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from chatd.config import Config
from chatd.database import COMMAND_WORKER, Database, open_store
from chatd.model import events
from chatd.model.actor import ANYONE
from chatd.model.audience import Guild
from chatd.model.channels import Channel, ChannelType
from chatd.model.events import Event
from chatd.model.members import Member
from chatd.model.snowflakes import at_ms
from chatd.model.users import User
from chatd.store.embedded import EmbeddedPostgres
from chatd.store.queries import channels
from tests.conftest import CLUSTER_PREFIX, fast_directory
from tests.end_to_end.chatd_process import ChatdProcess
from tests.end_to_end.clients import until_answer

PASSWORD = "correct horse battery"
COOKIE = "chatd_session"
CONNECTED_WITHIN_MS = 45_000

# Whatever the machine says: times and days are compared as text.
# Without the service worker every request can be seen, and held up, by a test.
ORDINARY = {
    "locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", "service_workers": "block",
}  # fmt: skip

# Half a megabyte of script, which each document gets once.
AXE = Axe().axe_script

# Chromium says in its console what a policy has refused; this says so whatever becomes of its wording.
REPORT_BROKEN_POLICIES = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    console.error(`broken policy: ${violatedDirective} ${blockedURI}`));"""

# How Chromium reports an answer that says no, and one that did not come.
REFUSALS = ["server responded with a status of 4"]
FAILURES = ["net::ERR_FAILED", "server responded with a status of 503"]
ABSENCES = ["net::ERR_", "WebSocket connection to"]


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `token` is that of one device of theirs."""

    id: int
    username: str
    token: str


class Chat(NamedTuple):
    id: int
    name: str
    path: str


class Reply(NamedTuple):
    status: int
    headers: Any
    body: Any


class Place:
    """A running server that is set up. `await open()` before, `await close()` after."""

    def __init__(self, data: Path, **environ: str) -> None:
        self.server = ChatdProcess(data, **environ)
        self._numbers = itertools.count(1)
        self._open = AsyncExitStack()

    @property
    def url(self) -> str:
        return self.server.url

    async def open(self) -> None:
        await self.server.start()
        kwargs = EmbeddedPostgres(self.server.data).dsn_kwargs
        database = Database(None, kwargs, "the server's own")
        config = Config(data=self.server.data)
        self.store = await self._open.enter_async_context(open_store(database, config, worker=COMMAND_WORKER))
        await self.store.listen()
        self.guild_id = next(iter(self.store.directory.guilds))
        _, _, secret = self.server.ready["setup"].partition("k=")
        self.owner = await self.person("owner", secret=secret)

    async def close(self) -> None:
        await self._open.aclose()
        await self.server.stop()

    async def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Reply:
        """One request of a program, which has no cookie and no Origin."""
        return await asyncio.to_thread(ask, method, self.url + path, body, token)

    async def person(
        self, name: str, *, display_name: str | None = None, secret: str | None = None
    ) -> Person:
        """Somebody new, whose username begins with `name`."""
        username = f"{name}.{next(self._numbers)}"
        form = {"username": username, "password": PASSWORD, "display_name": display_name}
        path = "/api/v10/auth/register" if secret is None else "/api/v10/auth/setup"
        reply = await self.ask("POST", path, form if secret is None else {**form, "secret": secret})
        assert reply.status == 201, reply
        return Person(int(reply.body["user"]["id"]), username, reply.body["token"])

    async def chat(self, name: str = "room") -> Chat:
        """A new empty chat that everybody sees."""
        name = f"{name}-{next(self._numbers)}"
        async with self.store.transaction(ANYONE) as tx:
            channel = Channel(tx.next_id(), ChannelType.GUILD_TEXT, self.guild_id, name, position=99)
            await channels.insert_channel(
                tx.conn, id=channel.id, guild_id=self.guild_id, type=channel.type, name=name, topic=None,
                position=channel.position,
            )  # fmt: skip
            tx.emit(Event("CHANNEL_CREATE", channel.payload()), to=Guild(self.guild_id))
        # It was made in this process: the server hears of it in a moment.
        path = f"/api/v10/channels/{channel.id}"
        await until_answer(lambda: self.ask("GET", path, None, self.owner.token), 200)
        return Chat(channel.id, name, f"/channels/{self.guild_id}/{channel.id}")

    async def history(self, chat: Chat, said: Iterable[tuple[Person, float, str]]) -> list[str]:
        """Messages of the past, each with its time in Unix seconds; their ids."""
        # The low bits of an id tell messages of one millisecond apart.
        rows = [
            (at_ms(int(at_s * 1000)) | next(self._numbers), chat.id, author.id, text)
            for author, at_s, text in said
        ]
        async with self.store.pool.acquire() as conn:
            await conn.executemany(
                "insert into messages (id, channel_id, author_id, content) values ($1, $2, $3, $4)", rows
            )
        return [str(id) for id, *_ in rows]

    async def say(self, person: Person, chat: Chat, text: str) -> str:
        """The id of what `person` says from somewhere else."""
        path = f"/api/v10/channels/{chat.id}/messages"
        reply = await self.ask("POST", path, {"content": text}, person.token)
        assert reply.status == 200, reply
        return str(reply.body["id"])

    async def crowd(self, count: int) -> None:
        """So many people more, who never do anything: crowd.1, crowd.2 and so on."""
        async with self.store.transaction(ANYONE) as tx:
            people = [User(tx.next_id(), f"crowd.{n + 1}") for n in range(count)]
            rows = [(user.id, user.username) for user in people]
            await tx.conn.executemany(
                "insert into users (id, username, status) values ($1, $2, 'online')", rows
            )
            await tx.conn.executemany(
                "insert into members (guild_id, user_id, joined_at) values ($1, $2, $3)",
                [(self.guild_id, user.id, tx.now()) for user in people],
            )
            for user in people:
                joined = events.guild_member_add(self.guild_id, Member(user.id, tx.now()), user)
                tx.emit(joined, to=Guild(self.guild_id))

    async def remove_member(self, person: Person) -> None:
        async with self.store.transaction(ANYONE) as tx:
            await tx.conn.execute("delete from members where user_id = $1", person.id)
            user = self.store.directory.users[person.id]
            d = {"guild_id": str(self.guild_id), "user": user.payload()}
            tx.emit(Event("GUILD_MEMBER_REMOVE", d), to=Guild(self.guild_id))


def opened(runner: asyncio.Runner, **environ: str) -> Iterator[Place]:
    """For a fixture of a module: a Place in memory."""
    folder = Path(tempfile.mkdtemp(prefix=CLUSTER_PREFIX, dir=fast_directory()))
    folder.chmod(0o711)
    place = Place(folder / "data", CHATD_GATEWAY_PRESENCE_GRACE_S="1", **environ)
    try:
        runner.run(place.open())
        yield place
    finally:
        runner.run(place.close())
        shutil.rmtree(folder, ignore_errors=True)


def ask(method: str, url: str, body: Any, token: str | None) -> Reply:
    headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return Reply(answer.status, answer.headers, json.loads(answer.read() or b"null"))
    except urllib.error.HTTPError as error:
        return Reply(error.code, error.headers, json.loads(error.read() or b"null"))


# ── browsers ────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def visit(
    browser: Any, place: Any, person: Person | None = None, path: str | None = None, *,
    refusals: bool = False, failures: bool = False, absences: bool = False, **options: Any,
) -> AsyncIterator[Any]:  # fmt: skip
    """A profile of a browser, signed in as `person`, with a page at `path`.

    Whatever a person would find in the console fails the test: errors, broken policies, and requests to
    another site. `refusals`: the server says no on purpose, and Chromium reports each 4xx; `failures`: so
    it does with each request that got no answer. `absences`: the server is away for a while.
    """
    context = await browser.new_context(**ORDINARY | options, base_url=place.url)
    await context.add_init_script(REPORT_BROKEN_POLICIES)
    problems = watch(context, place.url)
    if person is not None:
        cookie = {"name": COOKIE, "value": person.token, "url": place.url}
        await context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])
    try:
        page = await context.new_page()
        page.set_default_timeout(30_000)
        if path is not None:
            await page.goto(path)
            if person is not None:
                await live(page)
        yield page
    finally:
        await context.close()
    meant = [
        *(REFUSALS if refusals else []), *(FAILURES if failures else []), *(ABSENCES if absences else []),
    ]  # fmt: skip
    problems = [problem for problem in problems if not any(words in problem for words in meant)]
    assert not problems, problems


def watch(context: Any, url: str) -> list[str]:
    """What goes wrong in any page of the profile, as it happens."""
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)

    def on_request(request: Any) -> None:
        if not request.url.startswith((url + "/", "data:", "blob:")):
            problems.append(f"asked another site: {request.url}")

    async def on_dialog(dialog: Any) -> None:
        problems.append(f"opened a dialog: {dialog.message}")
        await dialog.dismiss()

    context.on("request", on_request)
    context.on("dialog", on_dialog)
    return problems


async def live(page: Any) -> None:
    connection = page.locator("#connection")
    await expect(connection).to_have_attribute("data-state", "live", timeout=CONNECTED_WITHIN_MS)


async def violations(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds wrong, WCAG 2.2 AA and its own good practice: rule and the element it is about."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(rule["id"], node["html"]) for rule in found["violations"] for node in rule["nodes"]]


async def violations_by_day_and_night(page: Any) -> list[tuple[str, str, str]]:
    """The same in both themes: the scheme, the rule and the element."""
    found = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found += [(scheme, *violation) for violation in await violations(page)]
    return found


async def say(page: Any, text: str) -> None:
    await page.fill("#composer", text)
    await page.press("#composer", "Enter")


def message(page: Any, id: str) -> Any:
    return page.locator(f'article.message[data-message-id="{id}"]')


def messages(page: Any) -> Any:
    """Everything in the list, what is on its way included."""
    return page.locator("article.message .content")


def member(page: Any, person: Person) -> Any:
    return page.locator(f'#members li[data-user-id="{person.id}"]')


async def sign_in(page: Any, person: Person, password: str = PASSWORD) -> None:
    await page.fill("[name=login]", person.username)
    await page.fill("[name=password]", password)
    await page.click("[type=submit]")


async def token_of(page: Any) -> str:
    """The session that the browser holds, out of the reach of scripts."""
    return next(cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == COOKIE)


async def kept(page: Any) -> str:
    """Everything that scripts of this page can find again later."""
    places = "[{...localStorage}, {...sessionStorage}, document.cookie]"
    text: str = await page.evaluate(f"JSON.stringify({places})")
    return text
