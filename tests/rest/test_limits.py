"""Rate limits say the truth: who does as the fields say is never refused."""

from __future__ import annotations

import pytest

from chatd.model.errors import RateLimited
from chatd.rest.limits import Generations, Limits, caller_of_address, window_s_of
from chatd.rest.router import Major
from chatd.rest.settings import LimitSettings
from tests.rest.asking import Clock

LIMIT = "message_create_per_5_s"


def taken(limits: Limits, clock: Clock, caller: int | str = 1, major: Major = 9) -> dict[str, str]:
    """The fields of one call."""
    fields: list[tuple[str, str]] = []
    limits.take(caller, LIMIT, major, fields, clock())
    return dict(fields)


def refused(
    limits: Limits, clock: Clock, caller: int | str = 1, major: Major = 9
) -> tuple[RateLimited, dict[str, str]]:
    """The refusal of one call, and its fields."""
    fields: list[tuple[str, str]] = []
    with pytest.raises(RateLimited) as error:
        limits.take(caller, LIMIT, major, fields, clock())
    return error.value, dict(fields)


def test_remaining_counts_down_to_a_refusal():
    limits, clock = Limits(LimitSettings()), Clock()
    for left in (4, 3, 2, 1, 0):
        fields = taken(limits, clock)
        assert fields["X-RateLimit-Remaining"] == str(left)
        assert fields["X-RateLimit-Limit"] == "5"
    error, fields = refused(limits, clock)
    assert (error.scope, error.retry_after_s) == ("user", 5.0)
    assert fields["X-RateLimit-Remaining"] == "0"


def test_coming_back_after_reset_after_is_always_allowed(rng):
    """Clients wait for exactly what they are told; rounding must not send them too early."""
    limits, clock = Limits(LimitSettings()), Clock()
    for _ in range(200):
        clock.advance(rng.random())
        fields = taken(limits, clock)
        if fields["X-RateLimit-Remaining"] == "0":
            clock.advance(float(fields["X-RateLimit-Reset-After"]))
            assert taken(limits, clock)["X-RateLimit-Remaining"] == "4"


def test_reset_is_reset_after_from_now():
    limits, clock = Limits(LimitSettings()), Clock()
    taken(limits, clock)
    clock.advance(1.25)
    fields = taken(limits, clock)
    assert float(fields["X-RateLimit-Reset-After"]) == pytest.approx(3.75, abs=0.0011)
    assert float(fields["X-RateLimit-Reset"]) == pytest.approx(clock() + 3.75, abs=0.0011)


def test_buckets_differ_by_caller_and_major_parameter():
    limits, clock = Limits(LimitSettings(global_per_1_s=0)), Clock()
    for _ in range(5):
        taken(limits, clock, caller=1, major=9)
    assert taken(limits, clock, caller=1, major=8)["X-RateLimit-Remaining"] == "4"
    assert taken(limits, clock, caller=2, major=9)["X-RateLimit-Remaining"] == "4"
    refused(limits, clock, caller=1, major=9)


def test_a_webhook_is_one_caller_from_wherever_it_is_called():
    limits, clock = Limits(LimitSettings(global_per_1_s=0)), Clock()
    for at in range(5):
        taken(limits, clock, caller=f"192.0.2.{at}", major=(7, "secret"))
    refused(limits, clock, caller="192.0.2.9", major=(7, "secret"))
    assert taken(limits, clock, caller="192.0.2.9", major=(7, "guess"))["X-RateLimit-Remaining"] == "4"


def test_the_bucket_name_tells_nothing_of_the_major_parameter():
    limits, clock = Limits(LimitSettings()), Clock()
    names = {taken(limits, clock, major=major)["X-RateLimit-Bucket"] for major in (1, 2)}
    assert len(names) == 1


def test_the_global_limit_goes_before_every_bucket():
    limits, clock = Limits(LimitSettings(global_per_1_s=3)), Clock()
    for major in range(3):
        taken(limits, clock, major=major)
    error, fields = refused(limits, clock, major=4)
    assert error.scope == "global"
    assert ("X-RateLimit-Global", "true") in error.headers()
    assert fields["X-RateLimit-Remaining"] == "0"
    clock.advance(1.0)
    assert taken(limits, clock, major=4)["X-RateLimit-Remaining"] == "4"


def test_a_limit_of_zero_is_off():
    limits, clock = Limits(LimitSettings.off()), Clock()
    assert [taken(limits, clock) for _ in range(100)] == [{}] * 100
    limits.take_shared("sign_in_of_one_name_per_300_s", "ada", clock())


def test_what_everybody_shares_is_refused_as_shared():
    limits, clock = Limits(LimitSettings(sign_in_of_one_name_per_300_s=2)), Clock()
    for _ in range(2):
        limits.take_shared("sign_in_of_one_name_per_300_s", "ada", clock())
    with pytest.raises(RateLimited) as error:
        limits.take_shared("sign_in_of_one_name_per_300_s", "ada", clock())
    assert error.value.scope == "shared"
    limits.take_shared("sign_in_of_one_name_per_300_s", "bob", clock())


def test_idle_buckets_are_forgotten():
    limits, clock = Limits(LimitSettings(global_per_1_s=0)), Clock()
    for major in range(1000):
        taken(limits, clock, major=major)
    assert len(limits.quick) == 1000
    for _ in range(2):
        clock.advance(61)
        taken(limits, clock, major=0)
    assert len(limits.quick) == 1


def test_there_are_never_more_buckets_than_two_generations():
    generations, clock = Generations(60.0, buckets_max=10), Clock()
    for key in range(1000):
        generations.bucket(key, clock())
        assert len(generations) <= 20


def test_a_bucket_in_use_outlives_its_generation():
    generations, clock = Generations(60.0, buckets_max=10), Clock()
    kept = generations.bucket("kept", clock())
    for key in range(9):
        generations.bucket(key, clock())
    assert generations.bucket("kept", clock()) is kept
    assert generations.bucket("another", clock()) is not kept
    assert generations.bucket("kept", clock()) is kept


def test_a_flood_of_requests_does_not_push_out_attempts_to_sign_in():
    settings = LimitSettings(global_per_1_s=0, sign_in_of_one_name_per_300_s=1)
    limits, clock = Limits(settings, buckets_max=10), Clock()
    limits.take_shared("sign_in_of_one_name_per_300_s", "ada", clock())
    for major in range(100):
        taken(limits, clock, major=major)
    with pytest.raises(RateLimited):
        limits.take_shared("sign_in_of_one_name_per_300_s", "ada", clock())


@pytest.mark.parametrize(
    "address, caller",
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
     ("2001:db8:1:2::9", "20010db800010002::/64"), ("::ffff:192.0.2.7", "192.0.2.7"),
     ("fe80::1%eth0", "fe80000000000000::/64"), ("not:an:address", "not:an:address"), ("", "")],
)  # fmt: skip
def test_an_ipv6_site_is_one_caller(address, caller):
    assert caller_of_address(address) == caller


def test_every_setting_says_its_window():
    for name in LimitSettings.__dataclass_fields__:
        assert window_s_of(name) > 0
