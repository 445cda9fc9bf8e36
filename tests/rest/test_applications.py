"""Applications over HTTP: who may make them, their pictures, and what ends with a token."""

from __future__ import annotations

import pytest

from tests.pictures import data_uri, png


async def test_who_may_make_applications_and_how_many_is_a_setting(place):
    place.with_settings(applications="admins", applications_owned_max=2)
    assert (await place.bob.api("POST", "/applications", {"name": "gadget"})).json["code"] == 50013
    # robo is ada's first.
    made = await place.ada.api("POST", "/applications", {"name": "gadget"})
    assert made.status == 201 and "token" not in made.json
    reply = await place.ada.api("POST", "/applications", {"name": "gizmo"})
    assert (reply.status, reply.json["code"]) == (400, 50035)
    assert "Maximum number of applications" in reply.json["errors"]["_errors"][0]["message"]


@pytest.mark.parametrize("name", [None, "", "x", "a" * 33, "@here", "a\x00b", 5])
async def test_a_name_must_be_one_of_a_bot(place, name):
    reply = await place.bob.api("POST", "/applications", {"name": name})
    assert (reply.status, list(reply.json["errors"])) == (400, ["name"])


async def test_pictures_of_an_application_are_shown_as_long_as_it_has_them(place):
    path = f"/applications/{place.robo_id}"
    body = {"icon": data_uri(png()), "cover_image": data_uri(png(64, 32))}
    shown = (await place.ada.api("PATCH", path, body)).json
    icon, cover = f"/app-icons/{shown['id']}/{shown['icon']}.png", shown["cover_image"]
    assert (await place.nobody.get(icon)).content == png()
    for folder in (f"/app-icons/{shown['id']}", f"/app-assets/{shown['id']}/store"):
        assert (await place.nobody.get(f"{folder}/{cover}.png?size=1024")).content == png(64, 32)
    assert (await place.nobody.get(f"/app-icons/{place.bob_id}/{shown['icon']}.png")).status == 404
    await place.ada.api("PATCH", path, {"icon": None})
    assert (await place.nobody.get(icon)).status == 404


async def test_without_something_that_signs_no_endpoint_is_taken(place):
    path = f"/applications/{place.robo_id}"
    url = {"interactions_endpoint_url": "https://robo.example/"}
    reply = await place.ada.api("PATCH", path, {**url, "description": "changed"})
    assert (reply.status, list(reply.json["errors"])) == (400, list(url))
    assert (await place.ada.api("GET", path)).json["description"] == ""
    asked = []

    async def check(application_id: int, address: str) -> None:
        asked.append((application_id, address))

    place.app.check_endpoint = check
    assert (await place.ada.api("PATCH", path, url)).json["interactions_endpoint_url"] == asked[0][1]
    assert (await place.bob.api("PATCH", path, url)).json["code"] == 10002
    assert asked == [(place.robo_id, "https://robo.example/")], "only its owner has anybody asked"


async def test_a_token_that_was_reset_is_dead_over_http_at_once(place):
    assert (await place.robo.api("GET", "/users/@me")).status == 200
    reset = f"/applications/{place.robo_id}/bot/reset"
    assert (await place.bob.api("POST", reset)).json["code"] == 10002
    assert (await place.robo.api("POST", reset)).json["code"] == 20001
    token = (await place.ada.api("POST", reset)).json["token"]
    reply = await place.robo.api("GET", "/users/@me")
    assert (reply.status, reply.json["code"]) == (401, 0)
    place.robo.headers["Authorization"] = f"Bot {token}"
    assert (await place.robo.api("GET", "/users/@me")).json["id"] == str(place.robo_id)


async def test_the_question_and_the_answer_of_a_link(place):
    made = (await place.bob.api("POST", "/applications", {"name": "gadget"})).json
    link = f"/oauth2/authorize?client_id={made['id']}&scope=bot&permissions=2"
    asked = await place.ada.api("GET", link)
    assert asked.json["application"]["name"] == "gadget"
    refused = await place.ada.api("POST", link, {"guild_id": str(place.guild_id), "authorize": False})
    assert refused.json["location"].endswith("error=access_denied")
    assert (await place.bob.api("POST", link, {"guild_id": str(place.guild_id)})).json["code"] == 50013
    allowed = await place.ada.api("POST", link, {"guild_id": str(place.guild_id)})
    assert allowed.json["location"].endswith(f"/channels/{place.guild_id}")
    roles = (await place.ada.api("GET", f"/guilds/{place.guild_id}/roles")).json
    (role,) = [role for role in roles if role.get("tags")]
    assert (role["tags"], role["permissions"]) == ({"bot_id": made["id"]}, "2")
