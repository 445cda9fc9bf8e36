"""Where applications are asked over HTTP, and the keys that requests to them are signed with.

A key is made with its application. One that was made where nothing could be signed gets its key at the next
start that can (make_keys), so an owner knows the public one before there is an endpoint to check by it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from chatd.actions.signing import new_key_pair
from chatd.model import events
from chatd.model.applications import Application
from chatd.model.audience import Nobody
from chatd.store.queries import applications
from chatd.store.transaction import Reading, Transaction


class Endpoint(NamedTuple):
    """An application's address, and the private key that it knows the public one of."""

    url: str
    key: bytes


async def find(tx: Reading, application_id: int) -> Endpoint | None:
    """None for an application that is asked on the gateway, or not at all while its owner is disabled."""
    application = tx.directory.applications.get(application_id)
    if application is None or not application.interactions_endpoint_url:
        return None
    async with tx.connection() as conn:
        if await applications.is_kept_out(conn, id=application_id):
            return None
    key = await find_key(tx, application_id)
    return None if key is None else Endpoint(application.interactions_endpoint_url, key)


async def find_key(tx: Reading, application_id: int) -> bytes | None:
    """What an application's requests are signed with, if there is such a key."""
    async with tx.connection() as conn:
        key: bytes | None = await applications.find_signing_key(conn, id=application_id)
    return key


async def make_keys(tx: Transaction) -> int:
    """Give keys to the applications that have none, where they can be made; how many.

    Emits CHATD_APPLICATION_UPDATE for each.
    """
    made = 0
    for row in await applications.hold_keyless(tx.conn):
        pair = new_key_pair()
        if pair is None:
            break
        after = replace(Application.from_row(row), verify_key=pair.public.hex())
        await applications.set_keys(
            tx.conn, id=after.id, verify_key=after.verify_key, signing_key=pair.private
        )
        tx.emit(events.application_update(after, tx.directory.users[after.id]), to=Nobody())
        made += 1
    return made
