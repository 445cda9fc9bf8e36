"""The gateway's limits and times, each with its unit and the reason for its value."""

from __future__ import annotations

from dataclasses import dataclass

# The Discord documentation, "Sending Events": a longer one is refused.
PAYLOAD_BYTES_MAX = 4096


@dataclass(slots=True, frozen=True)
class GatewaySettings:
    # What Discord says in its Hello; it keeps most NAT entries alive.
    heartbeat_interval_ms: int = 41_250
    # A beat may be late by half an interval and, once, by a slow line.
    heartbeat_slack_s: float = 5.0
    # From the opening handshake to Identify or Resume.
    identify_timeout_s: float = 30.0

    # How long a session without a connection can be resumed, and how long it waits for its client before
    # others see it gone. The journal is kept as long as the former.
    resume_window_s: float = 3600.0
    presence_grace_s: float = 10.0
    # After a start, sessions of the run before come back; a proxy or a laptop may need a while.
    presence_grace_at_start_s: float = 60.0

    # Sessions that one bot may begin in a day (0 means no limit), and how many of its shards in five seconds.
    session_starts_per_day: int = 1000
    max_concurrency: int = 1

    # Frames that a client may send in a window; 0 means no limit.
    frames_limit: int = 120
    frames_window_s: float = 60.0

    # A request (op 100) carries what an HTTP body would: a message of 2000 characters and its escapes.
    request_bytes_max: int = 65_536

    # A reader that lets this much pile up, or takes nothing for so long, is cut off. Its session is kept.
    unsent_bytes_max: int = 2**20
    stalled_s: float = 30.0

    # Journal entries read at once by a resume.
    replay_page: int = 500

    # Browser origins besides the server's own that may open a connection, such as "https://chat.example".
    cors_origins: tuple[str, ...] = ()
