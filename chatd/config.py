"""Configuration: chatd.toml and the environment become one frozen object, every key checked at start.

A key `port` of section `[http]` can also be given as CHATD_HTTP_PORT, which wins over the file. What a
section may hold, with default, unit and reason, are the fields of its dataclass; chatd.toml.example
shows them all. A wrong value is a ConfigError whose one line names the key.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chatd.gateway.settings import GatewaySettings
from chatd.net.addresses import AllowedAddresses
from chatd.rest.settings import LimitSettings
from chatd.wire.forwarded import TrustedProxies
from chatd.word_lists import WordListError, read_word_lists


class ConfigError(Exception):
    """`http.port: must be between 0 and 65535, not 70000`."""


@dataclass(frozen=True, slots=True)
class HTTPSection:
    """Where and how the server listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    secure_cookies: bool = False
    handshake_timeout_s: float = 10.0
    header_timeout_s: float = 10.0
    body_timeout_s: float = 30.0
    keepalive_timeout_s: float = 75.0
    body_bytes_max: int = 256 * 2**20
    drain_timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class DatabaseSection:
    """Which PostgreSQL; with an empty dsn, a private one in the data folder."""

    dsn: str = ""
    binaries: str = ""
    pool_size: int = 10
    command_timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class AccountsSection:
    """Who may sign up, for how long a sign-in lasts, and how much one may make."""

    server_name: str = "chatd"
    registration: str = ""
    session_days: float = 30.0
    guilds_owned_max: int = 100
    applications: str = "everybody"
    applications_owned_max: int = 25


@dataclass(frozen=True, slots=True)
class FilesSection:
    """What may be attached to a message, and who gets to see it."""

    attachment_bytes_max: int = 25 * 2**20
    signed_links: bool = True
    link_lifetime_s: float = 86_400.0
    link_previews: bool = True
    link_preview_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InteractionsSection:
    """Where the HTTP endpoints of applications may be."""

    endpoint_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModerationSection:
    """What automatic moderation brings along."""

    word_lists: str = ""


@dataclass(frozen=True, slots=True)
class LimitsSection(LimitSettings):
    """The limits of the HTTP door, and a switch for all limits at once (for a bench or a test)."""

    enabled: bool = True


@dataclass(frozen=True, slots=True)
class LogSection:
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be chosen. `data` is the folder that chatd keeps its own files in."""

    data: Path
    http: HTTPSection = field(default_factory=HTTPSection)
    database: DatabaseSection = field(default_factory=DatabaseSection)
    accounts: AccountsSection = field(default_factory=AccountsSection)
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    files: FilesSection = field(default_factory=FilesSection)
    interactions: InteractionsSection = field(default_factory=InteractionsSection)
    moderation: ModerationSection = field(default_factory=ModerationSection)
    limits: LimitsSection = field(default_factory=LimitsSection)
    log: LogSection = field(default_factory=LogSection)


SECTIONS: dict[str, type] = {
    "http": HTTPSection,
    "database": DatabaseSection,
    "accounts": AccountsSection,
    "gateway": GatewaySettings,
    "files": FilesSection,
    "interactions": InteractionsSection,
    "moderation": ModerationSection,
    "limits": LimitsSection,
    "log": LogSection,
}

# Fields that a section's dataclass has, but that are chosen elsewhere.
ELSEWHERE = {("gateway", "cors_origins"): "http.cors_origins"}

# Values of the few keys that are one of a list.
CHOICES = {
    ("accounts", "registration"): ("", "open", "invite", "closed"),
    ("accounts", "applications"): ("everybody", "admins"),
    ("log", "level"): ("debug", "info", "warning", "error"),
}

# Bounds where "not negative" is not enough.
BETWEEN: dict[tuple[str, str], tuple[float, float]] = {
    ("http", "port"): (0, 65535),
    ("http", "body_bytes_max"): (1024, 2**30),
    ("database", "pool_size"): (4, 1000),  # the writer and the listener keep one each
    ("files", "attachment_bytes_max"): (1, 2**30),
    ("files", "link_lifetime_s"): (60.0, 10 * 365 * 86_400.0),
    ("accounts", "session_days"): (0.0001, 3650),
    ("gateway", "heartbeat_interval_ms"): (1000, 3_600_000),
    ("gateway", "unsent_bytes_max"): (65_536, 2**30),
    ("gateway", "request_bytes_max"): (4096, 2**24),
    ("gateway", "replay_page"): (1, 10_000),
    ("gateway", "max_concurrency"): (1, 1000),
}

# Keys whose value is nobody's business in a log.
SECRET = {("database", "dsn")}


def read_config(
    path: Path | None, *, data: str | None = None, environ: Mapping[str, str] = os.environ
) -> Config:
    """The configuration of a file (None: only defaults) and the environment. Raises ConfigError.

    `data` is the folder given on the command line, which wins over every other way to say it.
    """
    text = _read_file(path) if path is not None else {}
    sections = {name: _section(name, cls, text.pop(name, {}), environ) for name, cls in SECTIONS.items()}
    data = data or text.pop("data", None) or environ.get("CHATD_DATA")
    text.pop("data", None)
    if text:
        raise ConfigError(f"{sorted(text)[0]}: there is no such section")
    config = Config(data=Path(data).expanduser() if data else data_folder(environ), **sections)
    _check_together(config)
    return config


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where data goes when nobody says: systemd's StateDirectory, root's /var/lib, else one's own."""
    if state := environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0])
    if os.geteuid() == 0:
        return Path("/var/lib/chatd")
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "chatd"


def effective(config: Config) -> dict[str, Any]:
    """Every key with the value in force, secrets masked: what --check-config prints."""
    shown: dict[str, Any] = {"data": str(config.data)}
    for name, cls in SECTIONS.items():
        section = getattr(config, name)
        shown[name] = {
            key: "********" if (name, key) in SECRET and getattr(section, key) else getattr(section, key)
            for key in (item.name for item in fields(cls))
            if (name, key) not in ELSEWHERE
        }
    return shown


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None


def _section(name: str, cls: type, given: Any, environ: Mapping[str, str]) -> Any:
    if not isinstance(given, dict):
        raise ConfigError(f"{name}: is a section, [{name}], not a value")
    given = dict(given)
    values: dict[str, Any] = {}
    for item in fields(cls):
        if (name, item.name) in ELSEWHERE:
            continue
        variable = f"CHATD_{name}_{item.name}".upper()
        if variable in environ:
            values[item.name] = _from_text(name, item.name, str(item.type), environ[variable])
            given.pop(item.name, None)
        elif item.name in given:
            values[item.name] = _from_toml(name, item.name, str(item.type), given.pop(item.name))
        if item.name in values:
            _check(name, item.name, values[item.name])
    if given:
        raise ConfigError(f"{name}.{sorted(given)[0]}: there is no such key")
    return cls(**values)


def _from_text(section: str, key: str, kind: str, text: str) -> Any:
    """A value of the environment, where everything is text."""
    try:
        if kind == "bool":
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except (KeyError, ValueError):
        raise _wrong(section, key, f"must be {_KINDS[kind]}", text) from None
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _from_toml(section: str, key: str, kind: str, value: Any) -> Any:
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind.startswith("tuple") and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    wanted = {"bool": bool, "int": int, "float": float, "str": str}.get(kind)
    if wanted is None or not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise _wrong(section, key, f"must be {_KINDS[kind]}", value)
    return value


_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "tuple[str, ...]": "a list of texts",
}


def _check(section: str, key: str, value: Any) -> None:
    choices = CHOICES.get((section, key))
    if choices is not None and value not in choices:
        raise _wrong(section, key, "must be one of " + ", ".join(repr(choice) for choice in choices), value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        least, most = BETWEEN.get((section, key), (0, 2**53))
        if not least <= value <= most:
            raise _wrong(section, key, f"must be between {least} and {most}", value)


def _check_together(config: Config) -> None:
    """What one key alone cannot tell."""
    http = config.http
    if bool(http.tls_certificate) != bool(http.tls_key) and http.tls_key:
        raise ConfigError("http.tls_key: is of no use without http.tls_certificate")
    for key in ("tls_certificate", "tls_key"):
        path = getattr(http, key)
        if path and not Path(path).is_file():
            raise _wrong("http", key, "must be a file that exists", path)
    for key, urls in (("public_url", (http.public_url,) if http.public_url else ()),
                      ("cors_origins", http.cors_origins)):  # fmt: skip
        for url in urls:
            if not _is_origin(url):
                raise _wrong("http", key, "must look like https://chat.example, without a path", url)
    for proxy in http.trusted_proxies:
        try:
            TrustedProxies([proxy])
        except ValueError:
            raise _wrong("http", "trusted_proxies", "must be an address or a network", proxy) from None
    for section, key in (("files", "link_preview_networks"), ("interactions", "endpoint_networks")):
        for network in getattr(getattr(config, section), key):
            try:
                AllowedAddresses([network])
            except ValueError:
                raise _wrong(section, key, "must be a network", network) from None
    try:
        read_word_lists(config.moderation.word_lists)
    except WordListError as error:
        raise ConfigError(f"moderation.word_lists: {error}") from None
    dsn = config.database.dsn
    if dsn and urlsplit(dsn).scheme not in ("postgres", "postgresql"):
        raise ConfigError("database.dsn: must begin with postgresql://")


def _is_origin(url: str) -> bool:
    """RFC 6454: scheme, host and port, and nothing after them."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not (parts.path or parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        return False


def _wrong(section: str, key: str, rule: str, value: Any) -> ConfigError:
    return ConfigError(f"{section}.{key}: {rule}, not {value!r}")
