"""Threads: what a channel of type 10, 11 or 12 has beyond other channels, and who is in it.

A thread is a Channel (model/channels.py) below another one, whose overwrites are its own. A public one is
seen by whoever sees that channel, a private one only by its members and by who may manage threads.
Source: the Discord documentation, "Threads" and "Channel".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chatd.model.snowflakes import created_at
from chatd.model.times import iso

# The documentation, "JSON error codes": 160006, 30033 and 30047 are for more.
ACTIVE_THREADS_MAX = 1000
THREAD_MEMBERS_MAX = 1000
PINNED_POSTS_MAX = 1

# The flag of a channel by which a thread stays on top of its forum.
PINNED = 1 << 1

# The type of the message that a thread begins with if it was made from one of the channel above.
THREAD_STARTER_MESSAGE = 21


@dataclass(slots=True, frozen=True)
class ThreadMember:
    """Somebody who has joined a thread. `flags` are their own settings for it."""

    user_id: int
    joined_at: datetime
    flags: int = 0

    @classmethod
    def from_row(cls, row: Any) -> ThreadMember:
        return cls(row["user_id"], row["joined_at"], row["flags"])

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> ThreadMember:
        return cls(int(d["user_id"]), datetime.fromisoformat(d["join_timestamp"]), d["flags"])

    def payload(self, thread_id: int) -> dict[str, Any]:
        return {
            "id": str(thread_id),
            "user_id": str(self.user_id),
            "join_timestamp": iso(self.joined_at),
            "flags": self.flags,
        }


@dataclass(slots=True)
class Thread:
    """`archive_timestamp` moves when it is archived, unarchived, or given another duration.

    `message_count` is of the messages that are there, `total_message_sent` of those that ever were; the
    message that a thread begins with is in neither.
    """

    owner_id: int
    created_at: datetime
    auto_archive_duration: int
    archive_timestamp: datetime
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    applied_tags: tuple[int, ...] = ()
    message_count: int = 0
    total_message_sent: int = 0
    members: dict[int, ThreadMember] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Any) -> Thread:
        return cls(
            row["owner_id"], row["created_at"], row["auto_archive_duration"], row["archive_timestamp"],
            row["archived"], row["locked"], row["invitable"], tuple(row["applied_tags"]),
            row["message_count"], row["message_count"] + row["messages_deleted"],
        )  # fmt: skip

    @classmethod
    def from_payload(cls, d: dict[str, Any]) -> Thread:
        """Read the thread back from its event. Its members are told by events of their own."""
        metadata = d["thread_metadata"]
        return cls(
            int(d["owner_id"]), datetime.fromisoformat(metadata["create_timestamp"]),
            metadata["auto_archive_duration"], datetime.fromisoformat(metadata["archive_timestamp"]),
            metadata["archived"], metadata["locked"], metadata.get("invitable", True),
            tuple(int(tag_id) for tag_id in d["applied_tags"]),
            d["message_count"], d["total_message_sent"],
        )  # fmt: skip

    def payload(self, *, private: bool) -> dict[str, Any]:
        """The fields of the channel object that only threads have; `invitable` only private ones."""
        metadata: dict[str, Any] = {
            "archived": self.archived,
            "auto_archive_duration": self.auto_archive_duration,
            "archive_timestamp": iso(self.archive_timestamp),
            "locked": self.locked,
            "create_timestamp": iso(self.created_at),
        }
        if private:
            metadata["invitable"] = self.invitable
        return {
            "owner_id": str(self.owner_id),
            "thread_metadata": metadata,
            "message_count": self.message_count,
            "member_count": len(self.members),
            "total_message_sent": self.total_message_sent,
            "applied_tags": [str(tag_id) for tag_id in self.applied_tags],
        }

    def on_message(self, message_id: int, message_type: int, thread_id: int) -> None:
        """A message has been sent. The first in a forum has the thread's id."""
        if message_id != thread_id and message_type != THREAD_STARTER_MESSAGE:
            self.message_count += 1
            self.total_message_sent += 1

    def take_over(self, known: Thread) -> None:
        """Go on with what is counted and told by itself, which a payload may have from a moment before."""
        self.message_count, self.total_message_sent = known.message_count, known.total_message_sent
        self.members = known.members

    def idle_at(self, last_message_id: int | None) -> datetime:
        """When it will have been without activity for as long as it may."""
        last = self.archive_timestamp
        if last_message_id is not None:
            last = max(last, created_at(last_message_id))
        return last + timedelta(minutes=self.auto_archive_duration)
