"""Work that waits for a commit: an action names it (`tx.later`), and backlog.py has it done afterwards.

To add a kind: a class here, and its handler where app.py makes the Backlog.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PreviewLinks:
    """Look up the links of a message, and show what is found if it still says `content` then."""

    channel_id: int
    message_id: int
    content: str


@dataclass(frozen=True, slots=True)
class AwaitAnswer:
    """Give an interaction up if nobody has answered it in time."""

    interaction_id: int


@dataclass(frozen=True, slots=True)
class PostInteraction:
    """Tell an application of an interaction at its endpoint, and take the answer. `content` is JSON."""

    interaction_id: int
    application_id: int
    token: str
    content: bytes


Job = PreviewLinks | AwaitAnswer | PostInteraction
