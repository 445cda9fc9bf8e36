"""Endpoints of applications, and the keys by which these know who asks."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from nacl.signing import SigningKey

from chatd.actions import applications, endpoints
from chatd.model.actor import ANYONE
from tests.beats import assert_as_fresh
from tests.people import Heard, bot, person


async def key_of(store: Any, application_id: int) -> bytes | None:
    async with store.reading(ANYONE) as tx:
        return await endpoints.find_key(tx, application_id)


async def make_keys(store: Any) -> int:
    async with store.transaction(ANYONE) as tx:
        return await endpoints.make_keys(tx)


async def test_an_application_has_keys_from_the_beginning(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    async with store.transaction(ada) as tx:
        made = await applications.create_application(tx, "helper", owned_max=1)
    for application_id in (robo.id, int(made["id"])):
        private = await key_of(store, application_id)
        public = store.directory.applications[application_id].verify_key
        assert private is not None and bytes(SigningKey(private).verify_key).hex() == public
    assert made["verify_key"] == store.directory.applications[int(made["id"])].verify_key
    assert await make_keys(store) == 0


@pytest.fixture
def unsigned(monkeypatch):
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "nacl.signing", None)
        yield without


async def test_what_was_made_without_the_library_gets_its_keys_later(store, unsigned):
    robo, _ = await bot(store, "robo")
    assert (await key_of(store, robo.id), store.directory.applications[robo.id].verify_key) == (None, "")
    assert await make_keys(store) == 0
    unsigned.undo()
    heard = Heard(store)
    assert await make_keys(store) == 1
    await assert_as_fresh(store)
    assert heard.names == ["CHATD_APPLICATION_UPDATE"]
    private = await key_of(store, robo.id)
    assert private is not None and private.hex() not in str(heard.entries[0].d)
    assert bytes(SigningKey(private).verify_key).hex() == store.directory.applications[robo.id].verify_key
    assert await make_keys(store) == 0


async def test_only_who_has_an_address_has_an_endpoint(store):
    robo, _ = await bot(store, "robo")
    async with store.reading(ANYONE) as tx:
        assert await endpoints.find(tx, robo.id) is None
        assert await endpoints.find(tx, 1) is None
    async with store.transaction(robo) as tx:
        values = {"interactions_endpoint_url": "https://bot.example/in"}
        await applications.update_application(tx, robo.id, values, {})
    async with store.reading(ANYONE) as tx:
        found = await endpoints.find(tx, robo.id)
    assert found == ("https://bot.example/in", await key_of(store, robo.id))
