"""What GitHub and Slack's clients send, as the body of a webhook's message.

    slack_message(body)             text, name, icon, and attachments as embeds
    github_message(event, body)     an embed that tells of the event; None for what nobody wants to hear of

What comes out is read like any other body (webhook_messages.py), so it is only shortened here and nothing
more is promised of it. To add an event of GitHub's: a reader and a row of GITHUB.
Sources: GitHub's documentation, "Webhook events and payloads"; Slack's, "Secondary message attachments".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso

# Longer than any text that is shown in the end.
TEXT_MAX = 2**20
ATTACHMENTS_MAX = 10
FIELDS_MAX = 25
COMMITS_MAX = 250
TITLE_SHOWN, TEXT_SHOWN, SUBJECT_SHOWN, COMMITS_SHOWN = 256, 1000, 72, 10

# Slack's link: <address|words>, or the address alone.
_LINK = re.compile(r"<((?:https?|mailto):[^|>\s]+)(?:\|([^>]*))?>")
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")
SLACK_COLORS = {"good": 0x2EB886, "warning": 0xDAA038, "danger": 0xA30200}
GREEN, RED, PURPLE, GREY = 0x2DA44E, 0xCF222E, 0x8250DF, 0x57606A


# ── Slack ──


def slack_message(body: Any) -> dict[str, Any]:
    """Raises InvalidFormBody."""
    form = Form(body)
    message = {
        "content": _linked(_text(form, "text")) or None,
        "username": _text(form, "username") or None,
        "avatar_url": _text(form, "icon_url") or None,
        "embeds": [
            _slack_embed(each) for each in form.forms("attachments", default=(), count=(0, ATTACHMENTS_MAX))
        ],
    }
    form.finish()
    return message


def _slack_embed(form: Form) -> dict[str, Any]:
    color, ts = _text(form, "color"), form.integer("ts", default=None, between=(0, 2**40))
    texts = (_linked(_text(form, name)) for name in ("pretext", "text"))
    number = _COLOR.fullmatch(color)
    return {
        "title": _cut(_text(form, "title"), TITLE_SHOWN),
        "url": _text(form, "title_link") or None,
        "description": "\n".join(filter(None, texts)),
        "color": int(number[1], 16) if number else SLACK_COLORS.get(color),
        "timestamp": None if ts is None else iso(datetime.fromtimestamp(min(ts, 2**33), UTC)),
        "footer": {"text": _text(form, "footer"), "icon_url": _text(form, "footer_icon") or None},
        "author": {
            "name": _text(form, "author_name"), "url": _text(form, "author_link") or None,
            "icon_url": _text(form, "author_icon") or None,
        },
        "image": {"url": url} if (url := _text(form, "image_url")) else None,
        "thumbnail": {"url": url} if (url := _text(form, "thumb_url")) else None,
        "fields": [
            {"name": _text(field, "title") or _text(field, "name"), "value": _linked(_text(field, "value")),
             "inline": field.boolean("short") or field.boolean("inline")}
            for field in form.forms("fields", default=(), count=(0, FIELDS_MAX))
        ],
    }  # fmt: skip


def _linked(text: str) -> str:
    return _LINK.sub(lambda link: f"[{link[2]}]({link[1]})" if link[2] else link[1], text)


# ── GitHub ──


def github_message(event: str, body: Any) -> dict[str, Any] | None:
    """`event` is what X-GitHub-Event says. Raises InvalidFormBody."""
    reader = GITHUB.get(event)
    if reader is None:
        return None
    form = Form(body)
    sender, embed = form.form("sender"), reader(form)
    author = {
        "name": _cut(_text(sender, "login"), TITLE_SHOWN), "url": _text(sender, "html_url") or None,
        "icon_url": _text(sender, "avatar_url") or None,
    }  # fmt: skip
    form.finish()
    return None if embed is None else {"embeds": [{**embed, "author": author}]}


def _ping(form: Form) -> dict[str, Any]:
    return _embed(form, "This webhook is set up", "", text=_text(form, "zen"))


def _push(form: Form) -> dict[str, Any] | None:
    """Commits on a branch; a branch or tag that comes or goes is told by an event of its own."""
    commits = form.forms("commits", default=(), count=(0, COMMITS_MAX))
    if not commits:
        return None
    lines = [_commit_line(commit) for commit in commits]
    if len(lines) > COMMITS_SHOWN:
        lines[COMMITS_SHOWN:] = [f"… and {len(lines) - COMMITS_SHOWN} more"]
    branch = _text(form, "ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    new = "1 new commit" if len(commits) == 1 else f"{len(commits)} new commits"
    forced = ", forced" if form.boolean("forced") else ""
    embed = _embed(form, f"{new}{forced}", _text(form, "compare"), at=f":{branch}")
    return {**embed, "description": "\n".join(lines), "color": GREY}


def _commit_line(commit: Form) -> str:
    subject = _cut(_text(commit, "message").partition("\n")[0], SUBJECT_SHOWN)
    author = commit.form("author", default=Form({}))
    name = _cut(_text(author, "username") or _text(author, "name"), SUBJECT_SHOWN)
    return f"[`{_text(commit, 'id')[:7]}`]({_text(commit, 'url')[:200]}) {subject} - {name}"


def _issue(form: Form) -> dict[str, Any] | None:
    action, issue = _text(form, "action"), form.form("issue")
    color = {"opened": GREEN, "reopened": GREEN, "closed": PURPLE}.get(action)
    return None if color is None else _numbered(form, issue, f"Issue {action}", action, color)


def _pull_request(form: Form) -> dict[str, Any] | None:
    action, request = _text(form, "action"), form.form("pull_request")
    if action == "closed" and request.boolean("merged"):
        return _numbered(form, request, "Pull request merged", action, PURPLE)
    color = {"opened": GREEN, "reopened": GREEN, "closed": RED, "ready_for_review": GREEN}.get(action)
    said = action.replace("_", " ")
    return None if color is None else _numbered(form, request, f"Pull request {said}", action, color)


def _numbered(form: Form, of: Form, what: str, action: str, color: int) -> dict[str, Any]:
    """An issue or pull request, with its text when it is new."""
    title = f"{what}: #{of.integer('number', default=0)} {_text(of, 'title')}"
    text = _text(of, "body") if action == "opened" else ""
    return {**_embed(form, title, _text(of, "html_url"), text=text), "color": color}


def _issue_comment(form: Form) -> dict[str, Any] | None:
    issue, comment = form.form("issue"), form.form("comment")
    if _text(form, "action") != "created":
        return None
    kind = "pull request" if issue.raw("pull_request") else "issue"
    title = f"New comment on {kind} #{issue.integer('number', default=0)}: {_text(issue, 'title')}"
    return _embed(form, title, _text(comment, "html_url"), text=_text(comment, "body"))


def _review(form: Form) -> dict[str, Any] | None:
    request, review = form.form("pull_request"), form.form("review")
    if _text(form, "action") != "submitted":
        return None
    said = {"approved": "approved", "changes_requested": "sent back"}.get(_text(review, "state"), "reviewed")
    title = f"Pull request {said}: #{request.integer('number', default=0)} {_text(request, 'title')}"
    return _embed(form, title, _text(review, "html_url"), text=_text(review, "body"))


def _star(form: Form) -> dict[str, Any] | None:
    return _embed(form, "New star added", "") if _text(form, "action") == "created" else None


def _fork(form: Form) -> dict[str, Any]:
    fork = form.form("forkee")
    return _embed(form, f"Fork created: {_text(fork, 'full_name')}", _text(fork, "html_url"))


def _release(form: Form) -> dict[str, Any] | None:
    release = form.form("release")
    if _text(form, "action") != "published":
        return None
    name = _text(release, "name") or _text(release, "tag_name")
    return _embed(form, f"New release published: {name}", _text(release, "html_url"))


def _ref(what: str) -> Callable[[Form], dict[str, Any]]:
    """A branch or tag that comes or goes."""

    def reader(form: Form) -> dict[str, Any]:
        return _embed(form, f"{_text(form, 'ref_type') or 'branch'} {what}: {_text(form, 'ref')}", "")

    return reader


GITHUB: dict[str, Callable[[Form], dict[str, Any] | None]] = {
    "ping": _ping,
    "push": _push,
    "issues": _issue,
    "pull_request": _pull_request,
    "issue_comment": _issue_comment,
    "pull_request_review": _review,
    "star": _star,
    "fork": _fork,
    "release": _release,
    "create": _ref("created"),
    "delete": _ref("deleted"),
}


def _embed(form: Form, title: str, url: str, *, at: str = "", text: str = "") -> dict[str, Any]:
    """What all have: the repository before the title, and its address where the thing has none."""
    repository = form.form("repository", default=Form({}))
    name = _text(repository, "full_name")
    return {
        "title": _cut(f"[{name}{at}] {title}" if name else title, TITLE_SHOWN),
        "url": url or _text(repository, "html_url") or None,
        "description": _cut(text, TEXT_SHOWN),
    }


# ── both ──


def _text(form: Form, name: str) -> str:
    return form.string(name, default="", length=(0, TEXT_MAX), strip=True)  # type: ignore[no-any-return]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
