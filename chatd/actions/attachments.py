"""What becomes of a message's files: records for its details, and rows for whoever asks for the content.

The content was made durable before the transaction opened (rest/uploads.py), and the rows are written in
the transaction that writes the message: so there is a row exactly for each file of each message, and a
blob that no row names is one whose message was never sent, or is gone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chatd.actions import access
from chatd.model.attachment_links import read_url
from chatd.model.attachments import ATTACHMENTS_MAX, AttachmentsDraft, FileRow
from chatd.model.channels import FORUMS
from chatd.model.errors import InvalidFormBody, RouteNotFound, UnknownChannel
from chatd.model.permissions import Permission
from chatd.store.queries import attachments
from chatd.store.transaction import Reading, Transaction


class Attached(NamedTuple):
    """The details with their records, and the rows that go with them."""

    details: dict[str, Any]
    files: tuple[FileRow, ...]


async def require_attach(tx: Reading, channel_id: int) -> None:
    """Before a file is read at all: of a message, or of the first one of a post in a forum.

    Raises UnknownChannel, NotATextChannel, MissingPermissions.
    """
    place = await access.channel(tx, channel_id)
    if place.channel.type not in FORUMS:
        place.require_text()
    place.require(Permission.ATTACH_FILES)


def attach(tx: Reading, draft: AttachmentsDraft, before: dict[str, Any] | None = None) -> Attached:
    """Attach the new files; of those that `before` has, keep what the draft keeps.

    Raises InvalidFormBody at `attachments` for one to keep that is not there, and for too many.
    """
    there = (before or {}).get("attachments", [])
    if draft.kept is not None:
        unknown = set(draft.kept) - {int(record["id"]) for record in there}
        if unknown:
            message = f"The message has no attachment {min(unknown)}."
            raise InvalidFormBody.at("attachments", "ATTACHMENT_NOT_FOUND", message)
        there = [record for record in there if int(record["id"]) in draft.kept]
    if len(there) + len(draft.new) > ATTACHMENTS_MAX:
        message = f"Must be {ATTACHMENTS_MAX} or fewer in length."
        raise InvalidFormBody.at("attachments", "BASE_TYPE_MAX_LENGTH", message)
    records = [new.record(tx.next_id()) for new in draft.new]
    files = [FileRow.of(record, new.file.blob) for record, new in zip(records, draft.new, strict=True)]
    return Attached({"attachments": [*there, *records]}, tuple(files))


async def copied(tx: Reading, details: dict[str, Any]) -> Attached:
    """The details of another message, its files attached anew: they stay when the other one is deleted.

    One that has been deleted in this moment is left out.
    """
    snapshots = details.get("message_snapshots", ())
    holders = [details, *(snapshot["message"] for snapshot in snapshots)]
    ids = [int(record["id"]) for holder in holders for record in holder.get("attachments", ())]
    if not ids:
        return Attached(details, ())
    async with tx.connection() as conn:
        blobs = {row["id"]: row["blob"] for row in await attachments.list_blobs_of(conn, ids=ids)}
    files: list[FileRow] = []

    def copy(holder: dict[str, Any]) -> dict[str, Any]:
        if "attachments" not in holder:
            return holder
        records = []
        for record in holder["attachments"]:
            if blob := blobs.get(int(record["id"])):
                records.append({**record, "id": str(tx.next_id())})
                files.append(FileRow.of(records[-1], blob))
        return {**holder, "attachments": records}

    made = copy(details)
    if snapshots:
        made["message_snapshots"] = [{**each, "message": copy(each["message"])} for each in snapshots]
    return Attached(made, tuple(files))


async def write_rows(
    tx: Transaction, channel_id: int, message_id: int, files: tuple[FileRow, ...], dropped: set[int],
    *, ephemeral: bool = False,
) -> None:  # fmt: skip
    """The rows of a message's new files, and of those that it no longer has."""
    if dropped:
        await attachments.delete_attachments(tx.conn, message_id=message_id, ids=sorted(dropped))
    owner = "ephemeral_message_id" if ephemeral else "message_id"
    await _insert(tx, channel_id, files, **{owner: message_id})


async def write_rows_of_interaction(
    tx: Transaction, channel_id: int, interaction_id: int, files: tuple[FileRow, ...]
) -> None:
    """The rows of files that somebody hands to an application."""
    await _insert(tx, channel_id, files, interaction_id=interaction_id)


async def _insert(
    tx: Transaction, channel_id: int, files: tuple[FileRow, ...], *, message_id: int | None = None,
    ephemeral_message_id: int | None = None, interaction_id: int | None = None,
) -> None:  # fmt: skip
    if not files:
        return
    await attachments.insert_attachments(
        tx.conn, channel_id=channel_id, message_id=message_id, ephemeral_message_id=ephemeral_message_id,
        interaction_id=interaction_id, ids=[file.id for file in files],
        filenames=[file.filename for file in files], content_types=[file.content_type for file in files],
        blobs=[file.blob for file in files],
    )  # fmt: skip


async def refresh_urls(tx: Reading, urls: list[str]) -> list[str]:
    """Sign addresses anew, of files in channels whose history the actor can read.

    Raises InvalidFormBody at each of the others, alike whether there is such a file or not.
    """
    fresh: list[str] = []
    for at, url in enumerate(urls):
        found = read_url(url)
        if found is None or not await _may_read(tx, found[0]):
            message = "This is not the address of an attachment."
            raise InvalidFormBody.at(f"attachment_urls.{at}", "ATTACHMENT_NOT_FOUND", message)
        fresh.append(tx.links.url(*found))
    return fresh


async def _may_read(tx: Reading, channel_id: int) -> bool:
    try:
        place = await access.channel(tx, channel_id)
    except UnknownChannel:
        return False
    return place.may(Permission.READ_MESSAGE_HISTORY)


def ids_in(details: dict[str, Any] | None) -> set[int]:
    """The attachments of a message, of those that it forwards too."""
    details = details or {}
    holders = [details, *(snapshot["message"] for snapshot in details.get("message_snapshots", ()))]
    return {int(record["id"]) for holder in holders for record in holder.get("attachments", ())}


async def find_attachment(tx: Reading, channel_id: int, attachment_id: int, filename: str) -> FileRow:
    """The file that an address names in full; that the address is signed is for the door to check.

    Raises RouteNotFound.
    """
    async with tx.connection() as conn:
        row = await attachments.find_attachment(conn, id=attachment_id)
    if row is None or (row["channel_id"], row["filename"]) != (channel_id, filename):
        raise RouteNotFound()
    return FileRow(attachment_id, row["filename"], row["content_type"], row["blob"])
