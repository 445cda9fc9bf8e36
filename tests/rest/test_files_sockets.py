"""Files through real sockets: however slow one side is, the other never gets far ahead of it."""

from __future__ import annotations

import json

from chatd.net.server import ServerSettings
from chatd.wire.http1 import HTTPLimits
from tests.net.tools import connected, running, until
from tests.rest.asking import form_of
from tests.rest.conftest import Place

MIB = 2**20
# What the server may hold of one file at a time: a read, a buffered body, a piece on its way to the disk,
# and what the kernel takes for a socket of the loopback.
HELD_BYTES_MAX = 2 * MIB
SETTINGS = ServerSettings(http=HTTPLimits(body_max=64 * MIB))


def upload_of(place: Place, content: bytes) -> bytes:
    head = 'name="files[0]"; filename="large.bin"\r\nContent-Type: application/octet-stream'
    form = form_of((head, content))
    fields = [
        f"POST /api/v10/channels/{place.channel_id}/messages HTTP/1.1", "Host: localhost",
        f"Authorization: {place.ada.headers['Authorization']}", f"Content-Length: {len(form)}",
        "Content-Type: multipart/form-data; boundary=b", "", "",
    ]  # fmt: skip
    return "\r\n".join(fields).encode() + form


async def test_a_file_goes_up_and_down_piece_by_piece(place, rng):
    content = rng.randbytes(12 * MIB)
    store, links = place.app.store, place.app.store.links
    async with running(place.app.respond, settings=SETTINGS) as server, connected(server) as client:
        client.writer.transport.set_write_buffer_limits(high=64 * 1024)
        data = upload_of(place, content)
        for at in range(0, len(data), 256 * 1024):
            client.send(data[at : at + 256 * 1024])
            await client.writer.drain()
            for connection in server.http:
                assert connection.body is None or connection.body.buffered_bytes <= HELD_BYTES_MAX
        _, _, answer = await client.response()
        (attachment,) = json.loads(answer)["attachments"]
        assert attachment["size"] == len(content)

        path = attachment["url"].removeprefix(links.base_url)
        client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        (connection,) = server.http
        read = bytearray()
        while not read.endswith(content[-32:]):
            read += await client.reader.read(64 * 1024)
            assert connection.unsent_bytes <= HELD_BYTES_MAX
        assert bytes(read).endswith(content)
    assert list(store.blobs.incoming.iterdir()) == []


async def test_a_sender_that_hangs_up_leaves_nothing_behind(place):
    async with running(place.app.respond, settings=SETTINGS) as server:
        async with connected(server) as client:
            client.send(upload_of(place, bytes(2 * MIB))[: MIB + 500])
            await client.writer.drain()
            incoming = place.app.store.blobs.incoming
            await until(lambda: incoming.exists() and list(incoming.iterdir()))
        await until(lambda: not list(incoming.iterdir()))


async def test_a_file_too_large_is_refused_before_all_of_it_has_come(place):
    place.with_settings(attachment_bytes_max=MIB)
    async with running(place.app.respond, settings=SETTINGS) as server, connected(server) as client:
        client.send(upload_of(place, bytes(30 * MIB))[: 3 * MIB])
        status, _, answer = await client.response()
        assert (status, json.loads(answer)["code"]) == (413, 40005)
