"""Blobs: whole or not there, one for the same content, read in pieces, and never taken while fresh."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import stat
from pathlib import Path

import pytest

from chatd.store.blobs import FOLDERS, NAME, PIECE_BYTES, Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


async def content(blobs: Blobs, name: str, *span: int) -> bytes:
    return b"".join([piece async for piece in blobs.read(name, *span)])


async def test_nothing_is_made_before_the_first_blob_comes(blobs):
    assert await blobs.names() == [] and await blobs.drop_abandoned(0) == 0
    assert not blobs.folder.exists()


async def test_what_was_put_is_read_back(blobs):
    for data in (b"", b"x", bytes(range(256)) * 5000):
        name = await blobs.put(data)
        assert NAME.fullmatch(name)
        assert await content(blobs, name) == data
        stat = await blobs.stat(name)
        assert stat is not None and stat.size == len(data)
        assert await blobs.beginning(name) == data[:PIECE_BYTES]
    assert len(await blobs.names()) == 3


async def test_the_same_content_is_one_blob_however_it_comes(blobs, rng):
    data = rng.randbytes(3 * PIECE_BYTES + 17)
    name = await blobs.put(data)
    async with blobs.receive() as incoming:
        at = 0
        while at < len(data):
            step = rng.randint(1, 100_000)
            await incoming.write(data[at : at + step])
            at += step
        assert (incoming.size, incoming.beginning) == (len(data), data[:PIECE_BYTES])
        assert await incoming.keep() == name
    assert await blobs.names() == [name]
    assert await content(blobs, name) == data


async def test_a_span_is_read_without_the_rest(blobs):
    data = random.Random(1).randbytes(2 * PIECE_BYTES + 5)
    name = await blobs.put(data)
    assert await content(blobs, name, 10, 20) == data[10:20]
    across = PIECE_BYTES - 3, PIECE_BYTES + 3
    assert await content(blobs, name, *across) == data[slice(*across)]
    assert await content(blobs, name, 2 * PIECE_BYTES) == data[2 * PIECE_BYTES :]
    assert await content(blobs, name, 5, 5) == b""


async def test_what_was_not_kept_leaves_nothing(blobs):
    with pytest.raises(ZeroDivisionError):
        async with blobs.receive() as incoming:
            await incoming.write(bytes(2 * PIECE_BYTES))
            assert len(list(blobs.incoming.iterdir())) == 1
            raise ZeroDivisionError
    assert list(blobs.incoming.iterdir()) == [] and await blobs.names() == []


async def test_a_blob_that_is_away_is_not_found(blobs):
    name = await blobs.put(b"here")
    assert await blobs.delete(name) and not await blobs.delete(name)
    assert await blobs.stat(name) is None
    with pytest.raises(FileNotFoundError):
        await content(blobs, name)


async def test_a_blob_is_not_swept_while_it_is_fresh_and_fresh_again_when_it_comes_again(blobs):
    name = await blobs.put(b"twice")
    assert not await blobs.delete(name, older_than_s=60)
    os.utime(blobs.path(name), (0, 0))
    await blobs.put(b"twice")
    assert not await blobs.delete(name, older_than_s=60)
    os.utime(blobs.path(name), (0, 0))
    assert await blobs.delete(name, older_than_s=60)


async def test_a_folder_lists_what_has_lain_there_for_long(blobs):
    names = [await blobs.put(bytes([number])) for number in range(20)]
    for name in names[:10]:
        os.utime(blobs.path(name), (0, 0))
    found = [name for folder in range(FOLDERS) for name in await blobs.names_in(folder, older_than_s=60)]
    assert sorted(found) == sorted(names[:10])
    assert await blobs.names_in(int(names[15][:2], 16)) != []


async def test_sweeping_and_receiving_the_same_content_at_once_leaves_it_there(blobs):
    name = await blobs.put(b"contended")
    for _ in range(30):
        os.utime(blobs.path(name), (0, 0))
        _, swept = await asyncio.gather(blobs.put(b"contended"), blobs.delete(name, older_than_s=60))
        assert await content(blobs, name) == b"contended"


async def test_what_a_crash_left_half_received_is_dropped_when_it_is_old(blobs):
    await blobs.put(b"makes the folders")
    (blobs.incoming / "half").write_bytes(b"ha")
    assert await blobs.drop_abandoned(60) == 0
    os.utime(blobs.incoming / "half", (0, 0))
    assert await blobs.drop_abandoned(60) == 1
    assert list(blobs.incoming.iterdir()) == []


async def test_only_the_server_reads_the_folder(blobs):
    name = await blobs.put(b"private")
    for folder in (blobs.incoming, blobs.path(name).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_name_that_is_no_hash_is_never_made_a_path(blobs):
    for name in ("", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"):
        with pytest.raises(AssertionError):
            blobs.path(name)


async def test_the_last_of_the_disk_is_left_to_the_database(tmp_path):
    blobs = Blobs(tmp_path / "blobs", room_bytes_min=2**63)
    with pytest.raises(OSError) as caught:
        await blobs.put(b"too much")
    assert caught.value.errno == errno.ENOSPC
    assert list(blobs.incoming.iterdir()) == []
