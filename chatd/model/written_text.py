"""All that somebody has written in a message: what automatic moderation looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chatd.model.components import texts_in
from chatd.model.messages import Message


def written_in(message: Message) -> str:
    """Its words, then those of its embeds, poll, files and of what it forwards, each on a line of its own."""
    if not message.details:
        return message.content
    return "\n".join(text for text in (message.words, *_texts_of(message.details)) if text)


def _texts_of(details: dict[str, Any]) -> Iterator[str | None]:
    for embed in details.get("embeds", ()):
        if embed.get("type") == "rich":  # the others are what the server has found behind a link
            yield from (embed.get("title"), embed.get("description"))
            yield from (embed.get("author", {}).get("name"), embed.get("footer", {}).get("text"))
            yield from (text for field in embed.get("fields", ()) for text in (field["name"], field["value"]))
    if poll := details.get("poll"):
        yield poll["question"]["text"]
        yield from (answer["poll_media"].get("text") for answer in poll["answers"])
    for attachment in details.get("attachments", ()):
        yield from (attachment.get("title") or attachment.get("filename"), attachment.get("description"))
    for snapshot in details.get("message_snapshots", ()):
        forwarded = snapshot["message"]
        yield forwarded.get("content")
        yield texts_in(forwarded.get("components", []))
        yield from _texts_of(forwarded)
