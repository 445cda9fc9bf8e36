"""Every error as a refusal that its asker is told of: the only place where one becomes an ApiError.

Refusals of the actions pass as they are (a database that is away among them). What the wire could not
read has a status of its own; anything else is our own fault, logged with its traceback and told as 500.
"""

from __future__ import annotations

import errno

from chatd.log import logger
from chatd.model.errors import ApiError, EntityTooLarge, OutOfRoom
from chatd.wire.errors import BadRequest

log = logger.child("http")


class Unreadable(ApiError):
    """The body, the query or a field could not be read as HTTP."""

    def __init__(self, error: BadRequest) -> None:
        super().__init__(f"{error.status}: {error.reason}")
        self.status = error.status


def refusal_of(error: Exception, method: str, path: str) -> ApiError:
    """What is told of an error; `method` and `path` are for the log."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("no room for a file", method=method, path=path)
        return OutOfRoom()
    if isinstance(error, BadRequest):
        return EntityTooLarge() if error.status == 413 else Unreadable(error)
    log.exception("request failed", error, method=method, path=path)
    return ApiError()
