"""What is connected to this process at this moment. Whoever has the sockets fills it in (app.py).

An administrator looks at it, and ends a connection by it; nothing else in this room asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Live:
    """`gateway` lists the connections of the gateway, each with its `id`; `user_id` is None before Identify.

    `close` ends the one with an id, and says whether there was one. `sockets` counts connections by protocol.
    """

    gateway: Callable[[], list[dict[str, Any]]] = list
    close: Callable[[str], bool] = lambda id: False
    sockets: Callable[[], dict[str, int]] = dict
    started_at_s: float | None = None
    version: str = ""
