"""Reports: say what is wrong, to those who can do something about it, and see to it that it is done.

What is reported in a guild is for its moderators, who have MANAGE_MESSAGES, and for administrators of the
server; all else is for those alone. Of a message only the moderators hear who see its channel, and nobody
hears of what is said about themselves.
"""

from __future__ import annotations

from typing import Any

from chatd.actions import access, attachments, message_rows
from chatd.model import events
from chatd.model.attachments import FileRow
from chatd.model.audience import Users
from chatd.model.errors import InvalidFormBody, Unavailable, UnknownReport, UnknownUser
from chatd.model.guilds import Guild
from chatd.model.json_text import encode_json
from chatd.model.messages import Message
from chatd.model.permissions import Permission
from chatd.model.reports import GUILD, MESSAGE, NEXT, OPEN, USER, Report, ReportDraft, ReportEdit, ReportPage
from chatd.store.queries import administration, reports
from chatd.store.transaction import Reading, Transaction

_MODERATES = int(Permission.MANAGE_MESSAGES)


async def create_report(tx: Transaction, draft: ReportDraft) -> Report:
    """Report a message, a user or a guild that one can see. The same again is the report there is.

    A message is kept as it is now. Emits CHATD_REPORT_CREATE to those who look after it.
    Raises UnknownChannel, UnknownMessage, UnknownUser, UnknownGuild, and InvalidFormBody for oneself.
    """
    report, files = await _about(tx, draft)
    if report.user_id == tx.actor.id:
        raise InvalidFormBody.at("user_id", "REPORT_OF_ONESELF", "You cannot report yourself.")
    made = await reports.insert_report(
        tx.conn, id=report.id, kind=report.kind, reporter_id=report.reporter_id, guild_id=report.guild_id,
        channel_id=report.channel_id, message_id=report.message_id, user_id=report.user_id,
        category=report.category, words=report.words, updated_at=report.updated_at,
        evidence=None if report.evidence is None else encode_json(report.evidence),
    )  # fmt: skip
    if made is None:
        known = await reports.find_same(
            tx.conn, reporter_id=report.reporter_id, kind=report.kind, guild_id=report.guild_id,
            user_id=report.user_id, message_id=report.message_id,
        )  # fmt: skip
        if known is None:  # It has been closed at this moment.
            raise Unavailable()
        return Report.from_row(known)
    await reports.insert_files(
        tx.conn, report_id=report.id, channel_id=report.channel_id or 0, ids=[each.id for each in files],
        filenames=[each.filename for each in files], content_types=[each.content_type for each in files],
        blobs=[each.blob for each in files],
    )  # fmt: skip
    payload = report.payload(tx.directory.users, tx.links)
    tx.emit(events.report_create(payload), to=await _audience(tx, report))
    return report


async def list_for_guild(tx: Reading, guild_id: int, page: ReportPage) -> dict[str, Any]:
    """What a guild's moderators have to look after, newest first, and how many are open.

    Needs MANAGE_MESSAGES. Raises UnknownGuild, MissingPermissions.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MODERATES)
    return await _list(tx, page, guild_id, _channels_in_sight(tx, place.guild))


async def list_for_admins(tx: Reading, page: ReportPage) -> dict[str, Any]:
    """Every report but of oneself. For administrators, as the door has asked."""
    return await _list(tx, page, None, [])


async def update_for_guild(
    tx: Transaction, guild_id: int, report_id: int, edit: ReportEdit
) -> dict[str, Any]:
    """Claim a report, let go of it, resolve or dismiss it, or open it again, and note why.

    Needs MANAGE_MESSAGES in the guild, and to see what it is about. Emits CHATD_REPORT_UPDATE.
    Raises UnknownGuild, MissingPermissions, UnknownReport, and InvalidFormBody at `state`.
    """
    place = await access.guild(tx, guild_id)
    place.require(_MODERATES)
    report = await _hold(tx, report_id)
    if report.guild_id != guild_id or not _may_see(tx, place.guild, report, tx.actor.id):
        raise UnknownReport()
    return await _update(tx, report, edit)


async def update_for_admins(tx: Transaction, report_id: int, edit: ReportEdit) -> dict[str, Any]:
    """The same for administrators, of any report but of themselves.

    Raises UnknownReport, and InvalidFormBody at `state`.
    """
    report = await _hold(tx, report_id)
    if report.user_id == tx.actor.id:
        raise UnknownReport()
    return await _update(tx, report, edit)


# ── what it is about ──


async def _about(tx: Transaction, draft: ReportDraft) -> tuple[Report, tuple[FileRow, ...]]:
    """The report, and the files that are kept with it."""
    files: tuple[FileRow, ...] = ()
    report = Report(
        tx.next_id(), GUILD, tx.actor.id, draft.guild_id, None, None, None, draft.category, draft.words, None,
        OPEN, None, "", tx.now(),
    )  # fmt: skip
    if draft.channel_id is not None and draft.message_id is not None:
        place = await access.channel(tx, draft.channel_id)
        message = await message_rows.find(tx, draft.channel_id, draft.message_id)
        report.kind, report.guild_id = MESSAGE, place.guild_id
        report.channel_id, report.message_id = draft.channel_id, draft.message_id
        report.user_id = message.author.id if message.author.id in tx.directory.users else None
        report.evidence, files = await _kept(tx, message)
    elif draft.user_id is not None:
        if draft.guild_id is not None:
            await access.guild(tx, draft.guild_id)
        if draft.user_id not in tx.directory.users:
            raise UnknownUser()
        report.kind, report.user_id = USER, draft.user_id
    else:
        assert draft.guild_id is not None, "a report is about something"
        await access.guild(tx, draft.guild_id)
    return report, files


async def _kept(tx: Transaction, message: Message) -> tuple[dict[str, Any], tuple[FileRow, ...]]:
    """A message as it is, its files under ids of their own.

    So who knows their addresses finds them there for as long as the message is, and no longer.
    """
    records = (message.details or {}).get("attachments", ())
    details, files = await attachments.copied(tx, {"attachments": records})
    return {**message.payload(), "attachments": details["attachments"]}, files


# ── who looks after it ──


def _may_see(tx: Reading, guild: Guild, report: Report, user_id: int) -> bool:
    """Whether a member of the guild is to look after a report there."""
    if report.kind == GUILD or report.user_id == user_id:
        return False
    if report.channel_id is None:
        return bool(tx.directory.guild_permissions(user_id, guild.id) & _MODERATES)
    needed = _MODERATES | Permission.VIEW_CHANNEL
    return tx.directory.permissions(user_id, report.channel_id) & needed == needed


def _channels_in_sight(tx: Reading, guild: Guild) -> list[int]:
    """The channels and threads of a guild of which the actor hears what is reported there."""
    directory, needed = tx.directory, _MODERATES | Permission.VIEW_CHANNEL
    channels = (c.id for c in directory.channels.values() if c.guild_id == guild.id)
    return [each for each in channels if directory.permissions(tx.actor.id, each) & needed == needed]


async def _audience(tx: Transaction, report: Report) -> Users:
    admins = {row["user_id"] for row in await administration.list_admins(tx.conn)} - {report.user_id}
    guild = tx.directory.guilds.get(report.guild_id or 0)
    if guild is None:
        return Users(tuple(sorted(admins)))
    granting = _MODERATES | Permission.ADMINISTRATOR
    likely = {role_id for role_id, role in guild.roles.items() if role.permissions & granting}
    everybody = guild.id in likely or report.channel_id is not None and _is_allowed_by_overwrite(tx, report)
    told = (
        user_id
        for user_id, member in guild.members.items()
        if (everybody or user_id == guild.owner_id or not likely.isdisjoint(member.role_ids))
        and not tx.directory.users[user_id].bot
        and _may_see(tx, guild, report, user_id)
    )
    return Users(tuple(sorted(admins.union(told))))


def _is_allowed_by_overwrite(tx: Reading, report: Report) -> bool:
    """Whether the channel makes moderators of members who are none elsewhere: then each has to be asked."""
    channels = tx.directory.channels
    channel = channels.get(report.channel_id or 0)
    if channel is not None and channel.thread is not None:
        channel = channels.get(channel.parent_id or 0)
    return channel is not None and any(each.allow & _MODERATES for each in channel.overwrites.values())


# ── looked after ──


async def _list(
    tx: Reading, page: ReportPage, guild_id: int | None, channel_ids: list[int]
) -> dict[str, Any]:
    queue = {"guild_id": guild_id, "channel_ids": channel_ids, "hidden_from": tx.actor.id}
    async with tx.connection() as conn:
        rows = await reports.list_reports(
            conn, before=page.before, limit=page.limit, state=page.state, category=page.category,
            user_id=page.user_id, **queue,
        )  # fmt: skip
        open_count = await reports.count_open(conn, **queue)
    told = [Report.from_row(row).payload(tx.directory.users, tx.links) for row in rows]
    return {"open_count": open_count, "reports": told}


async def _hold(tx: Transaction, report_id: int) -> Report:
    row = await reports.hold_report(tx.conn, id=report_id)
    if row is None:
        raise UnknownReport()
    return Report.from_row(row)


async def _update(tx: Transaction, report: Report, edit: ReportEdit) -> dict[str, Any]:
    if edit.state is not None:
        if edit.state not in NEXT[report.state]:
            message = f"A report that is {report.state} cannot become {edit.state}."
            raise InvalidFormBody.at("state", "REPORT_STATE", message)
        report.state = edit.state
        report.handler_id = None if edit.state == OPEN else tx.actor.id
    if edit.note is not None:
        report.note = edit.note
    report.updated_at = tx.now()
    await reports.update_report(
        tx.conn, id=report.id, state=report.state, handler_id=report.handler_id, note=report.note,
        updated_at=report.updated_at,
    )  # fmt: skip
    payload = report.payload(tx.directory.users, tx.links)
    tx.emit(events.report_update(payload), to=await _audience(tx, report))
    return payload
