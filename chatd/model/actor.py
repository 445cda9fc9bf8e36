"""Who is asking: the identity that a door has proved and every action checks against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Actor:
    """`token_hash` names the session or bot token it came by; None for the server itself."""

    id: int
    bot: bool = False
    admin: bool = False
    token_hash: bytes | None = None


# Somebody not signed in: may ask for what is open to anyone, and is no user.
ANYONE = Actor(0)
