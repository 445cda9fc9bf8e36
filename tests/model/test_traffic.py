"""Traffic: what is one message too many, and when mentions are a raid."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from chatd.model import traffic
from chatd.model.members import Member
from chatd.model.traffic import Said, Traffic, is_newcomer

IDS = itertools.count(1)
TEXT = "buy this wonderful thing"


def said(
    author: int = 1, at_s: float = 0.0, text: str = "", channel: int = 1, mentioned: range = range(0),
    *, newcomer: bool = False,
) -> Said:  # fmt: skip
    return Said(next(IDS), author, channel, at_s, text, frozenset(mentioned), newcomer)


def spam(seen: Traffic, message: Said) -> bool:
    seen.note(message)
    return seen.is_spam(message)


def raid(seen: Traffic, message: Said) -> bool:
    seen.note(message)
    return seen.is_raid(message)


def test_a_flood_is_of_one_author_in_any_channels():
    seen = Traffic()
    for at in range(traffic.FLOOD_MESSAGES):
        assert not spam(seen, said(at_s=at / 2, channel=at))
    assert spam(seen, said(at_s=5.5)), "and goes on being one while it goes on"
    assert spam(seen, said(at_s=6.0))
    assert not spam(seen, said(author=2, at_s=6.0))
    assert not spam(seen, said(at_s=6.0 + traffic.FLOOD_S))


def test_a_repetition_is_of_the_same_text_soon():
    seen = Traffic()
    for at in range(traffic.REPEATS):
        assert not spam(seen, said(at_s=at, text=TEXT))
    assert not spam(seen, said(at_s=4, text="something else"))
    assert spam(seen, said(at_s=5, text=TEXT))
    assert not spam(seen, said(at_s=5 + traffic.REPEAT_S, text=TEXT))


def test_what_is_said_all_the_time_is_no_repetition():
    seen = Traffic()
    assert not any(spam(seen, said(at_s=at, text="lol")) for at in range(0, 12, 2))


def test_a_cross_post_is_in_many_channels():
    seen = Traffic()
    assert not spam(seen, said(at_s=0, text=TEXT, channel=1))
    assert not spam(seen, said(at_s=20, text=TEXT, channel=2))
    assert spam(seen, said(at_s=40, text=TEXT, channel=3))


def test_a_wave_is_of_several_newcomers():
    seen = Traffic()
    for author in (1, 2):
        assert not spam(seen, said(author, text=TEXT, newcomer=True))
    assert not spam(seen, said(3, text=TEXT)), "who is known here may say it too"
    assert not spam(seen, said(4, text="hello", newcomer=True))
    assert spam(seen, said(5, at_s=59.0, text=TEXT, newcomer=True))
    assert not spam(seen, said(6, at_s=200.0, text=TEXT, newcomer=True))


def test_a_raid_is_many_mentions_by_several_newcomers():
    seen = Traffic()
    assert not raid(seen, said(1, mentioned=range(10), newcomer=True))
    assert not raid(seen, said(2, mentioned=range(10, 20), newcomer=True))
    assert not raid(seen, said(3, mentioned=range(20, 30)))
    assert not raid(seen, said(4, newcomer=True)), "without a mention it is none"
    assert raid(seen, said(5, at_s=30.0, mentioned=range(1), newcomer=True))
    assert not raid(seen, said(6, at_s=100.0, mentioned=range(1), newcomer=True))


def test_a_few_people_who_are_mentioned_often_are_no_raid():
    seen = Traffic()
    assert not any(raid(seen, said(author, mentioned=range(5), newcomer=True)) for author in range(20))


def test_nothing_is_noted_twice():
    seen, message = Traffic(), said(text=TEXT)
    assert not any(spam(seen, message) for _ in range(20))


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(traffic, "KEYS_MAX", 10)
    seen = Traffic()
    for author in range(100):
        seen.note(said(author, at_s=author * 60.0, text=f"{TEXT} {author}", newcomer=True))
    assert len(seen._by_author) <= 12 and len(seen._by_text) <= 12
    for _ in range(500):
        seen.note(said(1, at_s=6000.0))
    assert len(seen._by_author[1]) == traffic.REMEMBERED_MAX


def test_a_newcomer_is_new_and_has_no_role():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert is_newcomer(Member(1, now - timedelta(hours=23)), now)
    assert not is_newcomer(Member(1, now - timedelta(hours=25)), now)
    assert not is_newcomer(Member(1, now, role_ids=(5,)), now)
