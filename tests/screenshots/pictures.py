"""What the people of the pictures have uploaded: faces, and a greenhouse at dusk. The browser draws them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

GREENHOUSE = Path(__file__).parent / "greenhouse.svg"
SIDE_PX = 256

FACE = """<body style="margin:0; display:grid; place-items:center; width:{side}px; height:{side}px;
    font-size:{size}px; background:linear-gradient(145deg, {light}, {dark})">{drawing}</body>"""


def face(page: Any, drawing: str, light: str, dark: str) -> str:
    """An emoji on a ground that goes from one colour to another, as a data URL."""
    page.set_viewport_size({"width": SIDE_PX, "height": SIDE_PX})
    page.set_content(FACE.format(side=SIDE_PX, size=SIDE_PX * 0.56, drawing=drawing, light=light, dark=dark))
    return "data:image/png;base64," + base64.b64encode(page.screenshot()).decode()


def greenhouse(page: Any) -> bytes:
    """A PNG of 960 to 370."""
    page.set_viewport_size({"width": 960, "height": 370})
    page.set_content(f'<body style="margin:0">{GREENHOUSE.read_text()}</body>')
    picture: bytes = page.screenshot()
    return picture
