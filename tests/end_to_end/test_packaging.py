"""The wheel: built, installed into a fresh environment, and run where no checkout is in reach."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chatd import __version__
from chatd.rest.static import load_assets
from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.clients import ask, chatd, environment

LIST_ASSETS = """
import json
from chatd import assets
def names(folder):
    for item in folder.iterdir():
        yield from (f"{item.name}/{name}" for name in names(item)) if item.is_dir() else [item.name]
print(json.dumps({"sql": sorted(names(assets.sql())), "web": sorted(names(assets.web()))}))
"""


def run(*command: object, cwd: Path) -> str:
    """Run a command to its end, whatever of ours may be in the environment; what it printed."""
    inherited = environment()
    inherited.pop("PYTHONPATH", None)
    ended = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=inherited, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    before = builders_litter()
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    assert builders_litter() == before, "building leaves nothing behind"
    (wheel,) = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return folder / "bin"


def builders_litter() -> list[Path]:
    return sorted(path for pattern in ("build", "dist", "*.egg-info") for path in ROOT.glob(pattern))


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert {name.split("/")[0] for name in names} == {"chatd", f"chatd-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", "~"))]
    code = sorted(name.removeprefix("chatd/") for name in names if name.endswith(".py"))
    assert code == [name for name in files_below(ROOT / "chatd") if name.endswith(".py")]
    required = [line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    (only,) = (name for name in required if "extra ==" not in name)
    assert only.startswith("asyncpg>=")


def test_an_installed_chatd_has_every_file_that_the_checkout_has(installed, tmp_path):
    found = json.loads(run(installed / "python", "-c", LIST_ASSETS, cwd=tmp_path))
    assert found == {"sql": files_below(ROOT / "sql"), "web": files_below(ROOT / "chatd" / "web")}
    assert "schema/0001_people.sql" in found["sql"] and "index.html" in found["web"]


def test_both_ways_to_call_an_installed_chatd_work_outside_the_checkout(installed, tmp_path):
    assert run(installed / "chatd", "--version", cwd=tmp_path) == f"chatd {__version__}\n"
    command = [installed / "python", "-m", "chatd", "--data", tmp_path / "data", "--check-config"]
    shown = json.loads(run(*command, cwd=tmp_path))
    assert shown["data"] == str(tmp_path / "data") and shown["http"]["host"] == "127.0.0.1"
    where = run(installed / "python", "-c", "import chatd; print(chatd.__file__)", cwd=tmp_path)
    assert not Path(where).is_relative_to(ROOT)


async def test_an_installed_chatd_serves(installed, fast_path):
    data = fast_path / "data"
    process = await asyncio.create_subprocess_exec(
        str(installed / "chatd"), "--data", str(data), "--print-ready=json", cwd=fast_path,
        env=environment(), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        assert ready["first_run"] and ready["schema_to"] == len(list_schema())
        assert (await ask(ready["url"], "GET", "/assets/js/app.js")).content == served("js", "app.js")
        listed = await chatd(
            "user", "list", "--json", "--data", data, cwd=fast_path, python=str(installed / "python")
        )
        assert [row["username"] for row in listed.json] == ["chatd"]
        os.kill(ready["pid"], signal.SIGTERM)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def list_schema() -> list[Path]:
    return list((ROOT / "sql" / "schema").iterdir())


def served(*path: str) -> bytes:
    """What a server makes of a file of the checkout."""
    return load_assets(ROOT / "chatd" / "web")[path].identity
