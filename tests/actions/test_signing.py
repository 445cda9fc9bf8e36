"""Keys and signatures, as the library of bots' authors reads them, and as RFC 8032 has them."""

from __future__ import annotations

import sys

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from chatd.actions.signing import can_sign, new_key_pair, sign


def test_what_is_signed_is_proved_by_the_public_key_alone():
    pair, other = new_key_pair(), new_key_pair()
    assert pair is not None and other is not None and pair != other
    signature = sign(pair.private, b"1700000000{}")
    VerifyKey(pair.public).verify(b"1700000000{}", signature)
    for public, message in ((pair.public, b"1700000001{}"), (other.public, b"1700000000{}")):
        with pytest.raises(BadSignatureError):
            VerifyKey(public).verify(message, signature)


# RFC 8032 section 7.1, TEST 2.
PRIVATE = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_a_signature_is_that_of_the_standard():
    assert sign(PRIVATE, b"\x72").hex() == SIGNATURE


def test_without_the_library_there_are_no_keys(monkeypatch):
    assert can_sign()
    monkeypatch.setitem(sys.modules, "nacl.signing", None)
    assert not can_sign()
    assert new_key_pair() is None
