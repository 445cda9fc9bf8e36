"""Takes the pictures of the documentation: `scripts/screenshots`, or `python -m tests.screenshots [FOLDER]`.

They show what the machine's fonts make of the page: with a text font like Inter and a colour emoji font they
look as they do on most people's screens. Where Pillow is installed, the files are made small.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from chatd.testbench.process import started
from tests.end_to_end.conftest import CHROMIUM
from tests.end_to_end.pages import COOKIE, ORDINARY
from tests.screenshots.community import Community, settle

DOCS = Path(__file__).parent.parent.parent / "docs"
DESK = {"width": 1440, "height": 900}
BYTES_MAX = 250_000

# The bench's clock is ahead of the machine's; the page's has to be as well.
TURN_CLOCK = """{
    const Real = Date, ahead_ms = AHEAD_MS;
    globalThis.Date = class extends Real {
        constructor(...parts) { if (parts.length) super(...parts); else super(Real.now() + ahead_ms); }
        static now() { return Real.now() + ahead_ms; }
    };
}"""


def main(folder: Path) -> None:
    executable = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if executable is None:
        sys.exit("the pictures need Chromium: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, started() as bench:
        browser = playwright.chromium.launch(executable_path=executable)
        with browser.new_page() as artist:
            community = settle(bench, artist)
        for scheme in ("dark", "light"):
            take(browser, community, scheme, folder)
        browser.close()


def take(browser: Any, community: Community, scheme: str, folder: Path) -> None:
    with looking(browser, community, color_scheme=scheme, viewport=DESK) as page:
        page.goto(community.path("greenhouse"))
        settled(page)
        community.type("finn", "greenhouse")
        expect(page.locator("#typing")).not_to_be_empty()
        keep(page, folder / f"screenshot-{scheme}.png")


@contextmanager
def looking(browser: Any, community: Community, **options: Any) -> Iterator[Any]:
    """A page of ada's, in the time of the bench."""
    context = browser.new_context(**ORDINARY | options, base_url=community.bench.url)
    context.add_init_script(TURN_CLOCK.replace("AHEAD_MS", str(round(community.ahead_s * 1000))))
    context.add_cookies([{"name": COOKIE, "value": community.token, "url": community.bench.url}])
    try:
        yield context.new_page()
    finally:
        context.close()


def settled(page: Any) -> None:
    """Connected, the messages there, every picture loaded."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=45_000)
    expect(page.locator("article.message").first).to_be_visible(timeout=45_000)
    page.wait_for_function("[...document.images].every((image) => image.complete)")


def keep(page: Any, path: Path) -> None:
    """A picture above BYTES_MAX gets a palette, which costs the gradients a little."""
    page.screenshot(path=path)
    if importlib.util.find_spec("PIL"):
        from PIL import Image

        with Image.open(path) as shot:
            picture = shot.convert("RGB")
        picture.save(path, optimize=True)
        if path.stat().st_size > BYTES_MAX:
            picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1000} kB", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
