"""The hub: entries of the feed, each to the sessions that may see it and asked for it.

deliver() is called once for each commit, synchronously, with the directory exactly as of its entries. It
works out who gets what (visibility.py), makes the bytes once (broadcast.py) and hands them over: no task,
queue, timer or copy for any session. Entries of one call that go to the same connections leave as one write.

A user's own membership is told in another way than to everybody else: joining a guild is its GUILD_CREATE,
leaving it is GUILD_DELETE. So are a few events of threads (_OWN). `text_for` answers the same questions for
one session, which is what a resume replays; whatever a session would have been sent live, it is sent then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from chatd.gateway.broadcast import (
    CONTENT_EVENTS,
    Packet,
    Parcel,
    bare_text,
    concerned_users,
    dispatch_text,
    entry_text,
    write,
)
from chatd.gateway.session import Session
from chatd.gateway.thread_sync import ThreadSync
from chatd.gateway.visibility import Audiences, is_bare, sees, wants
from chatd.log import logger
from chatd.model.audience import Channel, Users, guild_of
from chatd.model.event_permissions import permissions_needed
from chatd.model.events import APPLICATION_UPDATE, TOKEN_REVOKED, Entry
from chatd.model.intents import Intent
from chatd.model.json_text import encode_json
from chatd.model.threads import ThreadMember

log = logger.child("gateway")

# Streams whose last text is kept, at a few hundred bytes each; beyond it all are forgotten at once.
STREAMS_MAX = 10_000

Addressed = list[tuple[Packet, Iterable[Any]]]


class Hub:
    def __init__(
        self,
        directory: Any,
        guild_create: Callable[[Session, int], str],
        revoked: Callable[[bytes], None],
        granted: Callable[[int], None],
    ) -> None:
        """`guild_create` gives a guild as one session sees it, as JSON.

        `revoked` is told the hash of a token that is dead, `granted` whose application has changed.
        """
        self.directory = directory
        self.audiences = Audiences(directory)
        self.thread_sync = ThreadSync(directory, self.audiences)
        self._guild_create = guild_create
        self._revoked = revoked
        self._granted = granted
        # The last text in each stream of events: a guild or a direct message, as a whole or without content.
        self._last_texts: dict[tuple[int | None, bool], bytes] = {}

    def join(self, connection: Any) -> None:
        self.audiences.join(connection)

    def leave(self, connection: Any, user_id: int) -> None:
        self.audiences.leave(connection, user_id)

    def deliver(self, entries: list[Entry]) -> None:
        """Send each entry to everyone who gets it. One that fails, or one recipient, stops no other."""
        plan: Addressed = []
        for entry in entries:
            try:
                plan += self._addressed(entry)
                if entry is self.thread_sync.foreseen:
                    plan += self.thread_sync.revealed(entry)
            except Exception as error:
                log.exception("event not delivered", error, name=entry.name, position=entry.position)
        self._write(plan)
        for entry in entries:
            if entry.name == TOKEN_REVOKED:
                self._revoked(bytes.fromhex(entry.d["token_hash"]))
            elif entry.name == APPLICATION_UPDATE:
                self._granted(int(entry.d["bot"]["id"]))

    def text_for(self, session: Session, entry: Entry) -> bytes | None:
        """What this session is sent of the entry; None when it does not get it."""
        own = _OWN.get(entry.name)
        if own is not None and session.user_id in own.users(entry):
            return own.text(self, session, entry)
        if own is not None and not own.tells_others(session):
            return None
        guild_id = guild_of(entry.audience)
        if not wants(session, entry.name, guild_id) or not self._sees(session, entry):
            return None
        if entry.name in CONTENT_EVENTS and is_bare(session, guild_id):
            return entry_text(entry) if session.user_id in concerned_users(entry) else bare_text(entry)
        return entry_text(entry)

    # ── who gets it ──

    def _addressed(self, entry: Entry) -> Addressed:
        own = _OWN.get(entry.name)
        if own is not None:
            return self._addressed_by_membership(entry, own)
        listeners = self.audiences.listeners(entry.name, entry.audience)
        if not listeners.bare:
            return [(self._packet(entry), listeners.full)] if listeners.full else []
        if entry.name not in CONTENT_EVENTS:
            packet = self._packet(entry)
            return [(packet, listeners.full), (packet, listeners.bare)]
        concerned = concerned_users(entry)
        spared = [connection for connection in listeners.bare if connection.session.user_id in concerned]
        others = [connection for connection in listeners.bare if connection.session.user_id not in concerned]
        packet = self._packet(entry)
        return [(packet, listeners.full), (packet, spared), (self._bare_packet(entry), others)]

    def _addressed_by_membership(self, entry: Entry, own: Own) -> Addressed:
        concerned = {c: None for user_id in own.users(entry) for c in self.audiences.of_user(user_id)}
        listeners = self.audiences.listeners(entry.name, entry.audience)
        others = [
            c for kind in (listeners.full, listeners.bare) for c in kind
            if c not in concerned and own.tells_others(c.session)
        ]  # fmt: skip
        addressed: Addressed = [(self._packet(entry), others)] if others else []
        for connection in concerned:
            text = own.text(self, connection.session, entry)
            if text is not None:
                addressed.append((Packet(text, entry.position), [connection]))
        return addressed

    def _sees(self, session: Session, entry: Entry) -> bool:
        return sees(self.directory, session.user_id, entry.audience, permissions_needed(entry.name))

    # ── in what words ──

    def _packet(self, entry: Entry) -> Packet:
        return self._in_stream(entry, entry_text(entry), bare=False)

    def _bare_packet(self, entry: Entry) -> Packet:
        return self._in_stream(entry, bare_text(entry), bare=True)

    def _in_stream(self, entry: Entry, text: bytes, bare: bool) -> Packet:
        stream = guild_of(entry.audience)
        if stream is None and isinstance(entry.audience, Channel):
            stream = entry.audience.channel_id
        packet = Packet(text, entry.position, self._last_texts.get((stream, bare)))
        if len(self._last_texts) > STREAMS_MAX:
            self._last_texts.clear()
        self._last_texts[stream, bare] = text
        return packet

    def _own_join(self, session: Session, entry: Entry) -> bytes | None:
        guild_id = int(entry.d["guild_id"])
        # A replay may come to a joining that has been undone since.
        if not wants(session, "GUILD_CREATE", guild_id) or not self._sees(session, entry):
            return None
        return dispatch_text("GUILD_CREATE", entry.position, self._guild_create(session, guild_id))

    def _own_leave(self, session: Session, entry: Entry) -> bytes | None:
        if not wants(session, "GUILD_DELETE", int(entry.d["guild_id"])):
            return None
        return dispatch_text("GUILD_DELETE", entry.position, encode_json({"id": entry.d["guild_id"]}))

    def _own_change(self, session: Session, entry: Entry) -> bytes | None:
        """One's own member is told whatever the intents, to the sessions that have the guild."""
        return entry_text(entry) if wants(session, "GUILD_CREATE", int(entry.d["guild_id"])) else None

    def _own_thread(self, session: Session, entry: Entry) -> bytes | None:
        """Who has made a thread is told of it as of one that they are in."""
        if not wants(session, entry.name, int(entry.d["guild_id"])) or not self._sees(session, entry):
            return None
        made_at = datetime.fromisoformat(entry.d["thread_metadata"]["create_timestamp"])
        member = ThreadMember(session.user_id, made_at).payload(int(entry.d["id"]))
        return dispatch_text(entry.name, entry.position, encode_json({**entry.d, "member": member}))

    def _own_thread_membership(self, session: Session, entry: Entry) -> bytes | None:
        """Everybody hears of their own coming and going, even where they no longer see the thread; of
        others', who sees it and has the GUILD_MEMBERS intent."""
        if not wants(session, entry.name, int(entry.d["guild_id"])):
            return None
        if session.intents & Intent.GUILD_MEMBERS and self._sees(session, entry):
            return entry_text(entry)
        user_id = str(session.user_id)
        alone = {
            "added_members": [one for one in entry.d.get("added_members", ()) if one["user_id"] == user_id],
            "removed_member_ids": [one for one in entry.d.get("removed_member_ids", ()) if one == user_id],
        }
        rest = {name: value for name, value in entry.d.items() if name not in alone}
        d = rest | {name: users for name, users in alone.items() if users}
        return dispatch_text(entry.name, entry.position, encode_json(d))

    def _own_thread_settings(self, session: Session, entry: Entry) -> bytes | None:
        """The entry says of which thread; whose settings, each session."""
        channel = self.directory.channels.get(int(entry.d["id"]))
        member = channel.thread.members.get(session.user_id) if channel is not None else None
        if member is None or not wants(session, entry.name, int(entry.d["guild_id"])):
            return None
        return dispatch_text(
            entry.name, entry.position, encode_json({**member.payload(channel.id), **entry.d})
        )

    # ── out ──

    def _write(self, plan: Addressed) -> None:
        if not plan:
            return
        first = plan[0][1]
        if all(recipients is first for _, recipients in plan):
            self._send([packet for packet, _ in plan], first)
            return
        # Who gets which of the packets, as bits; everyone with the same bits shares one parcel.
        gets: defaultdict[Any, int] = defaultdict(int)
        for at, (_, recipients) in enumerate(plan):
            for connection in recipients:
                gets[connection] |= 1 << at
        sharing: defaultdict[int, list[Any]] = defaultdict(list)
        for connection, bits in gets.items():
            sharing[bits].append(connection)
        for bits, connections in sharing.items():
            self._send([packet for at, (packet, _) in enumerate(plan) if bits >> at & 1], connections)

    def _send(self, packets: list[Packet], recipients: Iterable[Any]) -> None:
        connections = tuple(recipients)  # a failing recipient leaves the list it came from
        write(Parcel(packets), connections, failed)


def failed(connection: Any, error: Exception) -> None:
    """A recipient could not be written to: cut it off, so that it resumes and misses nothing."""
    log.exception("connection not writable", error)
    connection.abort("not writable")


class Own(NamedTuple):
    """Whom an event concerns, and what it is to their sessions; None when it is nothing.

    The sessions of all others must have the intent `elsewise`, if there is one, whatever the event needs.
    """

    users: Callable[[Entry], Collection[int]]
    text: Callable[[Hub, Session, Entry], bytes | None]
    elsewise: int = 0

    def tells_others(self, session: Session) -> bool:
        return not self.elsewise or bool(session.intents & self.elsewise)


def user_of(entry: Entry) -> int:
    return int(entry.d["user"]["id"])


def member_of(entry: Entry) -> Collection[int]:
    return (user_of(entry),)


def maker_of(entry: Entry) -> Collection[int]:
    """Who has just made a thread; nobody when somebody is told of one that there was."""
    return (int(entry.d["owner_id"]),) if "newly_created" in entry.d else ()


def comers_and_goers(entry: Entry) -> Collection[int]:
    added = {int(member["user_id"]) for member in entry.d.get("added_members", ())}
    return added | set(map(int, entry.d.get("removed_member_ids", ())))


def named_users(entry: Entry) -> Collection[int]:
    assert isinstance(entry.audience, Users), "it is for people, each by themselves"
    return entry.audience.user_ids


# Events of which the users concerned are told in another way than everybody else.
_OWN: dict[str, Own] = {
    "GUILD_MEMBER_ADD": Own(member_of, Hub._own_join),
    "GUILD_MEMBER_REMOVE": Own(member_of, Hub._own_leave),
    "GUILD_MEMBER_UPDATE": Own(member_of, Hub._own_change),
    "THREAD_CREATE": Own(maker_of, Hub._own_thread),
    "THREAD_MEMBERS_UPDATE": Own(
        comers_and_goers, Hub._own_thread_membership, elsewise=int(Intent.GUILD_MEMBERS)
    ),
    "THREAD_MEMBER_UPDATE": Own(named_users, Hub._own_thread_settings),
}
