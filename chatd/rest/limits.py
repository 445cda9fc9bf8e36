"""Who has asked how often, and the X-RateLimit fields that say so. Source: the Discord documentation,
"Rate limits".

A caller is a user, or the address of somebody not signed in. A call counts in its bucket, which is the
caller, the limit its route names and the route's major parameter (a webhook that is named with its token is
the caller itself); and before that in the caller's global bucket. The arithmetic is model/buckets.py's: a
window opens with its first call, so what the fields promise is exact. Counts live in this process only.

Bounded memory: idle buckets are forgotten, a generation at a time (see Generations).
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address

from chatd.model.buckets import Bucket, Rate, Taken
from chatd.model.errors import RateLimited
from chatd.rest.responses import Fields
from chatd.rest.router import Major
from chatd.rest.settings import LimitSettings

# At about 300 bytes a bucket with its key, two generations stay below 60 MB.
GENERATION_BUCKETS_MAX = 100_000
# Windows up to this long are kept apart from longer ones, so that a flood of requests, each with a
# bucket of its own, cannot push out the count of somebody's attempts to sign in.
QUICK_WINDOW_S = 60.0
# RFC 6177: a site's IPv6 users share the first 64 bits, and one of them has 2^64 addresses to spend.
IPV6_SITE_BITS = 64


class Limit:
    """A limit as its settings name says it: `typing_per_5_s` = 10 is ten calls in five seconds."""

    __slots__ = ("name", "rate", "constant_fields")

    def __init__(self, name: str, count: int) -> None:
        self.name = name
        self.rate = Rate(count, window_s_of(name))
        # An opaque name: equal for routes that share the limit, and without the major parameter.
        opaque = hashlib.sha256(name.encode()).hexdigest()[:20]
        self.constant_fields = (("X-RateLimit-Limit", str(count)), ("X-RateLimit-Bucket", opaque))

    def add_fields(self, fields: Fields, taken: Taken, now_s: float) -> None:
        """What the bucket is like after this call. Times are rounded up, so that they are never too early."""
        fields += self.constant_fields
        fields.append(("X-RateLimit-Remaining", str(taken.remaining)))
        fields.append(("X-RateLimit-Reset", f"{taken.reset_s + 0.0005:.3f}"))
        fields.append(("X-RateLimit-Reset-After", f"{taken.reset_s - now_s + 0.0005:.3f}"))


class Generations:
    """Buckets by key, in two generations.

    A bucket that is used moves to the young one. When the young one is full, or as old as the longest
    window, the old one is dropped whole and the young one takes its place. Unless it gets full, a
    bucket is thus only dropped when its window has ended.
    """

    __slots__ = ("young", "old", "age_max_s", "buckets_max", "turn_at_s")

    def __init__(self, age_max_s: float, buckets_max: int) -> None:
        self.young: dict[Hashable, Bucket] = {}
        self.old: dict[Hashable, Bucket] = {}
        self.age_max_s = age_max_s
        self.buckets_max = buckets_max
        self.turn_at_s = 0.0

    def bucket(self, key: Hashable, now_s: float) -> Bucket:
        if now_s >= self.turn_at_s or len(self.young) >= self.buckets_max:
            self.young, self.old = {}, self.young
            self.turn_at_s = now_s + self.age_max_s
        bucket = self.young.get(key)
        if bucket is None:
            bucket = self.old.pop(key) if key in self.old else Bucket()
            self.young[key] = bucket
        return bucket

    def __len__(self) -> int:
        return len(self.young) + len(self.old)


class Limits:
    """Every limit that is not 0, by its settings name, and every bucket of this process."""

    def __init__(self, settings: LimitSettings, buckets_max: int = GENERATION_BUCKETS_MAX) -> None:
        counts = {name: getattr(settings, name) for name in LimitSettings.__dataclass_fields__}
        self.by_name = {name: Limit(name, count) for name, count in counts.items() if count > 0}
        self.over_all = self.by_name.get("global_per_1_s")
        windows = [limit.rate.window_s for limit in self.by_name.values()]
        self.quick = Generations(QUICK_WINDOW_S, buckets_max)
        self.slow = Generations(max(windows, default=QUICK_WINDOW_S), buckets_max)

    def take(self, caller: Hashable, limit: str, major: Major, fields: Fields, now_s: float) -> None:
        """Count one call and add its fields. Raises RateLimited, with the fields added all the same.

        `caller` is a user's id or an address; `major` the value of the route's major parameter.
        """
        if self.over_all is not None:
            taken = self._take(self.over_all, (caller,), now_s)
            if not taken.allowed:
                self.over_all.add_fields(fields, taken, now_s)
                raise RateLimited(taken.reset_s - now_s, "global")
        bounds = self.by_name.get(limit)
        if bounds is None:
            return
        key = (limit, major) if isinstance(major, tuple) else (caller, limit, major)
        taken = self._take(bounds, key, now_s)
        bounds.add_fields(fields, taken, now_s)
        if not taken.allowed:
            raise RateLimited(taken.reset_s - now_s, "user")

    def take_shared(self, limit: str, key: str, now_s: float) -> None:
        """Count one call in what everybody shares, such as attempts at one login name. Raises RateLimited."""
        bounds = self.by_name.get(limit)
        if bounds is None:
            return
        taken = self._take(bounds, (limit, key), now_s)
        if not taken.allowed:
            raise RateLimited(taken.reset_s - now_s, "shared")

    def _take(self, limit: Limit, key: Hashable, now_s: float) -> Taken:
        kept = self.quick if limit.rate.window_s <= QUICK_WINDOW_S else self.slow
        return kept.bucket(key, now_s).take(limit.rate, now_s)


def window_s_of(limit: str) -> float:
    """The seconds that a limit's name ends with: 5.0 of `typing_per_5_s`."""
    return float(limit.rpartition("_per_")[2].removesuffix("_s"))


def caller_of_address(address: str) -> str:
    """The address that counts: all of IPv4, the site's part of IPv6. Anything else counts as it is."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> IPV6_SITE_BITS:x}::/64"
