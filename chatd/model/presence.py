"""Presence: the statuses there are, seeded at first run. The Discord documentation, "Update presence"."""

from __future__ import annotations

# name -> colour, as the web client and the statuses table show it.
STATUSES = {
    "online": "#23a55a",
    "idle": "#f0b232",
    "dnd": "#f23f43",
    "invisible": "#80848e",
    "offline": "#80848e",
    "bot": "#5865f2",
}
