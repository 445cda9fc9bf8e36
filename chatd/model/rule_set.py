"""The rules of a guild, compiled: what they find in a text, for all of them in one pass.

A text is looked through once for the keywords of all rules and once for their patterns, whatever the number
of rules; which of them hold for an author in a channel is asked only of what has been found. The word lists
of the presets are keywords like others. What is within a match of the allow list does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chatd.model.auto_moderation import Rule, TriggerType
from chatd.model.keywords import Keywords, fold, unfolded
from chatd.model.patterns import Patterns, TooCostly

Span = tuple[int, int]
WordLists = Mapping[int, Sequence[str]]  # by preset


class Match(NamedTuple):
    """What of a rule has been found, and in which words. A rule of another kind than words has no keyword."""

    rule: Rule
    keyword: str | None
    content: str


class TextRules:
    """Rules that look for words. `cut` says that the patterns were too costly for the last text."""

    def __init__(self, rules: Iterable[Rule], word_lists: WordLists) -> None:
        self.cut = False
        self._words: list[tuple[Rule, str]] = []
        self._allowed: list[Rule] = []
        self._expressions: list[tuple[Rule, str]] = []
        allowed: list[str] = []
        for rule in rules:
            metadata = rule.trigger_metadata
            listed = [word for preset in metadata.get("presets", ()) for word in word_lists.get(preset, ())]
            self._words += ((rule, word) for word in (*metadata.get("keyword_filter", ()), *listed))
            self._expressions += ((rule, pattern) for pattern in metadata.get("regex_patterns", ()))
            for word in metadata.get("allow_list", ()):
                self._allowed.append(rule)
                allowed.append(word)
        self._keywords = Keywords([word for _, word in self._words])
        self._allow_list = Keywords(allowed)
        self._patterns = Patterns([pattern for _, pattern in self._expressions])

    def find(self, text: str) -> dict[int, Match]:
        """The first match of each rule that has one, by the rule's id."""
        folded = fold(text)
        hits = list(self._keywords.find(folded))
        patterns = self._matching(text)
        if not hits and not patterns:
            return {}
        allowed = self._allowed_spans(text, folded)
        found: dict[int, Match] = {}
        for number, start, end in hits:
            rule, keyword = self._words[number]
            self._keep(found, rule, keyword, text, unfolded(text, start, end), allowed)
        for number in sorted(patterns):
            rule, pattern = self._expressions[number]
            for span in self._patterns.spans(number, text):
                if self._keep(found, rule, pattern, text, span, allowed):
                    break
            else:
                # It matches somewhere. Whoever makes it too costly to say where is not let through for it.
                if self._patterns.is_spent:
                    self._keep(found, rule, pattern, text, (0, len(text)), {})
        return found

    def _matching(self, text: str) -> frozenset[int]:
        self.cut = False
        if not self._expressions:
            return frozenset()
        try:
            return self._patterns.scan(text)
        except TooCostly as error:
            self.cut = True
            return error.found

    def _allowed_spans(self, text: str, folded: str) -> dict[int, list[Span]]:
        spans: dict[int, list[Span]] = {}
        for number, start, end in self._allow_list.find(folded):
            spans.setdefault(self._allowed[number].id, []).append(unfolded(text, start, end))
        return spans

    def _keep(
        self, found: dict[int, Match], rule: Rule, keyword: str, text: str, span: Span,
        allowed: dict[int, list[Span]],
    ) -> bool:  # fmt: skip
        """Put it with what has been found, unless it is allowed. False if it is."""
        start, end = span
        if any(first <= start and end <= last for first, last in allowed.get(rule.id, ())):
            return False
        found.setdefault(rule.id, Match(rule, keyword, text[start:end]))
        return True


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
