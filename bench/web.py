"""What the web client costs who opens it and who leaves it open, in a real browser, against a whole chatd.

    python -m bench.web [--quick] [--json] [--only NAME …]

Needs Chromium on the PATH. What the figures mean: bench/README.md. Exit status 1 if a mark is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench.chat import machine
from bench.chatd_process import Chatd, Member

COOKIE = "chatd_session"
VIEWPORT = {"width": 1440, "height": 900}
WITHIN_MS = 60_000

FIRST_VIEW_BYTES_MAX = 100_000
# Memory may wander by so much from one moment to another that is like it.
HEAP_GROWTH_MAX = 0.03
# A list of more than 2000 messages is cut to 500, and of three messages two come to the one on screen: so
# after this many it is as it was.
HEAP_CYCLE, HEAP_SAMPLES = 2250, 4

# What people write, more or less: a line, and now and then more.
WORDS = (
    "good morning", "has anybody looked at the build?", "it is green again **since noon**",
    "I would rather wait for the review, there is no hurry, and the tests take their time here anyway",
    "thanks!", "see `bench/web.py`", "ok",
    "> what about the docs?\nthey are in the same change", "😀", "on my way",
)  # fmt: skip
THUMB = "%F0%9F%91%8D"
HISTORY = 10_000
DAY_MS = 86_400_000
EPOCH_MS = 1_420_070_400_000

# When the first message of the chat is on the screen, in ms since the navigation began.
WATCH_FIRST_PAINT = """self.painted = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
        if (!document.querySelector("article.message[data-message-id]")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    }).observe(document, { childList: true, subtree: true });
});"""

# When Enter was pressed, and when a text was on the screen, both in ms by the clock of the machine.
WATCH_ENTER = """addEventListener("keydown", ({ key, timeStamp }) => {
    if (key === "Enter") self.entered = performance.timeOrigin + timeStamp;
}, { capture: true });"""
WATCH_TEXT = """(text) => { self.seen = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
        const messages = [...document.querySelectorAll("article.message")];
        if (!messages.some((one) => one.textContent.includes(text))) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())));
    });
    observer.observe(document.querySelector("#messages"), { childList: true, subtree: true });
}); }"""

# Scroll by so many pixels with each frame until `isDone`; when each frame began.
SCROLL = """async ({ selector, step, frames_max, until }) => {
    const list = document.querySelector(selector), frames = [];
    let still = 0, last = NaN;
    await new Promise((resolve) => {
        const frame = (at) => {
            frames.push(at);
            const now = list.scrollTop;
            still = now === last ? still + 1 : 0;
            last = now;
            list.scrollTop = now + step;
            const isThere = until ? document.querySelector(until) && still > 3 : still > 3;
            if (isThere || frames.length >= frames_max) return resolve();
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    });
    return frames;
}"""
LIST = """<!doctype html><body style="margin: 0">
<div id=list style="height: 100vh; overflow: auto">{}</div>"""
BLANK = LIST.format('<div style="height: 1000000px"></div>')
# What the drawing of text costs here, with nothing done by a script.
TEXT = LIST.format("".join(f"<p><b>ada</b> <time>10:30</time><br>{text}</p>" for text in WORDS * 150))
STEP_PX = 100


@dataclass(frozen=True)
class Options:
    share: float
    rounds: int
    said: int


@dataclass
class Result:
    """What a part of the bench found; `marks` say whether what was promised is kept."""

    name: str
    lines: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    marks: list[dict[str, Any]] = field(default_factory=list)

    def mark(self, sentence: str, met: bool) -> None:
        self.marks.append({"mark": sentence, "met": met})


class Bench:
    """A chatd with three people and 10 000 messages, and a browser, as soon as there is one."""

    browser: Browser

    def __init__(self, chatd: Chatd, options: Options) -> None:
        self.chatd, self.options = chatd, options
        self.ada, self.bob, self.eve = chatd.create_people("ada", "bob", "eve")
        self.channel = chatd.first_channel(self.ada)
        guild, *_ = chatd.get("/users/@me/guilds", self.ada)
        self.path = f"/channels/{guild['id']}/{self.channel}"
        self.history = int(HISTORY * options.share)
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        """Messages of the last days, as the store has them."""
        conn = await asyncpg.connect(host=str(self.chatd.socket_directory), user="chatd", database="chatd")
        authors = [int(self.chatd.get("/users/@me", one)["id"]) for one in (self.ada, self.bob, self.eve)]
        now_ms = int(time.time() * 1000)
        step_ms = 3 * DAY_MS // self.history
        rows = [
            (
                (now_ms - (self.history - n) * step_ms - EPOCH_MS) << 22,
                int(self.channel),
                authors[n // 4 % len(authors)],
                WORDS[n % len(WORDS)],
            )
            for n in range(self.history)
        ]
        try:
            await conn.executemany(
                "insert into messages (id, channel_id, author_id, content) values ($1, $2, $3, $4)", rows
            )
        finally:
            await conn.close()

    @contextmanager
    def profile(self, person: Member, *, kept: bool = False) -> Iterator[BrowserContext]:
        """A browser that has never been here, signed in. `kept`: with the service worker."""
        context = self.browser.new_context(
            base_url=f"http://127.0.0.1:{self.chatd.port}", viewport=VIEWPORT,
            service_workers="allow" if kept else "block",
        )  # fmt: skip
        context.set_default_timeout(WITHIN_MS)
        url = f"http://127.0.0.1:{self.chatd.port}"
        context.add_cookies([{"name": COOKIE, "value": person.token, "url": url, "httpOnly": True}])
        try:
            yield context
        finally:
            context.close()

    def open(self, context: BrowserContext, *scripts: str) -> Page:
        page = context.new_page()
        for script in scripts:
            page.add_init_script(script)
        page.goto(self.path)
        page.wait_for_selector("article.message[data-message-id]")
        page.wait_for_selector("#connection[data-state=live]")
        return page

    # What is sent.

    def first_view(self) -> Result:
        """Everything that the server sends to somebody who has never been here."""
        result = Result("first view")
        with self.profile(self.ada) as context:
            page = context.new_page()
            traffic = Traffic(context.new_cdp_session(page))
            page.goto(self.path)
            page.wait_for_selector("article.message[data-message-id]")
            page.wait_for_load_state("networkidle")
            traffic.add_manifest()
            kinds = traffic.by_kind()
        shell = [kind for kind in kinds if kind not in ("answers", "gateway")]
        content = sum(kinds[kind].content for kind in shell)
        requests = sum(kinds[kind].requests for kind in shell)
        wire = sum(kinds[kind].wire for kind in shell)
        for kind, sent in kinds.items():
            result.lines.append(f"{kind:12} {sent.requests:3} requests {sent.content:8,} bytes")
        result.lines.append(
            f"{'the page':12} {requests:3} requests {content:8,} bytes, with the header sections {wire:,}"
        )
        files, behind = self._kept_files(traffic.paths)
        result.lines.append(
            f"{'afterwards':12} {files:3} files    {behind:8,} bytes, kept by the service worker"
        )
        result.figures = {
            "bytes": content, "requests": requests, "wire_bytes": wire,
            "kept_files": files, "kept_bytes": behind,
            "kinds": {kind: vars(sent) for kind, sent in kinds.items()},
        }  # fmt: skip
        result.mark(f"<= {FIRST_VIEW_BYTES_MAX:,} bytes", content <= FIRST_VIEW_BYTES_MAX)
        return result

    def _kept_files(self, known: set[str]) -> tuple[int, int]:
        """How many files the service worker fetches beyond these, and their bytes."""
        shell = self._fetch("/assets/shell.js").partition(b"=")[2].rstrip(b";\n")
        rest = [path for path in json.loads(shell)["files"] if path not in known]
        return len(rest), sum(len(self._fetch(path, coding="gzip")) for path in rest)

    def _fetch(self, path: str, coding: str = "identity") -> bytes:
        url = f"http://127.0.0.1:{self.chatd.port}{path}"
        request = urllib.request.Request(url, headers={"Accept-Encoding": coding})
        with urllib.request.urlopen(request) as reply:
            content: bytes = reply.read()
            return content

    # How long it takes.

    def start(self) -> Result:
        """From the navigation to the first message on the screen."""
        result = Result("start")
        times: dict[str, list[float]] = {"cold": [], "browser's cache": [], "service worker": []}
        with self.profile(self.ada) as warm, self.profile(self.ada, kept=True) as kept:
            self._painted_ms(warm)
            page = self.open(kept)
            page.evaluate("navigator.serviceWorker.ready.then(() => null)")
            page.close()
            for _ in range(self.options.rounds):
                with self.profile(self.ada) as cold:
                    times["cold"].append(self._painted_ms(cold))
                times["browser's cache"].append(self._painted_ms(warm))
                times["service worker"].append(self._painted_ms(kept))
        for name, taken in times.items():
            result.lines.append(f"{name:16} {median(taken):5.0f} ms ({min(taken):.0f} to {max(taken):.0f})")
            result.figures[name] = {"median_ms": median(taken), "samples_ms": taken}
        return result

    def _painted_ms(self, context: BrowserContext) -> float:
        page = context.new_page()
        page.add_init_script(WATCH_FIRST_PAINT)
        page.goto(self.path, wait_until="commit")
        painted: float = page.evaluate("self.painted")
        page.close()
        return painted

    def delivery(self) -> Result:
        """From one page's Enter to the other page's paint."""
        result = Result("delivery")
        taken: list[float] = []
        with self.profile(self.ada) as hers, self.profile(self.bob) as his:
            writer, reader = self.open(hers, WATCH_ENTER), self.open(his)
            for n in range(self.options.said + 3):
                text = f"delivery {n}."
                reader.evaluate(WATCH_TEXT, text)
                writer.fill("#composer", text)
                writer.press("#composer", "Enter")
                taken.append(reader.evaluate("self.seen") - writer.evaluate("self.entered"))
        taken = taken[3:]  # the first find nothing warm
        p95 = quantiles(taken, n=20, method="inclusive")[-1]
        result.lines.append(f"median {median(taken):.1f} ms, p95 {p95:.1f} ms, of {len(taken)}")
        result.figures = {"median_ms": median(taken), "p95_ms": p95}
        return result

    # How smoothly it goes.

    def scrolling(self) -> Result:
        """Up through the history as it is read, and down again; other pages before and after."""
        result = Result("scrolling")
        with self.profile(self.ada) as context:
            page = self.open(context)
            frames = {"blank, before": self._compared(context, BLANK)}
            frames["text, before"] = self._compared(context, TEXT)
            page.bring_to_front()
            frames["up"] = self._frames(page, "#messages", -STEP_PX, 100_000, until=".top.beginning")
            rows = page.locator("article.message").count()
            frames["down"] = self._frames(page, "#messages", STEP_PX, 100_000)
            frames["text, after"] = self._compared(context, TEXT)
            frames["blank, after"] = self._compared(context, BLANK)
        for name, at in frames.items():
            figures = frames_of(at)
            result.figures[name] = figures
            result.lines.append(
                f"{name:14} {figures['frames']:5} frames in {figures['elapsed_s']:5.1f} s, dropped"
                f" {figures['dropped']:4} ({figures['dropped_share']:.1%}),"
                f" longest {figures['longest_ms']:.0f} ms"
            )
        result.lines.append(
            f"{self.history:,} messages, {STEP_PX} pixels a frame; {rows} of them in the document"
        )
        return result

    def _compared(self, context: BrowserContext, content: str) -> list[float]:
        page = context.new_page()
        page.set_content(content)
        found = self._frames(page, "#list", STEP_PX, 400)
        page.close()
        return found

    def _frames(
        self, page: Page, selector: str, step: int, frames_max: int, until: str | None = None
    ) -> list[float]:
        asked = {"selector": selector, "step": step, "frames_max": frames_max, "until": until}
        found: list[float] = page.evaluate(SCROLL, asked)
        return found

    # What is left behind.

    def heap(self) -> Result:
        """An hour's traffic, sped up, in a page that nobody touches; memory at moments that are alike."""
        result = Result("heap")
        other = self._second_channel()
        with self.profile(self.ada) as context, self.profile(self.bob) as his:
            self.open(his)  # so that bob is somebody whose presence changes
            page = context.new_page()
            page.goto(other)
            page.wait_for_selector("#connection[data-state=live]")
            page.goto(self.path)  # from here on the other channel is one that has been read
            page.wait_for_selector("article.message[data-message-id]")
            session = context.new_cdp_session(page)
            session.send("Performance.enable")
            samples = []
            cycle = int(HEAP_CYCLE * self.options.share)
            for n in range(HEAP_SAMPLES):
                self._traffic(page, other.rpartition("/")[2], cycle)
                samples.append(memory_of(session))
                result.lines.append(f"after {(n + 1) * cycle:6,} messages: {described(samples[-1])}")
        # The first cycle fills what a page fills once.
        growth = samples[-1]["heap_bytes"] / samples[1]["heap_bytes"] - 1
        result.lines.append(f"{growth:+.1%} from message {2 * cycle:,} to {HEAP_SAMPLES * cycle:,}")
        result.figures = {"samples": samples, "growth": growth}
        if self.options.share == 1:  # with less, the list has never been cut
            result.mark(f"flat, {HEAP_GROWTH_MAX:+.0%} at most", growth <= HEAP_GROWTH_MAX)
        return result

    def _second_channel(self) -> str:
        guild = self.path.split("/")[2]
        body = {"name": "busy", "type": 0}
        made = self.chatd.ask("POST", f"/guilds/{guild}/channels", body, self.ada)
        return f"/channels/{guild}/{made['id']}"

    def _traffic(self, page: Page, other: str, count: int) -> None:
        """So many messages in two channels; for every tenth typing, a reaction, and a change of presence."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: self._moment(n, self.channel if n % 3 else other), range(count)))
        last = f"the last of {time.monotonic_ns()}"
        self.chatd.ask("POST", f"/channels/{self.channel}/messages", {"content": last}, self.bob)
        # A locator, unlike a handle, keeps no element alive.
        page.locator("article.message", has_text=last).wait_for()

    def _moment(self, n: int, channel: str) -> None:
        ask = self.chatd.ask
        who = (self.bob, self.eve)[n % 2]
        said = ask("POST", f"/channels/{channel}/messages", {"content": WORDS[n % len(WORDS)]}, who)
        if n % 10 == 0:
            ask("POST", f"/channels/{channel}/typing", None, who)
            reaction = f"/channels/{channel}/messages/{said['id']}/reactions/{THUMB}/@me"
            ask("PUT", reaction, None, self.eve)
            ask("PATCH", "/users/@me/settings", {"status": ("idle", "online")[n // 10 % 2]}, self.bob)


@dataclass
class Sent:
    requests: int = 0
    content: int = 0
    wire: int = 0


class Traffic:
    """What comes over the network, as the browser counts it."""

    def __init__(self, session: CDPSession) -> None:
        self.session = session
        self.answers: dict[str, dict[str, Any]] = {}
        self.wire: dict[str, int] = {}
        self.frames: list[int] = []
        self.manifest: str | None = None
        session.send("Network.enable")
        session.on("Network.responseReceived", self._on_answer)
        session.on("Network.loadingFinished", self._on_end)
        session.on("Network.webSocketFrameReceived", self._on_frame)

    def _on_answer(self, event: dict[str, Any]) -> None:
        self.answers[event["requestId"]] = event

    def _on_end(self, event: dict[str, Any]) -> None:
        self.wire[event["requestId"]] = int(event["encodedDataLength"])

    def _on_frame(self, event: dict[str, Any]) -> None:
        self.frames.append(len(event["response"]["payloadData"].encode()))

    def add_manifest(self) -> None:
        """A browser with a window reads it too, and the icon that it names for such a screen."""
        self.manifest = self.session.send("Page.getAppManifest")["url"]

    @property
    def paths(self) -> set[str]:
        urls = (event["response"]["url"] for event in self.answers.values())
        return {"/" + url.split("/", 3)[3] for url in urls if url.startswith("http")}

    def by_kind(self) -> dict[str, Sent]:
        kinds: dict[str, Sent] = {}
        for id, event in self.answers.items():
            response = event["response"]
            headers = {name.lower(): value for name, value in response["headers"].items()}
            if not response["url"].startswith("http") or event["type"] == "WebSocket":
                continue
            sent = kinds.setdefault(kind_of(event), Sent())
            sent.requests += 1
            sent.content += int(headers.get("content-length", 0))
            sent.wire += self.wire.get(id, 0)
        kinds["gateway"] = Sent(len(self.frames), sum(self.frames), sum(self.frames))
        return kinds


def kind_of(event: dict[str, Any]) -> str:
    """As people call it."""
    path = event["response"]["url"].split("/", 3)[3]
    if path.startswith("api/"):
        return "answers"
    names = {"Document": "html", "Stylesheet": "css", "Script": "js", "Manifest": "manifest"}
    return names.get(event["type"], "icons and pictures")


def frames_of(at: list[float]) -> dict[str, Any]:
    """What became of the frames between the first and the last, at 60 in a second."""
    gaps = [b - a for a, b in pairwise(at)]
    frame_ms = 1000 / 60
    dropped = sum(max(0, round(gap / frame_ms) - 1) for gap in gaps)
    return {
        "frames": len(at), "elapsed_s": (at[-1] - at[0]) / 1000, "dropped": dropped,
        "dropped_share": dropped / (dropped + len(gaps)), "longest_ms": max(gaps),
    }  # fmt: skip


def memory_of(session: CDPSession) -> dict[str, float]:
    """After the garbage is gone. It takes two turns: what the first frees may have held something else."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {
        "heap_bytes": told["JSHeapUsedSize"], "nodes": told["Nodes"], "listeners": told["JSEventListeners"],
    }  # fmt: skip


def described(memory: dict[str, float]) -> str:
    heap, nodes, listeners = memory["heap_bytes"], memory["nodes"], memory["listeners"]
    return f"{heap / 1e6:6.2f} MB, {nodes:6,.0f} nodes, {listeners:5,.0f} listeners"


PARTS: dict[str, Callable[[Bench], Result]] = {
    "first-view": Bench.first_view,
    "start": Bench.start,
    "delivery": Bench.delivery,
    "scrolling": Bench.scrolling,
    "heap": Bench.heap,
}


def print_result(result: Result) -> None:
    print(f"\n{result.name}, load average {os.getloadavg()[0]:.1f}")
    for line in result.lines:
        print(f"  {line}")
    for mark in result.marks:
        print(f"  {mark['mark']}: {'met' if mark['met'] else 'MISSED'}")
    sys.stdout.flush()


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the work; good for a first look")
    parser.add_argument("--rounds", type=int, default=10, help="starts of each kind (default 10)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the report")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="these parts")
    parser.add_argument("--data-parent", type=Path, help="where the data folder goes (default: the system's)")
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    share = 0.1 if options.quick else 1.0
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    work = Options(share, max(3, int(options.rounds * share)), max(10, int(50 * share)))
    results = []
    with Chatd(parent=options.data_parent) as chatd:
        bench = Bench(chatd, work)
        with sync_playwright() as playwright:
            bench.browser = browser = playwright.chromium.launch(executable_path=executable)
            about = machine(chatd) | {"browser": browser.version}
            if not options.json:
                print(", ".join(f"{key} {value}" for key, value in about.items()), flush=True)
            for name, measure in PARTS.items():
                if options.only is None or name in options.only:
                    results.append(measure(bench))
                    if not options.json:
                        print_result(results[-1])
    if options.json:
        parts = [{"name": one.name, "figures": one.figures, "marks": one.marks} for one in results]
        print(json.dumps({"machine": about, "parts": parts}, indent=2))
    return 1 if any(not mark["met"] for result in results for mark in result.marks) else 0


if __name__ == "__main__":
    sys.exit(main())
