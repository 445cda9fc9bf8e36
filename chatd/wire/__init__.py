"""Bytes to protocol events and back: HTTP/1.1, WebSocket, compression. Pure.

Reads no socket, no clock, no configuration, and writes no log: bytes come in as arguments, events and
bytes go out as return values. Sockets and time limits are net's business, routes are rest's.

errors.py says how a broken peer is reported; buffer.py, grammar.py, headers.py and url.py are shared
pieces; requests.py, http1.py, responses.py and multipart.py are HTTP; the rest is WebSocket.
"""
