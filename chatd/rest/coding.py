"""Content codings: who accepts gzip, and answers that go out in it. RFC 9110 sections 8.4 and 12.5.3.

The client's files have their coded form from the start (static.py); here it is made for an answer. A page of
history is mostly names of fields: gzip leaves a tenth of it, for a fifth of a millisecond.
"""

from __future__ import annotations

import gzip
import re

from chatd.wire.headers import Headers
from chatd.wire.responses import Response

# Below this nothing is worth it: what answers a post is sent as it is.
COMPRESSED_FROM_BYTES = 2048
# The highest takes three times as long and leaves a tenth less.
LEVEL = 1

# Section 12.4.2.
WEIGHT_ZERO = re.compile(r";[ \t]*q[ \t]*=[ \t]*0(\.0{0,3})?[ \t]*$", re.IGNORECASE)


def accepts_gzip(headers: Headers) -> bool:
    """gzip or x-gzip is listed, or "*" is, and not with a weight of 0."""
    answers = {}
    for member in headers.tokens("accept-encoding"):
        answers[member.partition(";")[0].strip()] = WEIGHT_ZERO.search(member) is None
    return answers.get("gzip", answers.get("x-gzip", answers.get("*", False)))


def compressed(response: Response, headers: Headers) -> Response:
    """A large answer in gzip, for who accepts it. No cache keeps it, so nothing must be said to one."""
    body = response.body
    if not isinstance(body, bytes) or len(body) < COMPRESSED_FROM_BYTES or not accepts_gzip(headers):
        return response
    fields = [*response.headers, ("Content-Encoding", "gzip")]
    return Response(response.status, fields, gzip.compress(body, LEVEL, mtime=0))
