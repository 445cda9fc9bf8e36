"""Bodies of GitHub and Slack, as their documentation shows them, become messages."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.webhook_messages import WebhookMessageDraft
from chatd.model.webhook_services import GITHUB, github_message, slack_message

SENDER = {"login": "ada", "html_url": "https://git.example/ada", "avatar_url": "https://git.example/ada.png"}
REPOSITORY = {"full_name": "ada/engine", "html_url": "https://git.example/ada/engine"}
ISSUE = {"number": 7, "title": "It stops", "body": "after a while", "html_url": "https://git.example/7"}


def commit(number: int) -> dict[str, Any]:
    return {"id": f"{number:040x}", "url": "https://git.example/c", "message": "Turn.\n\nOnce more.",
            "author": {"name": "Ada", "username": "ada"}}  # fmt: skip


CASES: list[tuple[str, dict[str, Any], str | None]] = [
    ("ping", {"zen": "Design for failure."}, "[ada/engine] This webhook is set up"),
    ("push", {"ref": "refs/heads/main", "commits": [commit(1)]}, "[ada/engine:main] 1 new commit"),
    ("push", {"ref": "refs/heads/a/b", "forced": True, "commits": [commit(1), commit(2)]},
     "[ada/engine:a/b] 2 new commits, forced"),
    ("push", {"ref": "refs/heads/gone", "deleted": True, "commits": []}, None),
    ("issues", {"action": "opened", "issue": ISSUE}, "[ada/engine] Issue opened: #7 It stops"),
    ("issues", {"action": "labeled", "issue": ISSUE}, None),
    ("pull_request", {"action": "ready_for_review", "pull_request": ISSUE},
     "[ada/engine] Pull request ready for review: #7 It stops"),
    ("pull_request", {"action": "closed", "pull_request": ISSUE},
     "[ada/engine] Pull request closed: #7 It stops"),
    ("pull_request", {"action": "closed", "pull_request": {**ISSUE, "merged": True}},
     "[ada/engine] Pull request merged: #7 It stops"),
    ("pull_request", {"action": "synchronize", "pull_request": ISSUE}, None),
    ("issue_comment", {"action": "created", "issue": ISSUE, "comment": {"body": "here too"}},
     "[ada/engine] New comment on issue #7: It stops"),
    ("issue_comment", {"action": "created", "issue": {**ISSUE, "pull_request": {}}, "comment": {}},
     "[ada/engine] New comment on issue #7: It stops"),
    ("issue_comment", {"action": "deleted", "issue": ISSUE, "comment": {}}, None),
    ("pull_request_review", {"action": "submitted", "pull_request": ISSUE, "review": {"state": "approved"}},
     "[ada/engine] Pull request approved: #7 It stops"),
    ("pull_request_review", {"action": "edited", "pull_request": ISSUE, "review": {}}, None),
    ("star", {"action": "created"}, "[ada/engine] New star added"),
    ("star", {"action": "deleted"}, None),
    ("fork", {"forkee": {"full_name": "bob/engine"}}, "[ada/engine] Fork created: bob/engine"),
    ("release", {"action": "published", "release": {"tag_name": "v1"}},
     "[ada/engine] New release published: v1"),
    ("release", {"action": "created", "release": {}}, None),
    ("create", {"ref": "v1", "ref_type": "tag"}, "[ada/engine] tag created: v1"),
    ("delete", {"ref": "old", "ref_type": "branch"}, "[ada/engine] branch deleted: old"),
    ("workflow_run", {}, None),
]  # fmt: skip


def of_github(event: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The embed, as the message would have it."""
    message = github_message(event, {"sender": SENDER, "repository": REPOSITORY, **body})
    if message is None:
        return None
    details = WebhookMessageDraft.parse(message).message.details
    assert details is not None
    (embed,) = details["embeds"]
    return embed  # type: ignore[no-any-return]


@pytest.mark.parametrize("event, body, title", CASES)
def test_an_event_of_github(event, body, title):
    embed = of_github(event, body)
    assert (embed["title"] if embed else None) == title
    if embed:
        assert embed["author"]["name"] == "ada" and embed["url"].startswith("https://git.example")


def test_every_event_has_a_case():
    assert {event for event, *_ in CASES} == {*GITHUB, "workflow_run"}


def test_commits_are_listed_by_their_subjects_and_many_are_counted():
    embed = of_github("push", {"ref": "refs/heads/main", "commits": [commit(at) for at in range(200)]})
    lines = embed["description"].split("\n")
    assert lines[0] == "[`0000000`](https://git.example/c) Turn. - ada"
    assert (len(lines), lines[-1]) == (11, "… and 190 more")


def test_long_texts_are_cut():
    issue = {**ISSUE, "title": "x" * 999, "body": "y" * 9999}
    embed = of_github("issues", {"action": "opened", "issue": issue})
    assert (len(embed["title"]), len(embed["description"])) == (256, 1000)


@pytest.mark.parametrize("event", sorted(GITHUB))
def test_what_is_no_event_is_refused_by_its_path(event):
    for body in ({}, [], {"sender": 7}, {"sender": {"login": 7}}):
        with pytest.raises(InvalidFormBody):
            github_message(event, body)


def test_a_message_of_slack():
    attachment = {
        "pretext": "look", "title": "build", "title_link": "https://ci.example/1", "text": "all <https://a.example|green>",
        "color": "good", "ts": 1_700_000_000, "footer": "ci", "author_name": "bob",
        "fields": [{"title": "time", "value": "3 s", "short": True}], "thumb_url": "https://ci.example/t.png",
    }  # fmt: skip
    body = {
        "text": "see <https://b.example>", "username": "CI", "icon_url": "https://ci.example/i.png",
        "attachments": [attachment, {"color": "#ff0000", "text": "red"}],
    }  # fmt: skip
    draft = WebhookMessageDraft.parse(slack_message(body))
    assert (draft.message.content, draft.username) == ("see https://b.example", "CI")
    assert draft.avatar_url == "https://ci.example/i.png"
    first, second = draft.message.details["embeds"]
    assert first["description"] == "look\nall [green](https://a.example)"
    assert (first["title"], first["url"]) == ("build", "https://ci.example/1")
    assert first["fields"] == [{"name": "time", "value": "3 s", "inline": True}]
    assert (first["author"], first["footer"]) == ({"name": "bob"}, {"text": "ci"})
    assert first["timestamp"].startswith("2023-11-14T22:13:20") and second["color"] == 0xFF0000


def test_what_slack_would_not_send_is_refused_by_its_path():
    with pytest.raises(InvalidFormBody) as refusal:
        slack_message({"text": 7, "attachments": [{"title": [], "ts": "now"}]})
    assert set(refusal.value.errors) == {"text", "attachments"}
