"""Which other sites' pages may use the API from a browser. The Fetch standard, "CORS protocol".

Origins are listed in the configuration. A listed one may read answers and send the session cookie;
any other gets no field at all, so its pages cannot read a thing. Bots and servers send no Origin and
are not concerned.
"""

from __future__ import annotations

from collections.abc import Collection

from chatd.rest.responses import Fields
from chatd.wire.headers import Headers

# No route reads the last; libraries send it along with a reason for the audit log.
ALLOWED_FIELDS = "Authorization, Content-Type, X-Audit-Log-Reason"
# A page reads no response field but a few unless it is exposed; these are the ones clients act upon.
EXPOSED_FIELDS = (
    "Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Reset-After, "
    "X-RateLimit-Bucket, X-RateLimit-Scope, X-RateLimit-Global"
)
# Browsers cap it at ten minutes to two hours anyway.
PREFLIGHT_AGE_MAX_S = 3600


class Cors:
    """The list of origins and what it means for a response."""

    __slots__ = ("origins",)

    def __init__(self, origins: Collection[str]) -> None:
        self.origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def add_fields(self, fields: Fields, headers: Headers) -> None:
        """What the answer to a request with these headers says about its origin."""
        if not self.origins:
            return
        # The answer depends on who asks, so a cache must not hand it to another origin.
        fields.append(("Vary", "Origin"))
        origin = headers.get("origin")
        if self.lists(origin):
            assert origin is not None
            # With credentials the origin is named; "*" is not allowed then.
            fields.append(("Access-Control-Allow-Origin", origin))
            fields.append(("Access-Control-Allow-Credentials", "true"))
            fields.append(("Access-Control-Expose-Headers", EXPOSED_FIELDS))

    def preflight_fields(self, headers: Headers, allow: list[str]) -> Fields:
        """What OPTIONS answers: `allow` to anybody, and to a listed origin what its page may send."""
        fields = [("Allow", ", ".join(allow))]
        self.add_fields(fields, headers)
        if self.lists(headers.get("origin")) and "access-control-request-method" in headers:
            fields.append(("Access-Control-Allow-Methods", ", ".join(allow)))
            fields.append(("Access-Control-Allow-Headers", ALLOWED_FIELDS))
            fields.append(("Access-Control-Max-Age", str(PREFLIGHT_AGE_MAX_S)))
        return fields

    def lists(self, origin: str | None) -> bool:
        return origin is not None and origin.lower() in self.origins
