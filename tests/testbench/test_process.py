"""The bench as a process: how it begins, and that it ends with whoever started it and leaves nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from chatd.store.postgres_binaries import Binaries
from chatd.testbench.folder import JANITOR, keep, name_of, throw_away_folder, throw_away_postgres, unpack
from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.clients import ask, environment, until


async def start(stdin=asyncio.subprocess.PIPE, **environ):
    """A bench, and the line that it says when it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chatd", "testbench", cwd=ROOT, stdin=stdin,
        env=environment(CHATD_LOG_LEVEL="warning", **environ), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    return process, json.loads(await process.stdout.readline())


def runs(pid):
    """Whether a process is there and not only waits to be buried."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def postmaster_of(ready):
    return int((Path(ready["data"]) / "pg" / "postmaster.pid").read_text().splitlines()[0])


async def gone(ready, postmaster):
    await until(lambda: not Path(ready["data"]).exists() and not runs(postmaster))


async def test_it_says_where_everything_is_and_goes_with_its_input():
    process, ready = await start()
    assert ready["pid"] == process.pid
    assert (await ask(ready["url"], "GET", "/api/v10/gateway")).json["url"] == ready["gateway"]
    me = await ask(ready["url"], "GET", "/api/v10/users/@me", authorization=f"Bot {ready['token']}")
    assert me.json["id"] == ready["bot_id"]
    path = f"/api/v10/channels/{ready['channel_ids']['general']}"
    seen = await ask(ready["url"], "GET", path, authorization=f"Bot {ready['token']}")
    assert seen.json["guild_id"] == ready["guild_id"]
    postmaster = postmaster_of(ready)
    process.stdin.close()
    assert await process.wait() == 0
    assert not Path(ready["data"]).exists() and not runs(postmaster)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_and_an_input_that_is_no_pipe_does_not(number):
    process, ready = await start(stdin=asyncio.subprocess.DEVNULL)
    assert (await ask(ready["url"], "GET", "/api/v10/gateway")).status == 200
    postmaster = postmaster_of(ready)
    process.send_signal(number)
    assert await process.wait() == 0
    assert not Path(ready["data"]).exists() and not runs(postmaster)


async def test_nothing_is_left_of_one_that_was_killed():
    process, ready = await start()
    postmaster = postmaster_of(ready)
    assert runs(postmaster)
    process.kill()
    await process.wait()
    await gone(ready, postmaster)


async def test_it_ends_with_a_starter_that_was_killed():
    code = (
        "import subprocess, sys, time\n"
        "bench = subprocess.Popen([sys.executable, '-m', 'chatd', 'testbench'], stdin=subprocess.PIPE)\n"
        "time.sleep(3600)\n"
    )
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        env=environment(CHATD_LOG_LEVEL="warning"),
    )  # fmt: skip
    ready = json.loads(await starter.stdout.readline())
    postmaster = postmaster_of(ready)
    starter.kill()
    await starter.wait()
    await gone(ready, postmaster)
    await until(lambda: not runs(ready["pid"]))


# ── the folder ──


@pytest.fixture
def tree(tmp_path):
    """Something with the shape of a cluster."""
    cluster = tmp_path / "data" / "pg"
    (cluster / "base").mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    return cluster


def test_what_is_kept_is_unpacked_again(tree, tmp_path):
    kept = tmp_path / "cache" / "one.tar"
    keep(tree, kept)
    (tmp_path / "other").mkdir()
    assert unpack(kept, tmp_path / "other")
    assert (tmp_path / "other" / "pg" / "PG_VERSION").read_text() == "15\n"
    assert [file.name for file in kept.parent.iterdir()] == ["one.tar"]


def test_what_cannot_be_read_is_as_good_as_nothing(tree, tmp_path):
    kept = tmp_path / "one.tar"
    assert not unpack(kept, tmp_path)
    keep(tree, kept)
    kept.write_bytes(kept.read_bytes()[:512] + b"garbage" * 300)
    (tmp_path / "other").mkdir()
    assert not unpack(kept, tmp_path / "other")
    assert not (tmp_path / "other" / "pg").exists()


def test_only_the_newest_are_kept(tree, tmp_path):
    for at in range(6):
        keep(tree, tmp_path / "cache" / f"{at}.tar")
        os.utime(tmp_path / "cache" / f"{at}.tar", (at, at))
    keep(tree, tmp_path / "cache" / "newest.tar")
    left = {file.name for file in (tmp_path / "cache").iterdir()}
    assert left == {"3.tar", "4.tar", "5.tar", "newest.tar"}


def test_another_version_has_another_name():
    assert name_of(Binaries(Path("/"), "15.1", "x")) != name_of(Binaries(Path("/"), "15.2", "x"))


def test_the_first_start_makes_what_the_next_unpacks(tmp_path, runner):
    async def newest_migration(postgres):
        connection = await asyncpg.connect(**postgres.dsn_kwargs)
        try:
            return await connection.fetchval("select max(version) from schema_migrations")
        finally:
            await connection.close()

    versions, makings = [], []
    for _ in range(2):
        with throw_away_folder() as folder:
            postgres = throw_away_postgres(folder, cache=tmp_path, make=runner.run)
            versions.append(runner.run(newest_migration(postgres)))
            makings.append(postgres.initialised_s is not None)
            postgres.stop()
        assert not folder.exists()
    assert versions[0] == versions[1] > 0
    assert makings == [True, False]


def test_the_janitor_takes_the_folder_away_when_its_pipe_ends(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    janitor = subprocess.Popen(["/bin/sh", "-c", JANITOR, "sh", folder], stdin=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    assert folder.exists()
    janitor.communicate(timeout=30)
    assert not folder.exists()
