"""Signing up, in and out, and what one looks after of one's own account. chatd's own routes, below /auth.

Who signs in gets a fresh session. A program finds its token in the body; a browser, known by the Origin
that it sends with every POST, only in the cookie `chatd_session`, which the scripts of a page cannot read.
Whatever is refused sets no cookie. Who asks to sign in and is already gets `{"already_signed_in": true,
"user": …}` and keeps the session there is.

Passwords are hashed before a transaction opens, off the event loop.
"""

from __future__ import annotations

from typing import Any

from chatd.actions import accounts, own_account, passwords, users
from chatd.model.accounts import (
    AccountChange,
    Device,
    LoginDraft,
    RegisterDraft,
    ResetDraft,
    SetUpDraft,
    SignedIn,
)
from chatd.model.times import iso_or_none
from chatd.rest.auth import expired_cookie, renewed_cookie, session_cookie
from chatd.rest.requests import RestRequest
from chatd.rest.responses import Answer, json, no_content


async def get_policy(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        policy = await accounts.policy(tx)
    return json(200, {**policy, "attachment_bytes_max": request.app.settings.attachment_bytes_max})


async def get_session(request: RestRequest) -> Answer:
    """Is my session good? The user, or 401 before it comes to this."""
    async with request.reading() as tx:
        answer = json(200, await users.get_self(tx))
    if request.wire is not None:
        cookie = renewed_cookie(request.wire, request.app.settings)
        if cookie is not None:
            answer.headers.append(("Set-Cookie", cookie))
    return answer


async def register(request: RestRequest) -> Answer:
    if request.is_signed_in:
        return await already_signed_in(request)
    session = request.app.settings.session
    draft = RegisterDraft.parse(await request.json())
    password_hash = await passwords.hash_password(draft.password)
    async with request.transaction() as tx:
        signed_in = await accounts.register(tx, draft, password_hash, device_of(request), session)
    return welcome(request, 201, signed_in)


async def set_up(request: RestRequest) -> Answer:
    if request.is_signed_in:
        return await already_signed_in(request)
    session = request.app.settings.session
    draft = SetUpDraft.parse(await request.json())
    password_hash = await passwords.hash_password(draft.account.password)
    async with request.transaction() as tx:
        signed_in = await accounts.set_up(tx, draft, password_hash, device_of(request), session)
    return welcome(request, 201, signed_in)


async def sign_in(request: RestRequest) -> Answer:
    if request.is_signed_in:
        return await already_signed_in(request)
    session = request.app.settings.session
    draft = LoginDraft.parse(await request.json())
    request.app.limits.take_shared("sign_in_of_one_name_per_300_s", draft.login, request.now_s)
    signed_in = await accounts.sign_in(request.app.store, draft, device_of(request), session)
    return welcome(request, 200, signed_in)


async def sign_out(request: RestRequest) -> Answer:
    async with request.transaction() as tx:
        await accounts.sign_out(tx)
    answer = no_content()
    if request.wire is not None:
        answer.headers.append(("Set-Cookie", expired_cookie(request.wire, request.app.settings)))
    return answer


async def list_sessions(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, {"sessions": await own_account.list_sessions(tx)})


async def end_session(request: RestRequest, session: str) -> Answer:
    async with request.transaction() as tx:
        await own_account.end_session(tx, session)
    return no_content()


async def end_other_sessions(request: RestRequest) -> Answer:
    async with request.transaction() as tx:
        await own_account.end_others(tx)
    return no_content()


async def update_account(request: RestRequest) -> Answer:
    change = AccountChange.parse(await request.json())
    async with request.reading() as tx:
        await own_account.require_password(tx, change.password)
    new = change.new_password
    password_hash = None if new is None else await passwords.hash_password(new)
    async with request.transaction() as tx:
        return json(200, await own_account.update(tx, change, password_hash))


async def reset_password(request: RestRequest) -> Answer:
    session = request.app.settings.session
    draft = ResetDraft.parse(await request.json())
    password_hash = await passwords.hash_password(draft.password)
    async with request.transaction() as tx:
        signed_in = await own_account.reset_password(
            tx, draft.token, password_hash, device_of(request), session
        )
    return welcome(request, 200, signed_in)


async def already_signed_in(request: RestRequest) -> Answer:
    async with request.reading() as tx:
        return json(200, {"already_signed_in": True, "user": await users.get_self(tx)})


def welcome(request: RestRequest, status: int, signed_in: SignedIn) -> Answer:
    user, token, expires_at = signed_in
    told: dict[str, Any] = {"user": user.payload(), "expires_at": iso_or_none(expires_at)}
    if request.wire is None or "origin" not in request.wire.headers:
        told["token"] = token
    answer = json(status, told)
    if request.wire is not None:
        answer.headers.append(("Set-Cookie", session_cookie(token, request.wire, request.app.settings)))
    return answer


def device_of(request: RestRequest) -> Device:
    """Where somebody signs in from. Through the gateway there is nobody to sign in."""
    if request.wire is None:
        return Device(None, None)
    return Device(request.wire.headers.get("user-agent"), request.wire.peer or None)
