"""What systemd and a service tell each other: sd_notify(3) and sd_listen_fds(3), spoken directly.

Outgoing: datagrams of `NAME=value` lines to NOTIFY_SOCKET (ready, reloading, stopping, status, watchdog).
Incoming: listening sockets from descriptor 3 on, by socket activation, which also keeps the port open
while the service restarts. Not under systemd, everything here does nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import MutableMapping

from chatd.log import logger

log = logger.child("net")

# sd_listen_fds(3): SD_LISTEN_FDS_START
LISTEN_FDS_START = 3
LISTEN_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")
NOTIFY_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
# The event loop waits meanwhile; a manager that is well reads at once.
SEND_SECONDS_MAX = 0.1


class Notifier:
    """The way to the service manager. Takes its variables out of `environ`: no child inherits them."""

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        path, watchdog_usec, watchdog_pid = (environ.pop(name, "") for name in NOTIFY_VARIABLES)
        # sd_notify(3): a leading "@" names a socket in the abstract namespace.
        self._address = "\0" + path[1:] if path.startswith("@") else path
        watched = watchdog_usec.isdigit() and watchdog_pid in ("", str(os.getpid()))
        self.watchdog_interval_s: float | None = int(watchdog_usec) / 1e6 if watched else None

    def ready(self, status: str = "") -> None:
        """Started, or done reloading."""
        self._send("READY=1", *_status(status))

    def reloading(self) -> None:
        # sd_notify(3): Type=notify-reload tells reloads apart by the time; Type=notify ignores it.
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self, status: str = "") -> None:
        self._send("STOPPING=1", *_status(status))

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(*_status(status))

    def extend_timeout(self, seconds: float) -> None:
        """Starting, reloading or stopping takes up to `seconds` more (a long migration)."""
        self._send(f"EXTEND_TIMEOUT_USEC={int(seconds * 1e6)}")

    def watchdog(self) -> None:
        """Still alive."""
        self._send("WATCHDOG=1")

    def keep_watchdog(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say so from the loop itself, twice per interval: a loop that hangs falls silent."""
        if self.watchdog_interval_s is not None:
            self.watchdog()
            loop.call_later(self.watchdog_interval_s / 2, self.keep_watchdog, loop)

    def _send(self, *lines: str) -> None:
        if not self._address or not lines:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                # A manager that does not read must not hold up those who talk.
                sender.settimeout(SEND_SECONDS_MAX)
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.warning("service manager not reached", reason=error)


def inherited_sockets(environ: MutableMapping[str, str] = os.environ) -> dict[str, list[socket.socket]]:
    """The listening sockets handed to this process, by name ("unknown" where none was given).

    Takes the variables out of `environ` and keeps the descriptors from children. Empty when the
    sockets are for another process.
    """
    pid, count, names = (environ.pop(name, "") for name in LISTEN_VARIABLES)
    if pid != str(os.getpid()) or not count.isdigit():
        return {}
    sockets: dict[str, list[socket.socket]] = {}
    for number, descriptor in enumerate(range(LISTEN_FDS_START, LISTEN_FDS_START + int(count))):
        name = names.split(":")[number] if number < len(names.split(":")) else ""
        os.set_inheritable(descriptor, False)
        sockets.setdefault(name or "unknown", []).append(socket.socket(fileno=descriptor))
    return sockets


def _status(status: str) -> list[str]:
    # A line break would begin another assignment.
    return [f"STATUS={' '.join(status.split())}"] if status else []
