"""The word lists of automatic moderation: those that come with the server, and an administrator's own."""

from __future__ import annotations

import pytest

from chatd.config import ConfigError, read_config
from chatd.model.keywords import Keywords, fold
from chatd.word_lists import WordListError, read_word_lists


def test_the_server_brings_a_short_list_for_each_preset():
    lists = read_word_lists()
    assert sorted(lists) == [1, 2, 3]
    for words in lists.values():
        assert 5 < len(words) < 100
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("text", ["I have a class assignment in Essex", "a cocktail with grapes", "spices"])
def test_it_finds_no_harm_in_harmless_words(text):
    for words in read_word_lists().values():
        assert list(Keywords(words).find(fold(text))) == []


def test_an_own_list_takes_the_place_of_the_one_that_is_there(tmp_path):
    (tmp_path / "profanity.txt").write_text("# mild ones\n\ndrat*   # of course\nblast it\n")
    lists = read_word_lists(str(tmp_path))
    assert lists[1] == ("drat*", "blast it")
    assert lists[2] == read_word_lists()[2]


def test_a_list_that_cannot_be_used_is_told_at_the_start(tmp_path):
    (tmp_path / "slurs.txt").write_text("fine\n" + "x" * 61 + "\n")
    with pytest.raises(WordListError, match="slurs.txt: line 2 is not a keyword"):
        read_word_lists(str(tmp_path))
    (tmp_path / "slurs.txt").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="moderation.word_lists: .*slurs.txt"):
        read_config(None, environ={"CHATD_MODERATION_WORD_LISTS": str(tmp_path), "CHATD_DATA": "/nowhere"})
