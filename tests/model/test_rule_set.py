"""A guild's rules compiled: what they find in a text, and what the allow lists take from it."""

from __future__ import annotations

from typing import Any

from chatd.model import patterns
from chatd.model.auto_moderation import Rule
from chatd.model.rule_set import Match, RuleSet, TextRules, excess_of


def rule(id: int, *, kind: int = 1, enabled: bool = True, **metadata: Any) -> Rule:
    return Rule(id, 1, 2, f"rule {id}", 1 + (kind == 6), kind, metadata, [], enabled)


def matches(*rules: Rule, text: str, **word_lists: Any) -> dict[int, tuple[str | None, str]]:
    found = TextRules(rules, word_lists.get("lists", {})).find(text)
    return {rule_id: (match.keyword, match.content) for rule_id, match in found.items()}


def test_each_rule_has_its_first_match():
    one = rule(1, keyword_filter=["cat", "dog*"])
    two = rule(2, keyword_filter=["bird"], regex_patterns=["[0-9]{3}", "d.g"])
    assert matches(one, two, text="nothing") == {}
    assert matches(one, two, text="Dogs and 1234") == {1: ("dog*", "Dog"), 2: ("[0-9]{3}", "123")}
    assert matches(one, two, text="a dig with a cat") == {1: ("cat", "cat"), 2: ("d.g", "dig")}


def test_what_is_allowed_is_no_match_where_it_stands():
    cats = rule(1, keyword_filter=["*cat*"], regex_patterns=["c.t"], allow_list=["location", "cut*"])
    for text in ("a location", "CUT", "locations" and "cuts"):
        assert matches(cats, text=text) == {}, text
    assert matches(cats, text="locations") == {1: ("*cat*", "cat")}
    assert matches(cats, text="the location of a cat") == {1: ("*cat*", "cat")}
    assert matches(cats, text="cutting cot") == {1: ("c.t", "cot")}


def test_one_rule_allows_nothing_to_another():
    one, two = rule(1, keyword_filter=["cat"], allow_list=["cat"]), rule(2, keyword_filter=["cat"])
    assert matches(one, two, text="cat") == {2: ("cat", "cat")}


def test_presets_are_lists_by_number():
    lists = {1: ["drat*"], 2: ["ankle"]}
    preset = rule(1, kind=4, presets=[1, 3], allow_list=["dratted"])
    assert matches(preset, text="drat the ankle", lists=lists) == {1: ("drat*", "drat")}
    assert matches(preset, text="dratted ankle", lists=lists) == {}


def test_a_pattern_sees_the_text_as_it_is():
    assert matches(rule(1, regex_patterns=["^CAT$"]), text="cat") == {}
    assert matches(rule(1, regex_patterns=["(?i)^CAT$"]), text="cat") == {1: ("(?i)^CAT$", "cat")}


def test_patterns_that_are_too_costly_are_cut_short(monkeypatch):
    monkeypatch.setattr(patterns, "STEPS_MAX", 10)
    rules = TextRules([rule(1, keyword_filter=["cat"], regex_patterns=["d.g", "x"])], {})
    assert set(rules.find("dog and a cat, and more than that")) == {1}
    assert rules.cut
    assert rules.find("") == {} and not rules.cut


def test_what_matches_somewhere_is_a_match_though_nobody_has_found_out_where(monkeypatch):
    costly = rule(1, regex_patterns=["a.*b|a"], allow_list=["a"])
    rules = TextRules([costly], {})
    text = " ".join("a" * 20)
    assert rules.find(text) == {}
    monkeypatch.setattr(patterns, "STEPS_MAX", 200)
    assert rules.find(text)[1].content == text


def test_only_what_is_enabled_counts_each_for_its_event():
    rules = RuleSet(
        [
            rule(1, keyword_filter=["cat"]), rule(2, keyword_filter=["dog"], enabled=False), rule(3, kind=3),
            rule(4, kind=5, mention_total_limit=5, mention_raid_protection_enabled=False),
            rule(6, kind=6, keyword_filter=["cat", "dog"]),
        ],
        {},
    )  # fmt: skip
    assert set(rules.messages.find("cat dog")) == {1}
    assert set(rules.names.find("dog")) == {6}
    assert (rules.spam.id, rules.mentions.id, rules.profile.id) == (3, 4, 6)
    assert (rules.watches_traffic, rules.watches_raids) == (True, False)
    raids = rule(4, kind=5, mention_total_limit=0, mention_raid_protection_enabled=True)
    assert RuleSet([raids], {}).watches_traffic
    assert not RuleSet([], {}).watches_traffic


def test_the_first_of_many_hits_is_told_though_the_rest_is_not_looked_at():
    same = rule(1, keyword_filter=["aaa*"] * 1000 + ["*" + "a" * length + "*" for length in range(3, 60)])
    rules = TextRules([same, rule(2, keyword_filter=["*b*"])], {})
    assert rules.find("a" * 2000) == {1: Match(same, "aaa*", "aaa")}
    assert rules.cut
    assert set(rules.find("ab")) == {2} and not rules.cut


def test_what_is_allowed_may_overlap():
    cats = rule(1, keyword_filter=["*cat*"], allow_list=["a cat is*", "a c*", "cat is a cat"])
    assert matches(cats, text="a cat is a cat") == {}
    assert matches(cats, text="a cat is a catalogue cat") == {1: ("*cat*", "cat")}


def test_patterns_of_rules_are_too_much_together():
    few = [rule(number, regex_patterns=["(?:lorem ipsum){90}"] * 3) for number in range(6)]
    assert excess_of(few) is None
    assert "too large" in excess_of([*few, rule(7, regex_patterns=["(?:lorem ipsum){90}"] * 3)])
    assert "too costly" in excess_of([rule(1, regex_patterns=[".{0,500}x"])])
