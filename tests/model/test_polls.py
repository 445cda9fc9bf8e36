"""Polls: what may be asked, the object, and what a result says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.message_drafts import MessageDraft
from chatd.model.polls import (
    AnswerCount,
    PollAnswer,
    PollDraft,
    PollEmoji,
    VoterPage,
    ended,
    expiry_of,
    has_answer,
    poll_object,
    result_embed,
    with_results,
)
from tests.faults import faults_in

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
FIRE = {"id": None, "name": "🔥"}


def answer(text: str = "yes", **media: Any) -> dict[str, Any]:
    return {"poll_media": {"text": text, **media}}


def asked(**fields: Any) -> Any:
    body = {"question": {"text": "Is it?"}, "answers": [answer()], **fields}
    return MessageDraft.parse({"poll": body}).poll


def faults_of(**fields: Any) -> set[str]:
    with pytest.raises(InvalidFormBody) as refused:
        asked(**fields)
    return set(faults_in(refused.value.errors["poll"]))


def test_a_poll_as_libraries_send_it():
    assert asked() == PollDraft("Is it?", (PollAnswer("yes"),), timedelta(hours=24), False)
    custom = answer("no", emoji={"id": "5", "name": "wave", "animated": True})
    assert asked(
        answers=[answer(emoji={"name": "🔥"}), custom], duration=768.0, allow_multiselect=True, layout_type=1
    ) == PollDraft(
        "Is it?",
        (PollAnswer("yes", PollEmoji(None, "🔥")), PollAnswer("no", PollEmoji(5, "wave"))),
        timedelta(days=32),
        True,
    )
    assert MessageDraft.parse({"poll": None}).poll is None


@pytest.mark.parametrize(
    "fields, fault",
    [
        ({"question": None}, "question"),
        ({"question": {"text": ""}}, "question.text"),
        ({"question": {"text": "x" * 301}}, "question.text"),
        ({"answers": []}, "answers"),
        ({"answers": [answer()] * 11}, "answers"),
        ({"answers": [{}]}, "answers.0.poll_media"),
        ({"answers": [answer(" ")]}, "answers.0.poll_media.text"),
        ({"answers": [answer("x" * 56)]}, "answers.0.poll_media.text"),
        ({"answers": [answer(emoji={})]}, "answers.0.poll_media.emoji.name"),
        ({"answers": [answer(emoji={"id": "x"})]}, "answers.0.poll_media.emoji.id"),
        ({"answers": [answer(emoji={"name": "x" * 33})]}, "answers.0.poll_media.emoji.name"),
        ({"duration": 0}, "duration"),
        ({"duration": 769}, "duration"),
        ({"duration": 1.5}, "duration"),
        ({"allow_multiselect": 1}, "allow_multiselect"),
        ({"layout_type": 2}, "layout_type"),
    ],
)
def test_other_polls_are_refused_where_they_are_at_fault(fields, fault):
    assert fault in faults_of(**fields)


def made(count: int = 2) -> dict[str, Any]:
    draft = asked(answers=[answer(f"answer {n}") for n in range(1, count + 1)])
    return poll_object(draft, [FIRE] + [None] * (count - 1), NOON)


def test_a_poll_object_numbers_its_answers_and_says_until_when():
    poll = made()
    assert poll == {
        "question": {"text": "Is it?"}, "allow_multiselect": False, "layout_type": 1,
        "expiry": "2026-02-01T12:00:00.000000+00:00",
        "answers": [
            {"answer_id": 1, "poll_media": {"text": "answer 1", "emoji": FIRE}},
            {"answer_id": 2, "poll_media": {"text": "answer 2"}},
        ],
    }  # fmt: skip
    assert has_answer(poll, 2) and not has_answer(poll, 3) and expiry_of(poll) == NOON + timedelta(days=1)


def test_who_voted_is_told_to_nobody_else():
    counts = [AnswerCount(1, 3, True)]
    mine = with_results(made(), counts, viewed=True)["results"]
    assert mine == {"is_finalized": False, "answer_counts": [{"id": 1, "count": 3, "me_voted": True}]}
    assert with_results(made(), counts)["results"]["answer_counts"][0]["me_voted"] is False


def test_an_ended_poll_is_final_and_over_when_it_ended():
    early, late = NOON + timedelta(hours=1), NOON + timedelta(days=7)
    final = ended(made(), [AnswerCount(1, 3, True)], early)
    assert expiry_of(final) == early and final["results"]["is_finalized"]
    assert final["results"]["answer_counts"] == [{"id": 1, "count": 3, "me_voted": False}]
    assert expiry_of(ended(made(), [], late)) == NOON + timedelta(days=1)
    assert with_results(final, [AnswerCount(1, 3, True)], viewed=True)["results"]["is_finalized"]


def told(*counts: AnswerCount) -> dict[str, str]:
    embed = result_embed(made(3), counts)
    assert embed["type"] == "poll_result" and all(field["inline"] is False for field in embed["fields"])
    return {field["name"]: field["value"] for field in embed["fields"]}


def test_a_result_names_the_winner_if_there_is_one():
    nothing = {"poll_question_text": "Is it?", "victor_answer_votes": "0", "total_votes": "0"}
    assert told() == nothing
    assert told(AnswerCount(1, 2), AnswerCount(2, 2)) == nothing | {
        "victor_answer_votes": "2", "total_votes": "4"
    }  # fmt: skip
    assert told(AnswerCount(2, 2), AnswerCount(1, 1)) == nothing | {
        "victor_answer_votes": "2", "total_votes": "3", "victor_answer_id": "2",
        "victor_answer_text": "answer 2",
    }  # fmt: skip
    assert told(AnswerCount(1, 1))["victor_answer_emoji_name"] == "🔥"


def test_a_result_names_a_custom_emoji_by_its_id():
    poll = poll_object(asked(), [{"id": "5", "name": "wave", "animated": True}], NOON)
    fields = {field["name"]: field["value"] for field in result_embed(poll, [AnswerCount(1, 1)])["fields"]}
    assert (fields["victor_answer_emoji_id"], fields["victor_answer_emoji_animated"]) == ("5", "true")


def test_a_page_of_voters():
    assert VoterPage.parse({}) == VoterPage(25, 0) and VoterPage.parse({"limit": "100"}).limit == 100
    for query in ({"limit": "0"}, {"limit": "101"}, {"after": "x"}):
        with pytest.raises(InvalidFormBody):
            VoterPage.parse(query)
