"""Applications that are asked over HTTP, by signed POSTs to an address of theirs.

    check    before an address is stored: it answers a PING, and refuses one that is signed by somebody else

An endpoint tells our requests from anybody else's by X-Signature-Ed25519, over X-Signature-Timestamp and the
content (actions/signing.py). How far a request may go is net/client.py's business.

Source: the Discord documentation, "Interactions Overview" and "Receiving and Responding".
"""

from __future__ import annotations

from typing import Any

from chatd.actions import endpoints
from chatd.actions.signing import new_key_pair, sign
from chatd.model.actor import ANYONE
from chatd.model.errors import InvalidFormBody, InvalidJSON
from chatd.model.json_text import encode_json, parse_json
from chatd.net.client import Client, Fetched, FetchError

FIELD = "interactions_endpoint_url"
PING = PONG = 1

# From the first look at the address to the end of the answer: as long as any application has.
ANSWER_WITHIN_S = 3.0
# An answer is in memory whole. Larger files an application posts itself, as the answer or after it.
ANSWER_BYTES_MAX = 8 * 2**20


class InteractionEndpoints:
    """Asks the endpoints of applications. One per process; `client` is bounded in time, size and reach."""

    def __init__(self, store: Any, client: Client) -> None:
        self.store = store
        self.client = client

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
            raise _not_verified(f"It cannot be reached: {error.reason}.") from None
        if not _is_pong(proved):
            raise _not_verified(f"It answered a PING with status {proved.status}, and no PONG.")
        # The documentation says 401; libraries answer 400 as well, and either refuses.
        if not 400 <= forged.status < 500:
            raise _not_verified(f"It answered what was signed by somebody else with status {forged.status}.")

    async def _ask(self, url: str, key: bytes, content: bytes) -> Fetched:
        timestamp = str(int(self.store.clock()))
        signature = sign(key, timestamp.encode() + content).hex()
        return await self.client.post(url, content, [
            ("Content-Type", "application/json"), ("Accept", "application/json, multipart/form-data"),
            ("X-Signature-Ed25519", signature), ("X-Signature-Timestamp", timestamp),
        ])  # fmt: skip


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


def _not_verified(why: str) -> InvalidFormBody:
    message = f"The specified interactions endpoint url could not be verified. {why}"
    return InvalidFormBody.at(FIELD, "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", message)

