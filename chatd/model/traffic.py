"""Traffic: what is said in a guild within a minute, and whether that is spam or a raid.

The documentation leaves open what "generic spam" is. Here it is what people do not do and machines do, and
each of these by itself is enough:

    a flood         more than FLOOD_MESSAGES of one author within FLOOD_S, in whichever channels
    a repetition    the same text of one author more than REPEATS times within REPEAT_S
    a cross-post    the same text of one author in more than CROSSPOST_CHANNELS channels within WINDOW_S
    a wave          the same text of more than WAVE_AUTHORS newcomers within WINDOW_S

A mention raid is when newcomers together, at least RAID_AUTHORS of them, mention RAID_MENTIONS different
people and roles within WINDOW_S; while it lasts, whatever newcomers say with a mention in it belongs to it.
Newcomers are members of less than a day whom nobody has given a role. Texts count as keywords do.

What was refused counts as well, so who goes on is not let through in between. All of it is in memory, of the
last minute, and a server that has just started has seen nothing yet.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chatd.model.members import Member

WINDOW_S = 60.0
FLOOD_MESSAGES, FLOOD_S = 10, 10.0
REPEATS, REPEAT_S = 3, 30.0
CROSSPOST_CHANNELS = 2
WAVE_AUTHORS = 2
# What many say anyway, such as "hello" and "lol", is no sign of anything.
REPEATED_CHARACTERS_MIN = 5
WAVE_CHARACTERS_MIN = 12
RAID_AUTHORS, RAID_MENTIONS = 3, 20
NEWCOMER = timedelta(days=1)

# Of one author, or of one text: more are no more telling.
REMEMBERED_MAX = 100
# Authors and texts that are remembered; beyond it, those of whom the last minute has nothing are forgotten.
KEYS_MAX = 10_000


class Said(NamedTuple):
    """A message, as far as it matters here. `text` is folded, `mentioned` the ids of people and roles."""

    message_id: int
    author_id: int
    channel_id: int
    at_s: float
    text: str
    mentioned: frozenset[int]
    is_newcomer: bool


class Traffic:
    """What was said lately in one guild. Invariant: nothing is noted twice, as its id tells."""

    def __init__(self) -> None:
        self._by_author: defaultdict[int, deque[Said]] = defaultdict(_remembered)
        self._by_text: defaultdict[str, deque[Said]] = defaultdict(_remembered)  # of newcomers
        self._mentioning: deque[Said] = deque(maxlen=REMEMBERED_MAX * RAID_AUTHORS)  # likewise

    def note(self, said: Said) -> None:
        """Something is being said, or has been."""
        if any(said.message_id == other.message_id for other in self._by_author.get(said.author_id, ())):
            return
        self._tidy(said.at_s)
        _remember(self._by_author[said.author_id], said)
        if said.is_newcomer:
            if len(said.text) >= WAVE_CHARACTERS_MIN:
                _remember(self._by_text[said.text], said)
            if said.mentioned:
                _remember(self._mentioning, said)

    def is_spam(self, said: Said) -> bool:
        """Whether this, which has been noted, is one message too many."""
        mine = self._by_author[said.author_id]
        if _count(mine, lambda other: other.at_s > said.at_s - FLOOD_S) > FLOOD_MESSAGES:
            return True
        if len(said.text) >= REPEATED_CHARACTERS_MIN:
            same = [other for other in _within(mine, said) if other.text == said.text]
            if _count(same, lambda other: other.at_s > said.at_s - REPEAT_S) > REPEATS:
                return True
            if len({other.channel_id for other in same}) > CROSSPOST_CHANNELS:
                return True
        if not said.is_newcomer or len(said.text) < WAVE_CHARACTERS_MIN:
            return False
        return len({other.author_id for other in _within(self._by_text[said.text], said)}) > WAVE_AUTHORS

    def is_raid(self, said: Said) -> bool:
        """Whether this, which has been noted, is of a mention raid."""
        if not said.is_newcomer or not said.mentioned:
            return False
        window = list(_within(self._mentioning, said))
        authors = {other.author_id for other in window}
        mentioned = frozenset[int]().union(*(other.mentioned for other in window))
        return len(authors) >= RAID_AUTHORS and len(mentioned) >= RAID_MENTIONS

    def _tidy(self, now_s: float) -> None:
        _forget_the_quiet(self._by_author, now_s)
        _forget_the_quiet(self._by_text, now_s)


def is_newcomer(member: Member, now: datetime) -> bool:
    return not member.role_ids and member.joined_at > now - NEWCOMER


def _forget_the_quiet(known: dict[Any, deque[Said]], now_s: float) -> None:
    if len(known) > KEYS_MAX:
        for key in [key for key, said in known.items() if not said or said[-1].at_s <= now_s - WINDOW_S]:
            del known[key]


def _remembered() -> deque[Said]:
    return deque(maxlen=REMEMBERED_MAX)


def _remember(window: deque[Said], said: Said) -> None:
    """Put it behind the others, of which those that are too old are forgotten."""
    while window and window[0].at_s <= said.at_s - WINDOW_S:
        window.popleft()
    window.append(said)


def _within(window: Iterable[Said], said: Said) -> Iterable[Said]:
    return (other for other in window if other.at_s > said.at_s - WINDOW_S)


def _count(window: Iterable[Said], test: Callable[[Said], bool]) -> int:
    return sum(map(test, window))
