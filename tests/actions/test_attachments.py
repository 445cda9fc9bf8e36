"""Attachments of messages: written with them, kept or dropped by an edit, copied by a forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chatd.actions import attachments, deletions, messages
from chatd.model.actor import Actor
from chatd.model.attachments import UploadedFile
from chatd.model.errors import InvalidFormBody, MissingPermissions, RouteNotFound, UnknownChannel
from chatd.model.message_drafts import MessageDraft, MessageEdit
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.pictures import png

Files = Sequence[UploadedFile]


def upload(number: int, name: str, data: bytes = b"hello") -> UploadedFile:
    return UploadedFile(number, name, "application/octet-stream", len(data), data, blob=f"{number:032x}")


async def post(store: Any, actor: Actor, channel_id: int, files: Files = (), **body: Any) -> Any:
    async with store.transaction(actor) as tx:
        return await messages.create_message(tx, channel_id, MessageDraft.parse(body, files))


async def edit(store: Any, actor: Actor, message: Any, files: Files = (), **body: Any) -> Any:
    async with store.transaction(actor) as tx:
        draft = MessageEdit.parse(body, files)
        return await messages.update_message(tx, message.channel_id, message.id, draft)


async def rows(store: Any) -> list[Any]:
    async with store.pool.acquire() as conn:
        return [tuple(row) for row in await conn.fetch(
            "select message_id, filename, content_type, blob from attachments order by id")]  # fmt: skip


async def test_a_message_and_its_files_are_one_commit(store):
    ada, _ = await person(store, "ada")
    place, heard = general(store), Heard(store)
    message = await post(store, ada, place.id, [upload(0, "a.txt"), upload(1, "b.png", png(3, 2))])
    (entry,) = heard.entries
    first, second = entry.d["attachments"]
    assert (first["filename"], first["size"], "width" in first) == ("a.txt", 5, False)
    assert (second["content_type"], second["width"], second["height"]) == ("image/png", 3, 2)
    assert first["url"].startswith(f"{store.links.base_url}/attachments/{place.id}/{first['id']}/a.txt?ex=")
    assert message.payload()["attachments"] == entry.d["attachments"]
    assert await rows(store) == [
        (message.id, "a.txt", "text/plain; charset=utf-8", "0" * 32),
        (message.id, "b.png", "image/png", f"{1:032x}"),
    ]
    async with store.reading(ada) as tx:
        found = await messages.get_message(tx, place.id, message.id)
        assert found.payload()["attachments"] == entry.d["attachments"]
        row = await attachments.find_attachment(tx, place.id, int(second["id"]), "b.png")
        assert row.blob == f"{1:032x}"
    await assert_as_fresh(store)


async def test_what_is_stored_of_a_message_holds_no_address(store):
    ada, _ = await person(store, "ada")
    await post(store, ada, general(store).id, [upload(0, "a.txt")])
    async with store.pool.acquire() as conn:
        stored = await conn.fetchval("select details::text from messages where details is not null")
    assert "a.txt" in stored and "attachments/" not in stored


async def test_a_file_alone_is_a_message(store):
    ada, _ = await person(store, "ada")
    message = await post(store, ada, general(store).id, [upload(0, "a.txt")], content="  ")
    assert message.payload()["attachments"][0]["filename"] == "a.txt"


async def test_who_may_not_attach_does_not(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    async with store.pool.acquire() as conn:
        await conn.execute("update roles set permissions = permissions & ~$1::bigint where id = $2",
                           int(Permission.ATTACH_FILES), place.guild_id)  # fmt: skip
    store.directory.guilds[place.guild_id].roles[place.guild_id].permissions &= ~Permission.ATTACH_FILES
    async with refused(store, MissingPermissions):
        await post(store, ada, place.id, [upload(0, "a.txt")], content="look")
    message = await post(store, ada, place.id, content="look")
    async with refused(store, MissingPermissions):
        await edit(store, ada, message, [upload(0, "a.txt")])
    async with store.reading(ada) as tx:
        with pytest.raises(MissingPermissions):
            await attachments.require_attach(tx, place.id)
        with pytest.raises(UnknownChannel):
            await attachments.require_attach(tx, 1)


async def test_an_edit_keeps_drops_and_adds(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    message = await post(store, ada, place.id, [upload(0, "a"), upload(1, "b"), upload(2, "c")], content="x")
    a, b, c = (record["id"] for record in message.details["attachments"])

    def names(message: Any) -> list[str]:
        return [one["filename"] for one in message.payload()["attachments"]]

    assert names(await edit(store, ada, message, content="y")) == ["a", "b", "c"]
    assert names(await edit(store, ada, message, [upload(0, "d")])) == ["a", "b", "c", "d"]
    heard = Heard(store)
    kept = await edit(store, ada, message, [upload(5, "e")], attachments=[{"id": c}, {"id": a}, {"id": 5}])
    assert names(kept) == ["a", "c", "e"] and [row[1] for row in await rows(store)] == ["a", "c", "e"]
    assert [one["filename"] for one in heard.entries[0].d["attachments"]] == ["a", "c", "e"]
    assert names(await edit(store, ada, message, attachments=[])) == [] and await rows(store) == []
    await assert_as_fresh(store)


async def test_an_edit_cannot_keep_what_is_not_there_nor_have_too_many(store):
    ada, _ = await person(store, "ada")
    message = await post(store, ada, general(store).id, [upload(n, f"{n}") for n in range(6)])
    async with refused(store, InvalidFormBody):
        await edit(store, ada, message, attachments=[{"id": "123456789"}])
    async with refused(store, InvalidFormBody):
        await edit(store, ada, message, [upload(n, f"{n}") for n in range(5)])


async def test_a_message_that_would_say_nothing_keeps_its_last_file(store):
    from chatd.model.errors import EmptyMessage

    ada, _ = await person(store, "ada")
    message = await post(store, ada, general(store).id, [upload(0, "a")])
    async with refused(store, EmptyMessage):
        await edit(store, ada, message, attachments=[])


async def test_files_go_with_their_message(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    message = await post(store, ada, place.id, [upload(0, "a")])
    record = message.details["attachments"][0]
    async with store.transaction(ada) as tx:
        await deletions.delete_message(tx, place.id, message.id)
    assert await rows(store) == []
    async with store.reading(ada) as tx:
        with pytest.raises(RouteNotFound):
            await attachments.find_attachment(tx, place.id, int(record["id"]), "a")


async def test_an_address_must_name_the_file_in_full(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    message = await post(store, ada, place.id, [upload(0, "a.txt")])
    attachment_id = int(message.details["attachments"][0]["id"])
    async with store.reading(ada) as tx:
        for channel_id, wanted, name in ((1, attachment_id, "a.txt"), (place.id, 1, "a.txt"),
                                         (place.id, attachment_id, "b.txt")):  # fmt: skip
            with pytest.raises(RouteNotFound):
                await attachments.find_attachment(tx, channel_id, wanted, name)


async def test_a_forward_has_files_of_its_own(store):
    ada, _ = await person(store, "ada")
    place = general(store)
    original = await post(store, ada, place.id, [upload(0, "a.txt")], content="look")
    reference = {"type": 1, "message_id": str(original.id), "channel_id": str(place.id)}
    forward = await post(store, ada, place.id, message_reference=reference)
    again = await post(store, ada, place.id, message_reference={**reference, "message_id": str(forward.id)})
    async with store.transaction(ada) as tx:
        await deletions.delete_message(tx, place.id, original.id)
    assert [(row[0], row[3]) for row in await rows(store)] == [
        (forward.id, "0" * 32), (again.id, "0" * 32),
    ]  # fmt: skip
    ids = set()
    for message in (forward, again):
        (snapshot,) = message.payload()["message_snapshots"]
        (file,) = snapshot["message"]["attachments"]
        assert f"/attachments/{place.id}/{file['id']}/a.txt?" in file["url"]
        ids.add(file["id"])
        async with store.reading(ada) as tx:
            await attachments.find_attachment(tx, place.id, int(file["id"]), "a.txt")
    assert len(ids) == 2


async def test_an_embed_shows_a_file_that_came_with_it(store):
    ada, _ = await person(store, "ada")
    embeds = [{"title": "cat", "image": {"url": "attachment://cat.png"}}]
    message = await post(store, ada, general(store).id, [upload(0, "cat.png", png(4, 5))], embeds=embeds)
    payload = message.payload()
    assert payload["attachments"] == []
    image = payload["embeds"][0]["image"]
    assert (image["width"], image["height"]) == (4, 5) and "/cat.png?ex=" in image["url"]
    async with store.reading(ada) as tx:
        found = await messages.get_message(tx, message.channel_id, message.id)
    assert found.payload() == payload
    assert (await edit(store, ada, message, embeds=[])).payload()["attachments"][0]["filename"] == "cat.png"
