"""Purges: what somebody has said goes, all of it and nothing else, whatever happens to the server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd import jobs
from chatd.actions import purges
from chatd.model.audience import Channel, Nobody
from chatd.model.audit_log import AuditAction
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    UnknownChannel,
    UnknownGuild,
    UnknownPurge,
    UnknownUser,
)
from chatd.model.permissions import Permission
from chatd.model.purges import PurgeDraft, PurgePage, id_at
from tests.beats import assert_as_fresh, refused
from tests.company import company, recorded
from tests.people import Heard, general
from tests.places import make_channel
from tests.talk import open_dm, say
from tests.threading import start


async def ask(store: Any, actor: Any, who: Any, reason: str | None = "spam", **fields: Any) -> dict[str, Any]:
    draft = PurgeDraft.parse({"user_id": who.id, **fields})
    async with store.transaction(actor, reason) as tx:
        return await purges.create_purge(tx, general(store).guild_id, draft)


async def finish(store: Any) -> None:
    while await purges.take_next_page(store):
        pass


async def said(store: Any) -> list[str]:
    async with store.pool.acquire() as conn:
        rows = await conn.fetch("select content from messages where type = 0 order by id")
    return [row["content"] for row in rows]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purges, "PAGE_MESSAGES", 2)


async def test_all_that_somebody_has_said_goes_and_the_log_says_why(store):
    here = await company(store)
    other = await make_channel(store, here.owner, name="other")
    await asyncio.gather(*(say(store, here.bob, str(number)) for number in range(103)))
    await say(store, here.bob, "elsewhere", channel_id=other.id)
    for channel_id in (general(store).id, other.id):
        await say(store, here.owner, "mine", channel_id=channel_id)
    direct = await open_dm(store, here.bob, here.owner)
    await say(store, here.bob, "between us", channel_id=direct)
    heard = Heard(store)
    asked = await ask(store, here.moderator, here.bob)
    assert (heard.names, heard.entries[0].audience) == (["CHATD_PURGE_BEGUN"], Nobody())
    assert (asked["deleted"], asked["finished_at"], asked["reason"]) == (0, None, "spam")
    heard.take()
    await finish(store)
    # One more than he has said: that he has joined is his too.
    deletions = [entry for entry in heard.entries if entry.name == "MESSAGE_DELETE_BULK"]
    assert [len(entry.d["ids"]) for entry in deletions] == [100, 4, 1]
    place = general(store)
    assert {e.audience for e in deletions} == {Channel(c, place.guild_id) for c in (place.id, other.id)}
    entries = recorded(heard)
    assert [entry["action_type"] for entry in entries] == [AuditAction.MESSAGE_DELETE] * 2
    assert [entry["options"]["count"] for entry in entries] == ["104", "1"]
    assert {(e["user_id"], e["target_id"], e["reason"]) for e in entries} == {
        (str(here.moderator.id), str(here.bob.id), "spam")
    }
    assert await said(store) == ["mine", "mine", "between us"]
    async with store.reading(here.moderator) as tx:
        told = await purges.get_purge(tx, place.guild_id, int(asked["id"]))
        assert await purges.list_purges(tx, place.guild_id, PurgePage.parse({})) == [told]
    assert told["deleted"] == 105 and told["finished_at"] is not None
    await assert_as_fresh(store)


async def test_only_what_was_said_between_the_moments_goes(store):
    here = await company(store)
    messages = [await say(store, here.bob, content) for content in ("old", "then", "new")]
    hours = {"old": 3, "then": 2, "new": 1}
    async with store.pool.acquire() as conn:
        for message, ago in zip(messages, hours.values(), strict=True):
            earlier = ago * 3_600_000 << 22
            await conn.execute("update messages set id = id - $1 where id = $2", earlier, message.id)
    now = datetime.now(UTC)
    moments = [(now - timedelta(hours=ago)).isoformat() for ago in (2.5, 1.5)]
    await ask(store, here.moderator, here.bob, since=moments[0], until=moments[1])
    await finish(store)
    assert await said(store) == ["old", "new"]


async def test_only_a_channel_with_its_threads_is_purged(store):
    here = await company(store)
    other = await make_channel(store, here.owner, name="other")
    await say(store, here.bob, "here")
    await say(store, here.bob, "there", channel_id=other.id)
    thread = await start(store, here.owner, other.id)
    await say(store, here.bob, "below", channel_id=thread.id)
    await ask(store, here.moderator, here.bob, channel_id=other.id)
    await finish(store)
    assert await said(store) == ["here"]


async def test_what_is_said_after_it_was_asked_for_stays(store):
    here = await company(store)
    await say(store, here.bob, "before")
    await ask(store, here.moderator, here.bob)
    await say(store, here.bob, "after")
    await finish(store)
    assert await said(store) == ["after"]


async def test_what_a_crash_interrupts_is_taken_up_where_it_was(store, small_pages):
    here = await company(store)
    for number in range(5):
        await say(store, here.bob, str(number))
    await ask(store, here.moderator, here.bob)
    heard = Heard(store)
    assert await purges.take_next_page(store)
    assert await said(store) == ["0", "1", "2"]
    # Another process, which knows nothing but the rows, goes on.
    await finish(store)
    assert await said(store) == [] and len(recorded(heard)) == 1
    assert recorded(heard)[0]["options"]["count"] == "6"
    assert not await purges.take_next_page(store)


async def test_a_long_purge_holds_up_no_other(store, small_pages):
    here = await company(store)
    for number in range(5):
        await say(store, here.bob, str(number))
    await say(store, here.moderator, "one word")
    await ask(store, here.moderator, here.bob)
    await ask(store, here.moderator, here.moderator)
    for _ in range(2):
        assert await purges.take_next_page(store)
    assert await said(store) == ["0", "1", "2"]
    await finish(store)
    assert await said(store) == []


async def test_the_job_begins_as_soon_as_it_is_asked(store, small_pages):
    here = await company(store)
    await say(store, here.bob, "left of the run before")
    await ask(store, here.moderator, here.bob)
    done = asyncio.Event()
    store.feed.subscribe(
        lambda entries: done.set() if any("AUDIT" in entry.name for entry in entries) else None
    )
    job = asyncio.create_task(jobs.purge_forever(store))
    try:
        await done.wait()
        done.clear()
        await say(store, here.bob, "new")
        await ask(store, here.moderator, here.bob)
        await done.wait()
        assert await said(store) == []
    finally:
        job.cancel()


async def test_a_guild_that_goes_takes_its_purges_along(store):
    here = await company(store)
    await ask(store, here.moderator, here.bob)
    async with store.pool.acquire() as conn:
        await conn.execute("delete from purges")
    assert not await purges.take_next_page(store)


async def test_one_s_own_words_need_no_higher_role(store):
    here = await company(store)
    await say(store, here.moderator, "mine")
    await ask(store, here.moderator, here.moderator)
    await finish(store)
    assert await said(store) == []


async def test_who_stands_as_high_keeps_their_words(store):
    here = await company(store)
    async with refused(store, MissingPermissions):
        await ask(store, here.moderator, here.owner)


async def test_it_needs_to_manage_messages(store):
    here = await company(store, Permission.BAN_MEMBERS)
    async with refused(store, MissingPermissions):
        await ask(store, here.moderator, here.bob)
    async with refused(store, MissingPermissions):
        await ask(store, here.moderator, here.bob, channel_id=general(store).id)
    async with store.reading(here.moderator) as tx:
        with pytest.raises(MissingPermissions):
            await purges.list_purges(tx, general(store).guild_id, PurgePage.parse({}))


async def test_what_does_not_exist_is_unknown(store):
    here = await company(store)
    async with refused(store, UnknownUser), store.transaction(here.moderator) as tx:
        await purges.create_purge(tx, general(store).guild_id, PurgeDraft(12345, None, 0, None))
    async with refused(store, UnknownChannel):
        await ask(store, here.moderator, here.bob, channel_id=12345)
    async with refused(store, UnknownGuild), store.transaction(here.moderator) as tx:
        await purges.create_purge(tx, 12345, PurgeDraft(here.bob.id, None, 0, None))
    async with store.reading(here.moderator) as tx:
        with pytest.raises(UnknownPurge):
            await purges.get_purge(tx, general(store).guild_id, 12345)


async def test_posting_does_not_wait_for_it(store, small_pages):
    """A page holds its messages and its row, and nothing that a message being posted wants."""
    here = await company(store)
    await say(store, here.bob, "spam")
    await ask(store, here.moderator, here.bob)
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("select from purges for update")
        await conn.execute("delete from messages where content = 'spam'")
        await say(store, here.owner, "meanwhile")
        assert not await purges.take_next_page(store)  # somebody is at it
    assert await said(store) == ["meanwhile"]


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidFormBody) as caught:
        PurgeDraft.parse({"user_id": "x", "channel_id": [], "since": "yesterday"})
    assert set(caught.value.errors) == {"user_id", "channel_id", "since"}
    with pytest.raises(InvalidFormBody) as caught:
        PurgeDraft.parse({"user_id": "1", "since": "2026-01-02", "until": "2026-01-01"})
    assert set(caught.value.errors) == {"until"}


def test_a_moment_is_the_smallest_id_of_it():
    assert id_at(datetime.fromtimestamp(0, UTC)) == 0
    assert id_at(datetime(9999, 1, 1, tzinfo=UTC)) < 2**63
