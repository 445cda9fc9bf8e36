"""Link previews: what a message links to is looked up after it was committed, and then shown with it.

The looking up is slow and speaks to strangers, so it is a job (backlog.py), given away by `tx.later`. What is
here is its two ends: which messages want it, and the change of the message when something was found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import message_rows
from chatd.actions.access import ChannelAccess
from chatd.model.errors import RouteNotFound, UnknownMessage
from chatd.model.jobs import PreviewLinks
from chatd.model.messages import SAID_BY_USERS, SUPPRESS_EMBEDS, Message
from chatd.model.permissions import Permission
from chatd.model.previews import links_in, without_previews
from chatd.store.queries import previews
from chatd.store.transaction import Reading, Transaction


def look_up(tx: Reading, place: ChannelAccess, message: Message) -> None:
    """Have the links of a message looked up after the commit, if its author may show embeds there."""
    if "://" not in message.content or message.flags & SUPPRESS_EMBEDS:
        return
    if place.may(Permission.EMBED_LINKS) and links_in(message.content, tx.links.base_url):
        tx.later(PreviewLinks(place.channel.id, message.id, message.content))


async def links_of(tx: Reading, job: PreviewLinks) -> list[str]:
    """The links to look up; none when the message is gone or says something else by now."""
    try:
        message = await message_rows.find(tx, job.channel_id, job.message_id)
    except UnknownMessage:
        return []
    return links_in(job.content, tx.links.base_url) if _wants(message, job) else []


async def show(tx: Transaction, job: PreviewLinks, found: list[dict[str, Any]]) -> bool:
    """Show what was found, unless the message is gone or says something else by now.

    It does not count as an edit. Emits MESSAGE_UPDATE to everyone who can see the channel.
    """
    while True:
        try:
            found_message = await message_rows.find(tx, job.channel_id, job.message_id)
        except UnknownMessage:
            return False
        (before,) = await message_rows.view(tx, [found_message])
        channel = tx.directory.channels.get(job.channel_id)
        if channel is None or not _wants(before, job):
            return False
        sent = without_previews(before.details) or {}
        embeds = [*sent.get("embeds", ()), *found]
        after = replace(before, details={**sent, "embeds": embeds})
        if after == before:
            return False
        guild = None if channel.guild_id is None else tx.directory.guilds[channel.guild_id]
        if await message_rows.rewrite(tx, before, after, guild, known=None):
            return True


async def find_picture(tx: Reading, blob: str) -> str:
    """The blob of a picture that some preview shows. Raises RouteNotFound."""
    async with tx.connection() as conn:
        if not await previews.is_shown(conn, blob=blob):
            raise RouteNotFound()
    return blob


def _wants(message: Message, job: PreviewLinks) -> bool:
    return (
        message.content == job.content
        and message.type in SAID_BY_USERS
        and not message.flags & SUPPRESS_EMBEDS
    )
