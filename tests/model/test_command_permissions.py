"""What a guild says of commands: which exception counts for whom, and which bodies are refused."""

from __future__ import annotations

import json

import pytest

from chatd.model.command_permissions import Exceptions, Rules
from chatd.model.errors import InvalidFormBody

GUILD, ALL_CHANNELS, CHANNEL, OTHER = 100, 99, 5, 6
ADA, MODERATORS, MUTED = 1, 2, 3
ROLE, USER, PLACE = 1, 2, 3


def rules(own=(), of_application=()):
    return Rules(GUILD, Exceptions(dict(own)), Exceptions(dict(of_application)))


@pytest.mark.parametrize(
    "own, of_application, by_default, may",
    [
        ((), (), True, True),
        ((), (), False, False),
        # Where the application's allow somebody, the command's default still counts.
        ((), [((USER, ADA), True)], False, False),
        ((), [((USER, ADA), True)], True, True),
        ((), [((ROLE, GUILD), False)], True, False),
        ((), [((ROLE, GUILD), False), ((ROLE, MODERATORS), True)], True, True),
        # The command's own come before both.
        ([((ROLE, GUILD), True)], [((USER, ADA), False)], False, True),
        ([((USER, ADA), False)], [((USER, ADA), True)], True, False),
        # Oneself, then one's roles, then everyone; a role that is allowed before one that is not.
        ([((USER, ADA), True), ((ROLE, MODERATORS), False)], (), False, True),
        ([((ROLE, MODERATORS), True), ((ROLE, MUTED), False)], (), False, True),
        ([((ROLE, MUTED), False), ((ROLE, GUILD), True)], (), True, False),
        ([((ROLE, 44), False)], (), True, True),
        ([((ROLE, ADA), False)], (), True, True),
    ],
)
def test_who_may_use_a_command(own, of_application, by_default, may):
    decided = rules(own, of_application).allow_member(ADA, (MODERATORS, MUTED), by_default=by_default)
    assert decided is may


@pytest.mark.parametrize(
    "own, of_application, may",
    [
        ((), (), True),
        ([((PLACE, CHANNEL), False)], (), False),
        ([((PLACE, ALL_CHANNELS), False)], (), False),
        ([((PLACE, ALL_CHANNELS), False), ((PLACE, CHANNEL), True)], (), True),
        ((), [((PLACE, ALL_CHANNELS), False)], False),
        ([((PLACE, CHANNEL), True)], [((PLACE, CHANNEL), False)], True),
        ([((PLACE, OTHER), False)], [((PLACE, CHANNEL), True)], True),
    ],
)
def test_where_a_command_is_used(own, of_application, may):
    assert rules(own, of_application).allow_in(CHANNEL) is may


def test_exceptions_are_kept_as_they_are_sent():
    sent = [{"id": "5", "type": 3, "permission": False}, {"id": "1", "type": 2, "permission": True}]
    exceptions = Exceptions.parse({"permissions": sent})
    assert exceptions.payload() == sent
    assert Exceptions.from_json(json.dumps(sent)) == exceptions
    assert Exceptions.parse({"permissions": []}).payload() == []


def test_every_fault_of_them_is_told():
    again = {"id": "5", "type": 3, "permission": True}
    with pytest.raises(InvalidFormBody) as refusal:
        Exceptions.parse({"permissions": [{"id": "x", "type": 4}, again, again, 7]})
    errors = refusal.value.errors["permissions"]
    assert set(errors["0"]) == {"id", "type", "permission"} and set(errors["2"]) == {"id"} and "3" in errors
    for body in ({}, {"permissions": [again] * 101}, {"permissions": None}):
        with pytest.raises(InvalidFormBody):
            Exceptions.parse(body)
