"""Rate limits: so many in a window that opens with its first call; time is an argument."""

from __future__ import annotations

import random

from chatd.model.buckets import Bucket, Rate, Taken

RATE = Rate(3, 10.0)


def test_a_window_allows_its_limit_and_says_what_is_left():
    bucket = Bucket()
    assert [bucket.take(RATE, 100.0 + at) for at in (0, 1, 2)] == [
        Taken(True, 2, 110.0), Taken(True, 1, 110.0), Taken(True, 0, 110.0),
    ]  # fmt: skip
    assert bucket.take(RATE, 103.0) == Taken(False, 0, 110.0)


def test_the_window_ends_when_it_said_it_would():
    bucket = Bucket()
    for _ in range(3):
        bucket.take(RATE, 100.0)
    assert not bucket.take(RATE, 109.999).allowed
    assert bucket.take(RATE, 110.0) == Taken(True, 2, 120.0)


def test_a_refused_call_is_not_counted_and_moves_nothing():
    bucket = Bucket()
    for _ in range(3):
        bucket.take(RATE, 100.0)
    assert {bucket.take(RATE, 105.0) for _ in range(50)} == {Taken(False, 0, 110.0)}
    assert bucket.used == 3


def test_the_next_window_opens_with_its_first_call_and_not_before():
    bucket = Bucket()
    bucket.take(RATE, 100.0)
    assert bucket.take(RATE, 500.0) == Taken(True, 2, 510.0)


def test_a_bucket_whose_window_has_ended_is_as_good_as_new():
    bucket = Bucket()
    bucket.take(RATE, 100.0)
    assert bucket.take(RATE, 110.0) == Bucket().take(RATE, 110.0)


def test_a_limit_of_one_and_a_limit_of_none():
    bucket = Bucket()
    assert [bucket.take(Rate(1, 1.0), 0.5).allowed for _ in range(2)] == [True, False]
    assert not Bucket().take(Rate(0, 1.0), 0.5).allowed


def test_a_limit_lowered_in_its_window_refuses_at_once():
    bucket = Bucket()
    for _ in range(3):
        bucket.take(RATE, 100.0)
    assert bucket.take(Rate(1, 10.0), 101.0) == Taken(False, 0, 110.0)


def test_no_window_ever_lets_more_through_than_its_limit(rng: random.Random):
    bucket, now_s, allowed = Bucket(), 100.0, {}
    for _ in range(2_000):
        now_s += rng.randrange(16) / 4  # quarters add up exactly
        taken = bucket.take(RATE, now_s)
        assert taken.reset_s - RATE.window_s <= now_s < taken.reset_s
        if taken.allowed:
            allowed[taken.reset_s] = allowed.get(taken.reset_s, 0) + 1
            assert taken.remaining == RATE.limit - allowed[taken.reset_s]
    assert max(allowed.values()) == RATE.limit
