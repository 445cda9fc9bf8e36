"""Mentions in a text: found where the documentation's formats stand, in order, none twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.model.mentions import MENTIONS_MAX, NONE, Mentions, parse_mentions


@pytest.mark.parametrize(
    "content, found",
    [
        ("", NONE),
        ("hello", NONE),
        ("somebody@chat.example", NONE),
        ("<@1>", Mentions((1,))),
        ("<@!1>", Mentions((1,))),
        ("<@2> and <@1>, <@!2>", Mentions((2, 1))),
        ("<@&3><@&4><@&3>", Mentions((), (3, 4))),
        ("<@1><@&1>", Mentions((1,), (1,))),
        ("@everyone", Mentions(everyone=True)),
        ("hey @here!", Mentions(everyone=True)),
        ("(@everyone)", Mentions(everyone=True)),
        ("@everyoneelse @hereafter @Everyone everyone", NONE),
        ("<@> <@a> <@ 1> <@1 > < @1> <@-1> <@+1> <@!> <@&> <@!!1> <@&!1>", NONE),
        ("<#1> <:name:1> <a:name:1> </name:1> <t:1>", NONE),
        ("<@\u0661>", NONE),
        ("<<@1>>", Mentions((1,))),
        ("<@9223372036854775807>", Mentions((2**63 - 1,))),
        ("<@9223372036854775808> <@&9999999999999999999> <@" + "1" * 20 + ">", NONE),
        ("<@" + "1" * 50_000 + ">", NONE),
    ],
)
def test_mentions_of(content, found):
    assert parse_mentions(content) == found


def test_no_more_are_found_than_fit_in_a_message():
    content = "".join(f"<@{n}>" for n in range(1, 500))
    assert parse_mentions(content).user_ids == tuple(range(1, MENTIONS_MAX + 1))


@settings(derandomize=True, max_examples=300)
@given(st.text(alphabet=st.sampled_from("<@!&>0129everyonhere \n\u0661"), max_size=60) | st.text())
def test_any_text_has_mentions_that_fit_in_the_database(content):
    found = parse_mentions(content)
    for ids in (found.user_ids, found.role_ids):
        assert len(set(ids)) == len(ids) and all(0 <= number < 2**63 for number in ids)
