"""The rules of a guild, compiled: what they find in a text, for all of them in one pass.

A text is looked through once for the keywords of all rules and once for their patterns, whatever the number
of rules; which of them hold for an author in a channel is asked only of what has been found. The word lists
of the presets are keywords like others. What is within a match of the allow list does not count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chatd.model.auto_moderation import Rule, TriggerType
from chatd.model.keywords import Keywords, Span, Unfolded, fold
from chatd.model.patterns import STEPS_MAX, Patterns, TooCostly

# Instructions of all patterns that are held against the same text. They are compiled with each change.
SIZE_MAX = 20_000

WordLists = Mapping[int, Sequence[str]]  # by preset


class Match(NamedTuple):
    """What of a rule has been found, and in which words. A rule of another kind than words has no keyword."""

    rule: Rule
    keyword: str | None
    content: str


class TextRules:
    """Rules that look for words. `cut` says that they were too costly for the last text."""

    def __init__(self, rules: Iterable[Rule], word_lists: WordLists) -> None:
        self.cut = False
        self._words: list[tuple[Rule, str]] = []
        self._allowed: list[Rule] = []
        self._expressions: list[tuple[Rule, str]] = []
        allowed: list[str] = []
        for rule in rules:
            metadata = rule.trigger_metadata
            listed = [word for preset in metadata.get("presets", ()) for word in word_lists.get(preset, ())]
            words = dict.fromkeys((*metadata.get("keyword_filter", ()), *listed))
            self._words += ((rule, word) for word in words)
            self._expressions += ((rule, pattern) for pattern in metadata.get("regex_patterns", ()))
            for word in dict.fromkeys(metadata.get("allow_list", ())):
                self._allowed.append(rule)
                allowed.append(word)
        self._keywords = Keywords([word for _, word in self._words])
        self._allow_list = Keywords(allowed)
        self._patterns = Patterns([pattern for _, pattern in self._expressions])

    def find(self, text: str) -> dict[int, Match]:
        """The first match of each rule that has one, by the rule's id."""
        folded = fold(text)
        hits = list(self._keywords.find(folded))
        self.cut = self._keywords.cut
        patterns = self._matching(text)
        if not hits and not patterns:
            return {}
        places = Unfolded(text, folded)
        allowed = self._allowed_spans(folded, places)
        found: dict[int, Match] = {}
        for number, start, end in hits:
            rule, keyword = self._words[number]
            if rule.id not in found:
                self._keep(found, rule, keyword, text, places.span(start, end), allowed)
        self._patterns.renew()
        for number in sorted(patterns):
            rule, pattern = self._expressions[number]
            if rule.id not in found:
                self._find_place(found, rule, number, pattern, text, allowed)
        return found

    def _find_place(
        self, found: dict[int, Match], rule: Rule, number: int, pattern: str, text: str,
        allowed: dict[int, Allowed],
    ) -> None:  # fmt: skip
        for span in self._patterns.spans(number, text):
            if self._keep(found, rule, pattern, text, span, allowed):
                return
        # It matches somewhere. Whoever makes it too costly to say where is not let through for it.
        if self._patterns.is_spent:
            found[rule.id] = Match(rule, pattern, text)

    def _matching(self, text: str) -> frozenset[int]:
        if not self._expressions:
            return frozenset()
        try:
            return self._patterns.scan(text)
        except TooCostly as error:
            self.cut = True
            return error.found

    def _allowed_spans(self, folded: str, places: Unfolded) -> dict[int, Allowed]:
        """What is allowed, by the rule's id."""
        spans: defaultdict[int, list[Span]] = defaultdict(list)
        for number, start, end in self._allow_list.find(folded):
            spans[self._allowed[number].id].append(places.span(start, end))
        return {rule_id: Allowed(each) for rule_id, each in spans.items()}

    def _keep(
        self, found: dict[int, Match], rule: Rule, keyword: str, text: str, span: Span,
        allowed: dict[int, Allowed],
    ) -> bool:  # fmt: skip
        """Put it with what has been found, unless it is allowed. False if it is."""
        start, end = span
        if rule.id in allowed and allowed[rule.id].holds(start, end):
            return False
        found[rule.id] = Match(rule, keyword, text[start:end])
        return True


class Allowed:
    """Spans of a text, made ready to be asked whether one of them holds another one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []  # the last end of all spans up to there
        for start, end in sorted(spans):
            self._starts.append(start)
            self._ends.append(max(end, self._ends[-1] if self._ends else 0))

    def holds(self, start: int, end: int) -> bool:
        before = bisect_right(self._starts, start)
        return before > 0 and self._ends[before - 1] >= end


_OF_WORDS = (TriggerType.KEYWORD, TriggerType.KEYWORD_PRESET)


class RuleSet:
    """All enabled rules of a guild, by what they look at."""

    def __init__(self, rules: Iterable[Rule], word_lists: WordLists) -> None:
        enabled = sorted((rule for rule in rules if rule.enabled), key=lambda rule: rule.id)
        by_trigger = {rule.trigger_type: rule for rule in enabled}
        self.messages = TextRules((rule for rule in enabled if rule.trigger_type in _OF_WORDS), word_lists)
        self.profile = by_trigger.get(TriggerType.MEMBER_PROFILE)
        self.names = TextRules([self.profile] if self.profile else [], word_lists)
        self.spam = by_trigger.get(TriggerType.SPAM)
        self.mentions = by_trigger.get(TriggerType.MENTION_SPAM)
        raids = "mention_raid_protection_enabled"
        self.watches_raids = self.mentions is not None and bool(self.mentions.trigger_metadata[raids])

    @property
    def watches_traffic(self) -> bool:
        """Whether it matters what has been said before."""
        return self.spam is not None or self.watches_raids


def excess_of(rules: Iterable[Rule]) -> str | None:
    """What is too much about the patterns of these rules, which are held against a text together."""
    listed = (rule.trigger_metadata.get("regex_patterns", ()) for rule in rules)
    patterns = Patterns([pattern for each in listed for pattern in each])
    if patterns.size > SIZE_MAX:
        return f"All patterns together are too large: {patterns.size} instructions, of at most {SIZE_MAX}."
    if patterns.cost() >= STEPS_MAX:
        return (
            "All patterns together are too costly to be held against a message. What costs most is a long"
            " repetition of what can be anything, such as `.{0,500}`."
        )
    return None
