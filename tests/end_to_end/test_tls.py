"""A server with a certificate: https and wss on one port, Secure cookies, renewal on SIGHUP."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from websockets.asyncio.client import connect

from tests.end_to_end.chatd_process import ChatdProcess, running
from tests.end_to_end.clients import until
from tests.net.test_tls import make_certificate, trusting


def post(server: ChatdProcess, context: ssl.SSLContext, path: str, body: object) -> http.client.HTTPResponse:
    connection = http.client.HTTPSConnection("127.0.0.1", server.ready["port"], context=context, timeout=30)
    connection.request("POST", f"/api/v10{path}", json.dumps(body), {"Content-Type": "application/json"})
    return connection.getresponse()


def serial_of(server: ChatdProcess) -> bytes:
    """The certificate that a new connection is served."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", server.ready["port"], context=context, timeout=30)
    connection.connect()
    try:
        return connection.sock.getpeercert(binary_form=True)  # type: ignore[union-attr, return-value]
    finally:
        connection.close()


async def test_a_server_with_a_certificate_speaks_https_and_wss(fast_path):
    certificate, key = make_certificate(fast_path, "first")
    async with running(
        fast_path / "data", CHATD_HTTP_TLS_CERTIFICATE=str(certificate), CHATD_HTTP_TLS_KEY=str(key)
    ) as server:
        assert urlsplit(server.url).scheme == "https" and server.ready["setup"].startswith("https://")
        context = trusting(certificate)
        account = {"username": "ada", "password": "correct horse battery"}
        answer = await asyncio.to_thread(post, server, context, "/auth/register", account)
        assert answer.status == 201 and "; Secure" in (answer.getheader("Set-Cookie") or "")
        token = json.loads(answer.read())["token"]

        gateway = f"wss://127.0.0.1:{server.ready['port']}/gateway?v=10&encoding=json"
        async with connect(gateway, ssl=context, max_size=2**24) as socket:
            assert json.loads(await socket.recv())["op"] == 10
            await socket.send(json.dumps({"op": 2, "d": {"token": token, "intents": 1, "properties": {}}}))
            ready = json.loads(await socket.recv())
            assert ready["t"] == "READY" and ready["d"]["resume_gateway_url"].startswith("wss://")
            await a_renewed_certificate_is_served(server, fast_path, certificate, key)
            await socket.send(json.dumps({"op": 1, "d": None}))
            while json.loads(await socket.recv())["op"] != 11:
                pass


async def a_renewed_certificate_is_served(
    server: ChatdProcess, path: Path, certificate: Path, key: Path
) -> None:
    """A pair that does not fit is refused and the old one served; a good pair is served from then on."""
    before = await asyncio.to_thread(serial_of, server)
    renewed, renewed_key = make_certificate(path, "second")
    certificate.write_bytes(renewed.read_bytes())
    os.kill(server.ready["pid"], signal.SIGHUP)
    await until(lambda: "certificate not reloaded" in server.log)
    assert await asyncio.to_thread(serial_of, server) == before
    key.write_bytes(renewed_key.read_bytes())
    os.kill(server.ready["pid"], signal.SIGHUP)
    await until(lambda: " reloaded" in server.log.split("certificate not reloaded")[1])
    assert await asyncio.to_thread(serial_of, server) != before
