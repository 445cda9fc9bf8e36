"""Voice: a voice state ends with the gateway session that came to the channel.

At once when the client is done with its session; else when nobody has resumed it by the time that others
see it gone (presence.py), so a short loss of the connection shows no leaving. A voice state is a row
(actions/voice_states.py), and survives the server: after a start those of sessions that are
expected back wait for them as long as their presence does, and the others end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chatd.actions.voice_states import end_sessions, sessions_but
from chatd.gateway.background import Background


class Voices:
    """Voice states whose session has ended, on their way to their end."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self._ended: set[str] = set()
        self._ending = Background(self._end, "voice states were not ended")

    async def start(self, expected: Iterable[str]) -> None:
        """End what the run before left of sessions that are not expected back."""
        await end_sessions(self.store, await sessions_but(self.store, expected))

    def end(self, user_id: int, session_id: str) -> None:
        """The session has ended, wherever its user was by it."""
        guilds = self.store.directory.guilds_of(user_id)
        states = (guild.voice_states.get(user_id) for guild in guilds)
        if any(state is not None and state.session_id == session_id for state in states):
            self._ended.add(session_id)
            self._ending.kick()

    def retry(self) -> None:
        """End what an earlier failure left."""
        if self._ended:
            self._ending.kick()

    async def settle(self) -> None:
        await self._ending.settle()

    async def _end(self) -> None:
        ended, self._ended = self._ended, set()
        try:
            await end_sessions(self.store, ended)
        except BaseException:
            self._ended |= ended
            raise
