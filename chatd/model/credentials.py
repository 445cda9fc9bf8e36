"""Secrets: password hashes and tokens. RFC 7914 (scrypt); OWASP's password storage advice for its cost.

A password hash is `scrypt$n$r$p$salt$key`, so that the cost can grow without breaking what is stored.
A token is `base64(user id).time.secret`; some client libraries read the id in the first part. Only its
SHA-256 is kept: 256 random bits need no slow hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from chatd.model.snowflakes import SNOWFLAKE_MAX

# One of the equal choices that OWASP lists; this one takes 16 MiB, so many sign-ins at once fit in memory.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 5
_MEMORY_BYTES_MAX = 64 * 2**20
_KEY_BYTES, _SALT_BYTES = 32, 16

# How an interaction's token begins, inside of its base64.
_INTERACTION = "interaction:"

# The cookie in which a browser keeps its session's token, for HTTP and for the gateway's opening handshake.
SESSION_COOKIE = "chatd_session"


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Slow on purpose: keep it off the event loop."""
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    key = _scrypt(password, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)
    return f"scrypt${SCRYPT_N}${SCRYPT_R}${SCRYPT_P}${_text(salt)}${_text(key)}"


def verify_password(password: str, stored: str) -> bool:
    """Whether `stored` is the hash of `password`. As slow as hashing it."""
    scheme, n, r, p, salt, key = stored.split("$")
    assert scheme == "scrypt"
    return hmac.compare_digest(_scrypt(password, _bytes(salt), int(n), int(r), int(p)), _bytes(key))


# Verified when there is no such user, so that the answer takes as long as for a wrong password. It is
# the hash of nothing that can be typed: its key is not scrypt's.
NOBODYS_PASSWORD = f"scrypt${SCRYPT_N}${SCRYPT_R}${SCRYPT_P}${'A' * 22}${'A' * 43}"


def mint_token(user_id: int, now_s: float) -> str:
    """A new token for the user, from the system's random source."""
    return ".".join(
        (_text(str(user_id).encode()), _text(int(now_s).to_bytes(5, "big")), _text(secrets.token_bytes(32)))
    )


def mint_webhook_token() -> str:
    """The token of a webhook's address. discord.py knows an address by at least 60 characters of it."""
    return secrets.token_urlsafe(51)


def mint_interaction_token(interaction_id: int) -> str:
    """The token of an interaction, which says of which; whoever stores it keeps its hash."""
    return _text(f"{_INTERACTION}{interaction_id}:{secrets.token_urlsafe(48)}".encode())


def interaction_of(token: str) -> int | None:
    """The interaction that a token says it is of; None for any other token, such as a webhook's."""
    try:
        kind, number, secret = _bytes(token).decode("ascii").split(":")
    except ValueError:  # binascii.Error and UnicodeDecodeError among them
        return None
    is_one = f"{kind}:" == _INTERACTION and number.isdigit() and len(number) < 20 and secret
    return int(number) if is_one and int(number) <= SNOWFLAKE_MAX else None


def is_same_secret(one: str, other: str) -> bool:
    """Compare in a time that tells nothing of either."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def mint_secret() -> str:
    """A secret for a one-time link."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = password.encode("utf-8")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES_MAX, dklen=_KEY_BYTES)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
