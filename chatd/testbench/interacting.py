"""What a person does with an application: use a command, press a button, choose, fill in a form.

A test names things as a person reads them: a command by its name, a button by its label. Their client would
know the ids behind, and so does the bench, which looks them up, calls POST /interactions as the person, and
waits for what becomes of it. A command may be registered only a moment later, so a missing one is waited for.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chatd.actions import command_index
from chatd.model.actor import Actor
from chatd.model.command_options import SUB_COMMANDS, OptionType
from chatd.model.commands import CommandType
from chatd.model.components import MENUS, ComponentType, walked
from chatd.model.errors import ApiError
from chatd.model.interactions import InteractionType
from chatd.model.shapes import Form
from chatd.rest.responses import Answer, json

if TYPE_CHECKING:
    from chatd.testbench.bench import Bench

# A bot registers its commands when it starts; an answer has three seconds, and a busy machine some more.
COMMAND_S, OUTCOME_S = 5.0, 15.0
NAME_MAX = 200

OUTCOMES = {
    "INTERACTION_SUCCESS": "success",
    "INTERACTION_FAILURE": "failure",
    "INTERACTION_MODAL_CREATE": "modal",
    "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE": "choices",
}


class NotThere(ApiError):
    """What a test names is not there; the message says what is."""

    status = 404

    def __init__(self, what: str, name: object, there: list[Any]) -> None:
        listed = ", ".join(repr(each) for each in there) or "none"
        super().__init__(f"There is no {what} {name!r} for them here; there are: {listed}.")


# ── commands ──


async def invoke(call: Any, user_id: int) -> Answer:
    """Use a command: `name` with its sub commands, `options` by name, or a context menu's `target_id`."""
    return await _command(call, user_id, InteractionType.APPLICATION_COMMAND, None)


async def autocomplete(call: Any, user_id: int) -> Answer:
    """Type: `options` as far as they have come, of which one is `focused`."""
    form = Form(call.body)
    focused = form.string("focused", length=(1, 32))
    form.finish()
    return await _command(call, user_id, InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, focused)


async def _command(call: Any, user_id: int, kind: InteractionType, focused: str | None) -> Answer:
    form = Form(call.body)
    name = form.string("name", length=(1, NAME_MAX), strip=True)
    channel_id = form.snowflake("channel_id")
    application_id = form.snowflake("application_id", default=None)
    target_id = form.snowflake("target_id", default=None)
    given = form.raw("options") or {}
    if not isinstance(given, dict):
        form.fault("options", "DICT_TYPE_CONVERT", "Must be an object of values by the options' names.")
    form.finish()
    bench, actor = call.bench, call.bench.actor(user_id)
    command = await _find_command(bench, actor, channel_id, name, application_id)
    data = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if target_id is not None:
        data["target_id"] = str(target_id)
    elif command["type"] == CommandType.CHAT_INPUT:
        words = name[len(command["name"]) :].split()
        data["options"] = options_of(command.get("options", []), words, given, focused)
    body = {"type": int(kind), "application_id": command["application_id"], "data": data}
    return await _interact(bench, actor, channel_id, body)


async def _find_command(
    bench: Bench, actor: Actor, channel_id: int, name: str, application_id: int | None
) -> dict[str, Any]:
    """The command of that name, as soon as they see it in their client. Raises NotThere."""
    pattern = {"kind": "request", "method": ["POST", "PUT", "PATCH"], "status": [200, 201, 204]}
    while True:
        seen = bench.records.last
        async with bench.store.reading(actor) as tx:
            index = await command_index.of_channel(tx, channel_id)
        commands = [each for each in index["application_commands"]
                    if application_id in (None, int(each["application_id"]))]  # fmt: skip
        for command in commands:
            if command["name"] == name or name.startswith(command["name"] + " "):
                return dict(command)
        if await bench.records.wait(pattern, after=seen, timeout_s=COMMAND_S) is None:
            raise NotThere("command", name, [each["name"] for each in commands])


def options_of(
    defined: list[dict[str, Any]], words: list[str], given: dict[str, Any], focused: str | None
) -> list[dict[str, Any]]:
    """Values by name as the options that a client sends, within the sub commands that `words` name."""
    by_name = {option["name"]: option for option in defined}
    if words and by_name.get(words[0], {}).get("type") in SUB_COMMANDS:
        inner = by_name[words[0]]
        inside = options_of(inner.get("options", []), words[1:], given, focused)
        return [{"type": inner["type"], "name": inner["name"], "options": inside}]
    options = []
    for name, value in given.items():
        kind = by_name.get(name, {}).get("type", OptionType.STRING)
        option = {"type": int(kind), "name": name, "value": value}
        options.append(option | {"focused": True} if name == focused else option)
    return options


# ── components ──


async def click(call: Any, user_id: int) -> Answer:
    """Press the button of a message whose label or custom_id is `button`; its only one if none is named."""
    message, channel_id, name = await _on_message(call, user_id, "button")
    button = _find_component(message, (ComponentType.BUTTON,), "button", name)
    return await _use(call, user_id, message, channel_id, button, {})


async def select(call: Any, user_id: int) -> Answer:
    """Choose `values` from a menu of a message: values or labels of its options, or ids of what it offers."""
    message, channel_id, name = await _on_message(call, user_id, "menu")
    form = Form(call.body)
    chosen = form.strings("values", count=(0, 25))
    form.finish()
    menu = _find_component(message, MENUS, "menu", name)
    by_label = {option["label"]: option["value"] for option in menu.get("options", [])}
    values = [by_label.get(each, each) for each in chosen]
    return await _use(call, user_id, message, channel_id, menu, {"values": values})


async def _on_message(call: Any, user_id: int, naming: str) -> tuple[dict[str, Any], int, str | None]:
    form = Form(call.body)
    channel_id, message_id = form.snowflake("channel_id"), form.snowflake("message_id")
    name = form.string(naming, default=None, length=(1, 100))
    form.finish()
    return await _message(call.bench, call.bench.actor(user_id), channel_id, message_id), channel_id, name


async def _message(bench: Bench, actor: Actor, channel_id: int, message_id: int) -> dict[str, Any]:
    """As it was told last: an ephemeral one can be asked for nowhere. Raises what the API does."""
    names = ["MESSAGE_CREATE", "MESSAGE_UPDATE"]
    pattern = {"kind": "event", "name": names, "d": {"id": str(message_id), "channel_id": str(channel_id)}}
    told = list(bench.records.after(0, pattern))
    if told:
        d: dict[str, Any] = told[-1]["d"]
        return d
    message: dict[str, Any] = await bench.must(actor, "GET", f"/channels/{channel_id}/messages/{message_id}")
    return message


def _find_component(
    message: dict[str, Any], kinds: tuple[ComponentType, ...], what: str, name: str | None
) -> dict[str, Any]:
    parts = [part for part in walked(message["components"]) if part["type"] in kinds and "custom_id" in part]
    if name is None and len(parts) == 1:
        return parts[0]
    for part in parts:
        if name is not None and name in (part.get("label"), part.get("placeholder"), part["custom_id"]):
            return part
    raise NotThere(what, name, [part.get("label") or part["custom_id"] for part in parts])


async def _use(
    call: Any, user_id: int, message: dict[str, Any], channel_id: int, component: dict[str, Any],
    more: dict[str, Any],
) -> Answer:  # fmt: skip
    application_id = message.get("application_id") or message["author"]["id"]
    body = {
        "type": int(InteractionType.MESSAGE_COMPONENT), "application_id": application_id,
        "message_id": message["id"], "message_flags": message["flags"],
        "data": {"component_type": component["type"], "custom_id": component["custom_id"], **more},
    }  # fmt: skip
    return await _interact(call.bench, call.bench.actor(user_id), channel_id, body)


# ── forms ──


async def submit(call: Any, user_id: int) -> Answer:
    """Fill in the form that was shown last, or for `interaction_id`: `fields` by custom_id or by label."""
    form, bench = Form(call.body), call.bench
    actor = bench.actor(user_id)
    shown_for = form.snowflake("interaction_id", default=None)
    fields = form.raw("fields") or {}
    if not isinstance(fields, dict):
        form.fault("fields", "DICT_TYPE_CONVERT", "Must be an object of values by custom_id or label.")
    form.finish()
    modal = _find_modal(bench, user_id, shown_for)
    data = {"id": modal["id"], "custom_id": modal["custom_id"], "components": filled_in(modal, fields)}
    body = {
        "type": int(InteractionType.MODAL_SUBMIT), "application_id": modal["application"]["id"], "data": data
    }  # fmt: skip
    return await _interact(bench, actor, int(modal["channel_id"]), body)


def _find_modal(bench: Bench, user_id: int, interaction_id: int | None) -> dict[str, Any]:
    pattern: dict[str, Any] = {"name": "INTERACTION_MODAL_CREATE", "user_ids": [str(user_id)]}
    if interaction_id is not None:
        pattern["d"] = {"id": str(interaction_id)}
    shown = list(bench.records.after(0, pattern))
    if not shown:
        raise NotThere("form", interaction_id or "for them", [])
    d: dict[str, Any] = shown[-1]["d"]
    return d


def filled_in(modal: dict[str, Any], fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The components of a modal as a client submits them. Raises NotThere for a field that it has not."""
    left = dict(fields)
    parts = [{"type": outer["type"], **_answered(outer, left)} for outer in modal["components"]]
    if left:
        there = [label or part["custom_id"] for label, part in _fields_in(modal["components"])]
        raise NotThere("field", next(iter(left)), there)
    return parts


def _answered(outer: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    given = [_value(label, part, left) for label, part in _fields_in([outer])]
    if "component" in outer:
        return {"component": given[0]}
    return {"components": given} if "components" in outer else {}


def _value(label: str | None, part: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    answer = {"type": part["type"], "custom_id": part["custom_id"]}
    named = label if label in left else part["custom_id"]
    value = left.pop(named, part.get("value", "") if part["type"] == ComponentType.TEXT_INPUT else None)
    if isinstance(value, list):
        by_label = {option["label"]: option["value"] for option in part.get("options", [])}
        return answer | {"values": [by_label.get(each, each) for each in value]}
    return answer if value is None else answer | {"value": value}


def _fields_in(components: list[dict[str, Any]]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """What can be filled in, each with the label that stands over it."""
    for outer in components:
        for part in walked([outer]):
            if "custom_id" in part:
                yield part.get("label") or outer.get("label"), part


# ── what becomes of it ──


async def _interact(bench: Bench, actor: Actor, channel_id: int, body: dict[str, Any]) -> Answer:
    """Make the interaction, and wait for its answer; a refusal is passed on as it is."""
    began, nonce = bench.records.last, secrets.token_hex(8)
    guild_id = bench.store.directory.channels[channel_id].guild_id
    place = {"channel_id": str(channel_id), "guild_id": None if guild_id is None else str(guild_id)}
    made = await bench.act(actor, "POST", "/interactions", {**body, **place, "nonce": nonce})
    if made.status >= 400:
        return made
    pattern = {"kind": "event", "name": list(OUTCOMES), "d": {"nonce": nonce}}
    ended = await bench.records.wait(pattern, after=began, timeout_s=OUTCOME_S)
    assert ended is not None, "the server gives up in three seconds"
    d = ended["d"]
    outcome = {"outcome": OUTCOMES[ended["name"]], "n": ended["n"], **d}
    if outcome["outcome"] == "success":
        outcome["message"] = _answer_in(bench, began, d["id"], body.get("message_id"))
    return json(200, outcome)


def _answer_in(
    bench: Bench, began: int, interaction_id: str, message_id: str | None
) -> dict[str, Any] | None:
    """The message that is the answer, or that the answer has changed."""
    events = list(bench.records.after(began, {"kind": "event", "name": ["MESSAGE_CREATE", "MESSAGE_UPDATE"]}))
    for event in events:
        if (event["d"].get("interaction_metadata") or {}).get("id") == interaction_id:
            return dict(event["d"])
    changed = [event["d"] for event in events if event["d"]["id"] == message_id]
    return dict(changed[-1]) if changed else None
