"""Every error as a refusal that its asker is told of: the only place where one becomes an ApiError.

Refusals of the actions pass as they are. What the wire could not read and a database that is away have
a status of their own; anything else is our own fault, logged with its traceback and told as 500.
"""

from __future__ import annotations

import asyncpg

from chatd.log import logger
from chatd.model.errors import ApiError, EntityTooLarge, Unavailable
from chatd.wire.errors import BadRequest

log = logger.child("http")

# The database is away, or going: nothing is wrong with the request, and later it may be answered.
# PostgreSQL appendix A: classes 08, 53 and 57. Network errors and time limits come bare.
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)


class Unreadable(ApiError):
    """The body, the query or a field could not be read as HTTP."""

    def __init__(self, error: BadRequest) -> None:
        super().__init__(f"{error.status}: {error.reason}")
        self.status = error.status


def refusal_of(error: Exception, method: str, path: str) -> ApiError:
    """What is told of an error; `method` and `path` are for the log."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, BadRequest):
        return EntityTooLarge() if error.status == 413 else Unreadable(error)
    # A DataError is an InterfaceError too, but says that we have passed a wrong value.
    if isinstance(error, AWAY) and not isinstance(error, asyncpg.DataError):
        log.warning("database away", error=type(error).__name__, method=method, path=path)
        return Unavailable()
    log.exception("request failed", error, method=method, path=path)
    return ApiError()
