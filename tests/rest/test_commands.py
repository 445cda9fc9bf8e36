"""Commands at the HTTP door: what each way of registering is answered, and in which language."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.conftest import Place

COMMAND = {"name": "echo", "description": "Say it again", "name_localizations": {"de": "echo-de"}}


def path(place: Place, *, in_guild: bool = False) -> str:
    scope = f"/guilds/{place.guild_id}" if in_guild else ""
    return f"/applications/{place.robo_id}{scope}/commands"


@pytest.mark.parametrize("in_guild", [False, True])
async def test_a_new_command_is_201_and_one_that_is_overwritten_200(place, in_guild):
    where = path(place, in_guild=in_guild)
    made = await place.robo.api("POST", where, COMMAND)
    again = await place.robo.api("POST", where, {**COMMAND, "description": "Again"})
    assert (made.status, again.status) == (201, 200)
    assert again.json["id"] == made.json["id"] and again.json["description"] == "Again"
    assert (await place.robo.api("GET", f"{where}/{made.json['id']}")).json == again.json
    put = await place.robo.api("PUT", where, [COMMAND])
    assert (put.status, put.json[0]["id"]) == (200, made.json["id"])
    assert (await place.robo.api("DELETE", f"{where}/{made.json['id']}")).status == 204
    assert (await place.robo.api("GET", where)).json == []


@pytest.mark.parametrize(
    "query, headers, shown",
    [
        ("", {}, {}),
        ("", {"X-Discord-Locale": "de", "Accept-Language": "fr"}, {"name_localized": "echo-de"}),
        ("", {"Accept-Language": "de-AT, fr;q=0.5"}, {"name_localized": "echo-de"}),
        ("?with_localizations=true", {"X-Discord-Locale": "de"},
         {"name_localizations": {"de": "echo-de"}, "description_localizations": None}),
    ],
)  # fmt: skip
async def test_a_list_is_told_in_the_language_of_who_asks(place, query, headers, shown):
    await place.robo.api("POST", path(place), COMMAND)
    (listed,) = (await place.robo.api("GET", path(place) + query, headers=headers)).json
    assert {name: value for name, value in listed.items() if "locali" in name} == shown


async def test_a_whole_set_may_be_larger_than_other_bodies(place):
    place.with_settings(json_bytes_max=1000)
    many: list[dict[str, Any]] = [
        {"name": f"c{at}", "description": "x" * 100, "options": []} for at in range(20)
    ]
    assert len((await place.robo.api("PUT", path(place), many)).json) == 20
    assert (await place.robo.api("POST", path(place), {**COMMAND, "x": "x" * 1000})).code == 40005


async def test_who_is_no_bot_registers_nothing_and_who_is_one_says_nothing_of_who_may(place):
    assert (await place.ada.api("POST", path(place), COMMAND)).code == 20002
    assert (await place.robo.api("PUT", f"/applications/{place.ada_id}/commands", [])).code == 20012
    made = (await place.robo.api("POST", path(place), COMMAND)).json["id"]
    permissions = f"{path(place, in_guild=True)}/{made}/permissions"
    assert (await place.robo.api("PUT", permissions, {"permissions": []})).code == 20001
    index = f"/guilds/{place.guild_id}/application-command-index"
    assert (await place.robo.api("GET", index)).code == 20001
    # Disabled by Discord since permissions belong to guilds.
    assert (await place.ada.api("PUT", f"{path(place, in_guild=True)}/permissions", [])).status == 405
