"""Secrets: none is stored as it is, and none is in anything that is announced or answered."""

from __future__ import annotations

from typing import Any

from chatd.actions import accounts, applications, dms, first_run, messages, users
from chatd.model.accounts import RegisterDraft, SetUpDraft
from chatd.model.actor import ANYONE, Actor
from chatd.model.audience import Nobody
from chatd.model.credentials import hash_token
from chatd.model.dms import DirectMessageDraft
from chatd.model.events import TOKEN_REVOKED
from chatd.model.message_drafts import MessageDraft
from chatd.model.users import UserEdit
from tests.beats import all_rows
from tests.people import DAY, DEVICE, NO_PASSWORD, Heard, bot, general, person

PASSWORD, EMAIL = "correct horse battery", "ada@chat.example"


async def setup_secret(store: Any) -> str:
    async with store.pool.acquire() as conn:
        secret = await first_run.renew_setup_secret(conn)
    assert secret is not None
    return secret


async def set_up(store: Any, secret: str) -> Any:
    async with store.transaction(ANYONE) as tx:
        draft = SetUpDraft(secret, RegisterDraft("owner", PASSWORD, None, None, None))
        return await accounts.set_up(tx, draft, NO_PASSWORD, DEVICE, DAY)


async def register(store: Any, username: str) -> Any:
    async with store.transaction(ANYONE) as tx:
        draft = RegisterDraft(username, PASSWORD, EMAIL, None, None)
        return await accounts.register(tx, draft, NO_PASSWORD, DEVICE, DAY)


async def test_no_secret_is_stored_as_it_is(store):
    secret = await setup_secret(store)
    _, token = await person(store, "ada")
    _, bot_token = await bot(store, "robo")
    stored = str(await all_rows(store))
    assert NO_PASSWORD in stored and hash_token(token).hex() in stored
    for text in (secret, token, token.split(".")[2], bot_token, bot_token.split(".")[2]):
        assert text not in stored


async def test_no_payload_holds_a_secret(store):
    """Everything that is announced or answered here, walked to its last field."""
    secret = await setup_secret(store)
    heard = Heard(store)
    owner, ada = await set_up(store, secret), await register(store, "ada")
    robo, bot_token = await bot(store, "robo")
    answers = await answers_to(store, Actor(ada.user.id, token_hash=hash_token(ada.token)), owner.user.id)
    async with store.reading(robo) as tx:
        answers += [await applications.get_own(tx), await users.get_self(tx), await accounts.policy(tx)]
        answers += [dict(row) for row in await accounts.list_accounts(tx)]
    assert {"USER_UPDATE", "CHANNEL_CREATE", "MESSAGE_CREATE", "GUILD_UPDATE", TOKEN_REVOKED} <= set(
        heard.names
    )

    announced = [entry.d for entry in heard.entries if entry.audience != Nobody()]
    secrets = {secret, owner.token, ada.token, bot_token, PASSWORD, NO_PASSWORD}
    secrets |= {hash_token(text).hex() for text in secrets}
    for name, value in fields_of([*announced, *answers]):
        assert not any(word in name for word in ("hash", "token", "password", "secret")), name
        assert not any(text in value for text in secrets), name
    assert [entry.name for entry in heard.entries if EMAIL in entry.payload] == ["USER_UPDATE"]


async def answers_to(store: Any, me: Actor, other_id: int) -> list[Any]:
    """What somebody is answered who does a little of everything, and then signs out."""
    async with store.transaction(me) as tx:
        renamed = await users.update_self(tx, UserEdit("ada_2"))
        opened = await dms.open_dm(tx, DirectMessageDraft(other_id))
    async with store.queued(me) as tx:
        said = await messages.create_message(tx, general(store).id, MessageDraft("hello"))
    async with store.transaction(me) as tx:
        await accounts.sign_out(tx)
    return [renamed, opened, said.payload()]


def fields_of(value: Any, name: str = "") -> Any:
    """Every field inside a payload, with its name, its value as text."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from fields_of(inside, key)
    elif isinstance(value, list):
        for inside in value:
            yield from fields_of(inside, name)
    else:
        yield name, str(value)
