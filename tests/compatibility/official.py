"""Discord's official description, as far as answers go: which operations there are, and what they answer."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from chatd.rest.table import ROUTES
from tests.compatibility.trim import PREFIX, TRIMMED

OFFICIAL: dict[str, Any] = json.loads(TRIMMED.read_text())

# What Discord's documentation has and libraries read, and the description does not know (yet): media
# channels, forwards, some features of guilds.
BEYOND = {
    "ChannelTypes": [16],
    "MessageReferenceType": [1],
    "GuildFeatures": ["ENHANCED_ROLE_COLORS", "SOUNDBOARD"],
}
for name, values in BEYOND.items():
    OFFICIAL["components"]["schemas"][name]["oneOf"] += [{"const": value} for value in values]
OFFICIAL["components"]["schemas"]["GuildChannelResponse"]["properties"]["type"]["enum"].append(16)

# How many faults of one answer are told; the first few say what is wrong.
FAULTS_MAX = 5


def nameless(operation: str) -> str:
    """`GET /guilds/{guild_id}` as `GET /guilds/{}`: what a parameter is called differs."""
    return re.sub(r"\{\w+\}", "{}", operation)


NAMED = {nameless(operation): operation for operation in OFFICIAL["operations"]}


def implemented() -> list[str]:
    """The official operations that chatd's table has a row for."""
    here = {nameless(f"{route.method} {route.path}") for route in ROUTES}
    return [operation for name, operation in NAMED.items() if name in here]


def missing() -> list[str]:
    return sorted(set(OFFICIAL["operations"]) - set(implemented()))


@cache
def validator_of(operation: str, status: int) -> Draft202012Validator | None:
    """What the answer of this status must be; None where it has no content."""
    schema = OFFICIAL["operations"][operation][str(status)]
    if schema is None:
        return None
    return Draft202012Validator({**schema, "components": OFFICIAL["components"]})


def faults_of(operation: str, status: int, answer: Any) -> list[str]:
    """In what the answer differs from the official schema. Empty when it does not."""
    if str(status) not in OFFICIAL["operations"][operation]:
        return [f"status {status}: {json.dumps(answer)[:500]}"]
    validator = validator_of(operation, status)
    if validator is None:
        return [] if answer is None else [f"status {status} has no content"]
    return faults_by(validator, answer)


def faults_of_object(schema: str, value: Any) -> list[str]:
    """In what an object differs from the official schema of this name."""
    return faults_by(validator_of_schema(schema), value)


@cache
def validator_of_schema(schema: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": PREFIX + schema, "components": OFFICIAL["components"]})


def faults_by(validator: Draft202012Validator, value: Any) -> list[str]:
    errors = sorted(validator.iter_errors(value), key=lambda error: error.json_path)
    return [told(error) for error in errors[:FAULTS_MAX]]


def told(error: Any) -> str:
    """The place and the fault; of a `oneOf` the reasons of the branch that came nearest."""
    if error.context:
        branches: dict[int, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        nearest = min(branches.values(), key=len)
        return f"{error.json_path}: " + "; ".join(told(inner) for inner in nearest[:3])
    return f"{error.json_path}: {error.message[:200]}"
