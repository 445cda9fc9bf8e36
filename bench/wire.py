"""What chatd's WebSocket server costs beside `websockets` and `picows`: CPU per operation, memory.

    python -m bench.wire [--quick] [--json] [--only NAME …] [--servers NAME …]

Runs bench/ws_server.py and the servers in bench/rivals/ side by side, gives each the same load in
turn, round after round, and compares the CPU that each server's process used. What the figures mean:
bench/README.md. Exit status 1 if a mark is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from bench import loads
from bench.awake import awake
from bench.measure import resident_bytes, settled_cpu_ns

BENCH = Path(__file__).parent
SERVERS = {
    "chatd": BENCH / "ws_server.py",
    "websockets": BENCH / "rivals" / "websockets_server.py",
    "picows": BENCH / "rivals" / "picows_server.py",
}
OPEN_FILES = 16_384
# The servers get the last core and the load generator the first, so that they never take turns on one.
CORES = sorted(os.sched_getaffinity(0))
START_TIMEOUT_S = 20.0

# An idle connection: these first, so that the server has what it needs once; then those we count.
IDLE_FIRST, IDLE_COUNTED = 100, 2_000


@dataclass(frozen=True)
class Mark:
    """What chatd shall reach: a figure at most, alone or as a multiple of a rival's."""

    most: float
    rival: str | None = None

    def __str__(self) -> str:
        return f"<= {self.most:g}" + (f" x {self.rival}" if self.rival else "")


@dataclass(frozen=True)
class Scenario:
    """One line of the table; `load` gets a port and how much of the full work to do (0 to 1)."""

    name: str
    title: str
    unit: str
    marks: tuple[Mark, ...] = ()
    load: Callable[[int, float, bool], loads.Work] | None = None  # None: memory, not CPU


def echo(payload_bytes: int) -> Callable[[int, float, bool], loads.Work]:
    return lambda port, share, binary: loads.Echo(
        port, connections=64, payload_bytes=payload_bytes, rounds=int(300 * share), binary=binary
    )


def fan_out(subscribers: int, burst: int, deliveries: int) -> Callable[[int, float, bool], loads.Work]:
    return lambda port, share, binary: loads.FanOut(
        port,
        subscribers=subscribers,
        burst=burst,
        bursts=max(5, int(deliveries * share) // (subscribers * burst)),
        payload_bytes=128,
        binary=binary,
    )


def handshakes(port: int, share: float, binary: bool) -> loads.Work:
    return loads.Handshakes(port, batches=int(40 * share))


SCENARIOS = (
    Scenario("echo-128", "echo, 64 connections, 128 B", "µs", (Mark(0.5, "websockets"),), echo(128)),
    Scenario("echo-1024", "echo, 64 connections, 1 KiB", "µs", (Mark(0.5, "websockets"),), echo(1024)),
    Scenario("fanout-100", "fan-out to 100", "µs", (), fan_out(100, 1, 40_000)),
    Scenario(
        "fanout-1000",
        "fan-out to 1000",
        "µs",
        (Mark(0.7, "websockets"), Mark(1.2, "picows")),
        fan_out(1000, 1, 40_000),
    ),
    Scenario("burst-100", "bursts of 8 to 100", "µs", (), fan_out(100, 8, 80_000)),
    Scenario("burst-1000", "bursts of 8 to 1000", "µs", (), fan_out(1000, 8, 80_000)),
    Scenario("handshake", "connect, upgrade, close", "µs", (Mark(0.5, "websockets"),), handshakes),
    Scenario("idle", f"idle connection, of {IDLE_COUNTED}", "KiB", (Mark(6),)),
)


@dataclass
class RunningServer:
    name: str
    port: int
    process: subprocess.Popen[bytes]


@contextmanager
def running(names: list[str], *, pin: bool) -> Iterator[list[RunningServer]]:
    """Start these servers, all on the same core, and end them afterwards."""
    servers: list[RunningServer] = []
    try:
        for name in names:
            servers.append(start(name))
            if pin:
                os.sched_setaffinity(servers[-1].process.pid, {CORES[-1]})
        yield servers
    finally:
        for server in servers:
            server.process.kill()
            server.process.wait()


def start(name: str) -> RunningServer:
    """Start one server on a free port, and wait until it accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(SERVERS[name]), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(BENCH.parent)},
    )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return RunningServer(name, port, process)
        except ConnectionRefusedError:
            time.sleep(0.02)
    process.kill()
    raise SystemExit(f"bench: the server {name} did not start: {SERVERS[name]}")


def in_turn(servers: list[RunningServer], rounds: int) -> Iterator[RunningServer]:
    """Every server once a round, beginning with another one each round."""
    for number in range(rounds):
        first = number % len(servers)
        yield from servers[first:] + servers[:first]


Samples = dict[str, list[float]]


def cpu_samples(scenario: Scenario, names: list[str], options: argparse.Namespace) -> tuple[Samples, int]:
    """µs of server CPU per operation, per server and round; and how many operations were checked."""
    assert scenario.load is not None
    samples: Samples = {name: [] for name in names}
    operations_total = 0
    scenario_loads: dict[str, loads.Work] = {}
    with running(names, pin=options.pin) as servers:
        for server in servers:
            scenario_loads[server.name] = scenario.load(server.port, options.share, options.binary)
            operations_total += scenario_loads[server.name].run()  # to warm up; not measured
        for server in in_turn(servers, options.rounds):
            before = settled_cpu_ns([server.process.pid])
            operations = scenario_loads[server.name].run()
            after = settled_cpu_ns([server.process.pid])
            samples[server.name].append((after - before) / 1000 / operations)
            operations_total += operations
    for load in scenario_loads.values():  # after the servers, which would only complain in their logs
        load.close()
    return samples, operations_total


def memory_samples(names: list[str], options: argparse.Namespace) -> tuple[Samples, int]:
    """KiB of resident memory per idle connection; each round has fresh servers."""
    samples: Samples = {name: [] for name in names}
    rounds = min(options.rounds, 3)
    for _ in range(rounds):
        for name in names:
            with running([name], pin=options.pin) as (server,):
                idle = loads.Idle(server.port)
                idle.open_many(IDLE_FIRST)
                settled_cpu_ns([server.process.pid])
                before = resident_bytes(server.process.pid)
                idle.open_many(IDLE_COUNTED)
                settled_cpu_ns([server.process.pid])
                after = resident_bytes(server.process.pid)
                samples[name].append((after - before) / 1024 / IDLE_COUNTED)
                idle.close()
    return samples, rounds * len(names) * IDLE_COUNTED


def ratio(samples: Samples, rival: str) -> float | None:
    """chatd's figure as a multiple of the rival's: the median over the rounds, each paired."""
    if not {"chatd", rival} <= samples.keys():
        return None
    return median(ours / theirs for ours, theirs in zip(samples["chatd"], samples[rival], strict=True))


def judge(mark: Mark, samples: Samples) -> bool | None:
    """Whether chatd reaches the mark; None if it cannot be told from these servers."""
    if mark.rival is not None:
        reached = ratio(samples, mark.rival)
        return None if reached is None else reached <= mark.most
    return median(samples["chatd"]) <= mark.most if "chatd" in samples else None


def result_of(scenario: Scenario, names: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Run one scenario: medians, samples, ratios and marks, as in --json."""
    measured = memory_samples(names, options) if scenario.load is None else None
    samples, operations = measured or cpu_samples(scenario, names, options)
    return {
        "name": scenario.name,
        "title": scenario.title,
        "unit": scenario.unit,
        "median": {name: median(samples[name]) for name in names},
        "samples": samples,
        "ratio": {rival: ratio(samples, rival) for rival in SERVERS if rival != "chatd"},
        "marks": [{"mark": str(mark), "met": judge(mark, samples)} for mark in scenario.marks],
        "operations_checked": operations,
    }


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    versions = {}
    for package in ("websockets", "picows"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "cores": os.cpu_count() or 0,
        "load_average_1min": round(os.getloadavg()[0], 2),
        **versions,
    }


def print_head(names: list[str]) -> None:
    columns = "".join(f"{name:>12}" for name in names)
    print(f"{'server CPU per operation':32}{columns}{'/websockets':>13}{'/picows':>9}  marks")


def print_line(result: dict[str, Any], names: list[str]) -> None:
    figures = "".join(f"{result['median'][name]:>8.1f} {result['unit']:3}" for name in names)
    ratios = [result["ratio"][rival] for rival in ("websockets", "picows")]
    shown = ["" if figure is None else f"{figure:.2f}" for figure in ratios]
    verdicts = {True: "met", False: "MISSED", None: "not judged"}
    marks = ", ".join(f"{mark['mark']}: {verdicts[mark['met']]}" for mark in result["marks"])
    print(f"{result['title']:32}{figures}{shown[0]:>13}{shown[1]:>9}  {marks}", flush=True)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.wire", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a fifth of the work; good for a first look")
    parser.add_argument("--awake", action="store_true", help="keep the cores from sleeping (bench/awake.py)")
    parser.add_argument("--rounds", type=int, help="paired rounds (default 7; 3 when quick)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--binary", action="store_true", help="binary messages instead of text")
    parser.add_argument("--no-pin", dest="pin", action="store_false", help="let processes change cores")
    parser.add_argument("--only", nargs="+", choices=[s.name for s in SCENARIOS], help="these scenarios")
    parser.add_argument("--servers", nargs="+", choices=list(SERVERS), default=list(SERVERS))
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.share = 0.2 if options.quick else 1.0
    return options


def main() -> int:
    options = parse_options()
    with awake(options.awake):  # before we give up a core
        return run(options)


def run(options: argparse.Namespace) -> int:
    names = [name for name in SERVERS if name in options.servers]
    loads.allow_open_files(OPEN_FILES)
    if options.pin:
        os.sched_setaffinity(0, {CORES[0]})
    results = []
    if not options.json:
        print(", ".join(f"{key} {value}" for key, value in machine().items()))
        print_head(names)
    for scenario in SCENARIOS:
        if options.only is None or scenario.name in options.only:
            results.append(result_of(scenario, names, options))
            if not options.json:
                print_line(results[-1], names)
    checked = sum(result["operations_checked"] for result in results)
    if options.json:
        report = {"machine": machine(), "operations_checked": checked, "scenarios": results}
        print(json.dumps(report, indent=2))
    else:
        print(f"{checked} operations, each checked complete and in order")
    missed = [mark for result in results for mark in result["marks"] if mark["met"] is False]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
