"""Reports: they reach those who can do something, and neither the reported nor anybody else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chatd.actions import attachments, deletions, messages, overwrites, reports
from chatd.model.actor import ANYONE
from chatd.model.attachments import UploadedFile
from chatd.model.audience import Users
from chatd.model.channel_drafts import OverwriteDraft
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    RouteNotFound,
    UnknownChannel,
    UnknownGuild,
    UnknownMessage,
    UnknownReport,
    UnknownUser,
)
from chatd.model.message_drafts import MessageDraft
from chatd.model.permissions import Permission
from chatd.model.reports import NEXT, Report, ReportDraft, ReportEdit, ReportPage
from chatd.store.queries import blobs
from tests.beats import refused
from tests.company import company
from tests.people import Heard, bot, general, person
from tests.places import make_channel
from tests.talk import open_dm, say
from tests.threading import start


async def scene(store: Any) -> Any:
    """An administrator who owns the guild, a moderator, bob who is reported, and eve who reports."""
    here = await company(store, Permission.MANAGE_MESSAGES)
    eve, _ = await person(store, "eve")
    return SimpleNamespace(**vars(here), eve=eve, guild_id=general(store).guild_id)


async def report(store: Any, actor: Any, category: str = "spam", **fields: Any) -> Report:
    async with store.transaction(actor) as tx:
        return await reports.create_report(tx, ReportDraft.parse({"category": category, **fields}))


async def report_message(store: Any, actor: Any, message: Any, **fields: Any) -> Report:
    return await report(store, actor, channel_id=message.channel_id, message_id=message.id, **fields)


async def queue(store: Any, actor: Any, **query: str) -> list[dict[str, Any]]:
    async with store.reading(actor) as tx:
        told = await reports.list_for_guild(tx, general(store).guild_id, ReportPage.parse(query))
    return list(told["reports"])


async def all_of_them(store: Any, actor: Any, **query: str) -> list[dict[str, Any]]:
    async with store.reading(actor) as tx:
        return list((await reports.list_for_admins(tx, ReportPage.parse(query)))["reports"])


async def edit(store: Any, actor: Any, report_id: int, **fields: Any) -> dict[str, Any]:
    async with store.transaction(actor) as tx:
        draft = ReportEdit.parse(fields)
        return await reports.update_for_guild(tx, general(store).guild_id, report_id, draft)


async def hide(store: Any, owner: Any, channel_id: int, role_id: int) -> None:
    draft = OverwriteDraft.parse({"allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))})
    async with store.transaction(owner) as tx:
        await overwrites.put_overwrite(tx, channel_id, role_id, draft)


async def test_moderators_and_administrators_hear_of_a_message_and_nobody_else(store):
    here = await scene(store)
    await bot(store, "robo")
    message = await say(store, here.bob, "buy this")
    heard = Heard(store)
    made = await report_message(store, here.eve, message, text="again and again")
    (entry,) = heard.entries
    assert (entry.name, entry.audience) == (
        "CHATD_REPORT_CREATE", Users(tuple(sorted((here.owner.id, here.moderator.id)))),
    )  # fmt: skip
    assert entry.d["message"]["content"] == "buy this" and entry.d["text"] == "again and again"
    assert (entry.d["user"]["username"], entry.d["reporter"]["username"]) == ("bob", "eve")
    assert await queue(store, here.moderator) == await all_of_them(store, here.owner) == [entry.d]
    assert set(made.receipt()) == {"id", "kind", "category", "created_at"}


async def test_the_message_is_kept_when_it_is_deleted(store):
    here = await scene(store)
    message = await say(store, here.bob, "buy this")
    await report_message(store, here.eve, message)
    async with store.queued(here.bob) as tx:
        await deletions.delete_own_message(tx, message.channel_id, message.id)
    (kept,) = await queue(store, here.moderator)
    assert kept["message"]["content"] == "buy this"


async def test_its_files_are_kept_for_those_who_look_after_the_report_alone(store):
    here = await scene(store)
    file = UploadedFile(0, "a.txt", "text/plain", 5, b"hello", blob=f"{7:032x}")
    async with store.transaction(here.bob) as tx:
        message = await messages.create_message(tx, general(store).id, MessageDraft.parse({}, [file]))
    await report_message(store, here.eve, message)
    known = message.payload()["attachments"][0]
    async with store.queued(here.bob) as tx:
        await deletions.delete_own_message(tx, message.channel_id, message.id)
    (kept,) = await queue(store, here.moderator)
    (record,) = kept["message"]["attachments"]
    assert record["id"] != known["id"] and f"/{record['id']}/a.txt?ex=" in record["url"]
    async with store.reading(ANYONE) as tx:
        row = await attachments.find_attachment(tx, message.channel_id, int(record["id"]), "a.txt")
        assert row.blob == file.blob
        with pytest.raises(RouteNotFound):
            await attachments.find_attachment(tx, message.channel_id, int(known["id"]), "a.txt")
        async with tx.connection() as conn:
            assert await blobs.list_unused_blobs(conn, names=[file.blob]) == []


async def test_who_is_reported_sees_nothing_of_it_though_they_moderate(store):
    here = await scene(store)
    message = await say(store, here.moderator, "buy this")
    heard = Heard(store)
    made = await report_message(store, here.eve, message)
    assert heard.entries[0].audience == Users((here.owner.id,))
    assert await queue(store, here.moderator) == []
    async with refused(store, UnknownReport):
        await edit(store, here.moderator, made.id, state="dismissed")
    await report(store, here.eve, user_id=here.owner.id, guild_id=here.guild_id)
    assert [each["user"]["username"] for each in await all_of_them(store, here.owner)] == ["moderator"]
    assert [each["user"]["username"] for each in await queue(store, here.moderator)] == ["owner"]


async def test_moderators_hear_only_of_channels_that_they_see(store):
    here = await scene(store)
    secret = await make_channel(store, here.owner, name="secret")
    await hide(store, here.owner, secret.id, here.high)
    thread = await start(store, here.owner, secret.id)
    heard = Heard(store)
    for channel_id in (secret.id, thread.id):
        message = await say(store, here.bob, "buy this", channel_id=channel_id)
        made = await report_message(store, here.eve, message)
    audiences = {entry.audience for entry in heard.entries if entry.name == "CHATD_REPORT_CREATE"}
    assert audiences == {Users((here.owner.id,))}
    assert await queue(store, here.moderator) == [] and len(await queue(store, here.owner)) == 2
    async with refused(store, UnknownReport):
        await edit(store, here.moderator, made.id, state="claimed")


async def test_direct_messages_guilds_and_users_elsewhere_are_for_administrators(store):
    here = await scene(store)
    direct = await say(store, here.bob, "psst", channel_id=await open_dm(store, here.bob, here.eve))
    heard = Heard(store)
    await report_message(store, here.eve, direct)
    await report(store, here.eve, guild_id=here.guild_id)
    await report(store, here.eve, user_id=here.bob.id)
    told = [entry.audience for entry in heard.entries]
    assert told[0] == told[2] == Users((here.owner.id,))
    assert await queue(store, here.moderator) == []
    assert [each["kind"] for each in await all_of_them(store, here.owner)] == ["user", "guild", "message"]


async def test_a_guild_s_own_moderators_do_not_hear_of_reports_of_it(store):
    here = await scene(store)
    heard = Heard(store)
    await report(store, here.eve, guild_id=here.guild_id)
    assert heard.entries[0].audience == Users((here.owner.id,))  # who is an administrator of the server


async def test_the_same_again_is_the_report_there_is(store):
    here = await scene(store)
    message = await say(store, here.bob, "buy this")
    first = await report_message(store, here.eve, message)
    heard = Heard(store)
    assert (await report_message(store, here.eve, message, category="hate")).id == first.id
    assert heard.entries == []
    await edit(store, here.moderator, first.id, state="resolved")
    assert (await report_message(store, here.eve, message)).id != first.id


async def test_a_report_is_claimed_and_closed_with_a_note_and_everybody_hears(store):
    here = await scene(store)
    made = await report(store, here.eve, user_id=here.bob.id, guild_id=here.guild_id)
    heard = Heard(store)
    claimed = await edit(store, here.moderator, made.id, state="claimed")
    assert (claimed["state"], claimed["handler"]["username"]) == ("claimed", "moderator")
    closed = await edit(store, here.owner, made.id, state="dismissed", note="a joke")
    assert (closed["handler"]["username"], closed["note"]) == ("owner", "a joke")
    assert heard.names == ["CHATD_REPORT_UPDATE"] * 2
    assert heard.entries[1].d == closed
    opened = await edit(store, here.moderator, made.id, state="open")
    assert (opened["handler"], opened["note"]) == (None, "a joke")


@pytest.mark.parametrize("state", NEXT)
async def test_only_these_steps_lead_from_one_state_to_another(store, state):
    here = await scene(store)
    made = await report(store, here.eve, user_id=here.bob.id, guild_id=here.guild_id)
    if state != "open":
        await edit(store, here.moderator, made.id, state=state)
    for wrong in set(NEXT) - set(NEXT[state]):
        async with refused(store, InvalidFormBody) as caught:
            await edit(store, here.moderator, made.id, state=wrong)
        assert set(caught.value.errors) == {"state"}


async def test_reports_are_filtered_and_paged(store):
    here = await scene(store)
    messages = [await say(store, here.bob, str(number)) for number in range(3)]
    made = [await report_message(store, here.eve, message) for message in messages]
    await report(store, here.eve, "hate", user_id=here.owner.id, guild_id=here.guild_id)
    await edit(store, here.moderator, made[0].id, state="resolved")

    async def ids(**query: str) -> list[int]:
        return [int(each["id"]) for each in await queue(store, here.moderator, **query)]

    assert await ids(user_id=str(here.bob.id)) == [made[2].id, made[1].id, made[0].id]
    assert await ids(state="resolved") == [made[0].id]
    assert len(await ids(category="hate")) == 1
    assert await ids(before=str(made[2].id), limit="1") == [made[1].id]
    async with store.reading(here.moderator) as tx:
        told = await reports.list_for_guild(tx, here.guild_id, ReportPage.parse({"limit": "1"}))
    assert told["open_count"] == 3


async def test_it_needs_to_manage_messages(store):
    here = await scene(store)
    made = await report(store, here.eve, user_id=here.bob.id, guild_id=here.guild_id)
    async with store.reading(here.eve) as tx:
        with pytest.raises(MissingPermissions):
            await reports.list_for_guild(tx, here.guild_id, ReportPage.parse({}))
    async with refused(store, MissingPermissions):
        await edit(store, here.eve, made.id, state="dismissed")


async def test_only_what_one_sees_can_be_reported(store):
    here = await scene(store)
    secret = await make_channel(store, here.owner, name="secret")
    await hide(store, here.owner, secret.id, here.guild_id)
    message = await say(store, here.owner, "secret", channel_id=secret.id)
    async with refused(store, UnknownChannel):
        await report_message(store, here.eve, message)
    async with refused(store, UnknownMessage):
        await report(store, here.eve, channel_id=general(store).id, message_id=12345)
    async with refused(store, UnknownUser):
        await report(store, here.eve, user_id=12345)
    async with refused(store, UnknownGuild):
        await report(store, here.eve, guild_id=12345)
    async with refused(store, InvalidFormBody):
        await report(store, here.eve, user_id=here.eve.id)


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidFormBody) as caught:
        ReportDraft.parse({"category": "boring", "text": "x" * 1001, "channel_id": "1"})
    assert set(caught.value.errors) == {"category", "text", "message_id"}
    with pytest.raises(InvalidFormBody) as caught:
        ReportEdit.parse({"state": "lost", "note": 1})
    assert set(caught.value.errors) == {"state", "note"}
