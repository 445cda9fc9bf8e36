"""What a session is told of a guild all at once: GUILD_CREATE, and the members of a chunk.

The same members and presences go to everyone who connects, so when many do, as after a restart, a guild of
a thousand would be turned into JSON a thousand times over. Here each member's text is made once and kept
for as long as the member and the user are the very objects that the directory has; a snapshot then
is a join of texts. All the rest of a GUILD_CREATE is made by actions/guilds.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chatd.actions.guilds import guild_create_payload
from chatd.gateway.session import Session
from chatd.model.intents import Intent
from chatd.model.json_text import encode_json
from chatd.model.voice_states import VoiceState

# Texts of former members are dropped, all at once, when there are more of them than this.
FORMER_MEMBERS_MAX = 1000


class MemberTexts:
    """The JSON of each member with its user, by guild."""

    def __init__(self, directory: Any) -> None:
        self.directory = directory
        # By guild and user: what the text was made from, and the text.
        self._kept: dict[int, dict[int, tuple[Any, Any, Any, str]]] = {}

    def of(self, guild: Any, user_ids: Iterable[int]) -> list[str]:
        """The texts of these users; who is no member is left out."""
        kept = self._kept.setdefault(guild.id, {})
        if len(kept) > len(guild.members) + FORMER_MEMBERS_MAX:
            kept.clear()
        members, users = guild.members, self.directory.users
        return [self._text(kept, members[id], users[id]) for id in user_ids if id in members]

    def _text(self, kept: dict[int, tuple[Any, Any, Any, str]], member: Any, user: Any) -> str:
        known = kept.get(user.id)
        if known is None or known[0] is not member or known[1] is not user or known[2] is not member.role_ids:
            known = kept[user.id] = member, user, member.role_ids, encode_json(member.payload(user))
        return known[3]


def guild_create_text(gateway: Any, session: Session, guild_id: int) -> str:
    """The `d` of GUILD_CREATE as this session sees the guild: members and presences as its intents ask."""
    directory, presences = gateway.store.directory, gateway.presences
    guild = directory.guilds[guild_id]
    rest = guild_create_payload(
        directory, guild_id, session.user_id, large_threshold=session.large_threshold
    )
    heard = shown_voice_states(directory, session, guild)
    listed = dict.fromkeys([*listed_members(gateway, session, guild), *(state.user_id for state in heard)])
    members = gateway.member_texts.of(guild, listed)
    rest["voice_states"] = [state.bare_payload(guild.members[state.user_id]) for state in heard]
    shown = presences.texts_in(guild.members) if session.intents & Intent.GUILD_PRESENCES else []
    return f'{encode_json(rest)[:-1]},"members":[{",".join(members)}],"presences":[{",".join(shown)}]}}'


def shown_voice_states(directory: Any, session: Session, guild: Any) -> list[VoiceState]:
    """Who is in a voice channel that the user sees, if the session hears of those who come and go.

    They are among the members that are listed: hikari looks them up there.
    """
    if not session.intents & Intent.GUILD_VOICE_STATES:
        return []
    states = guild.voice_states.values()
    return [state for state in states if directory.can_view(session.user_id, state.channel_id)]


def listed_members(gateway: Any, session: Session, guild: Any) -> list[int]:
    """Oneself; with GUILD_MEMBERS everybody, or in a large guild those who are online."""
    if not session.intents & Intent.GUILD_MEMBERS:
        return [session.user_id]
    if len(guild.members) <= session.large_threshold:
        return list(guild.members)
    is_online = gateway.presences.is_online
    return [id for id in guild.members if id == session.user_id or is_online(id)]
