"""Polls: a question in a message, its answers, the votes and what came of them.

A poll is kept in its message's details as the poll object without results; those are counted for whoever
looks while it is open, and written beside it when it ends. Source: the Discord documentation, "Poll".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso

QUESTION_MAX, ANSWER_MAX, ANSWERS_MAX = 300, 55, 10
HOURS_DEFAULT, HOURS_MAX = 24, 32 * 24
EMOJI_NAME_MAX = 32
DEFAULT_LAYOUT = 1


@dataclass(slots=True, frozen=True)
class PollEmoji:
    """As it was sent: a custom emoji by its id, a standard one by its characters."""

    id: int | None
    name: str | None


@dataclass(slots=True, frozen=True)
class PollAnswer:
    text: str
    emoji: PollEmoji | None = None


@dataclass(slots=True, frozen=True)
class PollDraft:
    question: str
    answers: tuple[PollAnswer, ...]
    duration: timedelta
    allow_multiselect: bool

    @classmethod
    def of(cls, form: Form) -> PollDraft | None:
        """Read the field `poll` of a message's form."""
        inside = form.form("poll", default=None)
        if inside is None:
            return None
        return cls(
            question=inside.form("question").string("text", length=(1, QUESTION_MAX), strip=True),
            answers=tuple(_answer_of(each) for each in inside.forms("answers", count=(1, ANSWERS_MAX))),
            duration=timedelta(
                hours=inside.integer("duration", default=HOURS_DEFAULT, between=(1, HOURS_MAX))
            ),
            allow_multiselect=_multiselect_of(inside),
        )


def _answer_of(form: Form) -> PollAnswer:
    media = form.form("poll_media")
    return PollAnswer(media.string("text", length=(1, ANSWER_MAX), strip=True), _emoji_of(media))


def _emoji_of(form: Form) -> PollEmoji | None:
    emoji = form.form("emoji", default=None)
    if emoji is None:
        return None
    id = emoji.snowflake("id", default=None)
    name = emoji.string("name", default=None, length=(0, EMOJI_NAME_MAX)) or None
    if id is None and name is None:
        emoji.fault("name", "BASE_TYPE_REQUIRED", "This field is required")
    return PollEmoji(id, name)


def _multiselect_of(form: Form) -> bool:
    form.choice("layout_type", (DEFAULT_LAYOUT,), default=DEFAULT_LAYOUT)
    several: bool = form.boolean("allow_multiselect")
    return several


@dataclass(slots=True, frozen=True)
class AnswerCount:
    """The votes for one answer, as one user sees them."""

    answer_id: int
    count: int
    me_voted: bool = False

    def payload(self, *, viewed: bool) -> dict[str, Any]:
        """`viewed` is by the user of whom me_voted speaks; to everybody else nobody has voted."""
        return {"id": self.answer_id, "count": self.count, "me_voted": self.me_voted and viewed}


def poll_object(
    draft: PollDraft, emojis: Iterable[dict[str, Any] | None], created_at: datetime
) -> dict[str, Any]:
    """A new poll as it is kept; `emojis` are the answers' partial emoji."""
    return {
        "question": {"text": draft.question},
        "answers": [
            {"answer_id": number, "poll_media": {"text": answer.text, **({"emoji": emoji} if emoji else {})}}
            for number, (answer, emoji) in enumerate(zip(draft.answers, emojis, strict=True), start=1)
        ],
        "expiry": iso(created_at + draft.duration),
        "allow_multiselect": draft.allow_multiselect,
        "layout_type": DEFAULT_LAYOUT,
    }


def expiry_of(poll: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(poll["expiry"])


def has_answer(poll: dict[str, Any], answer_id: int) -> bool:
    return any(answer["answer_id"] == answer_id for answer in poll["answers"])


def with_results(
    poll: dict[str, Any], counts: Iterable[AnswerCount], *, viewed: bool = False
) -> dict[str, Any]:
    """The poll as it stands, or as it ended; `viewed` as AnswerCount.payload has it."""
    return _with_results(poll, counts, final="results" in poll, viewed=viewed)


def ended(poll: dict[str, Any], counts: Iterable[AnswerCount], now: datetime) -> dict[str, Any]:
    """The poll with what came of it, over now at the latest."""
    expiry = min(expiry_of(poll), now)
    return _with_results({**poll, "expiry": iso(expiry)}, counts, final=True, viewed=False)


def _with_results(
    poll: dict[str, Any], counts: Iterable[AnswerCount], *, final: bool, viewed: bool
) -> dict[str, Any]:
    answer_counts = [count.payload(viewed=viewed) for count in counts]
    return {**poll, "results": {"is_finalized": final, "answer_counts": answer_counts}}


def result_embed(poll: dict[str, Any], counts: Iterable[AnswerCount]) -> dict[str, Any]:
    """What the message that tells the result has: who won, unless nobody did or several."""
    votes = {count.answer_id: count.count for count in counts}
    most = max(votes.values(), default=0)
    fields = {
        "poll_question_text": poll["question"]["text"],
        "victor_answer_votes": str(most),
        "total_votes": str(sum(votes.values())),
    }
    victors = [answer for answer in poll["answers"] if most and votes.get(answer["answer_id"]) == most]
    if len(victors) == 1:
        fields |= _victor(victors[0])
    listed = [{"name": name, "value": value, "inline": False} for name, value in fields.items()]
    return {"type": "poll_result", "fields": listed}


def _victor(answer: dict[str, Any]) -> dict[str, str]:
    media = answer["poll_media"]
    fields = {"victor_answer_id": str(answer["answer_id"]), "victor_answer_text": media["text"]}
    if emoji := media.get("emoji"):
        fields["victor_answer_emoji_name"] = emoji["name"]
        if emoji["id"] is not None:
            fields["victor_answer_emoji_id"] = emoji["id"]
            fields["victor_answer_emoji_animated"] = str(emoji["animated"]).lower()
    return fields


@dataclass(slots=True, frozen=True)
class VoterPage:
    """Users who have voted for an answer, by id, those after `after`."""

    limit: int
    after: int

    @classmethod
    def parse(cls, query: dict[str, str]) -> VoterPage:
        form = Form(query)
        page = cls(
            form.integer("limit", default=25, between=(1, 100)), form.snowflake("after", default=0)
        )
        form.finish()
        return page
