"""TLS: both protocols through it, and a certificate exchanged under way."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from chatd.net.tls import Certificates, make_context
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from tests.net.tools import connected, get, running, text


def make_certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for localhost whose subject is `name`: (certificate, key)."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def trusting(*certificates: Path, alpn: str = "http/1.1") -> ssl.SSLContext:
    context = ssl.create_default_context()
    for certificate in certificates:
        context.load_verify_locations(certificate)
    context.set_alpn_protocols([alpn])
    return context


def subject(client_ssl: ssl.SSLObject) -> str:
    return dict(pair[0] for pair in client_ssl.getpeercert()["subject"])["commonName"]  # type: ignore


async def test_requests_and_websockets_go_through_tls(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "first")

    async def respond(request: Request) -> Response:
        return Response(200, [], str(request.secure).encode())

    async with running(respond, ssl=make_context(certificate, key)) as server:
        async with connected(server, ssl=trusting(certificate), server_hostname="localhost") as client:
            tls = client.writer.get_extra_info("ssl_object")
            assert tls.selected_alpn_protocol() == "http/1.1"
            assert tls.version() in ("TLSv1.2", "TLSv1.3")
            client.send(get("/"))
            assert (await client.response())[2] == b"True"
            await client.upgrade()
            client.send(text("x" * 100_000))
            assert (await client.server_frame())[1] == b"x" * 100_000


async def test_an_h2_only_client_is_spoken_to_in_http_1_1(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "first")
    async with running(ssl=make_context(certificate, key)) as server:
        h2 = trusting(certificate, alpn="h2")
        async with connected(server, ssl=h2, server_hostname="localhost") as client:
            assert client.writer.get_extra_info("ssl_object").selected_alpn_protocol() is None
            client.send(get("/"))
            assert (await client.response())[0] == 200


async def test_reloading_serves_the_new_certificate_and_keeps_old_connections(tmp_path: Path) -> None:
    first, second = make_certificate(tmp_path, "first"), make_certificate(tmp_path, "second")
    live = [tmp_path / "live.pem", tmp_path / "live.key"]

    def install(pair: tuple[Path, Path]) -> None:
        for source, target in zip(pair, live, strict=True):
            target.write_bytes(source.read_bytes())

    install(first)
    certificates = Certificates(*live)
    trusted = trusting(first[0], second[0])
    async with running(ssl=certificates.context) as server:
        async with connected(server, ssl=trusted, server_hostname="localhost") as old:
            assert subject(old.writer.get_extra_info("ssl_object")) == "first"
            install(second)
            certificates.reload()
            async with connected(server, ssl=trusted, server_hostname="localhost") as new:
                assert subject(new.writer.get_extra_info("ssl_object")) == "second"
            old.send(get("/"))
            assert (await old.response())[0] == 200


async def test_a_key_that_does_not_fit_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    first, second = make_certificate(tmp_path, "first"), make_certificate(tmp_path, "second")
    certificates = Certificates(*first)
    first[1].write_bytes(second[1].read_bytes())
    with pytest.raises(ssl.SSLError):
        certificates.reload()
    async with running(ssl=certificates.context) as server:
        async with connected(server, ssl=trusting(first[0]), server_hostname="localhost") as client:
            assert subject(client.writer.get_extra_info("ssl_object")) == "first"


async def test_plain_http_on_a_tls_port_harms_nobody(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "first")
    async with running(ssl=make_context(certificate, key)) as server:
        async with connected(server) as plain:
            plain.send(get("/"))
            assert b"HTTP/1.1 200" not in await plain.rest()
        async with connected(server, ssl=trusting(certificate), server_hostname="localhost") as client:
            client.send(get("/"))
            assert (await client.response())[0] == 200
