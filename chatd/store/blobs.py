"""Files on disk, each under the hash of its content: <data>/blobs/ab/cdef….

    async with blobs.receive() as incoming:          # gone at the end of the block unless it was kept
        async for part in body:
            await incoming.write(part)
        name = await incoming.keep()                 # durable: content, name and folder are synced

The same content is one file, however often it is sent. Which blobs are shown somewhere is the database's
to say (sql/blobs.sql); one that nobody names is swept after it has lain for a while, so that a file is
stored well before the transaction that names it commits. Everything that may wait for the disk runs in a
thread. A name is BLAKE2b of 128 bits: the 32 hexadecimal digits that client libraries expect of a hash.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import math
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

NAME = re.compile(r"[0-9a-f]{32}")
# A blob lies in the folder that the first two digits of its name say.
FOLDERS = 256
NAME_BYTES = 16

# Written and read in pieces of this size: a hop to a thread costs as much as writing some 50 KiB.
PIECE_BYTES = 256 * 1024
# So much of the disk is left to others: a PostgreSQL that finds it full takes no message any more.
ROOM_BYTES_MIN = 256 * 2**20


class BlobStat(NamedTuple):
    """Octets, and the Unix second in which it came in (last)."""

    size: int
    modified_s: int


class BlobUsage(NamedTuple):
    """How many there are, their octets, and those that their disk has left."""

    number: int
    size: int
    free_bytes: int


class Blobs:
    """The blobs below one folder, which is made when the first one comes."""

    def __init__(self, folder: Path, *, room_bytes_min: int = ROOM_BYTES_MIN) -> None:
        self.folder = folder
        self.room_bytes_min = room_bytes_min
        # Those that nothing named when a sweep looked last; what is so twice is not just about to be named.
        self.suspects: set[str] = set()
        # A sweep looks at a blob's age and removes it, while the same content may be coming in again.
        self._naming = Lock()

    @property
    def incoming(self) -> Path:
        """What is being received. Whatever a crash leaves there belongs to nobody."""
        return self.folder / "incoming"

    def path(self, name: str) -> Path:
        assert NAME.fullmatch(name), "a blob's name is a hash, whatever a client sent"
        return self.folder / name[:2] / name[2:]

    async def put(self, data: bytes) -> str:
        """Store what is in memory anyway; its name."""
        async with self.receive() as incoming:
            await incoming.write(data)
            return await incoming.keep()

    @asynccontextmanager
    async def receive(self) -> AsyncIterator[Incoming]:
        """A file to write to; it is removed at the end of the block unless it was kept."""
        incoming = self.begin()
        try:
            yield incoming
        finally:
            await incoming.drop()

    def begin(self) -> Incoming:
        """The same for who will call `drop` by themselves."""
        return Incoming(self)

    async def stat(self, name: str) -> BlobStat | None:
        """How large it is and since when; None when there is no such blob."""
        return await asyncio.to_thread(self._stat, name)

    async def read(self, name: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The octets [start, stop), piece by piece; the next is only read when it is asked for.

        Raises FileNotFoundError with the first piece.
        """
        file = await asyncio.to_thread(self.path(name).open, "rb", buffering=0)
        try:
            at, end = start, os.fstat(file.fileno()).st_size if stop is None else stop
            while at < end:
                piece = await asyncio.to_thread(os.pread, file.fileno(), min(PIECE_BYTES, end - at), at)
                if not piece:
                    raise EOFError(f"blob {name} ends at {at}, before {end}")
                yield piece
                at += len(piece)
        finally:
            file.close()

    async def beginning(self, name: str, bytes_max: int = PIECE_BYTES) -> bytes:
        """The first octets, enough to tell what it is. Raises FileNotFoundError."""
        return await asyncio.to_thread(self._beginning, name, bytes_max)

    async def delete(self, name: str, *, older_than_s: float = 0.0) -> bool:
        """Remove a blob unless it has come in during the last `older_than_s` seconds."""
        return await asyncio.to_thread(self._delete, name, older_than_s)

    async def names(self) -> list[str]:
        """Every blob there is."""
        return await asyncio.to_thread(lambda: list(self._walk("[0-9a-f][0-9a-f]", math.inf)))

    async def usage(self) -> BlobUsage:
        """What all of them take up, and what is left on their disk."""
        return await asyncio.to_thread(self._usage)

    async def names_in(self, folder: int, *, older_than_s: float = 0.0) -> list[str]:
        """The blobs in one of the FOLDERS that have lain there for so long."""
        return await asyncio.to_thread(lambda: list(self._walk(f"{folder:02x}", time.time() - older_than_s)))

    async def drop_abandoned(self, older_than_s: float) -> int:
        """Remove what a crash left half received; how many files that were."""
        return await asyncio.to_thread(self._drop_abandoned, older_than_s)

    # ── in a thread ──

    def settle(self, temporary: Path, name: str) -> None:
        """Give a file that is synced its name, durably. It is new from now on, even where it was there."""
        place = self.path(name)
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self.folder)
        with self._naming:
            os.utime(temporary)
            temporary.rename(place)
        sync_folder(place.parent)

    def require_room(self) -> None:
        """Raises OSError (ENOSPC) when the disk is as full as files may make it."""
        disk = os.statvfs(self.incoming)
        if disk.f_bavail * disk.f_frsize < self.room_bytes_min:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.folder))

    def _stat(self, name: str) -> BlobStat | None:
        try:
            found = self.path(name).stat()
        except FileNotFoundError:
            return None
        return BlobStat(found.st_size, int(found.st_mtime))

    def _beginning(self, name: str, bytes_max: int) -> bytes:
        with self.path(name).open("rb") as file:
            return file.read(bytes_max)

    def _usage(self) -> BlobUsage:
        count = size = 0
        for folder in self.folder.glob("[0-9a-f][0-9a-f]"):
            for entry in os.scandir(folder):
                with suppress(FileNotFoundError):  # a sweep has just taken it
                    count, size = count + 1, size + entry.stat().st_size
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk = os.statvfs(self.folder)
        return BlobUsage(count, size, disk.f_bavail * disk.f_frsize)

    def _delete(self, name: str, older_than_s: float) -> bool:
        place = self.path(name)
        with self._naming, suppress(FileNotFoundError):
            if place.stat().st_mtime <= time.time() - older_than_s:
                place.unlink()
                return True
        return False

    def _walk(self, folders: str, until_s: float) -> Iterator[str]:
        for folder in self.folder.glob(folders):
            for entry in os.scandir(folder):
                if NAME.fullmatch(name := folder.name + entry.name) and entry.stat().st_mtime <= until_s:
                    yield name

    def _drop_abandoned(self, older_than_s: float) -> int:
        dropped = 0
        for file in self.incoming.glob("*"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime <= time.time() - older_than_s:
                    file.unlink()
                    dropped += 1
        return dropped


class Incoming:
    """A file that is being received: its content so far, its hash and its size.

    The file is made with the first full piece, so what is small takes one hop to a thread in all. `_lock`
    is held by whichever thread works on it: one whose task was cancelled may still be writing.
    """

    def __init__(self, blobs: Blobs) -> None:
        self.size = 0
        self.beginning = b""  # as much of it as tells what it is
        self._blobs = blobs
        self._hash = hashlib.blake2b(digest_size=NAME_BYTES)
        self._pieces: list[bytes] = []
        self._waiting_bytes = 0
        self._lock = Lock()
        self._path = blobs.incoming / secrets.token_hex(16)
        self._file: BinaryIO | None = None

    async def write(self, data: bytes) -> None:
        """Take `data`; it waits in memory until a piece is full."""
        if len(self.beginning) < PIECE_BYTES:
            self.beginning += data[: PIECE_BYTES - len(self.beginning)]
        self.size += len(data)
        self._pieces.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= PIECE_BYTES:
            await asyncio.to_thread(self._write_out)

    async def keep(self) -> str:
        """Make it a blob: its name. From now on it survives whatever ends the process or the machine."""
        return await asyncio.to_thread(self._keep)

    async def drop(self) -> None:
        """Remove what has not become a blob."""
        if self._file is not None:
            await asyncio.to_thread(self._drop)

    def _write_out(self) -> None:
        with self._lock:
            if self._file is None:
                if not self._blobs.incoming.is_dir():
                    self._blobs.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
                    sync_folder(self._blobs.folder.parent)
                self._file = self._path.open("xb", buffering=0)
            self._blobs.require_room()
            data = b"".join(self._pieces)
            self._pieces, self._waiting_bytes = [], 0
            self._hash.update(data)
            left = memoryview(data)
            while left:  # a raw write may take less than it is given
                left = left[self._file.write(left) :]

    def _keep(self) -> str:
        self._write_out()
        with self._lock:
            assert self._file is not None
            os.fsync(self._file.fileno())
            name = self._hash.hexdigest()
            self._blobs.settle(self._path, name)
            self._file.close()
            self._file = None
        return name

    def _drop(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
                self._path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
