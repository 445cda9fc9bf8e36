"""Search: who may read a message finds it by its words, and nobody else learns that it is there."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from chatd import jobs
from chatd.actions import channels, dms, message_rows, messages, overwrites, pins, search
from chatd.model.channel_drafts import ChannelDraft, OverwriteDraft
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import MissingPermissions, UnknownChannel, UnknownGuild
from chatd.model.message_drafts import MessageEdit
from chatd.model.messages import EPHEMERAL
from chatd.model.permissions import Permission
from chatd.model.search import MessageSearch
from tests.actions.test_webhook_messages import poster
from tests.interacting import Application, listening_bot, make_command, use
from tests.people import Heard, bot, general, person
from tests.places import owner_of
from tests.talk import say
from tests.threading import PRIVATE, PUBLIC, start


async def indexed(store: Any) -> None:
    """The index has come to where the journal is, and has all that was there before it."""
    while await search.index_next(store):
        pass


async def look(store: Any, actor: Any, place: int | None = None, **query: Any) -> dict[str, Any]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
    lists = {name: list(map(str, values)) for name, values in lists.items()}
    wanted = MessageSearch.parse(lists)
    async with store.reading(actor) as tx:
        if place is not None:
            return await search.search_channel(tx, place, wanted)
        return await search.search_guild(tx, general(store).guild_id, wanted)


async def found(store: Any, actor: Any, *where: Any, **query: Any) -> list[str]:
    """The contents of what is found, in its order; what the server says of itself has none."""
    answer = await look(store, actor, *where, **query)
    return [message["content"] for (message,) in answer["messages"] if message["content"]]


async def room(store: Any, owner: Any, **body: Any) -> int:
    async with store.transaction(owner) as tx:
        draft = ChannelDraft.parse({"name": "room", **body})
        return (await channels.create_channel(tx, general(store).guild_id, draft)).id


async def deny(store: Any, owner: Any, channel_id: int, permission: Permission) -> None:
    """Take a permission away from everyone in a channel."""
    async with store.transaction(owner) as tx:
        await overwrites.put_overwrite(
            tx, channel_id, general(store).guild_id, OverwriteDraft(0, 0, int(permission))
        )


async def test_what_only_one_person_is_shown_is_not_found_even_by_them(store):
    ada, _ = await person(store, "ada")
    command = await make_command(store, await listening_bot(store))
    heard = Heard(store)
    await use(store, ada, command)
    application = Application.of(store, heard)
    await application.answer(4, {"content": "a secret cellar", "flags": EPHEMERAL})
    await application.edit(content="a secret cellar door")
    open_one = await application.follow_up(content="an open cellar")
    await indexed(store)
    assert await found(store, ada, content="cellar") == [open_one.content]
    assert await found(store, ada, author_type="bot") == [open_one.content]
    assert await found(store, ada, author_type="webhook") == []


async def test_a_message_is_found_by_its_words_once_it_is_indexed(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "Hello, wörld")
    assert await found(store, ada, content="hello") == []
    await indexed(store)
    answer = await look(store, ada, content="WORLD hello")
    assert answer == {
        "total_results": 1, "messages": [[{**message.payload(), "hit": True}]], "threads": [], "members": [],
        "doing_deep_historical_index": False,
    }  # fmt: skip
    assert await found(store, ada, content="hello stranger") == []


async def test_a_webhooks_message_is_found_as_it_was_told(store):
    ada, _ = await person(store, "ada")
    owner = await owner_of(store)
    news = await poster(store, owner)
    message = await news.post(content="hello", username="Ticker")
    await say(store, ada, "hello")
    await indexed(store)
    for query in ({"author_type": "webhook"}, {"author_id": news.id}):
        ((hit,),) = (await look(store, ada, **query))["messages"]
        assert hit == {**message.payload(), "hit": True}


@pytest.mark.parametrize(
    "said, sought",
    [
        ("the deployment failed", "deploy"),
        ("Donaudampfschifffahrt", "schiff"),
        ("東京都に行きました", "京都"),
        ("東京都に行きました", "た"),
        ("สวัสดีครับ ทุกคน", "ครับ"),
        ("대한민국 만세", "민국"),
        ("Здравствуйте", "здрав"),
        ("مرحبا بالعالم", "عالم"),
        ("हिन्दी में", "हिन्दी"),
        ("party 🎉 time", "🎉"),
        ("it's a trap", "it's"),
        ("a quoted \\' thing", "quoted \\'"),
    ],
)
async def test_it_is_found_in_any_script_and_by_parts_of_words(store, said, sought):
    ada, _ = await person(store, "ada")
    await say(store, ada, said)
    await say(store, ada, "京の都 something else")
    await indexed(store)
    assert await found(store, ada, content=sought) == [said]


async def test_what_is_in_quotes_stands_there_just_so(store):
    ada, _ = await person(store, "ada")
    for content in ("red green blue", "green red", "red, green"):
        await say(store, ada, content)
    await indexed(store)
    assert await found(store, ada, content='"red green"') == ["red, green", "red green blue"]
    assert await found(store, ada, content="red blue", slop=1) == ["red green blue"]
    assert await found(store, ada, content="red blue", slop=0) == []


async def test_the_newest_come_first_or_the_oldest_or_the_best(store):
    ada, _ = await person(store, "ada")
    for content in ("cat", "the cattle of somebody else entirely", "concatenate everything with all of it"):
        await say(store, ada, content)
    await indexed(store)
    newest = await found(store, ada, content="cat")
    assert [text.split()[0] for text in newest] == ["concatenate", "the", "cat"]
    assert await found(store, ada, content="cat", sort_order="asc") == newest[::-1]
    assert await found(store, ada, content="cat", sort_by="relevance") == newest[::-1]


async def test_pages_fit_together_and_the_count_is_of_all(store):
    ada, _ = await person(store, "ada")
    for n in range(7):
        await say(store, ada, f"word{n} here")
    await indexed(store)
    pages = [await look(store, ada, content="here", limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [page["total_results"] for page in pages] == [7] * 4
    told = [message["content"] for page in pages for (message,) in page["messages"]]
    assert told == [f"word{n} here" for n in reversed(range(7))]


async def test_the_count_has_an_end(store, monkeypatch):
    ada, _ = await person(store, "ada")
    monkeypatch.setattr(search, "HITS_MAX", 2)
    for n in range(3):
        await say(store, ada, f"here {n}")
    await indexed(store)
    answer = await look(store, ada, content="here")
    assert answer["total_results"] == 2
    assert [message["content"] for (message,) in answer["messages"]] == ["here 2", "here 1"]


async def test_each_filter_finds_what_it_says(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    robo, _ = await bot(store, "robo")
    plain = await say(store, ada, "plain")
    await say(store, bob, f"for <@{ada.id}>")
    await say(store, robo, "see https://docs.example.com/x")
    await say(store, ada, "@everyone")
    await say(store, bob, "answer", message_reference={"message_id": str(plain.id)})
    async with store.transaction(ada) as tx:
        await pins.pin_message(tx, plain.channel_id, plain.id)
    await indexed(store)
    assert len(await found(store, ada, author_type=["user", "bot"])) == 5
    for query, wanted in (
        ({"author_id": [bob.id]}, ["answer", f"for <@{ada.id}>"]),
        ({"author_id": [bob.id], "content": "for"}, [f"for <@{ada.id}>"]),
        ({"mentions": [ada.id]}, ["answer", f"for <@{ada.id}>"]),
        ({"author_type": ["bot"]}, ["see https://docs.example.com/x"]),
        ({"has": ["link"]}, ["see https://docs.example.com/x"]),
        ({"link_hostname": ["example.com"]}, ["see https://docs.example.com/x"]),
        ({"mention_everyone": "true"}, ["@everyone"]),
        ({"replied_to_user_id": [ada.id]}, ["answer"]),
        ({"replied_to_message_id": [plain.id]}, ["answer"]),
        ({"pinned": "true"}, ["plain"]),
        ({"max_id": plain.id + 1, "min_id": plain.id - 1}, ["plain"]),
        ({"has": ["-link"], "author_type": ["bot"]}, []),
        ({"content": "?!"}, []),
    ):
        assert await found(store, ada, **query) == wanted, query


async def test_what_one_may_not_read_is_not_found_nor_counted(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    hidden, unread = await room(store, ada), await room(store, ada)
    await deny(store, ada, hidden, Permission.VIEW_CHANNEL)
    await deny(store, ada, unread, Permission.READ_MESSAGE_HISTORY)
    for channel_id in (hidden, unread, general(store).id):
        await say(store, ada, "secret", channel_id)
    await indexed(store)
    assert (await look(store, ada, content="secret"))["total_results"] == 3
    assert (await look(store, bob, content="secret"))["total_results"] == 1
    assert await found(store, bob, content="secret", channel_id=[str(hidden), str(unread)]) == []
    with pytest.raises(UnknownChannel):
        await look(store, bob, hidden, content="secret")
    with pytest.raises(MissingPermissions):
        await look(store, bob, unread, content="secret")
    async with store.reading(bob) as tx:
        with pytest.raises(UnknownGuild):
            await search.search_guild(tx, 12345, MessageSearch.parse({}))


async def test_a_channel_alone_is_searched_and_a_direct_one_by_its_two_sides(store):
    ada, _ = await person(store, "ada", admin=True)
    bob, _ = await person(store, "bob")
    eve, _ = await person(store, "eve")
    async with store.transaction(ada) as tx:
        direct = int((await dms.open_dm(tx, DirectMessageDraft(bob.id)))["id"])
    other = await room(store, ada)
    for channel_id in (direct, other, general(store).id):
        await say(store, ada, f"needle in {channel_id}", channel_id)
    await indexed(store)
    assert await found(store, bob, direct, content="needle") == [f"needle in {direct}"]
    assert await found(store, bob, other, content="needle") == [f"needle in {other}"]
    assert await found(store, bob, content="needle", channel_id=[str(other)]) == [f"needle in {other}"]
    assert len(await found(store, bob, content="needle")) == 2
    with pytest.raises(UnknownChannel):
        await look(store, eve, direct, content="needle")


async def test_threads_are_searched_as_far_as_one_sees_them(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    public = await start(store, ada, type=PUBLIC)
    private = await start(store, ada, type=PRIVATE)
    for thread in (public, private):
        await say(store, ada, "needle", thread.id)
    await indexed(store)
    hers, his = await look(store, ada, content="needle"), await look(store, bob, content="needle")
    assert (hers["total_results"], his["total_results"]) == (2, 1)
    assert {thread["id"] for thread in hers["threads"]} == {str(public.id), str(private.id)}
    assert {member["user_id"] for member in hers["members"]} == {str(ada.id)} and len(hers["members"]) == 2
    assert [thread["id"] for thread in his["threads"]] == [str(public.id)] and his["members"] == []
    assert await found(store, ada, content="needle", channel_id=[private.id]) == ["needle"]
    assert await found(store, bob, content="needle", channel_id=[private.id]) == []


async def test_age_restricted_channels_are_searched_on_request(store):
    ada, _ = await person(store, "ada", admin=True)
    await say(store, ada, "needle", await room(store, ada, nsfw=True))
    await indexed(store)
    assert await found(store, ada, content="needle") == []
    assert await found(store, ada, content="needle", include_nsfw="true") == ["needle"]


async def test_an_edit_and_a_deletion_are_followed(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "before")
    await indexed(store)
    async with store.queued(ada) as tx:
        edit = MessageEdit.parse({"content": "after"})
        await messages.update_message(tx, message.channel_id, message.id, edit)
    await indexed(store)
    assert await found(store, ada, content="before") == []
    assert await found(store, ada, content="after") == ["after"]
    async with store.queued(ada) as tx:
        here = await message_rows.find(tx, message.channel_id, message.id)
        await message_rows.remove(tx, here, store.directory.guilds[general(store).guild_id], known=None)
    assert await found(store, ada, content="after") == []
    async with store.pool.acquire() as conn:
        left = await conn.fetchval("select count(*) from message_search where message_id = $1", message.id)
    assert left == 0


async def test_what_is_deleted_before_it_is_indexed_is_passed_over(store):
    ada, _ = await person(store, "ada")
    message, other = await say(store, ada, "gone"), await say(store, ada, "here")
    async with store.pool.acquire() as conn:
        await conn.execute("delete from messages where id = $1", message.id)
    await indexed(store)
    assert await found(store, ada) == [other.content]


async def test_the_index_goes_on_where_it_was(store, monkeypatch):
    monkeypatch.setattr(search, "PAGE_MESSAGES", 3)
    monkeypatch.setattr(search, "PAGE_ENTRIES", 4)
    ada, _ = await person(store, "ada")
    for n in range(8):
        await say(store, ada, f"word {n}")
    steps = 1
    while await search.index_next(store):
        steps += 1
    assert steps >= 3 and len(await found(store, ada, content="word")) == 8
    assert not await search.index_next(store)
    await say(store, ada, "one more word")
    await indexed(store)
    assert len(await found(store, ada, content="word")) == 9


async def test_messages_from_before_the_index_are_filled_in_the_newest_first(store, monkeypatch):
    ada, _ = await person(store, "ada")
    for n in range(5):
        await say(store, ada, f"old {n}")
    await indexed(store)
    async with store.pool.acquire() as conn:
        await conn.execute("truncate message_search")
        await conn.execute("update search_progress set filled_to = 9223372036854775807")
    monkeypatch.setattr(search, "PAGE_MESSAGES", 2)
    assert await search.index_next(store)
    answer = await look(store, ada, content="old")
    assert [message["content"] for (message,) in answer["messages"]] == ["old 4", "old 3"]
    assert answer["doing_deep_historical_index"]
    await indexed(store)
    answer = await look(store, ada, content="old")
    assert (answer["total_results"], answer["doing_deep_historical_index"]) == (5, False)


async def test_what_the_journal_no_longer_tells_is_read_from_the_messages(store):
    ada, _ = await person(store, "ada")
    message = await say(store, ada, "before")
    await indexed(store)
    await say(store, ada, "missed")
    async with store.pool.acquire() as conn:
        await conn.execute("update messages set content = 'changed' where id = $1", message.id)
        await conn.execute("delete from journal")
    await indexed(store)
    assert await found(store, ada) == ["missed", "changed"]
    assert await found(store, ada, content="changed") == ["changed"]


async def test_two_that_index_at_once_take_turns(store):
    ada, _ = await person(store, "ada")
    for n in range(5):
        await say(store, ada, f"word {n}")
    await asyncio.gather(*(indexed(store) for _ in range(3)))
    assert (await look(store, ada, content="word"))["total_results"] == 5


async def test_the_job_keeps_it_up_to_date(store, monkeypatch):
    monkeypatch.setattr(jobs, "INDEX_ROUND_S", 0.001)
    ada, _ = await person(store, "ada")
    job = asyncio.create_task(jobs.index_forever(store))
    for content in ("first", "second"):
        await say(store, ada, content)
        while await found(store, ada, content=content) != [content]:
            await asyncio.sleep(0.001)
    job.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await job
