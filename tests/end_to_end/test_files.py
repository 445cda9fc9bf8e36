"""Files in a real process: what was acknowledged is there after kill -9, under the same address."""

from __future__ import annotations

import asyncio
import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.end_to_end.chatd_process import ChatdProcess
from tests.end_to_end.clients import API, ask, guild_of, listening, say
from tests.pictures import data_uri, png
from tests.rest.asking import MULTIPART, file_part, form_of
from tests.web import web


async def upload(url: str, token: str, channel_id: str, *files: tuple[str, bytes]) -> Any:
    """Post a message of nothing but files."""
    parts = [file_part(number, *file) for number, file in enumerate(files)]
    content = form_of(('name="payload_json"', b"{}"), *parts)

    def post() -> Any:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
        fields = {"Authorization": token, **MULTIPART}
        connection.request("POST", f"{API}/channels/{channel_id}/messages", content, fields)
        return json.loads(connection.getresponse().read())

    return await asyncio.to_thread(post)


async def test_what_was_uploaded_survives_a_kill_and_links_are_looked_up(fast_path):
    server = ChatdProcess(fast_path / "data", CHATD_FILES_LINK_PREVIEW_NETWORKS="127.0.0.0/8")
    try:
        await server.start()
        token = "Bot " + (await server.command("bot", "create", "robo"))["token"]
        _, channel_id = await guild_of(server.url, token)
        face = {"avatar": data_uri(png(5, 5))}
        robo = (await ask(server.url, "PATCH", f"{API}/users/@me", face, authorization=token)).json
        message = await upload(server.url, token, channel_id, ("a.txt", b"hello"), ("b.bin", bytes(2**20)))
        text, large = message["attachments"]
        assert text["url"].startswith(server.url + "/attachments/")

        await server.kill()
        await server.start()
        avatar = f"/avatars/{robo['id']}/{robo['avatar']}.png"
        assert (await ask(server.url, "GET", avatar)).content == png(5, 5)
        for attachment, content in ((text, b"hello"), (large, bytes(2**20))):
            path = attachment["url"].removeprefix(server.url)
            assert (await ask(server.url, "GET", path)).content == content
            assert (await ask(server.url, "GET", path.partition("?")[0])).status == 404

        async with web() as there, listening(server.url, token) as listener:
            url = there.page("/", b"<title>Somewhere else</title>", "Content-Type: text/html")
            await say(server.url, token, channel_id, url)
            (embed,) = (await listener.dispatch("MESSAGE_UPDATE"))["embeds"]
            assert (embed["title"], embed["url"]) == ("Somewhere else", url)
        assert await server.stop() == 0
    finally:
        await server.stop()
