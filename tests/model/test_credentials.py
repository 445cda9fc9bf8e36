"""Secrets: passwords that verify, nobody's that never does, and tokens of the shape that clients read."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

import pytest

from chatd.model import credentials
from chatd.model.credentials import (
    hash_password,
    hash_token,
    interaction_of,
    mint_interaction_token,
    mint_secret,
    mint_token,
    mint_webhook_token,
    verify_password,
)

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    "password", [PASSWORD, "pässwörd 密码 😀", "x" * 256, "        ", "semi;colon$dollar"]
)
def test_a_password_verifies_and_another_does_not(password):
    stored = hash_password(password)
    assert verify_password(password, stored)
    assert not verify_password(password + " ", stored)
    assert not verify_password(password.upper() + "!", stored)


def test_two_hashes_of_one_password_differ():
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first != second and verify_password(PASSWORD, first) and verify_password(PASSWORD, second)


def test_a_hash_tells_its_cost_and_not_its_password():
    scheme, n, r, p, salt, key = hash_password(PASSWORD).split("$")
    # One of the configurations that OWASP's password storage advice lists as equal.
    assert (scheme, int(n), int(r), int(p)) == ("scrypt", 2**14, 8, 5)
    assert (len(salt), len(key)) == (22, 43)  # 16 and 32 bytes


def test_a_hash_made_at_another_cost_still_verifies():
    salt = b"0123456789abcdef"
    key = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=2**4, r=8, p=1, dklen=32)
    text = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (salt, key)]
    stored = "$".join(["scrypt", "16", "8", "1", *text])
    assert verify_password(PASSWORD, stored) and not verify_password("other", stored)


@pytest.mark.parametrize("password", ["", "A", "A" * 22, "\x00" * 32, PASSWORD])
def test_nobodys_password_is_never_right(password):
    assert not verify_password(password, credentials.NOBODYS_PASSWORD)


def test_nobodys_password_costs_what_a_real_one_costs():
    ours, real = credentials.NOBODYS_PASSWORD.split("$"), hash_password(PASSWORD).split("$")
    assert ours[:4] == real[:4] and [len(part) for part in ours] == [len(part) for part in real]


@pytest.mark.parametrize("user_id", [1, 175928847299117063, 2**63 - 1])
def test_a_token_begins_with_the_id_of_its_user(user_id):
    first, second, third = mint_token(user_id, 1_800_000_000.9).split(".")
    assert base64.b64decode(first + "=" * (-len(first) % 4)).decode() == str(user_id)
    assert int.from_bytes(base64.urlsafe_b64decode(second + "="), "big") == 1_800_000_000
    assert len(base64.urlsafe_b64decode(third + "=")) == 32


def test_tokens_and_secrets_never_repeat():
    assert len({mint_token(1, 0.0) for _ in range(100)}) == 100
    assert len({mint_secret() for _ in range(100)}) == 100


def test_a_token_fits_where_tokens_are_accepted():
    assert len(mint_token(2**63 - 1, 2**39)) <= 200


@pytest.mark.parametrize("interaction_id", [1, 175928847299117063, 2**63 - 1])
def test_an_interaction_s_token_says_of_which_it_is(interaction_id):
    token = mint_interaction_token(interaction_id)
    assert interaction_of(token) == interaction_id and quote(token, safe="") == token
    assert mint_interaction_token(interaction_id) != token


@pytest.mark.parametrize(
    "token", ["", "é", "\ud800", "a", "====", pytest.param(mint_webhook_token(), id="webhook"),
              pytest.param(mint_token(1, 0.0), id="user"), "aW50ZXJhY3Rpb246",
              base64.urlsafe_b64encode(b"interaction:x:y").decode(),
              base64.urlsafe_b64encode(b"interaction:1:").decode(),
              base64.urlsafe_b64encode(b"interaction:" + b"9" * 30 + b":x").decode(),
              base64.urlsafe_b64encode(b"interaction:" + b"9" * 19 + b":x").decode()],
)  # fmt: skip
def test_no_other_token_is_an_interaction_s(token):
    assert interaction_of(token) is None


def test_any_text_has_a_hash_of_its_own():
    hashes = {hash_token(text) for text in ("", "a", "A", "\ud800", "\udfff", "é", "\x00")}
    assert len(hashes) == 7 and all(len(digest) == 32 for digest in hashes)
    assert hash_token("a") == hashlib.sha256(b"a").digest()
