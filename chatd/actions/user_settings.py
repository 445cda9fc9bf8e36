"""User settings: what a person's clients agree on. The status among them is the one that op 3 chooses too."""

from __future__ import annotations

import json
from typing import Any

from chatd.model import events
from chatd.model.audience import Users
from chatd.model.json_text import encode_json
from chatd.model.user_settings import UserSettingsEdit, completed
from chatd.store.queries import relationships, user_settings, users
from chatd.store.transaction import Reading, Transaction


async def get_settings(tx: Reading) -> dict[str, Any]:
    """All of the actor's settings; also what READY tells."""
    return await settings_of(tx, tx.actor.id)


async def settings_of(tx: Reading, user_id: int) -> dict[str, Any]:
    """Somebody's settings, for the server to go by."""
    return completed(await _chosen(tx, user_id), tx.now())


async def update_settings(tx: Transaction, edit: UserSettingsEdit) -> dict[str, Any]:
    """Change some; the rest stays. Answers all.

    Emits USER_SETTINGS_UPDATE to the actor, with those that have changed.
    """
    me = tx.actor.id
    await relationships.hold_users(tx.conn, user_ids=[me])  # two devices take turns
    before = await _chosen(tx, me)
    after = {**before, **edit.values}
    changed = {name: after[name] for name in edit.values if completed(before, tx.now())[name] != after[name]}
    if changed:
        status = after.pop("status")
        await users.update_status(tx.conn, id=me, status=status)
        await user_settings.save_settings(tx.conn, user_id=me, settings=encode_json(after))
        tx.emit(events.user_settings_update(changed), to=Users((me,)))
        after["status"] = status
    return completed(after, tx.now())


async def _chosen(tx: Reading, user_id: int) -> dict[str, Any]:
    async with tx.connection() as conn:
        row = await user_settings.find_settings(conn, user_id=user_id)
    return {**json.loads(row["settings"]), "status": row["status"]}
