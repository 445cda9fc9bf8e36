"""The command line: what each command makes and prints, and each refusal in one line with its exit status."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.chatd_process import running
from tests.end_to_end.clients import API, Ended, ask, chatd, guild_of, listening

REFUSED, USAGE, CONFIG = 1, 2, 78


async def on(data: Path, line: str, **environ: str) -> Ended:
    """Run a command, written as one would type it, on a data folder."""
    return await chatd(*line.split(), "--data", data, **environ)


async def made(data: Path, line: str) -> Any:
    """What a command that goes well prints as JSON."""
    ended = await on(data, f"{line} --json")
    assert ended.status == 0 and ended.out.count("\n") == 1, ended.err
    return ended.json


async def refused(data: Path, line: str, status: int = REFUSED) -> str:
    """The one line that a command is refused with."""
    ended = await on(data, line)
    assert (ended.status, ended.out, ended.err.count("\n")) == (status, "", 1), ended
    assert ended.err.startswith("chatd: ")
    return ended.err.removeprefix("chatd: ").removesuffix("\n")


# ── commands without a server ───────────────────────────────────────────────────────────────────


async def test_commands_work_on_an_empty_folder_and_on_what_they_left(fast_path):
    data = fast_path / "data"
    ada = await made(data, "user create ada --admin --email ada@example.org --display-name Ada")
    assert set(ada) == {"id", "username", "admin", "token", "password"}
    assert ada["username"] == "ada" and ada["admin"]
    bob = await made(data, "user create bob --password battery_staple")
    assert not bob["admin"] and "password" not in bob, "one that was given is not shown again"
    pinger = await made(data, "bot create pinger")
    assert set(pinger) == {"id", "username", "token"}

    quiet = await made(data, "bot create quiet --owner bob --no-privileged-intents")
    assert await refused(data, "bot create lost --owner nobody") == "Unknown User"
    users = {row["username"]: row for row in await made(data, "user list")}
    assert list(users) == ["chatd", "ada", "bob", "pinger", "quiet"]
    assert users["ada"]["id"] == ada["id"] and users["ada"]["email"] == "ada@example.org"
    assert users["ada"]["display_name"] == "Ada"
    assert [name for name, row in users.items() if row["admin"]] == ["ada"]
    assert [name for name, row in users.items() if row["bot"]] == ["chatd", "pinger", "quiet"]
    assert await made(data, "bot list") == [
        {"id": pinger["id"], "username": "pinger", "owner": None},
        {"id": quiet["id"], "username": "quiet", "owner": "bob"},
    ]
    invite = await made(data, "invite create --uses 3 --days 0")
    assert (invite["max_uses"], invite["expires_at"]) == (3, None) and len(invite["code"]) >= 8

    listed = await on(data, "user list")
    assert listed.status == 0 and f"id {ada['id']}  username ada  display_name Ada" in listed.out
    assert listed.out.count("\n") == 5
    said = listed.out + json.dumps(users)
    assert not any(made["token"] in said for made in (ada, bob, pinger)) and ada["password"] not in said


async def test_migrate_says_what_there_is_to_do_and_does_it(fast_path):
    data = fast_path / "data"
    steps = await made(data, "migrate --status")
    assert [step["version"] for step in steps] == list(range(1, len(steps) + 1))
    assert {step["applied_at"] for step in steps} == {None}
    assert await made(data, "migrate") == {"from": 0, "to": len(steps)}
    assert await made(data, "migrate") == {"from": len(steps), "to": len(steps)}
    assert None not in {step["applied_at"] for step in await made(data, "migrate --status")}
    listed = await on(data, "migrate --status")
    assert [line.split("  ")[:2] for line in listed.out.splitlines()] == [
        [f"version {step['version']}", f"name {step['name']}"] for step in steps
    ]


async def test_options_may_stand_before_or_after_a_command_and_the_later_counts(fast_path):
    here = ["--data", fast_path / "data", "--json"]
    before = await chatd(*here, "bot", "list")
    after = await chatd("bot", "list", *here)
    later = await chatd("--data", fast_path / "elsewhere", "bot", "list", *here)
    assert before.json == after.json == later.json == []
    assert sorted(path.name for path in fast_path.iterdir()) == ["data"]

    file = fast_path / "chatd.toml"
    file.write_text('[log]\nlevel = "loud"\n')
    for line in (["--config", file, "bot", "list"], ["bot", "list", "--config", file]):
        ended = await chatd(*line, "--data", fast_path / "data")
        assert ended.status == CONFIG and ended.err.startswith("chatd: log.level: must be one of ")


async def test_what_is_taken_or_wrong_is_refused_by_the_name_of_its_field(fast_path):
    data = fast_path / "data"
    async with running(data):  # whose database spares each command the start of one
        await made(data, "user create ada --email ada@example.org")
        assert await refused(data, "user create ada") == "username: Username is already taken."
        assert await refused(data, "user create ADA") == "username: Username is already taken."
        assert await refused(data, "bot create ada") == "username: Username is already taken."
        taken = await refused(data, "user create eve --email ADA@example.org")
        assert taken == "email: Email is already registered."
        both = await on(data, "user create a! --password short")
        assert (both.status, both.out) == (REFUSED, "")
        assert both.err.splitlines() == [
            "chatd: username: Usernames may only have 2 to 32 of a-z, 0-9, underscore and single full stops, "
            "and not begin as those of deleted users do.",
            "chatd: password: Must be between 8 and 256 in length.",
        ]
        assert [row["username"] for row in await made(data, "user list")] == ["chatd", "ada"]


@pytest.mark.parametrize(
    "line", ["nonsense", "user", "user create", "invite create --uses -1", "invite create --days nan",
             "invite create --days 1e9", "bot list --unknown"],
)  # fmt: skip
async def test_wrong_usage_is_explained_and_touches_nothing(fast_path, line):
    ended = await on(fast_path / "data", line)
    assert (ended.status, ended.out) == (USAGE, "")
    assert ended.err.startswith("usage: chatd ") and "Traceback" not in ended.err
    assert list(fast_path.iterdir()) == []


# ── beside a server ─────────────────────────────────────────────────────────────────────────────


async def test_a_server_learns_at_once_what_a_command_made(fast_path):
    async with running(fast_path / "data") as server:
        ada = await server.command("user", "create", "ada", "--admin")
        guild_id, channel_id = await guild_of(server.url, ada["token"])
        async with listening(server.url, ada["token"]) as listener:
            bob = await server.command("user", "create", "bob")
            pinger = await server.command("bot", "create", "pinger")
            for new in (bob, pinger):
                heard = await listener.dispatch("GUILD_MEMBER_ADD", about(new))
                assert heard["guild_id"] == guild_id and heard["user"]["username"] == new["username"]
            assert not listener.dispatches("GUILD_UPDATE")

        path = f"{API}/guilds/{guild_id}"
        guild = await ask(server.url, "GET", path, authorization=ada["token"])
        assert guild.json["owner_id"] == ada["id"], "the first administrator owns the guild"
        members = await ask(server.url, "GET", f"{path}/members?limit=10", authorization=bob["token"])
        assert [member["user"]["username"] for member in members.json] == ["chatd", "ada", "bob", "pinger"]

        said = await ask(
            server.url, "POST", f"{API}/channels/{channel_id}/messages", {"content": "pong"},
            authorization=f"Bot {pinger['token']}",
        )  # fmt: skip
        assert said.status == 200 and said.json["author"]["bot"]
        await signs_in(server.url, bob)
        await signs_up(server.url, (await server.command("invite", "create"))["code"])
        assert [row["username"] for row in await server.command("user", "list")][-1] == "carla"


def about(new: dict[str, Any]) -> Callable[[Any], bool]:
    return lambda d: bool(d["user"]["id"] == new["id"])


async def signs_in(url: str, made: dict[str, Any]) -> None:
    """By the password that the command made up, and by no other."""
    login = {"login": made["username"], "password": made["password"]}
    signed_in = await ask(url, "POST", f"{API}/auth/login", login)
    assert signed_in.status == 200 and signed_in.json["user"]["id"] == made["id"]
    wrong = await ask(url, "POST", f"{API}/auth/login", login | {"password": made["password"] + "x"})
    assert wrong.status in (400, 401) and b"token" not in wrong.content


async def signs_up(url: str, code: str) -> None:
    """An invite is good for one sign-up, and only where its code is right."""
    draft = {"username": "carla", "password": "correct horse battery", "invite": code}
    assert (await ask(url, "POST", f"{API}/auth/register", draft | {"invite": f"{code}x"})).status == 400
    assert (await ask(url, "POST", f"{API}/auth/register", draft)).status == 201
    again = await ask(url, "POST", f"{API}/auth/register", draft | {"username": "dave"})
    assert again.status == 400 and "invite" in again.json["errors"]


# ── configuration, and what stands in the way of a start ────────────────────────────────────────


async def test_check_config_prints_the_values_in_force_with_secrets_masked(fast_path):
    file = fast_path / "chatd.toml"
    file.write_text('[http]\nport = 99\n[database]\ndsn = "postgresql://me:secret@db.example/chatd"\n')
    ended = await chatd(
        "--config", file, "--data", fast_path / "data", "--check-config",
        CHATD_HTTP_PORT="98", CHATD_LOG_LEVEL="error",
    )  # fmt: skip
    assert ended.status == 0 and ended.err == "" and "secret" not in ended.out
    shown = ended.json
    assert shown["data"] == str(fast_path / "data")
    assert shown["http"]["port"] == 98 and shown["http"]["host"] == "127.0.0.1"
    assert shown["log"]["level"] == "error" and shown["database"]["dsn"] == "********"
    assert not (fast_path / "data").exists()


async def test_a_wrong_configuration_is_one_line_whatever_the_command(fast_path):
    for line in ([], ["--check-config"], ["user", "list"], ["migrate"]):
        ended = await chatd(*line, "--data", fast_path / "data", CHATD_HTTP_PORT="70000")
        assert ended == Ended(CONFIG, "", "chatd: http.port: must be between 0 and 65535, not 70000\n")
        ended = await chatd(*line, "--config", fast_path / "none.toml")
        assert ended == Ended(CONFIG, "", f"chatd: {fast_path}/none.toml: No such file or directory\n")
    assert list(fast_path.iterdir()) == []


async def test_a_port_that_is_taken_is_one_line(fast_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environ = {"CHATD_HTTP_PORT": str(port), "CHATD_LOG_LEVEL": "warning"}
        ended = await chatd("--data", fast_path / "data", **environ)
    said = f"chatd: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    assert ended == Ended(REFUSED, "", said)


async def test_a_second_server_on_a_data_folder_is_one_line_that_names_the_first(fast_path):
    async with running(fast_path / "data") as server:
        said = await refused(fast_path / "data", "--print-ready json", CONFIG)
        assert f"process {server.ready['pid']}" in said and str(fast_path / "data") in said
        assert (await ask(server.url, "GET", "/login")).status == 200


@pytest.mark.parametrize("line", ["--print-ready text", "user list"])
async def test_a_data_folder_that_cannot_be_made_is_one_line(fast_path, line):
    (fast_path / "file").touch()
    data = fast_path / "file" / "data"
    assert await refused(data, line, CONFIG) == f"Data directory {data} cannot be made: Not a directory."


async def test_a_data_folder_that_cannot_be_written_is_one_line(fast_path):
    """Something is in the way of the lock, since permissions do not stop root."""
    data = fast_path / "data"
    (data / "lock").mkdir(parents=True)
    assert await refused(data, "user list", CONFIG) == f"{data}/lock cannot be written: Is a directory."
