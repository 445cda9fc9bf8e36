"""Applications that are asked over HTTP: an interaction is a signed POST, and its answer the first callback.

    check    before an address is stored: it answers a PING, and refuses one that is signed by somebody else
    put      an interaction, once its transaction has ended well; what goes wrong is told to who has asked
    settle   wait for an answer that is on its way: libraries go on as soon as they have written it

An endpoint tells our requests from anybody else's by X-Signature-Ed25519, over X-Signature-Timestamp and the
content (actions/signing.py). How far a request may go is net/client.py's business, and what an answer may be
that of rest/interactions.py: it takes the same road as one that an application posts itself.

Source: the Discord documentation, "Interactions Overview" and "Receiving and Responding".
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chatd.actions import endpoints, interactions
from chatd.actions.signing import can_sign, new_key_pair, sign
from chatd.log import logger
from chatd.model.actor import ANYONE
from chatd.model.errors import InvalidFormBody, InvalidJSON, Unavailable
from chatd.model.interactions import ANSWER_WITHIN, FailureReason
from chatd.model.jobs import PostInteraction
from chatd.model.json_text import encode_json, parse_json
from chatd.net.client import (
    HOST_NOT_FOUND,
    NOT_ALLOWED,
    TOOK_TOO_LONG,
    Client,
    Fetched,
    FetchError,
    Take,
)
from chatd.wire.errors import BadRequest
from chatd.wire.headers import Headers
from chatd.wire.http1 import Request
from chatd.wire.responses import Response

log = logger.child("interactions")

FIELD = "interactions_endpoint_url"
NOBODY_THERE = "there is no such host at an address that may be asked"
FORM = "multipart/form-data"
PING = PONG = 1

# From the first look at the address to the end of the answer: as long as any application has.
ANSWER_WITHIN_S = ANSWER_WITHIN.total_seconds()
# An answer is in memory whole. The longest message, of characters that are all escaped, has half of this.
ANSWER_BYTES_MAX = 256 * 2**10
# One with files, of so many at once, and fewer of one application. Whatever is more, whoever is later, and
# larger files still, an application posts itself, as the answer or after it.
FORM_BYTES_MAX = 8 * 2**20
FORMS_MAX = 8
FORMS_OF_ONE_MAX = 2
# How long what follows an answer waits for it. An endpoint that waits itself has it wrong, and is told so.
SETTLE_S = 1.0
# Under way at once. None takes longer than its answer may.
POSTS_MAX = 500

# The HTTP door, at which an answer arrives as one that an application posts itself.
Respond = Callable[[Request], Awaitable[Response]]


class InteractionEndpoints:
    """Asks the endpoints of applications. One per process; `client` is bounded in time, size and reach."""

    def __init__(self, store: Any, client: Client, respond: Respond) -> None:
        self.store = store
        self.client = client
        self.respond = respond
        self._posts: dict[int, asyncio.Task[None]] = {}  # by interaction
        self._forms: Counter[int] = Counter()  # that are in memory, by application

    async def check(self, application_id: int, url: str) -> None:
        """Raises InvalidFormBody unless an application can be asked at this address."""
        async with self.store.reading(ANYONE) as tx:
            key = await endpoints.find_key(tx, application_id)
        stranger = new_key_pair()
        if key is None or stranger is None:
            message = "Requests cannot be signed here: chatd was installed without its extra `interactions`."
            raise InvalidFormBody.at(FIELD, "INTERACTIONS_ENDPOINT_UNAVAILABLE", message)
        ping = encode_json(_ping(application_id, self.store.mint.next()))
        try:
            proved = await self._ask(url, key, ping.encode())
            forged = await self._ask(url, stranger.private, ping.encode())
        except FetchError as error:
            log.info("endpoint not verified", application_id=application_id, reason=error.reason)
            raise _not_verified(f"It cannot be reached: {_told(error)}.") from None
        if not _is_pong(proved):
            raise _not_verified(f"It answered a PING with status {proved.status}, and no PONG.")
        # The documentation says 401; libraries answer 400 as well, and either refuses.
        if not 400 <= forged.status < 500:
            raise _not_verified(f"It answered what was signed by somebody else with status {forged.status}.")

    def put(self, job: PostInteraction) -> None:
        """Have it posted; never waits."""
        if len(self._posts) >= POSTS_MAX:
            log.warning("interaction not posted: too many are under way", application_id=job.application_id)
            return
        task = asyncio.create_task(self._post(job))
        self._posts[job.interaction_id] = task
        task.add_done_callback(lambda _: self._posts.pop(job.interaction_id))

    async def settle(self, interaction_id: int) -> None:
        """Until an interaction has the answer that is on its way, if one is."""
        if (post := self._posts.get(interaction_id)) is not None:
            await asyncio.wait([post], timeout=SETTLE_S)

    async def drain(self) -> None:
        """Wait until everything has been answered, for a test."""
        await asyncio.gather(*self._posts.values())

    async def stop(self) -> None:
        """Break off what is under way; its answer would find nobody."""
        posts = list(self._posts.values())
        for post in posts:
            post.cancel()
        await asyncio.gather(*posts, return_exceptions=True)

    async def _post(self, job: PostInteraction) -> None:
        try:
            failure = await self._failure_of(job)
            if failure is None:
                return
            reason, why = failure
            log.warning("interaction not answered", application_id=job.application_id, reason=why)
            async with self.store.transaction(ANYONE) as tx:
                await interactions.give_up(tx, job.interaction_id, reason)
        except Unavailable:
            log.warning("interaction dropped: the database is away", application_id=job.application_id)
        except Exception:  # A fault of ours, to be seen; it is given up when its time is over.
            log.exception("interaction not posted", application_id=job.application_id)

    async def _failure_of(self, job: PostInteraction) -> tuple[FailureReason, str] | None:
        """Post it and take the answer; what went wrong, for a person and for a log."""
        if not can_sign():
            return FailureReason.UNREACHABLE, "requests cannot be signed"
        async with self.store.reading(ANYONE) as tx:
            endpoint = await endpoints.find(tx, job.application_id)
        if endpoint is None:
            return FailureReason.UNREACHABLE, "the endpoint is gone"
        with self._room(job.application_id) as take:
            try:
                answer = await self._ask(endpoint.url, endpoint.key, job.content, take)
            except FetchError as error:
                late = error.reason == TOOK_TOO_LONG
                return FailureReason.TIMEOUT if late else FailureReason.UNREACHABLE, error.reason
            return await self._take(job, answer)

    async def _take(self, job: PostInteraction, answer: Fetched) -> tuple[FailureReason, str] | None:
        """Let the answer in by the door; what is wrong with it."""
        # "respond to the original HTTP request with a 202 and no body": its callback comes, or came.
        if answer.status in (202, 204) and not answer.content:
            return None
        if answer.status != 200:
            return FailureReason.BAD_ANSWER, f"status {answer.status}"
        if not answer.is_whole:
            return FailureReason.BAD_ANSWER, "the answer is too large"
        response = await self.respond(callback_of(job, answer))
        if response.status >= 400:
            assert isinstance(response.body, bytes), "a refusal is short"
            said = response.body[:500].decode(errors="replace")  # it may end within a letter
            return FailureReason.BAD_ANSWER, f"the answer is refused: {said}"
        return None

    @contextmanager
    def _room(self, application_id: int) -> Iterator[Take]:
        """How many octets of an answer there is room for, by its media type, as long as it is in memory."""
        large = []

        def take(media_type: str) -> int:
            is_full = self._forms.total() >= FORMS_MAX or self._forms[application_id] >= FORMS_OF_ONE_MAX
            if media_type != FORM or is_full:
                return self.client.settings.bytes_max
            large.append(application_id)
            self._forms[application_id] += 1
            return FORM_BYTES_MAX

        try:
            yield take
        finally:
            self._forms.subtract(large)
            self._forms += Counter()  # away with those that have none

    async def _ask(self, url: str, key: bytes, content: bytes, take: Take | None = None) -> Fetched:
        timestamp = str(int(self.store.clock()))
        signature = sign(key, timestamp.encode() + content).hex()
        return await self.client.post(url, content, [
            ("Content-Type", "application/json"), ("Accept", "application/json, multipart/form-data"),
            ("X-Signature-Ed25519", signature), ("X-Signature-Timestamp", timestamp),
        ], take=take)  # fmt: skip


def _ping(application_id: int, interaction_id: int) -> dict[str, Any]:
    return {
        "id": str(interaction_id),
        "application_id": str(application_id),
        "type": PING,
        "token": "ping",
        "version": 1,
        "app_permissions": "0",
        "entitlements": [],
        "authorizing_integration_owners": {},
    }


def _is_pong(answer: Fetched) -> bool:
    """A 200 that says it is JSON, of type 1."""
    if answer.status != 200 or answer.media_type != "application/json":
        return False
    try:
        value = parse_json(answer.content)
    except InvalidJSON:
        return False
    return isinstance(value, dict) and value.get("type") == PONG


def _told(error: FetchError) -> str:
    """Whoever asks about hosts learns of none whether it is there, where it may not be asked."""
    return NOBODY_THERE if error.reason in (HOST_NOT_FOUND, NOT_ALLOWED) else error.reason


def _not_verified(why: str) -> InvalidFormBody:
    message = f"The specified interactions endpoint url could not be verified. {why}"
    return InvalidFormBody.at(FIELD, "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", message)


class Content:
    """A body that has arrived whole, read as one that arrives is (net/body.py)."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self, bytes_max: int) -> bytes:
        if len(self._content) > bytes_max:
            raise BadRequest(413, f"the content is larger than {bytes_max} bytes")
        return self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def callback_of(job: PostInteraction, answer: Fetched) -> Request:
    """What an endpoint answered, as the request by which others answer."""
    segments = ("api", "v10", "interactions", str(job.interaction_id), job.token, "callback")
    path = "/" + "/".join(segments)
    fields = [("Content-Type", answer.headers.get("content-type") or "application/json")]
    return Request(
        method="POST", target=path, path=path, segments=segments, query="", version=(1, 1),
        headers=Headers(fields), content_length=len(answer.content), chunked=False, expect_continue=False,
        keep_alive=False, upgrade=None, body=Content(answer.content),
    )  # fmt: skip
