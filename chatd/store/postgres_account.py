"""Whom the private PostgreSQL runs as. It refuses root, and a cluster stays with the user who owns it."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatd.log import logger

log = logger.child("store")


class EmbeddedError(Exception):
    """The private PostgreSQL cannot serve: what is wrong and its cure, for an administrator.

    `exit_status` is what a program ends with that shows this: 78, EX_CONFIG of sysexits.h.
    """

    exit_status = 78


@dataclass(frozen=True, slots=True)
class Account:
    """A user other than ourselves, to whom root hands the server."""

    name: str
    uid: int
    gid: int


def choose_account(cluster: Path, *, exists: bool) -> Account | None:
    """Whom to run the server as; None for ourselves. Raises EmbeddedError when nobody may."""
    owner = cluster.stat() if exists else None
    if os.geteuid() != 0:
        check_ourselves(cluster, owner.st_uid if owner is not None else None)
        return None
    if owner is None:
        return account_for_root()
    if owner.st_uid == 0:
        raise EmbeddedError(
            f"{cluster} belongs to root, whom PostgreSQL refuses; `chown -R postgres` it, or another user."
        )
    return Account(user_name(owner.st_uid), owner.st_uid, owner.st_gid)


def check_ourselves(cluster: Path, owner: int | None) -> None:
    us = os.geteuid()
    if owner is not None and owner != us:
        raise EmbeddedError(f"{cluster} belongs to {user_name(owner)}; run chatd as that user.")
    if owner is None and not has_name(us):
        raise EmbeddedError(
            f"PostgreSQL cannot make a cluster for user id {us}, which has no name on this system."
            " Add a line for it to /etc/passwd, or set a database URL."
        )


def account_for_root() -> Account:
    """`postgres`, as packages make it; else `nobody`, whom other services may share."""
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if name == "nobody":
            log.warning("no user postgres, so the database runs as nobody", cure="useradd --system postgres")
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as."
        " Make one with `useradd --system postgres`, or start chatd as an ordinary user."
    )


def check_reach(account: Account | None, data: Path) -> None:
    """Raise EmbeddedError when the account cannot get to the data directory."""
    command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(data)]
    if account is None or not subprocess.run(
        command, cwd="/", capture_output=True, timeout=10, check=False, **popen_kwargs(account)
    ).returncode:
        return
    raise EmbeddedError(
        f"Started by root, PostgreSQL runs as user {account.name}, who cannot reach {data}: a directory above"
        " it is closed. Choose another data directory, or start chatd as an ordinary user."
    )


def popen_kwargs(account: Account | None) -> dict[str, Any]:
    """The arguments with which subprocess becomes the account, groups included."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def user_name(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name if has_name(uid) else f"user id {uid}"


def has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
