"""Link previews from end to end: posted, looked up on a real server, shown; and what may come between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chatd.actions import deletions, messages, previews
from chatd.backlog import JOBS_WAITING_MAX, Backlog
from chatd.link_previews import LinkPreviews
from chatd.model.errors import RouteNotFound
from chatd.model.jobs import PreviewLinks
from chatd.model.message_drafts import MessageDraft, MessageEdit
from chatd.model.messages import SUPPRESS_EMBEDS
from chatd.model.permissions import Permission
from chatd.net.addresses import AllowedAddresses
from chatd.net.client import Client, ClientSettings
from tests.beats import assert_as_fresh
from tests.people import Heard, general, person
from tests.pictures import png
from tests.web import Web, web

HTML = "Content-Type: text/html; charset=utf-8"


class Place:
    """A store whose links are looked up on one server of the loopback."""

    def __init__(self, store: Any, there: Web, ada: Any) -> None:
        self.store, self.there, self.ada = store, there, ada
        client = Client(ClientSettings(allowed=AllowedAddresses(["127.0.0.0/8"]), timeout_s=2))
        self.backlog = Backlog({PreviewLinks: LinkPreviews(store, client)})
        store.later = self.backlog.put
        self.channel_id = general(store).id

    async def post(self, content: str, **body: Any) -> Any:
        draft = MessageDraft.parse({"content": content, **body})
        async with self.store.queued(self.ada) as tx:
            return await messages.create_message(tx, self.channel_id, draft)

    async def edit(self, message: Any, **body: Any) -> Any:
        async with self.store.queued(self.ada) as tx:
            edit = MessageEdit.parse(body)
            return await messages.update_message(tx, self.channel_id, message.id, edit)

    async def embeds(self, message: Any) -> list[dict[str, Any]]:
        """What the message shows once everything has been looked up."""
        await self.backlog.drain()
        async with self.store.reading(self.ada) as tx:
            found = await messages.get_message(tx, self.channel_id, message.id)
        return found.payload()["embeds"]  # type: ignore[no-any-return]


@asynccontextmanager
async def previewing(store: Any) -> AsyncIterator[Place]:
    ada, _ = await person(store, "ada")
    async with web() as there:
        place = Place(store, there, ada)
        place.backlog.start()
        try:
            yield place
        finally:
            await place.backlog.stop()


async def test_a_page_is_shown_with_its_picture_and_that_is_no_edit(store):
    async with previewing(store) as place:
        place.there.page("/cat.png", png(40, 30), "Content-Type: image/png")
        page = "<title>Cats</title><meta property=og:description content='All of them'>" \
               "<meta property=og:image content=/cat.png>"
        url = place.there.page("/cats", page.encode(), HTML)
        heard = Heard(store)
        message = await place.post(f"look: {url}!")
        (embed,) = await place.embeds(message)
        thumbnail = embed.pop("thumbnail")
        assert embed == {"type": "link", "url": url, "title": "Cats", "description": "All of them"}
        assert thumbnail["url"] == place.there.url("/cat.png")
        assert (thumbnail["width"], thumbnail["height"]) == (40, 30)
        base = store.links.base_url + "/previews/"
        assert thumbnail["proxy_url"].startswith(base)
        blob = thumbnail["proxy_url"].removeprefix(base).removesuffix(".png")
        assert await store.blobs.beginning(blob) == png(40, 30)
        async with store.reading(place.ada) as tx:
            assert await previews.find_picture(tx, blob) == blob
            with pytest.raises(RouteNotFound):
                await previews.find_picture(tx, "0" * 32)
        created, updated = heard.entries
        assert (created.name, created.d["embeds"]) == ("MESSAGE_CREATE", [])
        assert (updated.name, updated.d["edited_timestamp"]) == ("MESSAGE_UPDATE", None)
        assert updated.audience == created.audience
        assert updated.d["embeds"] == [{**embed, "thumbnail": thumbnail}]
        await assert_as_fresh(store)


async def test_a_picture_is_shown_as_it_is_and_other_files_are_not(store):
    async with previewing(store) as place:
        picture = place.there.page("/i", png(8, 9), "Content-Type: image/png")
        archive = place.there.page("/zip", b"PK", "Content-Type: application/zip")
        pretended = place.there.page("/p", b"<svg>", "Content-Type: image/png")
        missing = place.there.page("/m", b"<title>Not found</title>", HTML, status="404 Not Found")
        silent = place.there.page("/s", b"no title at all", HTML)
        message = await place.post(f"{picture} {archive} {pretended} {missing} {silent}")
        (embed,) = await place.embeds(message)
        assert (embed["type"], embed["url"], embed["thumbnail"]["height"]) == ("image", picture, 9)


async def test_what_leads_nowhere_leaves_the_message_alone(store):
    async with previewing(store) as place:
        place.there.pages["/broken"] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno"
        place.there.page("/away", b"", "Location: http://10.0.0.1/", status="302 Found")
        heard = Heard(store)
        links = [place.there.url("/broken"), place.there.url("/away"), "http://10.0.0.1/", "http://[::1]/",
                 "http://nothing.invalid/"]  # fmt: skip
        assert await place.embeds(await place.post(" ".join(links))) == []
        assert heard.names == ["MESSAGE_CREATE"]


async def test_who_wants_no_preview_gets_none(store):
    async with previewing(store) as place:
        url = place.there.page("/", b"<title>Page</title>", HTML)
        for content, flags in ((f"<{url}>", 0), (f"`{url}`", 0), (url, SUPPRESS_EMBEDS)):
            assert await place.embeds(await place.post(content, flags=flags)) == []
        guild = store.directory.guilds[general(store).guild_id]
        guild.roles[guild.id].permissions &= ~Permission.EMBED_LINKS
        assert await place.embeds(await place.post(url)) == []
        assert place.there.asked == []


async def test_an_edit_is_looked_up_anew(store):
    async with previewing(store) as place:
        one = place.there.page("/1", b"<title>One</title>", HTML)
        two = place.there.page("/2", b"<title>Two</title>", HTML)
        message = await place.post(one)
        assert [embed["title"] for embed in await place.embeds(message)] == ["One"]
        await place.edit(message, content=f"{two} now")
        assert [embed["title"] for embed in await place.embeds(message)] == ["Two"]
        await place.edit(message, flags=SUPPRESS_EMBEDS)
        assert await place.embeds(message) == []
        await place.edit(message, flags=0)
        assert [embed["title"] for embed in await place.embeds(message)] == ["Two"]
        assert (await place.edit(message, content="nothing")).payload()["embeds"] == []
        assert await place.embeds(message) == []


async def test_previews_stand_behind_what_was_sent(store):
    async with previewing(store) as place:
        url = place.there.page("/", b"<title>Page</title>", HTML)
        message = await place.post(url, embeds=[{"title": "mine"}])
        assert [embed["type"] for embed in await place.embeds(message)] == ["rich", "link"]
        await place.edit(message, content="nothing")
        assert [embed["title"] for embed in await place.embeds(message)] == ["mine"]


async def test_what_changed_meanwhile_is_not_shown(store):
    """The end of a job meets a message that was edited, hidden or deleted while strangers were asked."""
    ada, _ = await person(store, "ada")
    place = Place(store, Web(), ada)
    found = [{"type": "link", "url": "https://a.example", "title": "A"}]
    first, second, third = [await place.post("https://a.example") for _ in range(3)]
    await place.edit(first, content="https://b.example")
    await place.edit(second, flags=SUPPRESS_EMBEDS)
    async with store.transaction(ada) as tx:
        await deletions.delete_message(tx, place.channel_id, third.id)
    heard = Heard(store)
    for message in (first, second, third):
        job = PreviewLinks(place.channel_id, message.id, "https://a.example")
        async with store.transaction(ada) as tx:
            assert await previews.links_of(tx, job) == []
            assert not await previews.show(tx, job, found)
    assert heard.entries == []


async def test_pictures_go_with_their_message(store, connection):
    async with previewing(store) as place:
        url = place.there.page("/i", png(8, 9), "Content-Type: image/png")
        message = await place.post(url)
        assert await place.embeds(message) != []
        assert await connection.fetchval("select count(*) from previews") == 1
        async with store.transaction(place.ada) as tx:
            await deletions.delete_message(tx, place.channel_id, message.id)
        assert await connection.fetchval("select count(*) from previews") == 0


async def test_a_forward_keeps_the_pictures_of_what_it_forwards(store, connection):
    async with previewing(store) as place:
        url = place.there.page("/i", png(8, 9), "Content-Type: image/png")
        original = await place.post(url)
        assert await place.embeds(original) != []
        reference = {"type": 1, "message_id": str(original.id), "channel_id": str(place.channel_id)}
        async with store.transaction(place.ada) as tx:
            draft = MessageDraft.parse({"message_reference": reference})
            forward = await messages.create_message(tx, place.channel_id, draft)
            await deletions.delete_message(tx, place.channel_id, original.id)
        (snapshot,) = forward.payload()["message_snapshots"]
        picture = snapshot["message"]["embeds"][0]["thumbnail"]["proxy_url"]
        blob = await connection.fetchval("select blob from previews where message_id = $1", forward.id)
        assert picture == f"{store.links.base_url}/previews/{blob}.png"


async def test_nobody_waits_for_a_job_and_too_many_are_dropped():
    done: list[Any] = []

    async def note(job: Any) -> None:
        done.append(job)
        if job.message_id == 2:
            raise ZeroDivisionError

    backlog = Backlog({PreviewLinks: note})
    for number in range(JOBS_WAITING_MAX + 5):
        backlog.put(PreviewLinks(1, number, ""))
    backlog.start()
    await backlog.drain()
    assert sorted(job.message_id for job in done) == list(range(JOBS_WAITING_MAX))
    await backlog.stop()


async def test_what_waits_when_the_server_stops_is_dropped():
    backlog = Backlog({})
    backlog.put(PreviewLinks(1, 2, ""))
    await backlog.stop()


async def test_what_was_rolled_back_has_nothing_done_later(store):
    jobs: list[Any] = []
    store.later = jobs.append
    ada, _ = await person(store, "ada")
    with pytest.raises(ZeroDivisionError):
        async with store.transaction(ada) as tx:
            tx.later(PreviewLinks(1, 2, ""))
            raise ZeroDivisionError
    assert jobs == []
    async with store.transaction(ada) as tx:
        tx.later(PreviewLinks(1, 2, ""))
        assert jobs == []
    assert jobs == [PreviewLinks(1, 2, "")]
