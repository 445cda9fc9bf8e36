"""What a message costs in a whole chatd: posted over HTTP, stored, delivered over the gateway.

    python -m bench.chat [--quick] [--json] [--only NAME …] [--data-parent FOLDER]

Starts a chatd on a throw-away data folder, with its own PostgreSQL. With one sender the floor (floor.py) is
measured in turn with it, on the same PostgreSQL. What the figures mean: bench/README.md. Exit status 1 if
a mark is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.awake import awake
from bench.chat_load import Audience, Posted, Posting, Sender
from bench.chatd_process import Chatd, Member
from bench.floor import Floor
from bench.loads import allow_open_files
from bench.round_trip import RoundTrip, measure_round_trip

OPEN_FILES = 16_384
MEMBERS_ONLINE = 16
FAN_OUT_SESSIONS = 1_000
WARM_UP_MESSAGES = 320
CPU_US_PER_MESSAGE_MAX = 400
# The figures whose ratio to the floor's is shown.
COMPARED = (
    "messages_per_s", "cpu_us_per_message", "server_cpu_us_per_message", "database_cpu_us_per_message",
    "answer_p50_ms",
)  # fmt: skip
# Above this share of one core the generator may be what we measure.
GENERATOR_SHARE_MAX = 0.8


@dataclass(frozen=True)
class Scenario:
    """One line of the report. `messages_per_s_min` is the mark, where there is one."""

    name: str
    title: str
    senders: int
    sessions: int
    messages: int
    fan_out: bool = False  # compressed sessions, and senders in lockstep
    beside_floor: bool = False
    messages_per_s_min: float | None = None


SCENARIOS = (
    Scenario(
        "post-1", "posting, 1 sender", 1, MEMBERS_ONLINE, 1_000, beside_floor=True, messages_per_s_min=1_000
    ),
    Scenario("post-16", "posting, 16 senders", 16, MEMBERS_ONLINE, 3_200, messages_per_s_min=2_500),
    Scenario("fanout-1", "1 post to 1000, zlib-stream", 1, FAN_OUT_SESSIONS, 32, fan_out=True),
    Scenario("fanout-8", "8 posts to 1000, zlib-stream", 8, FAN_OUT_SESSIONS, 64, fan_out=True),
)


@dataclass(frozen=True)
class Side:
    """Who takes the load: a whole chatd, or the floor. `cpu_ns` tells of the server and of PostgreSQL."""

    senders: list[Sender]
    audience: Audience
    cpu_ns: Callable[[], tuple[int, int]]

    def close(self) -> None:
        self.audience.close()
        for sender in self.senders:
            sender.socket.close()


@dataclass(frozen=True)
class Sample:
    """One round of a scenario: the run, and the CPU that the server and PostgreSQL used for it."""

    posted: Posted
    server_cpu_ns: int
    database_cpu_ns: int


def per_cent(values: list[float], share: int) -> float:
    """The value that this percentage of the values does not exceed."""
    return quantiles(values, n=100, method="inclusive")[share - 1]


def figures_of(sample: Sample) -> dict[str, float]:
    """The figures of one round; the unit ends each name."""
    posted = sample.posted
    return {
        "messages_per_s": posted.messages / posted.elapsed_s,
        "deliveries_per_s": posted.deliveries / posted.elapsed_s,
        "answer_p50_ms": per_cent(posted.answers_s, 50) * 1000,
        "answer_p99_ms": per_cent(posted.answers_s, 99) * 1000,
        "last_receipt_p50_ms": per_cent(posted.last_receipts_s, 50) * 1000,
        "last_receipt_p99_ms": per_cent(posted.last_receipts_s, 99) * 1000,
        "server_cpu_us_per_message": sample.server_cpu_ns / 1000 / posted.messages,
        "database_cpu_us_per_message": sample.database_cpu_ns / 1000 / posted.messages,
        "cpu_us_per_message": (sample.server_cpu_ns + sample.database_cpu_ns) / 1000 / posted.messages,
        "server_cpu_us_per_delivery": sample.server_cpu_ns / 1000 / posted.deliveries,
        "database_cpu_us_per_delivery": sample.database_cpu_ns / 1000 / posted.deliveries,
        "generator_share_of_core": posted.generator_cpu_s / posted.elapsed_s,
    }


def ratios_of(chatd: dict[str, float], floor: dict[str, float]) -> dict[str, float]:
    """What chatd takes for one that the floor takes, in the same round."""
    return {name: chatd[name] / floor[name] for name in COMPARED if floor[name]}


def marks_of(scenario: Scenario, figures: dict[str, float]) -> list[dict[str, Any]]:
    """The marks of a scenario, and whether they are met."""
    if scenario.messages_per_s_min is None:
        return []
    speed, cpu = figures["messages_per_s"], figures["cpu_us_per_message"]
    return [
        {"mark": f">= {scenario.messages_per_s_min:g} msg/s", "met": speed >= scenario.messages_per_s_min},
        {"mark": f"<= {CPU_US_PER_MESSAGE_MAX} µs CPU", "met": cpu <= CPU_US_PER_MESSAGE_MAX},
    ]


class Bench:
    """A chatd with its members; measures one scenario after the other on it."""

    def __init__(self, chatd: Chatd, members: list[Member], options: argparse.Namespace) -> None:
        self.chatd, self.members, self.options = chatd, members, options
        self.channel_id = chatd.first_channel(members[0])

    def measure(self, scenario: Scenario) -> dict[str, Any]:
        """Several rounds of one scenario; medians, samples and marks, as in --json."""
        with self._sides(scenario) as sides:
            for side in sides.values():
                self._warm_up(scenario, side)
            rounds = [self._round(scenario, sides, number) for number in range(self.options.rounds)]
        figures = medians([taken["chatd"] for taken in rounds])
        result = {
            "name": scenario.name,
            "title": scenario.title,
            "figures": figures,
            "samples": [taken["chatd"] for taken in rounds],
            "marks": marks_of(scenario, figures),
            "round_trip": asdict(measure_round_trip(self.chatd.socket_directory)),
        }
        if scenario.beside_floor:
            ratios = [ratios_of(taken["chatd"], taken["floor"]) for taken in rounds]
            floor = [taken["floor"] for taken in rounds]
            result["floor"] = {
                "figures": medians(floor), "samples": floor, "ratio": medians(ratios), "ratios": ratios
            }  # fmt: skip
        return result

    @contextmanager
    def _sides(self, scenario: Scenario) -> Iterator[dict[str, Side]]:
        """Those who are measured in turn, by name."""
        chatd = Side(self._senders(scenario), self._audience(scenario), self.chatd.settled_cpu_ns)
        try:
            if not scenario.beside_floor:
                yield {"chatd": chatd}
                return
            with Floor(self.chatd.socket_directory, scenario.sessions) as floor:
                yield {"chatd": chatd, "floor": self._floor_side(floor)}
        finally:
            chatd.close()

    def _floor_side(self, floor: Floor) -> Side:
        """The floor uses chatd's PostgreSQL; what an idle chatd takes meanwhile is not counted."""
        return Side([floor.sender], floor.audience, lambda: (floor.cpu_ns(), self.chatd.settled_cpu_ns()[1]))

    def _audience(self, scenario: Scenario) -> Audience:
        target = self.chatd.gateway_target(self.members[0], compress=scenario.fan_out)
        tokens = [self.members[number % len(self.members)].token for number in range(scenario.sessions)]
        return Audience(self.chatd.port, target, tokens)

    def _senders(self, scenario: Scenario) -> list[Sender]:
        target = self.chatd.messages_target(self.channel_id)
        members = self.members[: scenario.senders]
        return [Sender(self.chatd.port, target, member.authorization) for member in members]

    def _warm_up(self, scenario: Scenario, side: Side) -> None:
        messages = 2 * scenario.senders if scenario.fan_out else WARM_UP_MESSAGES
        Posting(side.senders, side.audience, messages, lockstep=scenario.fan_out).run()

    def _round(self, scenario: Scenario, sides: dict[str, Side], number: int) -> dict[str, dict[str, float]]:
        """Each side once, the other one first in every second round."""
        order = list(sides)[:: -1 if number % 2 else 1]
        return {name: figures_of(self._run(scenario, sides[name])) for name in order}

    def _run(self, scenario: Scenario, side: Side) -> Sample:
        messages = int(scenario.messages * self.options.share)
        side.audience.heartbeat()
        server_before, database_before = side.cpu_ns()
        posted = Posting(side.senders, side.audience, messages, lockstep=scenario.fan_out).run()
        server_after, database_after = side.cpu_ns()
        return Sample(posted, server_after - server_before, database_after - database_before)


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}


def print_result(result: dict[str, Any]) -> None:
    f = result["figures"]
    print(f"\n{result['title']}")
    print(f"  {f['messages_per_s']:,.0f} messages/s, {f['deliveries_per_s']:,.0f} deliveries/s")
    print(f"  answer        p50 {f['answer_p50_ms']:.2f} ms, p99 {f['answer_p99_ms']:.2f} ms")
    print(f"  last member   p50 {f['last_receipt_p50_ms']:.2f} ms, p99 {f['last_receipt_p99_ms']:.2f} ms")
    for unit in ("message", "delivery"):
        chatd, database = f[f"server_cpu_us_per_{unit}"], f[f"database_cpu_us_per_{unit}"]
        shares = f"chatd {chatd:.1f} µs, PostgreSQL {database:.1f} µs"
        print(f"  CPU per {unit:9} {shares}, together {chatd + database:.1f} µs")
    if f["generator_share_of_core"] > GENERATOR_SHARE_MAX:
        print(f"  the generator was busy {f['generator_share_of_core']:.0%} of the time: it may be the limit")
    if "floor" in result:
        print_floor(result["floor"])
    trip = RoundTrip(**result["round_trip"])
    message_us = f["server_cpu_us_per_message"] + f["database_cpu_us_per_message"]
    print(
        f"  one `select 1` now    client {trip.client_us:.1f} µs, PostgreSQL {trip.database_us:.1f} µs,"
        f" {trip.elapsed_us:.0f} µs passed; a message is {message_us / trip.cpu_us:.1f} of them"
    )
    for mark in result["marks"]:
        print(f"  {mark['mark']}: {'met' if mark['met'] else 'MISSED'}")
    sys.stdout.flush()


def print_floor(floor: dict[str, Any]) -> None:
    f, ratio, ratios = floor["figures"], floor["ratio"], floor["ratios"]
    print(
        f"  the floor in turn     {f['messages_per_s']:,.0f} messages/s, server"
        f" {f['server_cpu_us_per_message']:.0f} µs, PostgreSQL {f['database_cpu_us_per_message']:.0f} µs,"
        f" answer p50 {f['answer_p50_ms']:.2f} ms"
    )
    span = sorted(taken["cpu_us_per_message"] for taken in ratios)
    print(
        f"  chatd / floor         CPU {ratio['cpu_us_per_message']:.2f} ({span[0]:.2f} to {span[-1]:.2f};"
        f" server {ratio['server_cpu_us_per_message']:.2f},"
        f" PostgreSQL {ratio['database_cpu_us_per_message']:.2f}),"
        f" messages/s {ratio['messages_per_s']:.2f}, answer p50 {ratio['answer_p50_ms']:.2f}"
    )


def machine(chatd: Chatd) -> dict[str, Any]:
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "cores": os.cpu_count(),
        "load_average_1min": round(os.getloadavg()[0], 2),
        "database": chatd.ready.get("database", "not told"),
    }


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chat", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the work; good for a first look")
    parser.add_argument("--awake", action="store_true", help="keep the cores from sleeping (bench/awake.py)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds per scenario (default 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the report")
    parser.add_argument("--only", nargs="+", choices=[s.name for s in SCENARIOS], help="these scenarios")
    parser.add_argument("--members", type=int, default=MEMBERS_ONLINE, help="members that share the sessions")
    parser.add_argument("--data-parent", type=Path, help="where the data folder goes (default: the system's)")
    options = parser.parse_args()
    options.share = 0.1 if options.quick else 1.0
    if options.members < MEMBERS_ONLINE:
        parser.error(f"at least {MEMBERS_ONLINE} members are needed")
    return options


def main() -> int:
    options = parse_options()
    allow_open_files(OPEN_FILES)
    results = []
    with awake(options.awake), Chatd(parent=options.data_parent) as chatd:
        if not options.json:
            print(", ".join(f"{key} {value}" for key, value in machine(chatd).items()), flush=True)
        bench = Bench(chatd, chatd.create_members(options.members), options)
        for scenario in SCENARIOS:
            if options.only is None or scenario.name in options.only:
                results.append(bench.measure(scenario))
                if not options.json:
                    print_result(results[-1])
        if options.json:
            print(json.dumps({"machine": machine(chatd), "scenarios": results}, indent=2))
    return 1 if any(not mark["met"] for result in results for mark in result["marks"]) else 0


if __name__ == "__main__":
    sys.exit(main())
