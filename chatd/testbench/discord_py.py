"""Runs a bot that is written with discord.py, unmodified, on a bench: its addresses are the only difference.

    python -m chatd.testbench.discord_py bot.py

The address comes by CHATD_URL, which `testbench.running` sets. In a process of one's own: `point_at(url)`
before the client is made.
"""

from __future__ import annotations

import os
import runpy
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def point_at(url: str) -> None:
    """Where its API, its gateway and its pictures are, from here on."""
    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1))
    discord.Asset.BASE = url


def main() -> None:
    del sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
    point_at(os.environ["CHATD_URL"])
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
