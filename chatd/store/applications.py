"""The directory's part of applications: what each is, which says what its bot may ask for.

None of it changes who sees what. directory.py loads it with the rest (`load`) and folds entries by the table
at the end. The key that an application signs with is not here, nor in the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncpg import Connection

from chatd.model.applications import Application
from chatd.model.events import APPLICATION_DELETE, APPLICATION_UPDATE, Entry
from chatd.model.users import User
from chatd.store.queries import applications

if TYPE_CHECKING:
    from chatd.store.directory import Directory


async def load(directory: Directory, conn: Connection) -> None:
    for row in await applications.list_applications(conn):
        directory.applications[row["id"]] = Application.from_row(row)


def _on_update(directory: Directory, entry: Entry) -> None:
    """A new one has a bot that is in no guild yet, so it is told of here."""
    application, bot = Application.from_record(entry.d["application"]), User.from_payload(entry.d["bot"])
    directory.users.setdefault(bot.id, bot)
    directory.token_epoch += 1  # perhaps of what its bot might ask for
    directory.applications[application.id] = application


def _on_delete(directory: Directory, entry: Entry) -> None:
    directory.applications.pop(int(entry.d["application_id"]), None)


FOLDS: dict[str, Callable[[Directory, Entry], Any]] = {
    APPLICATION_UPDATE: _on_update,
    APPLICATION_DELETE: _on_delete,
}
