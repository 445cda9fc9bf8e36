"""Cut Discord's official description down to what the tests check answers by.

    python -m tests.compatibility.trim openapi.json     # from the repository discord/discord-api-spec, specs/

writes official.json beside this file: the operations with the schema of each successful answer, and the
schemas that these name; no prose, no request bodies. The description is published under the MIT licence.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TRIMMED = Path(__file__).parent / "official.json"
METHODS = ("get", "post", "put", "patch", "delete")
PROSE = ("description", "title", "examples")
PREFIX = "#/components/schemas/"


def trim(description: dict[str, Any]) -> dict[str, Any]:
    """`operations`: "GET /path" -> status -> schema or None; `components`: where `$ref` leads."""
    operations = {
        f"{method.upper()} {path}": answers_of(operation)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }
    schemas: dict[str, Any] = {}
    collect(operations, description["components"]["schemas"], schemas)
    return {
        "operations": dict(sorted(operations.items())),
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def answers_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The schemas of what is not an error, by status; None where there is no JSON."""
    answers = {}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            content = response.get("content", {}).get("application/json")
            answers[status] = without_prose(content["schema"]) if content else None
    return answers


def without_prose(schema: Any) -> Any:
    if isinstance(schema, list):
        return [without_prose(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may be called "description"; its value is then a schema and no text.
    return {
        name: without_prose(value)
        for name, value in schema.items()
        if name not in PROSE or isinstance(value, dict)
    }


def collect(schema: Any, all_schemas: dict[str, Any], into: dict[str, Any]) -> None:
    """Put every schema that this one names, at any remove, into `into`."""
    for each in schema if isinstance(schema, list) else schema.values() if isinstance(schema, dict) else ():
        collect(each, all_schemas, into)
    name = schema.get("$ref", "").removeprefix(PREFIX) if isinstance(schema, dict) else ""
    if name and name not in into:
        into[name] = without_prose(all_schemas[name])
        collect(into[name], all_schemas, into)


if __name__ == "__main__":
    trimmed = trim(json.loads(Path(sys.argv[1]).read_text()))
    TRIMMED.write_text(json.dumps(trimmed, ensure_ascii=False, separators=(",", ":")) + "\n")
