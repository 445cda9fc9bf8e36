"""Ed25519 (RFC 8032), with which an application's HTTP endpoint tells our requests from anybody else's.

Python has none of its own, so it comes from the library PyNaCl, chatd's extra `interactions`. Without it
there are no keys, and whoever would use one is told why (endpoints.py).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple


class KeyPair(NamedTuple):
    """Both are 32 octets. The public one is shown to the application as `verify_key`, in hexadecimal."""

    private: bytes
    public: bytes


def new_key_pair() -> KeyPair | None:
    """A pair of keys from the system's randomness; None where there is no library."""
    nacl = _nacl()
    if nacl is None:
        return None
    key = nacl.SigningKey.generate()
    return KeyPair(bytes(key), bytes(key.verify_key))


def sign(private: bytes, message: bytes) -> bytes:
    """The 64 octets that prove a message to whoever has the public key. Only where `can_sign`."""
    nacl = _nacl()
    assert nacl is not None, "whoever signs has asked whether it can be"
    signature: bytes = nacl.SigningKey(private).sign(message).signature
    return signature


def can_sign() -> bool:
    return _nacl() is not None


def _nacl() -> Any:
    """The library, where it is installed; it is imported when the first key is needed."""
    try:
        return import_module("nacl.signing")
    except ImportError:
        return None
