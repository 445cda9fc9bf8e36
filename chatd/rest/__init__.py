"""The HTTP door: a table of routes onto the actions, the gate before it, and the web client's files.

Read table.py for the whole API on one page, then app.py for what happens to a request.
"""

from chatd.rest.app import RestApp
from chatd.rest.settings import LimitSettings, RestSettings

__all__ = ["LimitSettings", "RestApp", "RestSettings"]
