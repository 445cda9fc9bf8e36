"""Configuration: the example is the truth, and a wrong value names its key."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatd.config import ConfigError, effective, read_config

EXAMPLE = Path(__file__).parent.parent / "chatd.toml.example"


def read(tmp_path: Path, text: str = "", **environ: str) -> Any:
    path = tmp_path / "chatd.toml"
    path.write_text(text)
    return read_config(path, environ=environ)


def test_the_example_shows_every_key_with_its_default(tmp_path):
    shown = effective(read_config(EXAMPLE, environ={"CHATD_DATA": "/x"}))
    assert shown == effective(read_config(None, environ={"CHATD_DATA": "/x"}))
    text = EXAMPLE.read_text()
    for section, keys in shown.items():
        if isinstance(keys, dict):
            body = text.split(f"\n[{section}]\n")[1].split("\n[")[0]
            assert [
                line.split(" =")[0] for line in body.splitlines() if " = " in line and line[0] != "#"
            ] == list(keys)


def test_the_environment_wins_over_the_file(tmp_path):
    config = read(
        tmp_path, "[http]\nport = 1\n", CHATD_HTTP_PORT="2", CHATD_HTTP_CORS_ORIGINS="https://a.b, http://c"
    )
    assert config.http.port == 2 and config.http.cors_origins == ("https://a.b", "http://c")


def test_data_is_found_by_the_nearest_word_for_it(tmp_path):
    assert read(tmp_path, 'data = "/a"', CHATD_DATA="/b").data == Path("/a")
    assert read(tmp_path, "", CHATD_DATA="/b").data == Path("/b")
    assert read(tmp_path, "", STATE_DIRECTORY="/c:/d").data == Path("/c")
    assert read_config(None, data="/e", environ={"CHATD_DATA": "/b"}).data == Path("/e")


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        ("[http]\nport = 70000", {}, "http.port: must be between 0 and 65535, not 70000"),
        ('[http]\nport = "80"', {}, "http.port: must be a whole number, not '80'"),
        ("[http]\nport = true", {}, "http.port: must be a whole number, not True"),
        ("[http]\nprot = 80", {}, "http.prot: there is no such key"),
        ("[htpt]\nport = 80", {}, "htpt: there is no such section"),
        ("http = 3", {}, "http: is a section, [http], not a value"),
        ("", {"CHATD_GATEWAY_STALLED_S": "soon"}, "gateway.stalled_s: must be a number, not 'soon'"),
        ("", {"CHATD_GATEWAY_STALLED_S": "-1"}, "gateway.stalled_s: must be between 0 and"),
        ("", {"CHATD_GATEWAY_STALLED_S": "nan"}, "gateway.stalled_s: must be between 0 and"),
        (
            "",
            {"CHATD_HTTP_SECURE_COOKIES": "maybe"},
            "http.secure_cookies: must be true or false, not 'maybe'",
        ),
        ("", {"CHATD_ACCOUNTS_REGISTRATION": "x"}, "accounts.registration: must be one of"),
        ("", {"CHATD_DATABASE_DSN": "mysql://x"}, "database.dsn: must begin with postgresql://"),
        (
            "",
            {"CHATD_HTTP_PUBLIC_URL": "https://a.b/c"},
            "http.public_url: must look like https://chat.example",
        ),
        ("", {"CHATD_HTTP_TLS_CERTIFICATE": "/no/such"}, "http.tls_certificate: must be a file that exists"),
        ("", {"CHATD_HTTP_TRUSTED_PROXIES": "10.0.0.1, x"}, "http.trusted_proxies: must be an address or"),
        ("[gateway]\ncors_origins = []", {}, "gateway.cors_origins: there is no such key"),
        ("[http", {}, "chatd.toml: "),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_key(tmp_path, text, environ, said):
    with pytest.raises(ConfigError) as error:
        read(tmp_path, text, **environ)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_secret_is_masked(tmp_path):
    shown = effective(read(tmp_path, "", CHATD_DATABASE_DSN="postgresql://me:secret@db/chatd"))
    assert "secret" not in json.dumps(shown) and shown["database"]["dsn"] == "********"


def test_a_wrong_value_ends_the_command_with_status_78(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "chatd", "--data", str(tmp_path)],
        env={"PATH": "/usr/bin:/bin", "CHATD_HTTP_PORT": "http"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 78
    assert ended.stderr == "chatd: http.port: must be a whole number, not 'http'\n"
