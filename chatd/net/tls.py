"""TLS contexts: made from a certificate, and exchanged while connections live on. RFC 8446, RFC 7301.

Knows no socket. The listener hands `Certificates.context` to every handshake.
"""

from __future__ import annotations

import ssl
from pathlib import Path

# RFC 7301 section 6: the protocol identifier of HTTP/1.1. A client that insists on h2 finds no common
# protocol, and is spoken to in HTTP/1.1 anyway.
ALPN = ["http/1.1"]


def make_context(certificate: str | Path, key: str | Path | None = None) -> ssl.SSLContext:
    """A server's context, TLS 1.2 at least. Raises OSError or ssl.SSLError for files that do not fit.

    `certificate` is a PEM file with the chain; `key` its private key, None when it is in the same file.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(ALPN)
    context.load_cert_chain(certificate, key)
    return context


class Certificates:
    """One certificate that can be reloaded from its files.

    Each handshake starts in `context`, which stays the same, and is moved to the newest context by
    the server name callback (which runs for clients that name no server, too). Loading into the live
    context instead would leave it half changed when the files do not fit each other.
    """

    def __init__(self, certificate: str | Path, key: str | Path | None = None) -> None:
        self._files = (certificate, key)
        self._newest = make_context(certificate, key)
        self.context = make_context(certificate, key)
        self.context.sni_callback = self._move

    def reload(self) -> None:
        """Serve new connections what the files hold now. Raises as make_context, and then changes nothing."""
        self._newest = make_context(*self._files)

    def _move(self, connection: ssl.SSLObject, server_name: str | None, context: ssl.SSLContext) -> None:
        connection.context = self._newest
