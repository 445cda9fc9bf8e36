"""Resume: replay what a session missed, from the journal, then go live with no gap between.

The row of the session and the journal are all that is needed, so it makes no difference whether the
connection broke, the server was killed, or another host runs it now.

Replay reads page after page of the journal and sends what the hub would have sent (`text_for`). It stops
where the feed is: entries that are committed but not yet delivered here are left to the feed. In the one
step in which the replay has reached feed.position, without an await, the connection joins the hub; so the
next entry delivered is the first that was not replayed, and each is sent once.

Which `seq` can be resumed from (the journal keeps entries after `before_oldest`, up to `head`):

    null                              nothing to go on from: op 9, identify anew
    seq > head                        the client invented it: close 4007
    seq < where the session began     its snapshot never arrived whole (session.py): op 9, identify anew
    seq < before_oldest               too old, op 9; unless the session had been sent nothing after `seq` when
                                      it dropped: then what it was `served` is the place to go on from
    else                              replay from seq
"""

from __future__ import annotations

from typing import Any

from chatd.actions.gateway_sessions import SavedSession
from chatd.gateway.broadcast import dispatch_text
from chatd.gateway.drafts import Resume
from chatd.gateway.hub import user_of
from chatd.gateway.identify import prove, refuse_disallowed
from chatd.gateway.opcodes import Close, CloseCode, Opcode
from chatd.gateway.session import RESUMED_ELSEWHERE, Session, began_at
from chatd.gateway.thread_sync import SYNC, may_reveal
from chatd.gateway.visibility import wants
from chatd.model.actor import Actor
from chatd.model.audience import Channel, Onlookers, guild_of
from chatd.model.events import presence_update
from chatd.model.intents import Intent
from chatd.model.json_text import encode_json

# Of one's own, a guild that is there from now on, or is gone.
MEMBERSHIPS = ("GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE")


async def on_resume(connection: Any, d: Resume) -> None:
    gateway = connection.gateway
    epoch = gateway.store.directory.token_epoch
    actor = await prove(connection, d.token)
    saved = None if actor is None else await take_over(gateway, actor, d.session_id)
    if actor is not None and saved is not None:
        refuse_disallowed(connection, saved.intents, actor)
    start = None if saved is None else await replay_start(gateway, saved, d.seq)
    if connection.closing or connection.link.closed:
        return
    if actor is None or saved is None or start is None or not await gateway.rows.take_up(saved.id):
        connection.send_op(Opcode.INVALID_SESSION, False)
        return
    if gateway.store.directory.token_epoch != epoch:
        return await on_resume(connection, d)  # perhaps of this token: see identify.py
    session = Session.from_row(saved, actor)
    assert d.seq is not None, "a replay starts somewhere"
    connection.last_sent = d.seq
    gateway.begin_replay(connection, session, start)
    past = Past(gateway.hub, session, *await gateway.store.unseen_at(start, session.user_id))
    await replay(connection, session, start, past)


async def take_over(gateway: Any, actor: Actor, session_id: str) -> SavedSession | None:
    """The session, if it is the actor's own by this very token; its old connection is closed."""
    live = gateway.sessions.get(session_id)
    if live is not None and live.actor.token_hash == actor.token_hash:
        live.connection.close(CloseCode.SESSION_TIMED_OUT, RESUMED_ELSEWHERE)
    saved: SavedSession | None = await gateway.rows.find(session_id)
    if saved is None or saved.user_id != actor.id or saved.token_hash != actor.token_hash:
        return None
    return saved


async def replay_start(gateway: Any, saved: SavedSession, seq: int | None) -> int | None:
    """The position after which to replay; None when something is missing. See the module's head."""
    if seq is None:
        return None
    before_oldest, head = await gateway.store.journal_bounds()
    if seq > head:
        raise Close(CloseCode.INVALID_SEQUENCE, "seq is from the future")
    if seq < began_at(saved.id):
        return None
    if seq >= before_oldest:
        return seq
    if saved.last_sent == seq and saved.served is not None and saved.served >= before_oldest:
        return saved.served
    return None


async def replay(connection: Any, session: Session, start: int, past: Past) -> None:
    """Send everything after `start` that the session gets, then RESUMED, and go live."""
    gateway = connection.gateway
    revealing: set[int | None] = set()
    position, replayed = start, 0
    while True:
        page = await gateway.store.journal_after(position, gateway.settings.replay_page)
        await connection.room()
        if connection.closing or connection.link.closed:
            return
        # What the feed has not delivered yet, it will.
        page = [entry for entry in page if entry.position <= gateway.store.feed.position]
        if page and page[0].position != position + 1 or not page and await is_cut(gateway, position):
            # The journal was cut short while we read it.
            gateway.detach(connection)
            connection.send_op(Opcode.INVALID_SESSION, False)
            return
        replayed += send_page(connection, past, page)
        revealing |= {guild_of(entry.audience) for entry in page if may_reveal(entry, session.user_id)}
        position = page[-1].position if page else position
        gateway.note_replayed(session, position)
        if position >= gateway.store.feed.position:
            break
    # No await from the check above to the end.
    gateway.attach(connection, session)
    send_threads(connection, session, revealing)
    send_changed_presences(connection, session, start)
    connection.send_text(dispatch_text("RESUMED", position, encode_json({"_trace": []})))
    connection.last_sent = position
    connection.log.info("resumed", user=session.user_id, seq=start, replayed=replayed)


async def is_cut(gateway: Any, position: int) -> bool:
    """Whether entries after `position` are no longer kept."""
    before_oldest, _ = await gateway.store.journal_bounds()
    return bool(position < before_oldest)


class Past:
    """What a session is sent of entries that it missed: what it would have been sent live.

    The hub answers by the directory, which is that of now. What the user could not see at the time, it cannot
    tell: what went on in a guild before they joined it, or was said in a channel before it appeared
    for them. So these two sets are what they did not see, as of the entry that the replay has come to.
    """

    def __init__(self, hub: Any, session: Session, guild_ids: set[int], channel_ids: set[int]) -> None:
        self.hub = hub
        self.session = session
        self.unseen_guilds: set[int | None] = {*guild_ids}
        self.unseen_channels = channel_ids
        self.joined: set[int | None] = set()  # guilds whose GUILD_CREATE, as of now, has been sent

    def text_for(self, entry: Any) -> bytes | None:
        audience, guild_id = entry.audience, guild_of(entry.audience)
        comes_or_goes = entry.name in MEMBERSHIPS and user_of(entry) == self.session.user_id
        if isinstance(audience, Onlookers) and audience.names(self.session.user_id):
            self._follow(entry.name, audience.channel_id)
        if entry.name == "GUILD_MEMBER_ADD" and comes_or_goes:
            self.unseen_guilds.discard(guild_id)
            self.joined.add(guild_id)
        if guild_id in self.unseen_guilds or isinstance(audience, Channel) and self._is_unseen(audience):
            return None
        if entry.name == "GUILD_MEMBER_REMOVE" and comes_or_goes:
            self.unseen_guilds.add(guild_id)
        if isinstance(audience, Onlookers) and guild_id in self.joined:
            return None  # their GUILD_CREATE has told it
        text: bytes | None = self.hub.text_for(self.session, entry)
        return text

    def _follow(self, name: str, channel_id: int) -> None:
        """A channel has appeared for the user, or is gone."""
        if name == "CHANNEL_CREATE":
            self.unseen_channels.discard(channel_id)
        elif name == "CHANNEL_DELETE":
            self.unseen_channels.add(channel_id)

    def _is_unseen(self, audience: Channel) -> bool:
        """Of a thread the channel counts that it is in; a channel in a category stands for itself."""
        channel = self.hub.directory.channels.get(audience.channel_id)
        if channel is not None and channel.thread is not None:
            return channel.parent_id in self.unseen_channels
        return audience.channel_id in self.unseen_channels


def send_page(connection: Any, past: Past, page: list[Any]) -> int:
    """Send what the session gets of these entries. Returns how many."""
    found = ((entry.position, past.text_for(entry)) for entry in page)
    texts = [(position, text) for position, text in found if text is not None]
    connection.allow_unsent(sum(len(text) for _, text in texts))
    for position, text in texts:
        connection.last_sent = position
        connection.send_text(text)
    connection.gateway.on_heartbeat(connection)  # it cannot be heard while it is being answered
    return len(texts)


def send_threads(connection: Any, session: Session, guild_ids: set[int | None]) -> None:
    """Something that may have shown the user threads was missed there: tell of all that they see now."""
    gateway = connection.gateway
    directory, position = gateway.store.directory, gateway.store.feed.position
    for guild in directory.guilds_of(session.user_id):
        has_threads = any(directory.threads.below(channel_id) for channel_id in guild.channel_ids)
        if guild.id in guild_ids and has_threads and wants(session, SYNC, guild.id):
            text = gateway.hub.thread_sync.whole(session.user_id, guild.id, position)
            connection.allow_unsent(len(text))
            connection.send_text(text)


def send_changed_presences(connection: Any, session: Session, since: int) -> None:
    """Presence is not in the journal: say how it is now for those of whom it has changed."""
    gateway = connection.gateway
    if not session.intents & Intent.GUILD_PRESENCES:
        return
    position = gateway.store.feed.position
    changed = gateway.presences.changed_since(since)
    for guild in gateway.store.directory.guilds_of(session.user_id):
        for user_id in changed:
            if user_id in guild.members:
                shown = gateway.presences.of_user(user_id)
                event = presence_update(
                    user_id, guild.id, shown.status, list(shown.activities), shown.client_status
                )
                connection.send_text(dispatch_text(event.name, position, encode_json(event.d)))
