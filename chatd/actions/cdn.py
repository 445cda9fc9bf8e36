"""Which picture is shown where: what a path of the CDN means, for whoever asks.

Whoever knows the hash of a picture, or the id of an emoji, has been shown it; so nobody is asked who they
are. A hash that is not shown in its place any more is not found there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chatd.model.errors import RouteNotFound
from chatd.model.images import blob_of
from chatd.store.directory import Directory
from chatd.store.queries import blobs, webhooks
from chatd.store.transaction import Reading

# The hashes that are shown in one place, of what this process remembers.
Shown = Callable[..., Iterable[str | None]]


async def find_image(tx: Reading, place: str, ids: tuple[int, ...], image_hash: str) -> str:
    """The blob of a picture, by the row of PLACES that knows what is shown there. Raises RouteNotFound."""
    if image_hash not in PLACES[place](tx.directory, *ids):
        raise RouteNotFound()
    return blob_of(image_hash)


async def find_avatar(tx: Reading, id: int, image_hash: str) -> str:
    """The blob of a user's avatar, or of one that a webhook has ever shown: its messages stay as they are.

    Raises RouteNotFound.
    """
    if id in tx.directory.users:
        return await find_image(tx, "avatars", (id,), image_hash)
    async with tx.connection() as conn:
        if not await webhooks.has_shown(conn, webhook_id=id, avatar=image_hash):
            raise RouteNotFound()
    return blob_of(image_hash)


async def find_emoji(tx: Reading, emoji_id: int) -> str:
    """Raises RouteNotFound."""
    async with tx.connection() as conn:
        return _blob_or_nothing(await blobs.find_emoji_image(conn, id=emoji_id))


async def find_sticker(tx: Reading, sticker_id: int) -> str:
    """Raises RouteNotFound."""
    async with tx.connection() as conn:
        return _blob_or_nothing(await blobs.find_sticker_image(conn, id=sticker_id))


async def find_sound(tx: Reading, sound_id: int) -> str:
    """Raises RouteNotFound."""
    async with tx.connection() as conn:
        return _blob_or_nothing(await blobs.find_sound(conn, id=sound_id))


def _blob_or_nothing(image_hash: str | None) -> str:
    if image_hash is None:
        raise RouteNotFound()
    return blob_of(image_hash)


def _avatars(directory: Directory, user_id: int) -> Iterable[str | None]:
    if user := directory.users.get(user_id):
        yield user.avatar


def _banners(directory: Directory, id: int) -> Iterable[str | None]:
    """A user's or a guild's."""
    if user := directory.users.get(id):
        yield user.banner
    yield from _of_guild("banner")(directory, id)


def _member_images(name: str) -> Shown:
    def shown(directory: Directory, guild_id: int, user_id: int) -> Iterable[str | None]:
        guild = directory.guilds.get(guild_id)
        if guild and (member := guild.members.get(user_id)):
            yield getattr(member, name)

    return shown


def _of_guild(name: str) -> Shown:
    def shown(directory: Directory, guild_id: int) -> Iterable[str | None]:
        if guild := directory.guilds.get(guild_id):
            yield getattr(guild, name)

    return shown


def _role_icons(directory: Directory, role_id: int) -> Iterable[str | None]:
    for guild in directory.guilds.values():
        if role := guild.roles.get(role_id):
            yield role.icon


def _channel_icons(directory: Directory, channel_id: int) -> Iterable[str | None]:
    """A group's."""
    if channel := directory.channels.get(channel_id):
        yield channel.icon


def _of_application(name: str) -> Shown:
    def shown(directory: Directory, application_id: int) -> Iterable[str | None]:
        if application := directory.applications.get(application_id):
            yield getattr(application, name)

    return shown


def _app_icons(directory: Directory, application_id: int) -> Iterable[str | None]:
    """The documentation has an application's cover in the same place."""
    yield from _of_application("icon")(directory, application_id)
    yield from _of_application("cover_image")(directory, application_id)


def _events(directory: Directory, event_id: int) -> Iterable[str | None]:
    for guild in directory.guilds.values():
        if event := guild.scheduled_events.get(event_id):
            yield event.image


PLACES: dict[str, Shown] = {
    "avatars": _avatars,
    "banners": _banners,
    "icons": _of_guild("icon"),
    "splashes": _of_guild("splash"),
    "discovery-splashes": _of_guild("discovery_splash"),
    "role-icons": _role_icons,
    "channel-icons": _channel_icons,
    "app-icons": _app_icons,
    "app-assets": _of_application("cover_image"),
    "guild-events": _events,
    "member avatars": _member_images("avatar"),
    "member banners": _member_images("banner"),
}
