"""Files for everybody: pictures by the hash that a client was shown, attachments by a signed address.

Paths are those of Discord's CDN, on this server's own address. No token is asked for and no cookie looked
at. A picture is served as it was uploaded, whatever size is asked for and whichever image extension the path
has; its Content-Type is the true one. How a file is answered with is stored_files.py's business.

To add a kind: a row in PATHS and, where a hash is shown, one in actions/cdn.py PLACES.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from chatd.actions import attachments, previews
from chatd.actions import cdn as actions
from chatd.model.actor import ANYONE
from chatd.model.audio_formats import audio_format_of
from chatd.model.errors import MethodNotAllowed, RouteNotFound
from chatd.model.image_formats import format_of
from chatd.model.snowflakes import parse_snowflake
from chatd.rest.default_avatars import COLOURS, default_avatar
from chatd.rest.errors import refusal_of
from chatd.rest.responses import NO_SNIFF, Answer, response_of
from chatd.rest.stored_files import FOR_EVERYBODY, FOR_THE_ASKER, GUARDS, StoredFile, serve
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from chatd.wire.url import parse_query

if TYPE_CHECKING:
    from chatd.rest.app import RestApp

ALLOW = ["GET", "HEAD"]
# What clients ask for. Nothing is converted: the extension only has to be one of a picture.
EXTENSIONS = frozenset({"png", "jpg", "jpeg", "webp", "gif", "json"})
# Enough to tell every format apart.
BEGINNING_BYTES = 16

# In a path's shape: a number, and what the path ends with.
ID, FILE = "{id}", "{file}"

Handler = Callable[["Cdn", Request, tuple[int, ...], str], Awaitable[Response]]


class Cdn:
    """Every path whose first segment is in FIRST."""

    def __init__(self, app: RestApp) -> None:
        self.app = app

    async def respond(self, request: Request) -> Response:
        """Answer one request, whatever comes of it."""
        try:
            if request.method not in ALLOW:
                raise MethodNotAllowed(ALLOW)
            *steps, last = request.segments
            shape = (*(ID if step.isdecimal() else step for step in steps), FILE)
            handler = PATHS.get(shape)
            if handler is None:
                raise RouteNotFound()
            ids = tuple(id_of(step) for step in steps if step.isdecimal())
            return await handler(self, request, ids, last)
        except Exception as error:
            refusal = refusal_of(error, request.method, request.path)
            answer = Answer(refusal.status, refusal.body(), refusal.headers())
            return response_of(answer, list(GUARDS))

    async def attachment(self, request: Request, ids: tuple[int, ...], filename: str) -> Response:
        channel_id, attachment_id = ids
        store, query = self.app.store, dict(parse_query(request.query))
        if self.app.settings.signed_links and not store.links.is_valid(*ids, filename, query):
            raise RouteNotFound()
        async with store.reading(ANYONE) as tx:
            row = await attachments.find_attachment(tx, channel_id, attachment_id, filename)
        file = StoredFile(row.blob, row.content_type, FOR_THE_ASKER, row.filename)
        return await serve(request, store.blobs, file)

    async def avatar(self, request: Request, ids: tuple[int, ...], file: str) -> Response:
        async with self.app.store.reading(ANYONE) as tx:
            blob = await actions.find_avatar(tx, ids[0], stem_of(file))
        return await self.picture(request, blob)

    async def emoji(self, request: Request, ids: tuple[int, ...], file: str) -> Response:
        async with self.app.store.reading(ANYONE) as tx:
            blob = await actions.find_emoji(tx, id_of(stem_of(file)))
        return await self.picture(request, blob)

    async def sticker(self, request: Request, ids: tuple[int, ...], file: str) -> Response:
        async with self.app.store.reading(ANYONE) as tx:
            blob = await actions.find_sticker(tx, id_of(stem_of(file)))
        return await self.picture(request, blob)

    async def sound(self, request: Request, ids: tuple[int, ...], file: str) -> Response:
        async with self.app.store.reading(ANYONE) as tx:
            blob = await actions.find_sound(tx, id_of(file))
        format = audio_format_of(await self.beginning(blob))
        if format is None:
            raise RouteNotFound()
        return await serve(request, self.app.store.blobs, StoredFile(blob, format.media_type))

    async def preview(self, request: Request, ids: tuple[int, ...], file: str) -> Response:
        async with self.app.store.reading(ANYONE) as tx:
            blob = await previews.find_picture(tx, stem_of(file))
        return await self.picture(request, blob)

    async def default_avatar(self, request: Request, ids: tuple[int, ...], file: str) -> Response:
        number = stem_of(file)
        if number not in map(str, range(len(COLOURS))):
            raise RouteNotFound()
        fields = [*GUARDS, NO_SNIFF, FOR_EVERYBODY, ("Content-Type", "image/png")]
        return Response(200, fields, default_avatar(int(number)))

    async def picture(self, request: Request, blob: str) -> Response:
        """A picture as it is stored, by the type that its octets say."""
        format = format_of(await self.beginning(blob))
        if format is None:
            raise RouteNotFound()
        return await serve(request, self.app.store.blobs, StoredFile(blob, format.media_type))

    async def beginning(self, blob: str) -> bytes:
        """The octets that tell what is stored; none where the file is lost."""
        try:
            start: bytes = await self.app.store.blobs.beginning(blob, BEGINNING_BYTES)
        except FileNotFoundError:
            return b""
        return start


def hashed(place: str) -> Handler:
    """A picture whose hash the path names, shown in `place` of actions/cdn.py."""

    async def handler(cdn: Cdn, request: Request, ids: tuple[int, ...], file: str) -> Response:
        async with cdn.app.store.reading(ANYONE) as tx:
            blob = await actions.find_image(tx, place, ids, stem_of(file))
        return await cdn.picture(request, blob)

    return handler


PATHS: dict[tuple[str, ...], Handler] = {
    ("attachments", ID, ID, FILE): Cdn.attachment,
    ("avatars", ID, FILE): Cdn.avatar,
    ("banners", ID, FILE): hashed("banners"),
    ("icons", ID, FILE): hashed("icons"),
    ("splashes", ID, FILE): hashed("splashes"),
    ("discovery-splashes", ID, FILE): hashed("discovery-splashes"),
    ("role-icons", ID, FILE): hashed("role-icons"),
    ("channel-icons", ID, FILE): hashed("channel-icons"),
    ("app-icons", ID, FILE): hashed("app-icons"),
    ("app-assets", ID, "store", FILE): hashed("app-assets"),
    ("guild-events", ID, FILE): hashed("guild-events"),
    ("guilds", ID, "users", ID, "avatars", FILE): hashed("member avatars"),
    ("guilds", ID, "users", ID, "banners", FILE): hashed("member banners"),
    ("emojis", FILE): Cdn.emoji,
    ("stickers", FILE): Cdn.sticker,
    ("soundboard-sounds", FILE): Cdn.sound,
    ("previews", FILE): Cdn.preview,
    ("embed", "avatars", FILE): Cdn.default_avatar,
}
# By these a path is known to be one of ours, so that whatever is wrong with it is answered here.
FIRST = frozenset(shape[0] for shape in PATHS)


def id_of(text: str) -> int:
    try:
        return parse_snowflake(text)
    except ValueError:
        raise RouteNotFound() from None


def stem_of(file: str) -> str:
    """The name of a picture without its extension. Raises RouteNotFound for any other extension."""
    stem, _, extension = file.rpartition(".")
    if extension.lower() not in EXTENSIONS:
        raise RouteNotFound()
    return stem
