"""Sweeping: what has outlived its use goes, a little at a time; everything else stays."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd import jobs
from chatd.actions import administration, channels, gateway_sessions, messages, tokens, upkeep
from chatd.actions.gateway_sessions import DroppedSession, SavedSession
from chatd.model.actor import ANYONE
from chatd.model.events import TOKEN_REVOKED
from chatd.model.message_drafts import MessageDraft
from chatd.store.blobs import FOLDERS, Blobs
from chatd.store.queries import blobs
from tests.beats import assert_as_fresh
from tests.people import Heard, bot, general, person
from tests.places import make_channel, owner_of
from tests.threading import start

KEPT = timedelta(hours=1)
SAID = "select content from messages where type = 0 order by id"


class Clock:
    """Unix seconds that can be turned forward."""

    def __init__(self) -> None:
        self.turned_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.turned_s


@pytest.fixture
def clock(store: Any) -> Clock:
    """The store's own clock from here on."""
    store.clock = Clock()
    return store.clock


@pytest.fixture
def sweep_lines() -> Iterator[list[str]]:
    """What is logged during the test."""
    lines: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("chatd")
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


async def say(store: Any, actor: Any, content: str) -> None:
    draft = MessageDraft.parse({"content": content, "nonce": content, "enforce_nonce": True})
    async with store.queued(actor) as tx:
        await messages.create_message(tx, general(store).id, draft)


async def column(connection: Any, query: str) -> list[Any]:
    return [row[0] for row in await connection.fetch(query)]


async def age(connection: Any, table: str, where: str, by: timedelta) -> None:
    """Make rows look as if they had been written earlier."""
    touched = await connection.execute(f"update {table} set at = at - $1::interval where {where}", by)
    assert touched != "UPDATE 0"


async def test_journal_entries_are_kept_as_long_as_a_resume_may_reach_back(store, connection, clock):
    ada, _ = await person(store, "ada")
    for content in ("old", "less old", "new"):
        await say(store, ada, content)
    await age(connection, "journal", "payload like '%\"old\"%'", KEPT + timedelta(seconds=30))
    await age(connection, "journal", "payload like '%\"less old\"%'", KEPT - timedelta(seconds=30))
    newest = store.feed.position
    before = await column(connection, "select position from journal order by position")

    await jobs.sweep(store, journal_kept=KEPT)
    after = await column(connection, "select position from journal order by position")
    assert set(before) - set(after) == {newest - 2}
    assert await column(connection, SAID) == ["old", "less old", "new"]

    clock.turned_s = KEPT.total_seconds() + 60
    await jobs.sweep(store, journal_kept=KEPT)
    assert await column(connection, "select position from journal") == []
    assert await store.journal_bounds() == (newest, newest), "positions go on where they were"
    clock.turned_s = 0
    await say(store, ada, "newer")
    assert await column(connection, "select position from journal") == [newest + 1]


async def test_nonces_are_forgotten_after_some_minutes_and_hold_until_then(store, connection, clock):
    ada, _ = await person(store, "ada")
    await say(store, ada, "old")
    await say(store, ada, "new")
    await age(connection, "message_nonces", "nonce = 'old'", jobs.NONCES_KEPT + timedelta(seconds=30))
    await jobs.sweep(store, journal_kept=KEPT)
    assert await column(connection, "select nonce from message_nonces") == ["new"]

    await say(store, ada, "new")  # asked again: it is the message that there is
    await say(store, ada, "old")  # forgotten: it is another one
    assert await column(connection, SAID) == ["old", "new", "old"]
    clock.turned_s = jobs.NONCES_KEPT.total_seconds() + 60
    await jobs.sweep(store, journal_kept=KEPT)
    assert await column(connection, "select nonce from message_nonces") == []


async def test_links_for_a_password_are_gone_once_they_are_over(store, connection, clock):
    ada, _ = await person(store, "ada", admin=True)
    async with store.transaction(ada) as tx:
        await administration.make_link(tx, ada.id)
    await jobs.sweep(store, journal_kept=KEPT)
    assert await column(connection, "select user_id from password_links") == [ada.id]
    clock.turned_s = administration.LINK_LIFETIME.total_seconds() + 1
    await jobs.sweep(store, journal_kept=KEPT)
    assert await column(connection, "select user_id from password_links") == []


async def test_sign_ins_that_have_expired_are_gone_and_everybody_is_told(store, connection):
    ada, ada_token = await person(store, "ada")
    bob, bob_token = await person(store, "bob")
    _, bot_token = await bot(store, "pinger")
    await connection.execute("update tokens set expires_at = now() where user_id = $1", ada.id)
    heard = Heard(store)
    await jobs.sweep(store, journal_kept=KEPT)

    assert [(entry.name, entry.d["user_id"]) for entry in heard.take()] == [(TOKEN_REVOKED, str(ada.id))]
    assert await tokens.authenticate(store, ada_token) is None
    for token in (bob_token, bot_token):
        assert await tokens.authenticate(store, token) is not None
    await jobs.sweep(store, journal_kept=KEPT)
    assert heard.names == [], "once is enough"


async def test_gateway_sessions_are_kept_until_they_cannot_be_resumed(store, connection, clock):
    ada, _ = await person(store, "ada")
    names = ("live", "old", "new")
    await gateway_sessions.save_sessions(
        store,
        opened=[SavedSession(name, ada.id, ada.token_hash, 0, 0, 1, 50, "{}") for name in names],
        dropped=[DroppedSession("old", 1, 1), DroppedSession("new", 1, 1)],
    )
    await connection.execute(
        "update gateway_sessions set dropped_at = $1 where id = 'old'",
        datetime.now(UTC) - KEPT - timedelta(seconds=30),
    )
    await jobs.sweep(store, journal_kept=KEPT)
    assert sorted(await column(connection, "select id from gateway_sessions")) == ["live", "new"]
    clock.turned_s = KEPT.total_seconds() + 60
    await jobs.sweep(store, journal_kept=KEPT)
    assert await column(connection, "select id from gateway_sessions") == ["live"]


async def test_a_round_that_fails_is_seen_and_made_up_for_by_a_later_one(
    store, connection, sweep_lines, monkeypatch
):
    ada, _ = await person(store, "ada")
    await connection.execute("update tokens set expires_at = now()")
    await connection.execute("alter table message_nonces rename to elsewhere")
    monkeypatch.setattr(jobs, "ROUND_S", 0)
    sweeping = asyncio.create_task(jobs.run_forever(store, journal_kept=KEPT))
    try:
        await until(lambda: len(sweep_lines) >= 2)
        assert all("jobs     sweep failed\nTraceback" in line for line in sweep_lines)
        assert all("UndefinedTableError" in line for line in sweep_lines)
        await connection.execute("alter table elsewhere rename to message_nonces")
        await say(store, ada, "old")
        await age(connection, "message_nonces", "nonce = 'old'", timedelta(days=1))
        while await column(connection, "select nonce from message_nonces"):
            assert not sweeping.done()
        assert await column(connection, "select hash from tokens where expires_at <= now()") == []
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def until(condition: Any) -> None:
    while not condition():
        await asyncio.sleep(0.01)


async def test_a_file_that_nothing_names_goes_when_it_has_lain_for_long(store, connection, clock, tmp_path):
    store.blobs = Blobs(tmp_path / "blobs")
    ada, _ = await person(store, "ada")
    names = {what: await store.blobs.put(what.encode()) for what in ("avatar", "icon", "file", "gone", "new")}
    await connection.execute("update users set avatar = $1 where id = $2", "a_" + names["avatar"], ada.id)
    await connection.execute("update guilds set icon = $1", names["icon"])
    await connection.execute(
        "insert into attachments (id, channel_id, message_id, filename, content_type, blob)"
        " select 1, channel_id, id, 'a', 'a/b', $1 from messages limit 1", names["file"],
    )  # fmt: skip
    for what, name in names.items():
        if what != "new":
            os.utime(store.blobs.path(name), (0, 0))
    for left in (set(names.values()), set(names.values()) - {names["gone"]}):
        for _ in range(FOLDERS):
            async with store.reading(ANYONE) as tx:
                await upkeep.sweep_blobs(tx, store.blobs, kept=timedelta(hours=1))
            clock.turned_s += 60
        assert set(await store.blobs.names()) == left


async def test_a_file_that_is_named_again_in_time_stays(store, connection, tmp_path):
    store.blobs = Blobs(tmp_path / "blobs")
    ada, _ = await person(store, "ada")
    name = await store.blobs.put(b"forwarded")
    os.utime(store.blobs.path(name), (0, 0))
    store.clock = lambda: int(name[:2], 16) * 60.0
    for avatar in (None, name, None):
        await connection.execute("update users set avatar = $1 where id = $2", avatar, ada.id)
        async with store.reading(ANYONE) as tx:
            assert await upkeep.sweep_blobs(tx, store.blobs, kept=timedelta(hours=1)) == 0
    async with store.reading(ANYONE) as tx:
        assert await upkeep.sweep_blobs(tx, store.blobs, kept=timedelta(hours=1)) == 1


async def test_every_column_that_holds_an_image_is_looked_at_before_a_file_goes(connection):
    """A new one belongs into list_unused_blobs of sql/blobs.sql, or its images are lost after an hour."""
    columns = await connection.fetch(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and data_type = 'text'"
        "   and column_name ~ '(avatar|banner|icon|splash|image|blob|cover|sound)'"
    )
    assert len(columns) > 12
    for table, column in columns:
        assert f"select {column} from {table} where" in blobs.list_unused_blobs.sql, (table, column)


async def test_what_was_said_in_a_deleted_channel_goes_slice_by_slice(store, connection, monkeypatch):
    monkeypatch.setattr(upkeep, "SLICE_MESSAGES", 2)
    monkeypatch.setattr(upkeep, "ROUND_MESSAGES_MAX", 4)
    owner = await owner_of(store)
    kept, doomed = general(store), await make_channel(store, owner)
    await say(store, owner, "kept")
    rows = [(number, doomed.id, owner.id) for number in range(1, 6)]
    await connection.executemany(
        "insert into messages (id, channel_id, author_id, content) values ($1, $2, $3, 'doomed')", rows
    )
    async with store.transaction(owner) as tx:
        await channels.delete_channel(tx, doomed.id)
    left = []
    for _ in range(3):
        left.append(len(await column(connection, "select id from messages where content = 'doomed'")))
        await jobs.sweep(store, journal_kept=KEPT)
    assert left == [5, 1, 0] and await column(connection, "select id from deleted_channels") == []
    assert await column(connection, SAID) == ["kept"] and kept.id in store.directory.channels


async def test_a_thread_that_nobody_has_stirred_for_long_enough_is_archived(store, clock):
    ada, _ = await person(store, "ada")
    quiet, longer = [await start(store, ada, auto_archive_duration=each) for each in (60, 1440)]
    await jobs.sweep(store, journal_kept=KEPT)
    assert len(store.directory.threads.active(quiet.guild_id)) == 2
    clock.turned_s = 3601
    heard = Heard(store)
    await jobs.sweep(store, journal_kept=KEPT)
    assert [(entry.name, entry.d["id"]) for entry in heard.entries] == [("THREAD_UPDATE", str(quiet.id))]
    assert store.directory.threads.active(quiet.guild_id) == [longer]
    await assert_as_fresh(store)
