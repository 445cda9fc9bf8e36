"""Who is asking: the identity that a door has proved and every action checks against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Actor:
    """`token_hash` names the session or bot token it came by; None for the server itself.

    With `posts_in` it is a webhook, which is no user: it may post in this channel and in the threads of it.
    """

    id: int
    bot: bool = False
    admin: bool = False
    token_hash: bytes | None = None
    posts_in: int | None = None

    @property
    def user_id(self) -> int | None:
        """None for a webhook."""
        return self.id if self.posts_in is None else None


# Somebody not signed in: may ask for what is open to anyone, and is no user.
ANYONE = Actor(0)
