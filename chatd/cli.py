"""The command line: `python -m chatd` serves; a few commands do what needs no browser.

Every command runs without a prompt and prints what it made, as text or, with --json, as one JSON line.
Exit status: 0 done, 1 refused, 2 wrong usage, 78 wrong configuration (EX_CONFIG of sysexits.h).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import asyncpg

from chatd import __version__, log
from chatd.actions import accounts, applications, invites, passwords
from chatd.config import Config, ConfigError, effective, read_config
from chatd.database import COMMAND_WORKER, Database, DatabaseEnded, database_of, open_store, prepare
from chatd.model.accounts import Device, RegisterDraft
from chatd.model.actor import ANYONE
from chatd.model.applications import FLAGS_TO_SET
from chatd.model.errors import ApiError, InvalidFormBody
from chatd.model.shapes import Form
from chatd.model.users import bot_name_of
from chatd.store import migrate
from chatd.store.embedded import EmbeddedError
from chatd.store.journal import JournalCut
from chatd.store.listener import Superseded
from chatd.store.pool import DatabaseRefused, one_line, wait_for_database
from chatd.store.store import Store

EXIT_REFUSED, EXIT_CONFIG = 1, 78
# What the database's integer holds, of uses and of seconds.
USES_MAX, DAYS_MAX = 2**31 - 1, 24_855
DEVICE = Device("chatd command line", None)

Made = dict[str, Any] | list[dict[str, Any]]


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit."""
    options = _parser().parse_args(arguments)
    try:
        config = read_config(_config_file(options), data=options.data)
        log.set_up(config.log.level)
        sys.exit(options.run(config, options) or 0)
    except (ConfigError, EmbeddedError) as error:
        _end(f"chatd: {error}", EXIT_CONFIG)
    except DatabaseRefused as error:
        _end(f"chatd: database.dsn: {error}", EXIT_CONFIG)
    except (migrate.MigrationError, DatabaseEnded, Superseded, JournalCut) as error:
        _end(f"chatd: {error}", EXIT_REFUSED)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _end(f"chatd: database: {one_line(error)}", EXIT_REFUSED)
    except OSError as error:
        _end(f"chatd: {_without_number(error)}", EXIT_REFUSED)
    except InvalidFormBody as error:
        _end("\n".join(f"chatd: {fault}" for fault in _faults(error.errors)), EXIT_REFUSED)
    except ApiError as error:
        _end(f"chatd: {error.message}", EXIT_REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)


# ── commands ──


def serve(config: Config, options: argparse.Namespace) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    from chatd import app  # The commands below need no door.

    if options.check_config:
        print(json.dumps(effective(config), indent=2))
        return
    announce = _announce_json if options.print_ready == "json" else _announce
    with database_of(config) as database:
        asyncio.run(app.run(config, database, announce))


def testbench(config: Config, options: argparse.Namespace) -> None:
    """Serve a throw-away chat for the tests of a bot."""
    from chatd.testbench import serve as bench

    bench.serve(config, port=options.port, limits=options.limits)


def migrate_schema(config: Config, options: argparse.Namespace) -> None:
    """Bring the schema up to date, or only say what there is to do."""

    async def run(database: Database) -> Made:
        await wait_for_database(database.dsn, connect_kwargs=database.connect_kwargs)
        conn = await asyncpg.connect(database.dsn, **database.connect_kwargs)
        try:
            if options.status:
                return [
                    {"version": step.version, "name": step.name, "applied_at": _text(step.applied_at)}
                    for step in await migrate.status(conn)
                ]
            before, after = await migrate.migrate(conn)
            return {"from": before, "to": after}
        finally:
            await conn.close()

    with database_of(config, share=True) as database:
        _show(asyncio.run(run(database)), options)


def create_user(config: Config, options: argparse.Namespace) -> None:
    """A user who can sign in, and a token for scripts."""

    async def run(store: Store) -> Made:
        password = options.password or secrets.token_urlsafe(12)
        draft = RegisterDraft.parse(
            {"username": options.name, "password": password, "email": options.email,
             "display_name": options.display_name}
        )  # fmt: skip
        password_hash = await passwords.hash_password(password)
        async with store.transaction(ANYONE) as tx:
            user = await accounts.create_account(tx, draft, password_hash, admin=options.admin)
            session = timedelta(days=config.accounts.session_days)
            signed_in = await accounts.start_session(tx, user, DEVICE, session)
        made = {
            "id": str(user.id), "username": user.username, "admin": options.admin, "token": signed_in.token
        }  # fmt: skip
        return made if options.password else made | {"password": password}

    _with_store(config, options, run)


def list_users(config: Config, options: argparse.Namespace) -> None:
    async def run(store: Store) -> Made:
        async with store.reading(ANYONE) as tx:
            rows = await accounts.list_accounts(tx)
        return [
            {"id": str(row["id"]), "username": row["username"], "display_name": row["global_name"],
             "email": row["email"], "admin": row["admin"], "bot": row["bot"],
             "created_at": _text(row["created_at"]), "last_login_at": _text(row["last_login_at"])}
            for row in rows
        ]  # fmt: skip

    _with_store(config, options, run)


def create_bot(config: Config, options: argparse.Namespace) -> None:
    """A bot user with its token, which is shown this once."""

    async def run(store: Store) -> Made:
        form = Form({"username": options.name})
        username = bot_name_of(form)
        form.finish()
        flags = 0 if options.no_privileged_intents else FLAGS_TO_SET
        async with store.transaction(ANYONE) as tx:
            owner_id = await accounts.find_user_id(tx, options.owner) if options.owner else None
            made = await applications.create_bot(tx, username, owner_id=owner_id, flags=flags)
        return {"id": str(made.user.id), "username": made.user.username, "token": made.token}

    _with_store(config, options, run)


def list_bots(config: Config, options: argparse.Namespace) -> None:
    async def run(store: Store) -> Made:
        async with store.reading(ANYONE) as tx:
            rows = await applications.list_bots(tx)
        return [
            {"id": str(row["id"]), "username": row["username"], "owner": row["owner"]} for row in rows
        ]

    _with_store(config, options, run)


def create_invite(config: Config, options: argparse.Namespace) -> None:
    """A code to sign up with, for servers whose policy asks for one."""

    async def run(store: Store) -> Made:
        max_age = math.ceil(options.days * 24 * 3600)
        async with store.transaction(ANYONE) as tx:
            invite = await invites.create_for_sign_up(tx, max_uses=options.uses, max_age=max_age)
        return {"code": invite.code, "max_uses": invite.max_uses, "expires_at": _text(invite.expires_at)}

    _with_store(config, options, run)


def _with_store(config: Config, options: argparse.Namespace, run: Callable[[Store], Awaitable[Made]]) -> None:
    """Run a command on the configured database, an empty one included, and show what it made."""

    async def on(database: Database) -> Made:
        await prepare(database, config)
        async with open_store(database, config, worker=COMMAND_WORKER) as store:
            return await run(store)

    with database_of(config, share=True) as database:
        _show(asyncio.run(on(database)), options)


# ── options ──


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chatd", description="A self-hosted chat server.", parents=[_common(None)]
    )
    parser.add_argument("--version", action="version", version=f"chatd {__version__}")
    parser.add_argument("--check-config", action="store_true", help="print the values in force and exit")
    parser.add_argument("--print-ready", choices=["text", "json"], default="text",
                        help="how to say that the server is up")  # fmt: skip
    parser.set_defaults(run=serve)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    command = _command(commands, "migrate", migrate_schema, "bring the schema up to date")
    command.add_argument("--status", action="store_true", help="only list the steps")

    command = _command(commands, "testbench", testbench, "a throw-away server for the tests of a bot")
    command.add_argument("--port", type=int, default=0, help="where to listen (default: any free one)")
    command.add_argument("--limits", action="store_true", help="with the rate limits of a real server")

    users = _group(commands, "user", "make and list users")
    command = _command(users, "create", create_user, "make a user")
    command.add_argument("name")
    command.add_argument("--password", help="made up and printed if not given")
    command.add_argument("--email")
    command.add_argument("--display-name")
    command.add_argument("--admin", action="store_true", help="an administrator; the first owns the server")
    _command(users, "list", list_users, "list users")

    bots = _group(commands, "bot", "make and list bots")
    command = _command(bots, "create", create_bot, "make a bot and print its token")
    command.add_argument("name")
    command.add_argument("--owner", metavar="USER", help="whose it is; without, the administrators'")
    command.add_argument("--no-privileged-intents", action="store_true",
                         help="grant it neither presences nor members nor message content")  # fmt: skip
    _command(bots, "list", list_bots, "list bots")

    codes = _group(commands, "invite", "make invites")
    command = _command(codes, "create", create_invite, "make a code to sign up with")
    command.add_argument("--uses", type=_uses, default=1,
                         help="how often it can be used, 0 for any number (default 1)")  # fmt: skip
    command.add_argument("--days", type=_days, default=7.0, help="how long it holds, 0 for ever (default 7)")
    return parser


def _common(default: Any) -> argparse.ArgumentParser:
    """The options that may stand before or after a command; after it, they count."""
    common = argparse.ArgumentParser(add_help=False, argument_default=default)
    common.add_argument("--config", metavar="FILE", help="chatd.toml")
    common.add_argument("--data", metavar="FOLDER", help="where chatd keeps its own files")
    common.add_argument("--json", action="store_true", default=default or False,
                        help="print what was made as one JSON line")  # fmt: skip
    return common


def _group(commands: Any, name: str, text: str) -> Any:
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(required=True, metavar="ACTION")


def _command(commands: Any, name: str, run: Callable[..., None], text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text, parents=[_common(argparse.SUPPRESS)]
    )
    parser.set_defaults(run=run)
    return parser


def _uses(text: str) -> int:
    return int(_between(int(text), USES_MAX))


def _days(text: str) -> float:
    return _between(float(text), DAYS_MAX)


def _between(number: float, most: float) -> float:
    if not 0 <= number <= most:  # not a number is not between anything
        raise argparse.ArgumentTypeError(f"must be between 0 and {most}")
    return number


def _config_file(options: argparse.Namespace) -> Path | None:
    return Path(options.config) if options.config else None


# ── output ──


def _announce(ready: Any) -> None:
    """A few lines for a person: where everything is, and what to do first."""
    schema = f"schema {ready.schema_to}"
    if ready.schema_from != ready.schema_to:
        schema = f"schema {ready.schema_from} -> {ready.schema_to}"
    lines = [
        f"chatd {ready.version}",
        f"data      {ready.data}",
        f"database  {ready.database}; {schema}{', first run done' if ready.first_run else ''}",
        f"web       {ready.url}",
    ]
    if ready.setup:
        lines.append(f"owner     {ready.setup}   (one use: it makes the first account)")
    if "127.0.0.1" in ready.url:
        lines.append("only this machine can reach it; CHATD_HTTP_HOST=0.0.0.0 or a proxy opens it to others")
    lines.append("stop with Ctrl-C")
    print("\n".join(lines), flush=True)


def _announce_json(ready: Any) -> None:
    print(json.dumps(ready.as_dict()), flush=True)


def _show(made: Made, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(made))
        return
    for row in made if isinstance(made, list) else [made]:
        print("  ".join(f"{name} {value}" for name, value in row.items() if value is not None))


def _faults(tree: dict[str, Any], path: str = "") -> list[str]:
    """The faults of an error tree, one line each: `username: Username is already taken.`"""
    lines = [f"{path}: {fault['message']}" for fault in tree.get("_errors", [])]
    for name, inside in tree.items():
        if name != "_errors":
            lines += _faults(inside, f"{path}.{name}" if path else name)
    return lines


def _without_number(error: OSError) -> str:
    """`data/lock: Permission denied`: what a person makes something of."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename is not None else reason


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _end(message: str, status: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(status)
