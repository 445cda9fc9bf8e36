"""Errors: status, code, body and fields of each, against the table of the documentation."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model import errors
from chatd.model.errors import (
    ApiError,
    HomeStays,
    InvalidFormBody,
    LastAdministrator,
    MethodNotAllowed,
    RateLimited,
    SlowModeActive,
)

# The documentation, "JSON error codes", with the HTTP status that Discord answers with.
STATUSES_OF_CODE = {
    0: {401, 403, 404, 405, 429, 500, 503, 507},
    10002: {404}, 10003: {404}, 10004: {404}, 10006: {404}, 10007: {404}, 10008: {404}, 10009: {404},
    10011: {404}, 10013: {404}, 10014: {400, 404}, 10015: {404}, 10026: {404}, 10060: {404}, 10062: {404},
    10063: {404}, 10070: {404}, 20001: {403}, 20002: {403}, 20016: {429}, 20028: {429}, 30003: {400},
    30005: {400}, 30007: {400}, 30008: {400}, 30010: {400}, 30013: {400}, 30016: {400}, 40001: {401},
    40005: {413}, 40007: {403}, 40060: {400}, 50001: {403}, 50003: {400}, 50005: {403}, 50006: {400},
    50007: {403}, 50013: {403}, 50016: {400}, 50034: {400}, 50019: {400, 403}, 50021: {400, 403},
    50024: {400, 403}, 50027: {401}, 50035: {400}, 50083: {400}, 50109: {400}, 90001: {403}, 160004: {400},
    # Emoji, stickers, sounds, scheduled events, stages and voice
    10065: {404}, 10067: {404}, 10071: {404}, 10097: {404}, 30018: {400}, 30038: {400},
    30039: {400}, 30045: {400}, 40032: {400}, 50045: {400}, 50046: {400}, 50091: {400}, 50123: {400},
    50124: {400}, 50167: {400}, 50192: {400}, 150006: {400}, 170004: {400}, 170007: {400}, 180000: {400},
    # Messages, polls and threads
    10087: {404}, 30033: {400}, 30047: {400}, 40033: {400}, 40066: {400}, 40067: {400}, 50068: {400},
    50081: {400}, 160002: {403}, 160005: {400}, 160006: {400}, 160014: {403}, 520000: {403}, 520001: {400},
    520003: {400}, 520004: {400}, 520006: {400}, 220001: {400}, 220002: {400}, 220003: {400},
    # Automatic moderation
    200000: {400}, 200001: {400},
    # Commands
    10066: {404}, 30032: {400}, 30034: {400}, 40041: {400},
    # Guilds and people
    10005: {404}, 30001: {400}, 30002: {400}, 30004: {400}, 50020: {400}, 50028: {400}, 50055: {400},
    50074: {400}, 80000: {403}, 80001: {403}, 80002: {400}, 80003: {400}, 80004: {400}, 80006: {400},
    80007: {400}, 500000: {400}, 20012: {403},
}  # fmt: skip
# Codes that are not in that table: of a disabled account, of one-time links, of a channel without text, of
# somebody who still owns guilds.
OWN_CODES = {20013: {403}, 10020: {403}, 50008: {400}, 40011: {400}}


def rows() -> list[type[ApiError]]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ApiError)]
    assert len(found) > 20
    return found


def made(kind: type[ApiError]) -> ApiError:
    arguments: dict[Any, tuple[Any, ...]] = {
        MethodNotAllowed: (["GET", "POST"],), InvalidFormBody: ({},), RateLimited: (1.5,),
        SlowModeActive: (1.5,),
    }  # fmt: skip
    return kind(*arguments.get(kind, ()))


@pytest.mark.parametrize("kind", rows(), ids=lambda kind: kind.__name__)
def test_a_code_has_the_status_of_the_documentation(kind):
    assert kind.status in {**STATUSES_OF_CODE, **OWN_CODES}[kind.code]


def test_no_code_stands_for_two_errors():
    """But for an unknown emoji, which is no address of anything in the path of a reaction: 400 there. Nor is
    the home that nobody may delete, or the last administrator, another error than that nobody may.
    """
    kinds = [kind for kind in rows() if kind.code and kind not in (HomeStays, LastAdministrator)]
    codes = [(kind.code, kind.code == 10014 and kind.status) for kind in kinds]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", rows(), ids=lambda kind: kind.__name__)
def test_a_body_says_what_is_wrong(kind):
    error = made(kind)
    body = error.body()
    assert body["message"] == error.message == str(error) and error.message
    if kind is not RateLimited:  # whose body is its own
        assert body["code"] == kind.code
    for name, value in error.headers():
        assert name.isascii() and value.isascii() and "\n" not in name + value


def test_a_message_may_be_more_precise():
    error = errors.InvalidJSON("The request body is nested too deeply.")
    assert error.body() == {"message": "The request body is nested too deeply.", "code": 50109}
    assert errors.InvalidJSON().message == "The request body contains invalid JSON."


def test_a_fault_is_found_by_its_path():
    error = InvalidFormBody.at("embeds.0.title", "BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length.")
    assert error.body() == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "embeds": {"0": {"title": {"_errors": [
                {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}
            ]}}}
        },
    }  # fmt: skip


def test_fields_that_a_refusal_adds():
    assert MethodNotAllowed(["GET", "POST"]).headers() == [("Allow", "GET, POST")]
    assert errors.Unauthorized().headers() == [("WWW-Authenticate", "Bearer")]
    assert [name for name, _ in errors.Unavailable().headers()] == ["Retry-After"]
    assert errors.UnknownChannel().headers() == []


@pytest.mark.parametrize("seconds, field", [(0.0, "1"), (0.2, "1"), (1.0, "1"), (1.001, "2"), (59.5, "60")])
def test_retry_after_is_whole_seconds_and_never_too_early(seconds, field):
    assert dict(RateLimited(seconds).headers())["Retry-After"] == field


def test_who_is_limited():
    own, shared, everywhere = (
        dict(RateLimited(1.0, scope).headers()) for scope in ("user", "shared", "global")
    )
    assert [fields["X-RateLimit-Scope"] for fields in (own, shared, everywhere)] == [
        "user",
        "shared",
        "global",
    ]
    assert "X-RateLimit-Global" not in own and everywhere["X-RateLimit-Global"] == "true"
    assert own["Via"]  # without it discord.py takes the answer for a proxy's ban
    assert RateLimited(0.25, "global").body() == {
        "message": "You are being rate limited.", "retry_after": 0.25, "global": True
    }  # fmt: skip
    assert RateLimited(0.25).body()["global"] is False


@pytest.mark.parametrize("seconds, told", [(1.2344, 1.235), (1.2346, 1.235), (0.0001, 0.001), (2.0, 2.0)])
def test_the_body_is_exact_and_never_too_early(seconds, told):
    assert RateLimited(seconds).body()["retry_after"] == told
