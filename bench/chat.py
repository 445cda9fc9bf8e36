"""What a message costs in a whole chatd: posted over HTTP, stored, delivered over the gateway.

    python -m bench.chat [--quick] [--json] [--only NAME …] [--data-parent FOLDER]

Starts a chatd on a throw-away data folder, with its own PostgreSQL. What the figures mean:
bench/README.md. Exit status 1 if a mark is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.awake import awake
from bench.chat_load import Audience, Posted, Posting, Sender
from bench.chatd_process import Chatd, Member
from bench.loads import allow_open_files
from bench.round_trip import RoundTrip, measure_round_trip

OPEN_FILES = 16_384
MEMBERS_ONLINE = 16
FAN_OUT_SESSIONS = 1_000
WARM_UP_MESSAGES = 320
CPU_US_PER_MESSAGE_MAX = 400
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
    messages_per_s_min: float | None = None


SCENARIOS = (
    Scenario("post-1", "posting, 1 sender", 1, MEMBERS_ONLINE, 3_200, messages_per_s_min=1_000),
    Scenario("post-16", "posting, 16 senders", 16, MEMBERS_ONLINE, 8_000, messages_per_s_min=2_500),
    Scenario("fanout-1", "1 post to 1000, zlib-stream", 1, FAN_OUT_SESSIONS, 80, fan_out=True),
    Scenario("fanout-8", "8 posts to 1000, zlib-stream", 8, FAN_OUT_SESSIONS, 160, fan_out=True),
)


@dataclass(frozen=True)
class Sample:
    """One round of a scenario: the run, and the CPU that chatd and PostgreSQL used for it."""

    posted: Posted
    chatd_cpu_ns: int
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
        "chatd_cpu_us_per_message": sample.chatd_cpu_ns / 1000 / posted.messages,
        "database_cpu_us_per_message": sample.database_cpu_ns / 1000 / posted.messages,
        "cpu_us_per_message": (sample.chatd_cpu_ns + sample.database_cpu_ns) / 1000 / posted.messages,
        "chatd_cpu_us_per_delivery": sample.chatd_cpu_ns / 1000 / posted.deliveries,
        "database_cpu_us_per_delivery": sample.database_cpu_ns / 1000 / posted.deliveries,
        "generator_share_of_core": posted.generator_cpu_s / posted.elapsed_s,
    }


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
        audience, senders = self._audience(scenario), self._senders(scenario)
        try:
            self._warm_up(scenario, senders, audience)
            measured = [self._round(scenario, senders, audience) for _ in range(self.options.rounds)]
        finally:
            audience.close()
            for sender in senders:
                sender.socket.close()
        rounds = list(map(figures_of, measured))
        figures = {name: median(sample[name] for sample in rounds) for name in rounds[0]}
        return {
            "name": scenario.name,
            "title": scenario.title,
            "figures": figures,
            "samples": rounds,
            "marks": marks_of(scenario, figures),
            "round_trip": asdict(measure_round_trip(self.chatd.data)),
        }

    def _audience(self, scenario: Scenario) -> Audience:
        target = self.chatd.gateway_target(self.members[0], compress=scenario.fan_out)
        tokens = [self.members[number % len(self.members)].token for number in range(scenario.sessions)]
        return Audience(self.chatd.port, target, tokens)

    def _senders(self, scenario: Scenario) -> list[Sender]:
        target = self.chatd.messages_target(self.channel_id)
        members = self.members[: scenario.senders]
        return [Sender(self.chatd.port, target, member.authorization) for member in members]

    def _warm_up(self, scenario: Scenario, senders: list[Sender], audience: Audience) -> None:
        messages = 2 * scenario.senders if scenario.fan_out else WARM_UP_MESSAGES
        Posting(senders, audience, messages, lockstep=scenario.fan_out).run()

    def _round(self, scenario: Scenario, senders: list[Sender], audience: Audience) -> Sample:
        messages = int(scenario.messages * self.options.share)
        audience.heartbeat()
        chatd_before, database_before = self.chatd.settled_cpu_ns()
        posted = Posting(senders, audience, messages, lockstep=scenario.fan_out).run()
        chatd_after, database_after = self.chatd.settled_cpu_ns()
        return Sample(posted, chatd_after - chatd_before, database_after - database_before)


def print_result(result: dict[str, Any]) -> None:
    f = result["figures"]
    print(f"\n{result['title']}")
    print(f"  {f['messages_per_s']:,.0f} messages/s, {f['deliveries_per_s']:,.0f} deliveries/s")
    print(f"  answer        p50 {f['answer_p50_ms']:.2f} ms, p99 {f['answer_p99_ms']:.2f} ms")
    print(f"  last member   p50 {f['last_receipt_p50_ms']:.2f} ms, p99 {f['last_receipt_p99_ms']:.2f} ms")
    for unit in ("message", "delivery"):
        chatd, database = f[f"chatd_cpu_us_per_{unit}"], f[f"database_cpu_us_per_{unit}"]
        shares = f"chatd {chatd:.1f} µs, PostgreSQL {database:.1f} µs"
        print(f"  CPU per {unit:9} {shares}, together {chatd + database:.1f} µs")
    if f["generator_share_of_core"] > GENERATOR_SHARE_MAX:
        print(f"  the generator was busy {f['generator_share_of_core']:.0%} of the time: it may be the limit")
    floor = RoundTrip(**result["round_trip"])
    message_us = f["chatd_cpu_us_per_message"] + f["database_cpu_us_per_message"]
    print(
        f"  one `select 1` now    client {floor.client_us:.1f} µs, PostgreSQL {floor.database_us:.1f} µs,"
        f" {floor.elapsed_us:.0f} µs passed; a message is {message_us / floor.cpu_us:.1f} of them"
    )
    for mark in result["marks"]:
        print(f"  {mark['mark']}: {'met' if mark['met'] else 'MISSED'}")
    sys.stdout.flush()


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
    parser.add_argument("--rounds", type=int, default=3, help="rounds per scenario (default 3)")
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
