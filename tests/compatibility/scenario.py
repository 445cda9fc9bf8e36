"""The walk, part by part: each calls every official operation of a feature at least once, as somebody would.

ada owns the server, bob came by himself, robo is a bot. What a part has made and later parts need is kept in
`walk.ids` under the names that paths use. Parts come in this order, and each ends with its things in place.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from tests.compatibility.walk import Walk
from tests.end_to_end.clients import listening
from tests.pictures import data_uri, png
from tests.sounds import mp3

PASSWORD = "correct horse battery"
GUILD, CHANNEL = "/guilds/{guild_id}", "/channels/{channel_id}"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
THUMB = quote("👍")


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def people(walk: Walk) -> None:
    """The owner by the one-time link, a user who signs up, a bot made on the command line."""
    secret = walk.server.ready["setup"].partition("#k=")[2]
    body = {"username": "ada", "password": PASSWORD, "secret": secret}
    ada = await walk.ask("nobody", "POST", "/auth/setup", body, wanted=201)
    walk.tokens["ada"], walk.ids["ada"] = ada["token"], ada["user"]["id"]
    for name in ("bob", "eve", "mallory"):
        await walk.sign_up(name)
    robo = await walk.server.command("bot", "create", "robo")
    walk.tokens["robo"], walk.ids["robo"] = robo["token"], robo["id"]
    walk.ids["user_id"] = walk.ids["bob"]
    (guild,) = await walk.ask("ada", "GET", "/users/@me/guilds")
    walk.ids["guild_id"] = guild["id"]
    (channel,) = await walk.ask("ada", "GET", GUILD + "/channels")
    walk.ids["channel_id"] = channel["id"]


async def discovery(walk: Walk) -> None:
    await walk.ask("nobody", "GET", "/gateway")
    await walk.ask("robo", "GET", "/gateway/bot")
    await walk.ask("robo", "GET", "/applications/@me")
    await walk.ask("robo", "GET", "/oauth2/applications/@me")
    changes = {
        "description": "beeps", "icon": data_uri(png()), "cover_image": data_uri(png()), "tags": ["fun"],
        "flags": 1 << 13 | 1 << 15 | 1 << 19, "custom_install_url": "https://chat.example/robo",
        "install_params": {"scopes": ["bot"], "permissions": "2048"},
        "integration_types_config": {"0": {"oauth2_install_params": {"scopes": ["bot"], "permissions": "8"}}},
    }  # fmt: skip
    await walk.ask("robo", "PATCH", "/applications/@me", changes)
    await walk.ask("robo", "GET", "/applications/{robo}")
    await walk.ask("ada", "PATCH", "/applications/{robo}", {"tags": [], "cover_image": None})
    await walk.ask("robo", "GET", "/voice/regions")
    await walk.ask("robo", "GET", GUILD + "/regions")
    await walk.ask("nobody", "GET", "/sticker-packs")
    await walk.ask("robo", "GET", "/soundboard-default-sounds")


async def users(walk: Walk) -> None:
    for who in ("ada", "robo"):
        await walk.ask(who, "GET", "/users/@me")
        await walk.ask(who, "GET", "/users/@me/guilds", query={"with_counts": "true"})
        await walk.ask(who, "GET", "/users/@me/guilds/{guild_id}/member")
        await walk.ask(who, "GET", "/users/{user_id}")
    await walk.ask("ada", "PATCH", "/users/@me", {"global_name": "Ada", "avatar": data_uri(png())})
    await walk.ask("bob", "GET", "/users/{user_id}", user_id=walk.ids["ada"])


async def guilds(walk: Walk) -> None:
    await walk.ask("ada", "GET", GUILD, query={"with_counts": "true"})
    await walk.ask("ada", "GET", GUILD + "/preview")
    await walk.ask("ada", "GET", GUILD + "/regions")
    changes = {
        "name": "Home", "description": "ours", "verification_level": 1, "default_message_notifications": 1,
        "explicit_content_filter": 1, "afk_timeout": 300, "system_channel_id": walk.ids["channel_id"],
        "system_channel_flags": 1, "preferred_locale": "de", "icon": data_uri(png()),
        "banner": data_uri(png(64, 32)), "premium_progress_bar_enabled": False,
    }  # fmt: skip
    await walk.ask("ada", "PATCH", GUILD, changes, reason="a fresh start")
    await walk.ask("ada", "GET", GUILD)
    made = await walk.ask("bob", "POST", "/guilds", {"name": "Bob's"}, wanted=201)
    await walk.ask("bob", "GET", GUILD, guild_id=made["id"])
    await walk.ask("bob", "GET", GUILD + "/channels", guild_id=made["id"])
    walk.ids["bobs_guild"] = made["id"]


async def roles(walk: Walk) -> None:
    body = {"name": "Crew", "permissions": "2048", "color": 0x3366FF, "hoist": True, "mentionable": True}
    role = await walk.ask("ada", "POST", GUILD + "/roles", body, reason="we need hands")
    walk.ids["role_id"] = role["id"]
    top = await walk.ask("ada", "POST", GUILD + "/roles", {"name": "Officers", "permissions": "8"})
    await walk.ask("ada", "PUT", GUILD + "/members/{robo}/roles/{top}", top=top["id"])
    await walk.ask("ada", "GET", GUILD + "/roles")
    await walk.ask("ada", "GET", GUILD + "/roles/{role_id}")
    await walk.ask("ada", "GET", GUILD + "/roles/member-counts")
    await walk.ask("ada", "PATCH", GUILD + "/roles/{role_id}", {"name": "Hands", "color": 1})
    await walk.ask("ada", "PATCH", GUILD + "/roles", [{"id": top["id"], "position": 2}])
    doomed = await walk.ask("ada", "POST", GUILD + "/roles", {"name": "Doomed"})
    await walk.ask("ada", "DELETE", GUILD + "/roles/{role_id}", role_id=doomed["id"])


async def channels(walk: Walk) -> None:
    kinds = {
        "category": {"type": 4}, "text": {"type": 0, "topic": "all of it", "rate_limit_per_user": 5},
        "news": {"type": 5}, "voice": {"type": 2, "bitrate": 64000, "user_limit": 5}, "stage": {"type": 13},
        "forum": {"type": 15, "available_tags": [{"name": "help"}], "default_sort_order": 1},
        "media": {"type": 16},
    }  # fmt: skip
    for name, body in kinds.items():
        made = await walk.ask("ada", "POST", GUILD + "/channels", {"name": name, **body}, reason="more room")
        walk.ids[name] = made["id"]
        await walk.ask("ada", "GET", CHANNEL, channel_id=made["id"])
        await walk.ask("ada", "PATCH", CHANNEL, {"name": f"{name}-two"}, channel_id=made["id"])
    overwrite = {"type": 0, "allow": "1024", "deny": "2048"}
    path = CHANNEL + "/permissions/{overwrite_id}"
    ids = {"channel_id": walk.ids["text"], "overwrite_id": walk.ids["role_id"]}
    await walk.ask("ada", "PUT", path, overwrite, **ids)
    moved = [{"id": walk.ids["text"], "position": 3, "parent_id": walk.ids["category"]}]
    await walk.ask("ada", "PATCH", GUILD + "/channels", moved)
    await walk.ask("ada", "GET", GUILD + "/channels")
    await walk.ask("ada", "DELETE", path, **ids)
    doomed = await walk.ask("ada", "POST", GUILD + "/channels", {"name": "doomed"})
    await walk.ask("ada", "DELETE", CHANNEL, channel_id=doomed["id"])
    await walk.ask("ada", "POST", CHANNEL + "/typing")
    await walk.ask("ada", "PUT", CHANNEL + "/voice-status", {"status": "busy"}, channel_id=walk.ids["voice"])


async def members(walk: Walk) -> None:
    await walk.ask("ada", "GET", GUILD + "/members", query={"limit": 100})
    await walk.ask("ada", "GET", GUILD + "/members/search", query={"query": "bo"})
    await walk.ask("ada", "GET", GUILD + "/members/{user_id}")
    await walk.ask("ada", "PUT", GUILD + "/members/{user_id}/roles/{role_id}", reason="welcome")
    await walk.ask("ada", "DELETE", GUILD + "/members/{user_id}/roles/{role_id}")
    edit = {"nick": "Bobby", "roles": [walk.ids["role_id"]], "communication_disabled_until": in_hours(1)}
    await walk.ask("ada", "PATCH", GUILD + "/members/{user_id}", edit)
    await walk.ask("ada", "PATCH", GUILD + "/members/{user_id}", {"communication_disabled_until": None})
    await walk.ask("bob", "PATCH", GUILD + "/members/@me", {"nick": "Robert"})
    await walk.ask("ada", "GET", GUILD + "/prune", query={"days": 7})
    await walk.ask("ada", "POST", GUILD + "/prune", {"days": 30, "compute_prune_count": True})
    await walk.ask("ada", "DELETE", GUILD + "/members/{eve}", reason="too loud")
    guest = await walk.server.command("bot", "create", "guest")
    listed = await walk.ask("ada", "GET", GUILD + "/integrations")
    (integration,) = [each for each in listed if each["application"]["id"] == guest["id"]]
    one = GUILD + "/integrations/{integration_id}"
    await walk.ask("ada", "DELETE", one, integration_id=integration["id"])


async def bans(walk: Walk) -> None:
    await walk.ask("ada", "PUT", GUILD + "/bans/{mallory}", {"delete_message_seconds": 60}, reason="spam")
    await walk.ask("ada", "GET", GUILD + "/bans")
    await walk.ask("ada", "GET", GUILD + "/bans/{mallory}")
    await walk.ask("ada", "DELETE", GUILD + "/bans/{mallory}")
    await walk.ask("ada", "POST", GUILD + "/bulk-ban", {"user_ids": [walk.ids["mallory"]]})
    await walk.ask("ada", "GET", GUILD + "/bans", query={"limit": 1})


async def invites(walk: Walk) -> None:
    invite = await walk.ask("ada", "POST", CHANNEL + "/invites", {"max_age": 3600, "max_uses": 2})
    await walk.ask("ada", "GET", CHANNEL + "/invites")
    await walk.ask("ada", "GET", GUILD + "/invites")
    await walk.ask("nobody", "GET", "/invites/{code}", query={"with_counts": "true"}, code=invite["code"])
    await walk.ask("eve", "POST", "/invites/{code}", {}, code=invite["code"], wanted=200)
    await walk.ask("ada", "DELETE", "/invites/{code}", code=invite["code"])
    await walk.ask("ada", "GET", GUILD + "/vanity-url")
    for until in (in_hours(1), None):
        stopped = {"invites_disabled_until": until, "dms_disabled_until": until}
        await walk.ask("ada", "PUT", GUILD + "/incident-actions", stopped)
        await walk.ask("ada", "GET", GUILD)


async def messages(walk: Walk) -> None:
    hello = {"content": f"hello <@{walk.ids['bob']}>"}
    sent = await walk.ask("ada", "POST", CHANNEL + "/messages", hello)
    walk.ids["message_id"] = sent["id"]
    embeds = [{
        "title": "t", "description": "d", "url": "https://chat.example", "color": 255,
        "timestamp": in_hours(0), "footer": {"text": "f"}, "author": {"name": "a"},
        "fields": [{"name": "n", "value": "v", "inline": True}],
    }]  # fmt: skip
    await walk.ask("robo", "POST", CHANNEL + "/messages", {"content": "look", "embeds": embeds})
    reply = {"content": "indeed", "message_reference": {"message_id": sent["id"]}, "nonce": "1"}
    await walk.ask("bob", "POST", CHANNEL + "/messages", reply)
    forwarded = {"type": 1, "message_id": sent["id"], "channel_id": walk.ids["channel_id"]}
    await walk.ask("bob", "POST", CHANNEL + "/messages", {"message_reference": forwarded})
    await walk.ask("ada", "PATCH", MESSAGE, {"content": "hello again"})
    await walk.ask("ada", "GET", MESSAGE)
    await walk.ask("ada", "GET", CHANNEL + "/messages", query={"limit": 100})
    doomed = [await walk.ask("ada", "POST", CHANNEL + "/messages", {"content": str(n)}) for n in range(3)]
    await walk.ask("ada", "DELETE", MESSAGE, message_id=doomed.pop()["id"])
    body = {"messages": [message["id"] for message in doomed]}
    await walk.ask("ada", "POST", CHANNEL + "/messages/bulk-delete", body)


async def attachments(walk: Walk) -> None:
    form = aiohttp.FormData()
    described = {"content": "a picture", "attachments": [{"id": 0, "description": "black"}]}
    form.add_field("payload_json", json.dumps(described), content_type="application/json")
    form.add_field("files[0]", png(), filename="black.png", content_type="image/png")
    sent = await walk.ask("ada", "POST", CHANNEL + "/messages", form=form)
    await walk.ask("ada", "GET", MESSAGE, message_id=sent["id"])
    kept = {"content": "the same", "attachments": [{"id": sent["attachments"][0]["id"]}]}
    await walk.ask("ada", "PATCH", MESSAGE, kept, message_id=sent["id"])


async def pins(walk: Walk) -> None:
    await walk.ask("ada", "PUT", CHANNEL + "/messages/pins/{message_id}", reason="important")
    await walk.ask("ada", "GET", CHANNEL + "/messages/pins")
    await walk.ask("ada", "GET", CHANNEL + "/pins")
    await walk.ask("ada", "DELETE", CHANNEL + "/messages/pins/{message_id}")
    await walk.ask("ada", "PUT", CHANNEL + "/pins/{message_id}")
    await walk.ask("ada", "DELETE", CHANNEL + "/pins/{message_id}")
    await walk.ask("ada", "GET", CHANNEL + "/messages", query={"limit": 10})  # with what the pinning has said


async def emojis(walk: Walk) -> None:
    body = {"name": "black", "image": data_uri(png())}
    emoji = await walk.ask("ada", "POST", GUILD + "/emojis", body)
    walk.ids["emoji_id"] = emoji["id"]
    await walk.ask("ada", "GET", GUILD + "/emojis")
    await walk.ask("ada", "GET", GUILD + "/emojis/{emoji_id}")
    await walk.ask("ada", "PATCH", GUILD + "/emojis/{emoji_id}", {"name": "night"})
    doomed = await walk.ask("ada", "POST", GUILD + "/emojis", {**body, "name": "doomed"})
    await walk.ask("ada", "DELETE", GUILD + "/emojis/{emoji_id}", emoji_id=doomed["id"])
    own = "/applications/{application_id}/emojis"
    walk.ids["application_id"] = walk.ids["robo"]
    emoji = await walk.ask("robo", "POST", own, body)
    await walk.ask("robo", "GET", own)
    await walk.ask("robo", "GET", own + "/{emoji_id}", emoji_id=emoji["id"])
    await walk.ask("robo", "PATCH", own + "/{emoji_id}", {"name": "noir"}, emoji_id=emoji["id"])
    await walk.ask("robo", "DELETE", own + "/{emoji_id}", emoji_id=emoji["id"])


async def reactions(walk: Walk) -> None:
    path = MESSAGE + "/reactions/{emoji_name}"
    custom = quote(f"night:{walk.ids['emoji_id']}")
    for emoji_name in (THUMB, custom):
        await walk.ask("ada", "PUT", path + "/@me", emoji_name=emoji_name)
        await walk.ask("bob", "PUT", path + "/@me", emoji_name=emoji_name)
        await walk.ask("ada", "GET", path, emoji_name=emoji_name)
    await walk.ask("ada", "GET", MESSAGE)
    await walk.ask("ada", "DELETE", path + "/@me", emoji_name=THUMB)
    await walk.ask("ada", "DELETE", path + "/{user_id}", emoji_name=THUMB)
    await walk.ask("ada", "DELETE", path, emoji_name=custom)
    await walk.ask("ada", "DELETE", MESSAGE + "/reactions")


async def polls(walk: Walk) -> None:
    answers = [{"poll_media": {"text": "yes"}}, {"poll_media": {"text": "no", "emoji": {"name": "👎"}}}]
    poll = {"question": {"text": "again?"}, "answers": answers, "duration": 1, "allow_multiselect": False}
    sent = await walk.ask("ada", "POST", CHANNEL + "/messages", {"poll": poll})
    path = "/channels/{channel_id}/polls/{message_id}"
    vote = path + "/answers/{answer_id}/votes/@me"
    await walk.ask("bob", "PUT", vote, message_id=sent["id"], answer_id=1, wanted=204)
    await walk.ask("ada", "GET", path + "/answers/{answer_id}", message_id=sent["id"], answer_id=1)
    await walk.ask("ada", "POST", path + "/expire", message_id=sent["id"])
    await walk.ask("ada", "GET", CHANNEL + "/messages", query={"limit": 5})


async def stickers(walk: Walk) -> None:
    form = aiohttp.FormData()
    for name, value in {"name": "black", "description": "all of it", "tags": "night"}.items():
        form.add_field(name, value)
    form.add_field("file", png(320, 320), filename="black.png", content_type="image/png")
    sticker = await walk.ask("ada", "POST", GUILD + "/stickers", form=form)
    walk.ids["sticker_id"] = sticker["id"]
    await walk.ask("ada", "GET", GUILD + "/stickers")
    await walk.ask("ada", "GET", GUILD + "/stickers/{sticker_id}")
    await walk.ask("ada", "PATCH", GUILD + "/stickers/{sticker_id}", {"name": "night"})
    await walk.ask("ada", "GET", "/stickers/{sticker_id}")
    await walk.ask("ada", "POST", CHANNEL + "/messages", {"sticker_ids": [sticker["id"]]})
    await walk.ask("ada", "DELETE", GUILD + "/stickers/{sticker_id}")


async def announcements(walk: Walk) -> None:
    news = walk.ids["news"]
    body = {"webhook_channel_id": walk.ids["channel_id"]}
    follower = await walk.ask("ada", "POST", CHANNEL + "/followers", body, channel_id=news)
    await walk.ask("ada", "GET", CHANNEL + "/webhooks")
    await walk.ask("ada", "GET", GUILD + "/webhooks")
    await walk.ask("ada", "GET", "/webhooks/{webhook_id}", webhook_id=follower["webhook_id"])
    sent = await walk.ask("ada", "POST", CHANNEL + "/messages", {"content": "news"}, channel_id=news)
    await walk.ask("ada", "POST", MESSAGE + "/crosspost", channel_id=news, message_id=sent["id"])
    await walk.ask("ada", "DELETE", "/webhooks/{webhook_id}", webhook_id=follower["webhook_id"])
    await walk.ask("ada", "GET", CHANNEL + "/messages", query={"limit": 5})


async def webhooks(walk: Walk) -> None:
    """Whoever has a token needs no other: what it opens is asked for by nobody."""
    body = {"name": "News", "avatar": data_uri(png())}
    webhook = await walk.ask("robo", "POST", CHANNEL + "/webhooks", body, reason="to hear of it")
    ids = {"webhook_id": webhook["id"], "webhook_token": webhook["token"]}
    await walk.ask("ada", "GET", CHANNEL + "/webhooks")
    await walk.ask("ada", "GET", GUILD + "/webhooks")
    await walk.ask("ada", "GET", "/webhooks/{webhook_id}", **ids)
    await walk.ask("ada", "PATCH", "/webhooks/{webhook_id}", {"channel_id": walk.ids["text"]}, **ids)
    await walk.ask("nobody", "GET", WEBHOOK, **ids)
    await walk.ask("nobody", "PATCH", WEBHOOK, {"name": "Olds", "avatar": None}, **ids)
    await webhook_messages(walk, ids)
    await walk.ask("nobody", "DELETE", WEBHOOK, **ids)
    webhook = await walk.ask("ada", "POST", CHANNEL + "/webhooks", {"name": "Brief"})
    await walk.ask("ada", "DELETE", "/webhooks/{webhook_id}", webhook_id=webhook["id"])


async def webhook_messages(walk: Walk, ids: dict[str, str]) -> None:
    """In the channel, in a thread of it, and in a forum as a post."""
    text = {"channel_id": walk.ids["text"]}
    body = {
        "content": f"news for <@{walk.ids['bob']}>", "username": "Ticker", "embeds": [{"title": "all of it"}],
        "allowed_mentions": {"parse": []}, "avatar_url": "http://127.0.0.1/nobody-is-there.png",
    }  # fmt: skip
    await walk.ask("nobody", "POST", WEBHOOK, {"content": "not waited for"}, **ids)
    slack = {"text": "deployed", "attachments": [{"title": "build", "color": "good"}]}
    await walk.ask("nobody", "POST", WEBHOOK + "/slack", slack, **ids)
    await walk.ask("nobody", "POST", WEBHOOK + "/github", {"sender": {"login": "ada", "id": 1}}, **ids)
    sent = await walk.ask("nobody", "POST", WEBHOOK, body, query={"wait": "true"}, **ids)
    one, posted = {**ids, "message_id": sent["id"]}, WEBHOOK + "/messages/{message_id}"
    await walk.ask("nobody", "GET", posted, **one)
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps({"content": "with a picture"}))
    form.add_field("files[0]", png(), filename="news.png", content_type="image/png")
    await walk.ask("nobody", "PATCH", posted, form=form, **one)
    await walk.ask("bob", "GET", CHANNEL + "/messages", **text)
    thread = await walk.ask("ada", "POST", CHANNEL + "/threads", {"name": "aside", "type": 11}, **text)
    there = {"thread_id": thread["id"]}
    poll = {"question": {"text": "really?"}, "answers": [{"poll_media": {"text": "yes"}}], "duration": 1}
    sent = await walk.ask("nobody", "POST", WEBHOOK, {"poll": poll}, query={"wait": "true", **there}, **ids)
    await walk.ask("nobody", "GET", posted, query=there, **ids, message_id=sent["id"])
    await walk.ask("nobody", "DELETE", posted, query=there, **ids, message_id=sent["id"])
    await walk.ask("ada", "DELETE", "/channels/{thread_id}", **there)
    await walk.ask("nobody", "DELETE", posted, **one)


async def threads(walk: Walk) -> None:
    started = await walk.ask("ada", "POST", MESSAGE + "/threads", {"name": "aside"})
    thread = {"channel_id": started["id"]}
    await walk.ask("bob", "POST", CHANNEL + "/messages", {"content": "inside"}, **thread)
    await walk.ask("ada", "GET", MESSAGE)
    await walk.ask("ada", "GET", CHANNEL, **thread)
    await walk.ask("ada", "GET", CHANNEL + "/messages", **thread)
    await walk.ask("bob", "PUT", CHANNEL + "/thread-members/@me", **thread)
    await walk.ask("ada", "PUT", CHANNEL + "/thread-members/{user_id}", user_id=walk.ids["robo"], **thread)
    await walk.ask("ada", "GET", CHANNEL + "/thread-members", **thread)
    await walk.ask("ada", "GET", CHANNEL + "/thread-members", query={"with_member": "true"}, **thread)
    await walk.ask("ada", "GET", CHANNEL + "/thread-members/{user_id}", **thread)
    await walk.ask("ada", "DELETE", CHANNEL + "/thread-members/{user_id}", user_id=walk.ids["robo"], **thread)
    await walk.ask("bob", "DELETE", CHANNEL + "/thread-members/@me", **thread)
    private = await walk.ask("ada", "POST", CHANNEL + "/threads", {"name": "quiet", "type": 12})
    post = {"name": "help", "message": {"content": "how?"}, "auto_archive_duration": 1440}
    await walk.ask("ada", "POST", CHANNEL + "/threads", post, channel_id=walk.ids["forum"])
    await walk.ask("ada", "GET", GUILD + "/threads/active")
    for each in (started, private):
        await walk.ask("ada", "PATCH", CHANNEL, {"archived": True}, channel_id=each["id"])
    await walk.ask("ada", "GET", CHANNEL + "/threads/archived/public")
    await walk.ask("ada", "GET", CHANNEL + "/threads/archived/private")
    await walk.ask("ada", "GET", CHANNEL + "/users/@me/threads/archived/private")
    await walk.ask("ada", "GET", CHANNEL + "/threads/search", channel_id=walk.ids["forum"])
    await walk.ask("ada", "DELETE", CHANNEL, channel_id=private["id"])


async def direct_messages(walk: Walk) -> None:
    opened = await walk.ask("ada", "POST", "/users/@me/channels", {"recipient_id": walk.ids["bob"]})
    await walk.ask("ada", "GET", CHANNEL, channel_id=opened["id"])
    await walk.ask("ada", "POST", CHANNEL + "/messages", {"content": "psst"}, channel_id=opened["id"])
    await walk.ask("ada", "GET", CHANNEL + "/messages", channel_id=opened["id"])
    await walk.ask("ada", "GET", "/users/@me/channels", wanted=200)
    both = {"recipients": [walk.ids["bob"], walk.ids["eve"]]}
    group = await walk.ask("ada", "POST", "/users/@me/channels", both)
    await walk.ask("ada", "PATCH", CHANNEL, {"name": "three"}, channel_id=group["id"])
    path = CHANNEL + "/recipients/{user_id}"
    await walk.ask("ada", "DELETE", path, channel_id=group["id"], user_id=walk.ids["eve"])
    await walk.ask("ada", "PUT", path, channel_id=group["id"], user_id=walk.ids["eve"])
    await walk.ask("ada", "GET", CHANNEL + "/messages", channel_id=group["id"])
    await walk.ask("eve", "DELETE", CHANNEL, channel_id=group["id"])


async def search(walk: Walk) -> None:
    await walk.ask("ada", "GET", GUILD + "/messages/search", query={"content": "hello"})


async def scheduled_events(walk: Walk) -> None:
    path = GUILD + "/scheduled-events"
    times = {"scheduled_start_time": in_hours(1), "scheduled_end_time": in_hours(2), "privacy_level": 2}
    outside = {"name": "picnic", "entity_type": 3, "entity_metadata": {"location": "the park"}, **times}
    event = await walk.ask("ada", "POST", path, outside)
    talk = {"name": "talk", "entity_type": 2, "channel_id": walk.ids["voice"], **times}
    await walk.ask("ada", "POST", path, talk)
    await walk.ask("ada", "POST", path, {**talk, "entity_type": 1, "channel_id": walk.ids["stage"]})
    one = path + "/{guild_scheduled_event_id}"
    ids = {"guild_scheduled_event_id": event["id"]}
    await walk.ask("bob", "PUT", one + "/users/@me", wanted=200, **ids)
    await walk.ask("ada", "GET", path, query={"with_user_count": "true"})
    await walk.ask("ada", "GET", one, query={"with_user_count": "true"}, **ids)
    await walk.ask("ada", "GET", one + "/users", query={"with_member": "true"}, **ids)
    await walk.ask("ada", "GET", one + "/users/counts", **ids)
    await walk.ask("ada", "PATCH", one, {"description": "bring cake"}, **ids)
    await walk.ask("ada", "DELETE", one, **ids)


async def stages_and_sounds(walk: Walk) -> None:
    stage = {"channel_id": walk.ids["stage"]}
    await walk.ask("ada", "POST", "/stage-instances", {"topic": "questions", **stage})
    await walk.ask("ada", "GET", "/stage-instances/{channel_id}", **stage)
    await walk.ask("ada", "PATCH", "/stage-instances/{channel_id}", {"topic": "answers"}, **stage)
    await walk.ask("ada", "DELETE", "/stage-instances/{channel_id}", **stage)
    path = GUILD + "/soundboard-sounds"
    sound = await walk.ask("ada", "POST", path, {"name": "tick", "sound": data_uri(mp3(), "audio/mpeg")})
    await walk.ask("ada", "GET", path)
    await walk.ask("ada", "GET", path + "/{sound_id}", sound_id=sound["sound_id"])
    await walk.ask("ada", "PATCH", path + "/{sound_id}", {"name": "tock"}, sound_id=sound["sound_id"])
    await walk.ask("ada", "DELETE", path + "/{sound_id}", sound_id=sound["sound_id"])


async def voice(walk: Walk) -> None:
    """Somebody has to be on a stage, or in a voice channel, and it takes a gateway session to get there."""
    stage, path = walk.ids["stage"], GUILD + "/voice-states/{user_id}"
    tick = {"name": "tick", "sound": data_uri(mp3(), "audio/mpeg")}
    sound = await walk.ask("ada", "POST", GUILD + "/soundboard-sounds", tick)
    async with listening(walk.server.url, walk.tokens["bob"]) as gateway:
        join = {"guild_id": walk.ids["guild_id"], "channel_id": stage, "self_mute": False, "self_deaf": False}
        await gateway.send(4, join)
        await gateway.dispatch("VOICE_STATE_UPDATE")
        await walk.ask("bob", "GET", GUILD + "/voice-states/@me")
        await walk.ask("ada", "GET", path)
        await walk.ask("ada", "PATCH", path, {"channel_id": stage, "suppress": False})
        await walk.ask("bob", "PATCH", GUILD + "/voice-states/@me", {"channel_id": stage, "suppress": True})
        await gateway.send(4, {**join, "channel_id": walk.ids["voice"]})
        await gateway.dispatch("VOICE_STATE_UPDATE", lambda d: d["channel_id"] == walk.ids["voice"])
        play = {"sound_id": sound["sound_id"]}
        await walk.ask("bob", "POST", CHANNEL + "/send-soundboard-sound", play, channel_id=walk.ids["voice"])


async def auto_moderation(walk: Walk) -> None:
    path = GUILD + "/auto-moderation/rules"
    block, alert = {"type": 1}, {"type": 2, "metadata": {"channel_id": walk.ids["channel_id"]}}
    time_out = {"type": 3, "metadata": {"duration_seconds": 60}}
    keywords = {"keyword_filter": ["grue*"], "regex_patterns": ["gr+ue"], "allow_list": ["gruel"]}
    kinds = [
        (1, keywords, [{**block, "metadata": {"custom_message": "It is dark."}}, alert, time_out]),
        (3, None, [block]),
        (4, {"presets": [1, 2, 3], "allow_list": []}, [block, alert]),
        (5, {"mention_total_limit": 5, "mention_raid_protection_enabled": True}, [block]),
        (6, {**keywords, "regex_patterns": []}, [{"type": 4}]),
    ]
    for kind, metadata, actions in kinds:
        body = {"name": "darkness", "event_type": 1 + (kind == 6), "trigger_type": kind, "actions": actions,
                "trigger_metadata": metadata}  # fmt: skip
        rule = await walk.ask("ada", "POST", path, body, reason="a torch is needed")
    await walk.ask("ada", "GET", path)
    await walk.ask("ada", "GET", path + "/{rule_id}", rule_id=rule["id"])
    await walk.ask("ada", "PATCH", path + "/{rule_id}", {"enabled": True}, rule_id=rule["id"])
    await walk.ask("ada", "GET", GUILD + "/audit-logs", query={"action_type": 140})
    await walk.ask("ada", "DELETE", path + "/{rule_id}", rule_id=rule["id"])
    telling = {"name": "telling", "event_type": 1, "trigger_type": 1, "actions": [alert], "enabled": True,
               "trigger_metadata": {"keyword_filter": ["lantern"]}}  # fmt: skip
    rule = await walk.ask("ada", "POST", path, telling)
    await walk.ask("bob", "POST", CHANNEL + "/messages", {"content": "a lantern!"})
    await walk.ask("ada", "GET", CHANNEL + "/messages", query={"limit": 2})  # with the alert
    await walk.ask("ada", "GET", GUILD + "/audit-logs", query={"action_type": 144})
    await walk.ask("ada", "DELETE", path + "/{rule_id}", rule_id=rule["id"])


async def commands(walk: Walk) -> None:
    """Globally, then in the guild; of each type, with every type of option."""
    everywhere = "/applications/{robo}/commands"
    in_guild = "/applications/{robo}/guilds/{guild_id}/commands"
    names = {"name_localizations": {"de": "rolle"}, "description_localizations": {"de": "Wirf Würfel"}}
    scalars = [
        {"type": 3, "name": "text", "required": True, "min_length": 1, "max_length": 5, **names},
        {"type": 3, "name": "typed", "autocomplete": True},
        {"type": 4, "name": "dice", "min_value": 1, "max_value": 6,
         "choices": [{"name": "One", "value": 1, "name_localizations": {"de": "Eins"}}]},
        {"type": 10, "name": "odds", "min_value": 0.5}, {"type": 5, "name": "quiet"},
        {"type": 6, "name": "who"}, {"type": 7, "name": "where", "channel_types": [0, 5, 15]},
        {"type": 8, "name": "role"}, {"type": 9, "name": "any"}, {"type": 11, "name": "file"},
    ]  # fmt: skip
    roll = {"name": "roll", "description": "Roll dice", **names, "default_member_permissions": "2048",
            "contexts": [0, 1], "integration_types": [0], "nsfw": False,
            "options": [{"description": "-", **each} for each in scalars]}  # fmt: skip
    sub = {"type": 1, "name": "add", "description": "-", "options": [roll["options"][0]]}
    group = {"type": 2, "name": "role", "description": "-", "options": [sub]}
    menus = [{"type": 2, "name": "High Five"}, {"type": 3, "name": "Pin it", "description": ""}]
    for path in (everywhere, in_guild):
        made = await walk.ask("robo", "POST", path, roll, wanted=201)
        await walk.ask("robo", "POST", path, {**roll, "description": "Roll them"}, wanted=200)
        tree = {"name": "crew", "description": "-", "options": [sub, group]}
        await walk.ask("robo", "PUT", path, [roll, tree, *menus])
        await walk.ask("robo", "GET", path)
        await walk.ask("robo", "GET", path, query={"with_localizations": "true"})
        one = {"command_id": made["id"]}
        await walk.ask("robo", "GET", path + "/{command_id}", **one)
        await walk.ask("robo", "PATCH", path + "/{command_id}", {"description": "Roll"}, **one)
    said = {"permissions": [{"id": walk.ids["bob"], "type": 2, "permission": False}]}
    await walk.ask("ada", "PUT", in_guild + "/{command_id}/permissions", said, **one)
    await walk.ask("robo", "GET", in_guild + "/{command_id}/permissions", **one)
    await walk.ask("robo", "GET", in_guild + "/permissions")
    await walk.ask("ada", "GET", GUILD + "/application-command-index", wanted=200)
    await walk.ask("ada", "GET", CHANNEL + "/application-command-index", wanted=200)
    await walk.ask("ada", "GET", GUILD + "/audit-logs", query={"action_type": 121})
    await walk.ask("robo", "DELETE", in_guild + "/{command_id}", **one)
    (first, *_) = await walk.ask("robo", "GET", everywhere)
    await walk.ask("robo", "DELETE", everywhere + "/{command_id}", command_id=first["id"])


async def interactions(walk: Walk) -> None:
    """Each kind, answered in each way that there is; then what follows, edited and taken away."""
    ping = {"name": "ping", "description": "-",
            "options": [{"type": 3, "name": "text", "description": "-", "autocomplete": True}]}  # fmt: skip
    ping = await walk.ask("robo", "POST", "/applications/{robo}/guilds/{guild_id}/commands", ping)
    callback = "/interactions/{interaction_id}/{interaction_token}/callback"
    original = WEBHOOK + "/messages/@original"
    asked: set[str] = set()
    async with listening(walk.server.url, walk.tokens["robo"]) as gateway:

        async def made(kind: int, data: dict[str, Any], **body: Any) -> dict[str, str]:
            """Have ada ask, and robo hear of it: the ids by which it answers."""
            body |= {"type": kind, "application_id": walk.ids["robo"], "channel_id": walk.ids["channel_id"]}
            await walk.ask("ada", "POST", "/interactions", {**body, "data": data}, wanted=204)
            d = await gateway.dispatch("INTERACTION_CREATE", lambda d: d["id"] not in asked)
            asked.add(d["id"])
            return {"interaction_id": d["id"], "interaction_token": d["token"],
                    "webhook_id": walk.ids["robo"], "webhook_token": d["token"]}  # fmt: skip

        async def answered(ids: dict[str, str], kind: int, **data: Any) -> Any:
            body, query = {"type": kind, "data": data}, {"with_response": "true"}
            return await walk.ask("nobody", "POST", callback, body, query=query, **ids)

        button = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Press", "custom_id": "b"}]}
        used = {"id": ping["id"], "options": [{"type": 3, "name": "text", "value": "hi"}]}
        ids = await made(2, used)
        told = await answered(ids, 4, content="pong", components=[button], embeds=[{"title": "hi"}])
        message = told["resource"]["message"]
        await walk.ask("nobody", "GET", original, **ids)
        await walk.ask("nobody", "PATCH", original, {"content": "edited"}, **ids)
        secret, wait = {"content": "more", "flags": 64}, {"wait": 1}
        more = await walk.ask("nobody", "POST", WEBHOOK, secret, query=wait, **ids)
        one = {**ids, "message_id": more["id"]}
        await walk.ask("nobody", "GET", WEBHOOK + "/messages/{message_id}", **one)
        await walk.ask("nobody", "PATCH", WEBHOOK + "/messages/{message_id}", {"content": "less"}, **one)
        await walk.ask("nobody", "DELETE", WEBHOOK + "/messages/{message_id}", **one)
        press = {"custom_id": "b", "component_type": 2}
        on_message = {"message_id": message["id"], "message_flags": 0}
        await answered(await made(3, press, **on_message), 7, content="pressed")
        await answered(await made(3, press, **on_message), 6)
        await walk.ask("nobody", "POST", WEBHOOK, {"content": "open"}, query=wait, **ids)
        field = {"type": 4, "custom_id": "name", "style": 1}
        form = {"custom_id": "form", "title": "Form",
                "components": [{"type": 18, "label": "Name", "component": field}]}  # fmt: skip
        ids = await made(2, used)
        await answered(ids, 9, **form)
        sent = {"id": ids["interaction_id"], "custom_id": "form",
                "components": [{"type": 18, "component": {"type": 4, "custom_id": "name", "value": "Ada"}}]}
        ids = await made(5, sent)
        await answered(ids, 5, flags=64)
        await walk.ask("nobody", "PATCH", original, {"content": "Ada"}, **ids)
        typed = {"id": ping["id"], "options": [{**used["options"][0], "focused": True}]}
        ids = await made(4, typed)
        body = {"type": 8, "data": {"choices": [{"name": "hi", "value": "hi"}]}}
        await walk.ask("nobody", "POST", callback, body, **ids)
        ids = await made(2, used)
        await answered(ids, 4, content="pong")
        await walk.ask("ada", "GET", CHANNEL + "/messages")
        await walk.ask("nobody", "DELETE", original, **ids)


async def the_log(walk: Walk) -> None:
    """Last, when there is something in it."""
    for action_type in (None, 10, 22, 31):
        query = {} if action_type is None else {"action_type": action_type}
        await walk.ask("ada", "GET", GUILD + "/audit-logs", query=query)
    await walk.ask("eve", "DELETE", "/users/@me/guilds/{guild_id}")


PARTS = [
    people, discovery, users, guilds, roles, channels, members, bans, invites, messages, attachments, pins,
    emojis, reactions, polls, stickers, announcements, webhooks, threads, direct_messages, search,
    scheduled_events, stages_and_sounds, voice, auto_moderation, commands, interactions, the_log,
]  # fmt: skip
