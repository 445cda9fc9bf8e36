"""Every row of the table, called at least once, over HTTP and through the gateway's REQUEST."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from chatd.actions import tokens, voice_states
from chatd.model.actor import Actor
from chatd.model.voice_states import VoiceStateDraft
from chatd.rest import LimitSettings
from chatd.rest.table import ROUTES
from tests.interacting import Application, listen, make_command, use
from tests.people import Heard
from tests.pictures import data_uri, png
from tests.rest.asking import MULTIPART, Client, Reply, form_of
from tests.rest.conftest import PASSWORD, Place
from tests.rooms import stage, voice
from tests.sounds import ogg

PICTURE = data_uri(png())
EVENT = {
    "name": "party", "privacy_level": 2, "entity_type": 3, "entity_metadata": {"location": "here"},
    "scheduled_start_time": "2035-01-01T20:00:00Z", "scheduled_end_time": "2035-01-01T23:00:00Z",
}  # fmt: skip
SOUND = data_uri(ogg(), "audio/ogg")

RULES = "/guilds/{guild_id}/auto-moderation/rules"
RULE = {"name": "words", "event_type": 1, "trigger_type": 1, "actions": [{"type": 1}]}
COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
COMMAND = {"name": "echo", "description": "Say it again"}
POLL = "/channels/{channel_id}/polls/{message_id}"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
POSTED = WEBHOOK + "/messages/{message_id}"
ORIGINAL = WEBHOOK + "/messages/@original"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
USE = {"type": 2, "application_id": "{application_id}", "channel_id": "{channel_id}",
       "data": {"id": "{command_id}"}}  # fmt: skip
REACTION = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"

# Method and path, who calls, the body, the status, and what the answer must hold.
CALLS: list[tuple[str, str, str, Any, int, Any]] = [
    ("GET", "/auth/policy", "nobody", None, 200, ["registration", "server_name", "needs_setup"]),
    ("GET", "/auth/session", "ada", None, 200, {"username": "ada"}),
    ("POST", "/auth/register", "nobody", {"username": "cleo", "password": PASSWORD}, 201, ["token", "user"]),
    ("POST", "/auth/login", "nobody", {"login": "ada", "password": PASSWORD}, 200, ["token", "user"]),
    ("POST", "/auth/setup", "nobody", {"username": "eve", "password": PASSWORD, "secret": "no"}, 403,
     {"code": 10020}),
    ("POST", "/auth/logout", "bob", None, 204, None),
    ("POST", "/auth/reset-password", "nobody", {"token": "no", "password": PASSWORD}, 403, {"code": 10020}),
    ("PATCH", "/auth/account", "bob", {"password": PASSWORD, "email": "b@chat.example"}, 200,
     {"email": "b@chat.example", "admin": False}),
    ("GET", "/auth/sessions", "bob", None, 200, ["sessions"]),
    ("DELETE", "/auth/sessions", "bob", None, 204, None),
    ("DELETE", "/auth/sessions/{session}", "bob", None, 404, {"code": 0}),
    ("GET", "/admin/users?kind=people", "ada", None, 200, {"total": 2}),
    ("POST", "/admin/users", "ada", {"username": "cleo"}, 201, ["user", "link"]),
    ("GET", "/admin/users/{user_id}", "ada", None, 200, {"username": "bob", "session_count": 1}),
    ("PATCH", "/admin/users/{user_id}", "ada", {"admin": True}, 200, {"admin": True}),
    ("DELETE", "/admin/users/{user_id}", "ada", None, 204, None),
    ("POST", "/admin/users/{user_id}/password-link", "ada", None, 201, ["token", "url", "expires_at"]),
    ("DELETE", "/admin/users/{user_id}/sessions", "ada", None, 204, None),
    ("GET", "/admin/settings", "ada", None, 200, {"server_name": "Tests", "registration": "open"}),
    ("PATCH", "/admin/settings", "ada", {"welcome": "Come in."}, 200, {"welcome": "Come in."}),
    ("POST", "/admin/announcements", "ada", {"content": "Tea at four."}, 201, ["messages"]),
    ("GET", "/admin/bots", "ada", None, 200, ["bots"]),
    ("POST", "/admin/bots/{user_id}/token", "ada", None, 404, {"code": 10002}),
    ("DELETE", "/admin/bots/{user_id}", "ada", None, 404, {"code": 10002}),
    ("GET", "/admin/storage", "ada", None, 200, ["database", "files", "journal", "messages"]),
    ("GET", "/admin/connections", "ada", None, 200, {"gateway": [], "sockets": {}}),
    ("DELETE", "/admin/connections/{connection}", "ada", None, 404, {"code": 0}),
    ("GET", "/admin/server", "ada", None, 200, ["versions", "uptime_s", "limits"]),
    ("GET", "/gateway", "nobody", None, 200, {"url": "ws://chat.example"}),
    ("GET", "/gateway/bot", "robo", None, 200, {"url": "ws://chat.example", "shards": 1}),
    ("GET", "/users/@me", "robo", None, 200, {"username": "robo", "bot": True}),
    ("PATCH", "/users/@me", "ada", {"global_name": "Countess"}, 200, {"global_name": "Countess"}),
    ("GET", "/users/{user_id}", "ada", None, 200, {"username": "bob"}),
    ("GET", "/users/@me/guilds", "ada", None, 200, [["id", "name", "owner", "permissions", "features"]]),
    ("GET", "/users/@me/guilds/{guild_id}/member", "ada", None, 200, ["roles", "joined_at", "user"]),
    ("GET", "/users/@me/channels", "ada", None, 200, []),
    ("POST", "/users/@me/channels", "ada", {"recipient_id": "{user_id}"}, 200, {"type": 1}),
    ("PUT", "/channels/{channel_id}/recipients/{user_id}", "ada", None, 400, {"code": 50024}),
    ("DELETE", "/channels/{channel_id}/recipients/{user_id}", "ada", None, 400, {"code": 50024}),
    ("GET", "/users/@me/settings", "ada", None, 200, {"theme": "dark", "status": "online"}),
    ("PATCH", "/users/@me/settings", "ada", {"theme": "light"}, 200, {"theme": "light", "locale": "en-US"}),
    ("PATCH", "/users/@me/guilds/settings", "ada", {"guilds": {}}, 400, {"code": 50035}),
    ("PATCH", "/users/@me/guilds/@me/settings", "ada", {"muted": True}, 200,
     {"guild_id": None, "muted": True}),
    ("PATCH", "/users/@me/guilds/{guild_id}/settings", "ada", {"suppress_roles": True}, 200,
     {"suppress_roles": True, "channel_overrides": []}),
    ("GET", "/users/@me/relationships", "ada", None, 200, []),
    ("POST", "/users/@me/relationships", "ada", {"username": "bob"}, 204, None),
    ("PUT", "/users/@me/relationships/{user_id}", "ada", {"type": 2}, 204, None),
    ("PATCH", "/users/@me/relationships/{user_id}", "ada", {"nickname": "Bobby"}, 400, {"code": 80006}),
    ("DELETE", "/users/@me/relationships/{user_id}", "ada", None, 404, {"code": 10013}),
    ("GET", "/applications/@me", "robo", None, 200, {"name": "robo"}),
    ("PATCH", "/applications/@me", "robo", {"description": "beeps"}, 200, {"description": "beeps"}),
    ("GET", "/oauth2/applications/@me", "robo", None, 200, {"name": "robo"}),
    ("GET", "/applications", "ada", None, 200, [["id", "name", "bot", "owner"]]),
    ("POST", "/applications", "bob", {"name": "gadget"}, 201, {"name": "gadget", "flags": 0}),
    ("GET", "/applications/{application_id}", "ada", None, 200, {"name": "robo"}),
    ("PATCH", "/applications/{application_id}", "ada", {"name": "Robo", "icon": PICTURE}, 200,
     {"name": "Robo"}),
    ("DELETE", "/applications/{application_id}", "ada", None, 204, None),
    ("POST", "/applications/{application_id}/delete", "ada", None, 204, None),
    ("PATCH", "/applications/{application_id}/bot", "ada", {"username": "Robo the bot"}, 200,
     {"username": "Robo the bot", "bot": True}),
    ("POST", "/applications/{application_id}/bot/reset", "ada", None, 200, ["token"]),
    ("GET", "/oauth2/authorize?client_id={application_id}", "ada", None, 200,
     ["application", "bot", "guilds", "user"]),
    ("GET", COMMANDS + "?with_localizations=true", "robo", None, 200, []),
    ("POST", COMMANDS, "robo", COMMAND, 201, {"name": "echo", "type": 1}),
    ("PUT", COMMANDS, "robo", [COMMAND], 200, [["id", "version"]]),
    ("GET", COMMANDS + "/{command_id}", "robo", None, 200, {"name": "echo"}),
    ("PATCH", COMMANDS + "/{command_id}", "robo", {"name": "again"}, 200, {"name": "again"}),
    ("DELETE", COMMANDS + "/{command_id}", "robo", None, 204, None),
    ("GET", GUILD_COMMANDS, "robo", None, 200, []),
    ("POST", GUILD_COMMANDS, "robo", COMMAND, 201, ["guild_id", "version"]),
    ("PUT", GUILD_COMMANDS, "robo", [], 200, []),
    ("GET", GUILD_COMMANDS + "/{command_id}", "robo", None, 200, {"name": "echo"}),
    ("PATCH", GUILD_COMMANDS + "/{command_id}", "robo", {"nsfw": True}, 200, {"nsfw": True}),
    ("DELETE", GUILD_COMMANDS + "/{command_id}", "robo", None, 204, None),
    ("GET", GUILD_COMMANDS + "/permissions", "ada", None, 200, []),
    ("GET", GUILD_COMMANDS + "/{command_id}/permissions", "robo", None, 404, {"code": 10066}),
    ("PUT", GUILD_COMMANDS + "/{command_id}/permissions", "ada", {"permissions": []}, 200,
     {"permissions": []}),
    ("GET", "/guilds/{guild_id}/application-command-index", "bob", None, 200, {"application_commands": []}),
    ("GET", "/channels/{channel_id}/application-command-index", "bob", None, 200,
     ["applications", "version"]),
    ("POST", "/guilds", "bob", {"name": "Home"}, 201, {"name": "Home"}),
    ("GET", "/guilds/{guild_id}", "ada", None, 200, {"name": "Tests"}),
    ("PATCH", "/guilds/{guild_id}", "ada", {"name": "House", "icon": PICTURE}, 200, {"name": "House"}),
    ("DELETE", "/guilds/{guild_id}", "ada", None, 403, {"code": 50013}),
    ("GET", "/guilds/{guild_id}/preview", "ada", None, 200, ["approximate_member_count", "features"]),
    ("DELETE", "/users/@me/guilds/{guild_id}", "bob", None, 204, None),
    ("GET", "/guilds/{guild_id}/members", "ada", None, 200, [["user", "roles"]]),
    ("GET", "/guilds/{guild_id}/members/search?query=bo", "ada", None, 200, [["user", "roles"]]),
    ("GET", "/guilds/{guild_id}/members/{user_id}", "ada", None, 200, ["user", "roles"]),
    ("PATCH", "/guilds/{guild_id}/members/{user_id}", "ada", {"nick": "Bobby"}, 200, {"nick": "Bobby"}),
    ("DELETE", "/guilds/{guild_id}/members/{user_id}", "ada", None, 204, None),
    ("PATCH", "/guilds/{guild_id}/members/@me", "bob", {"nick": "B", "avatar": PICTURE}, 200, {"nick": "B"}),
    ("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", "ada", None, 400, {"code": 50028}),
    ("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", "ada", None, 400, {"code": 50028}),
    ("GET", "/guilds/{guild_id}/bans?limit=10", "ada", None, 200, []),
    ("GET", "/guilds/{guild_id}/bans/{user_id}", "ada", None, 404, {"code": 10026}),
    ("PUT", "/guilds/{guild_id}/bans/{user_id}?delete_message_seconds=60", "ada", None, 204, None),
    ("DELETE", "/guilds/{guild_id}/bans/{user_id}", "ada", None, 404, {"code": 10026}),
    ("POST", "/guilds/{guild_id}/bulk-ban", "ada", {"user_ids": ["{user_id}"]}, 200, ["banned_users"]),
    ("GET", "/guilds/{guild_id}/invites", "ada", None, 200, [["code", "uses", "inviter"]]),
    ("GET", "/guilds/{guild_id}/vanity-url", "ada", None, 200, {"code": None, "uses": 0}),
    ("PATCH", "/guilds/{guild_id}/vanity-url", "ada", {"code": "Tests"}, 200, {"code": "tests", "uses": 0}),
    ("GET", "/channels/{channel_id}/invites", "ada", None, 200, [["code", "uses", "inviter"]]),
    ("POST", "/channels/{channel_id}/invites", "bob", {"max_uses": 1}, 200, {"max_uses": 1, "uses": 0}),
    ("GET", "/invites/{code}?with_counts=true", "nobody", None, 200, ["guild", "approximate_member_count"]),
    ("POST", "/invites/{code}", "bob", None, 200, {"new_member": False}),
    ("DELETE", "/invites/{code}", "ada", None, 200, ["code", "channel"]),
    ("GET", "/guilds/{guild_id}/integrations", "ada", None, 200, [["id", "application", "account"]]),
    ("DELETE", "/guilds/{guild_id}/integrations/{integration_id}", "ada", None, 204, None),
    ("POST", "/oauth2/authorize?client_id={application_id}", "ada", {"guild_id": "{guild_id}"}, 200,
     ["location"]),
    ("GET", "/guilds/{guild_id}/prune?days=30", "ada", None, 200, {"pruned": 0}),
    ("POST", "/guilds/{guild_id}/prune", "ada", {"compute_prune_count": "false"}, 200, {"pruned": None}),
    ("GET", "/guilds/{guild_id}/roles", "ada", None, 200, [["id", "permissions", "colors"]]),
    ("POST", "/guilds/{guild_id}/roles", "ada", {"name": "red", "hoist": True}, 200, {"name": "red"}),
    ("PATCH", "/guilds/{guild_id}/roles", "ada", [], 200, [["id", "position"]]),
    ("GET", "/guilds/{guild_id}/roles/member-counts", "ada", None, 200, {}),
    ("GET", "/guilds/{guild_id}/roles/{role_id}", "ada", None, 200, {"name": "@everyone"}),
    ("PATCH", "/guilds/{guild_id}/roles/{role_id}", "ada", {"permissions": "1024"}, 200,
     {"permissions": "1024"}),
    ("DELETE", "/guilds/{guild_id}/roles/{role_id}", "ada", None, 400, {"code": 50028}),
    ("GET", "/guilds/{guild_id}/audit-logs", "ada", None, 200, {"audit_log_entries": [], "users": []}),
    ("GET", RULES, "ada", None, 200, []),
    ("POST", RULES, "ada", RULE, 200, {"name": "words", "enabled": False}),
    ("GET", RULES + "/{rule_id}", "ada", None, 200, {"name": "words", "trigger_type": 1}),
    ("PATCH", RULES + "/{rule_id}", "ada", {"enabled": True}, 200, {"enabled": True}),
    ("DELETE", RULES + "/{rule_id}", "ada", None, 204, None),
    ("POST", "/reports", "bob", {"category": "spam", "guild_id": "{guild_id}"}, 201, {"kind": "guild"}),
    ("GET", "/guilds/{guild_id}/reports", "ada", None, 200, {"open_count": 0, "reports": []}),
    ("PATCH", "/guilds/{guild_id}/reports/{report_id}", "ada", {"state": "claimed"}, 200,
     {"state": "claimed"}),
    ("GET", "/admin/reports?state=open", "ada", None, 200, ["open_count", "reports"]),
    ("PATCH", "/admin/reports/{report_id}", "ada", {"note": "seen"}, 200, {"note": "seen"}),
    ("GET", "/guilds/{guild_id}/lockdowns", "ada", None, 200, []),
    ("PUT", "/guilds/{guild_id}/lockdown", "ada", None, 200, {"channel_id": None}),
    ("DELETE", "/guilds/{guild_id}/lockdown", "ada", None, 404, {"code": 0}),
    ("PUT", "/channels/{channel_id}/lockdown", "ada", None, 200, ["channel_id", "channel_ids"]),
    ("DELETE", "/channels/{channel_id}/lockdown", "ada", None, 404, {"code": 0}),
    ("PUT", "/guilds/{guild_id}/incident-actions", "ada", {"dms_disabled_until": None}, 200,
     {"dms_disabled_until": None, "invites_disabled_until": None}),
    ("GET", "/guilds/{guild_id}/purges", "ada", None, 200, []),
    ("POST", "/guilds/{guild_id}/purges", "ada", {"user_id": "{user_id}"}, 202, {"finished_at": None}),
    ("GET", "/guilds/{guild_id}/purges/{purge_id}", "ada", None, 200, {"deleted": 0}),
    ("GET", "/guilds/{guild_id}/emojis", "ada", None, 200, []),
    ("POST", "/guilds/{guild_id}/emojis", "ada", {"name": "blob", "image": PICTURE}, 201, {"name": "blob"}),
    ("GET", "/guilds/{guild_id}/emojis/{emoji_id}", "ada", None, 200, {"name": "wave", "animated": False}),
    ("PATCH", "/guilds/{guild_id}/emojis/{emoji_id}", "ada", {"name": "hello"}, 200, {"name": "hello"}),
    ("DELETE", "/guilds/{guild_id}/emojis/{emoji_id}", "ada", None, 204, None),
    ("GET", "/applications/{application_id}/emojis", "robo", None, 200, {"items": []}),
    ("POST", "/applications/{application_id}/emojis", "robo", {"name": "gear", "image": PICTURE}, 201,
     {"name": "gear"}),
    ("GET", "/applications/{application_id}/emojis/{emoji_id}", "robo", None, 200, {"name": "wave"}),
    ("PATCH", "/applications/{application_id}/emojis/{emoji_id}", "robo", {"name": "cog"}, 200,
     {"name": "cog"}),
    ("DELETE", "/applications/{application_id}/emojis/{emoji_id}", "robo", None, 204, None),
    ("GET", "/guilds/{guild_id}/channels", "ada", None, 200, [["id", "type", "permission_overwrites"]]),
    ("POST", "/guilds/{guild_id}/channels", "ada", {"name": "Room", "type": 2}, 201, {"name": "Room"}),
    ("PATCH", "/guilds/{guild_id}/channels", "ada", [{"id": "{channel_id}", "position": 3}], 204, None),
    ("PATCH", "/channels/{channel_id}", "ada", {"topic": "new"}, 200, {"topic": "new"}),
    ("DELETE", "/channels/{channel_id}", "ada", None, 200, {"name": "general"}),
    ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", "ada", {"deny": "2048"}, 204, None),
    ("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}", "ada", None, 404, {"code": 10009}),
    ("GET", "/sticker-packs", "nobody", None, 200, {"sticker_packs": []}),
    ("GET", "/stickers/{sticker_id}", "ada", None, 200, {"name": "wave"}),
    ("GET", "/guilds/{guild_id}/stickers", "ada", None, 200, []),
    ("POST", "/guilds/{guild_id}/stickers", "ada", {"name": "wave", "tags": "hi"}, 400, {"code": 50035}),
    ("GET", "/guilds/{guild_id}/stickers/{sticker_id}", "ada", None, 200, {"name": "wave", "format_type": 1}),
    ("PATCH", "/guilds/{guild_id}/stickers/{sticker_id}", "ada", {"name": "hello"}, 200, {"name": "hello"}),
    ("DELETE", "/guilds/{guild_id}/stickers/{sticker_id}", "ada", None, 204, None),
    ("GET", "/soundboard-default-sounds", "ada", None, 200, []),
    ("GET", "/guilds/{guild_id}/soundboard-sounds", "ada", None, 200, {"items": []}),
    ("POST", "/guilds/{guild_id}/soundboard-sounds", "ada", {"name": "yay", "sound": SOUND}, 201,
     {"name": "yay", "volume": 1.0}),
    ("GET", "/guilds/{guild_id}/soundboard-sounds/{sound_id}", "ada", None, 200, {"name": "quack"}),
    ("PATCH", "/guilds/{guild_id}/soundboard-sounds/{sound_id}", "ada", {"volume": 0.5}, 200,
     {"volume": 0.5}),
    ("DELETE", "/guilds/{guild_id}/soundboard-sounds/{sound_id}", "ada", None, 204, None),
    ("POST", "/channels/{channel_id}/send-soundboard-sound", "ada", {"sound_id": "1"}, 404, {"code": 10097}),
    ("GET", "/guilds/{guild_id}/scheduled-events", "ada", None, 200, []),
    ("POST", "/guilds/{guild_id}/scheduled-events", "ada", EVENT, 200, {"name": "party", "status": 1}),
    ("GET", "/guilds/{guild_id}/scheduled-events/{event_id}", "ada", None, 200, {"name": "party"}),
    ("PATCH", "/guilds/{guild_id}/scheduled-events/{event_id}", "ada", {"status": 4}, 200, {"status": 4}),
    ("DELETE", "/guilds/{guild_id}/scheduled-events/{event_id}", "ada", None, 204, None),
    ("GET", "/guilds/{guild_id}/scheduled-events/{event_id}/users", "ada", None, 200, []),
    ("GET", "/guilds/{guild_id}/scheduled-events/{event_id}/users/counts", "ada", None, 200,
     {"guild_scheduled_event_count": 0}),
    ("PUT", "/guilds/{guild_id}/scheduled-events/{event_id}/users/@me", "ada", None, 200, {"response": 1}),
    ("DELETE", "/guilds/{guild_id}/scheduled-events/{event_id}/users/@me", "ada", None, 404,
     {"code": 10071}),
    ("POST", "/stage-instances", "ada", {"channel_id": "{channel_id}", "topic": "chess"}, 400,
     {"code": 50024}),
    ("GET", "/stage-instances/{channel_id}", "ada", None, 200, {"topic": "go"}),
    ("PATCH", "/stage-instances/{channel_id}", "ada", {"topic": "chess"}, 200, {"topic": "chess"}),
    ("DELETE", "/stage-instances/{channel_id}", "ada", None, 204, None),
    ("GET", "/voice/regions", "ada", None, 200, []),
    ("GET", "/guilds/{guild_id}/regions", "ada", None, 200, []),
    ("GET", "/guilds/{guild_id}/voice-states/@me", "ada", None, 200, {"suppress": True}),
    ("PATCH", "/guilds/{guild_id}/voice-states/@me", "ada", {"suppress": False}, 204, None),
    ("GET", "/guilds/{guild_id}/voice-states/{user_id}", "ada", None, 200, ["channel_id", "session_id"]),
    ("PATCH", "/guilds/{guild_id}/voice-states/{user_id}", "ada", {"suppress": False}, 204, None),
    ("PUT", "/channels/{channel_id}/voice-status", "ada", {"status": "chess"}, 204, None),
    ("POST", "/attachments/refresh-urls", "ada",
     {"attachment_urls": ["http://x/attachments/{channel_id}/5/a"]}, 200, ["refreshed_urls"]),
    ("POST", "/channels/{channel_id}/followers", "ada", {"webhook_channel_id": "{channel_id}"}, 400,
     {"code": 50024}),
    ("POST", "/channels/{channel_id}/messages/{message_id}/crosspost", "ada", None, 400, {"code": 50024}),
    ("GET", "/channels/{channel_id}/webhooks", "ada", None, 200, []),
    ("GET", "/guilds/{guild_id}/webhooks", "ada", None, 200, []),
    ("POST", "/channels/{channel_id}/webhooks", "ada", {"name": "News", "avatar": PICTURE}, 200,
     {"name": "News", "type": 1, "application_id": None}),
    ("GET", "/webhooks/{webhook_id}", "ada", None, 200, ["token", "url", "user"]),
    ("PATCH", "/webhooks/{webhook_id}", "ada", {"name": "Olds"}, 200, {"name": "Olds"}),
    ("DELETE", "/webhooks/{webhook_id}", "ada", None, 204, None),
    ("GET", WEBHOOK, "nobody", None, 200, {"name": "News"}),
    ("PATCH", WEBHOOK, "nobody", {"name": "Olds"}, 200, {"name": "Olds"}),
    ("DELETE", WEBHOOK, "nobody", None, 204, None),
    ("POST", WEBHOOK, "nobody", {"content": "hello"}, 204, None),
    ("POST", WEBHOOK + "?wait=true", "nobody", {"content": "hello"}, 200, ["webhook_id", "author"]),
    ("POST", WEBHOOK + "/slack", "nobody", {"text": "hello"}, 200, None),
    ("POST", WEBHOOK + "/github", "nobody", {"sender": {"login": "ada"}}, 204, None),
    ("GET", ORIGINAL, "nobody", None, 200, {"content": "pong", "type": 20}),
    ("PATCH", ORIGINAL, "nobody", {"content": "ping"}, 200, {"content": "ping"}),
    ("DELETE", ORIGINAL, "nobody", None, 204, None),
    ("POST", "/interactions", "ada", USE, 204, None),
    ("POST", CALLBACK, "nobody", {"type": 4, "data": {"content": "pong"}}, 204, None),
    ("GET", POSTED, "nobody", None, 200, {"content": "news"}),
    ("PATCH", POSTED, "nobody", {"content": "olds"}, 200, {"content": "olds"}),
    ("DELETE", POSTED, "nobody", None, 204, None),
    ("GET", "/channels/{channel_id}", "ada", None, 200, {"name": "general", "type": 0}),
    ("POST", "/channels/{channel_id}/typing", "ada", None, 204, None),
    ("GET", "/channels/{channel_id}/messages", "ada", None, 200, [["id", "content", "author"]]),
    ("POST", "/channels/{channel_id}/messages", "ada", {"content": "hello"}, 200, {"content": "hello"}),
    ("GET", "/channels/{channel_id}/messages/{message_id}", "ada", None, 200, {"content": "first"}),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}", "ada", {"content": "better"}, 200,
     {"content": "better"}),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}", "ada", None, 204, None),
    ("POST", "/channels/{channel_id}/messages/bulk-delete", "ada", {"messages": ["{message_id}"]}, 400,
     {"code": 50016}),
    ("PUT", REACTION + "/@me", "ada", None, 204, None),
    ("DELETE", REACTION + "/@me", "ada", None, 204, None),
    ("DELETE", REACTION + "/{user_id}", "ada", None, 204, None),
    ("GET", REACTION, "ada", None, 200, []),
    ("DELETE", REACTION, "ada", None, 204, None),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions", "ada", None, 204, None),
    ("GET", "/channels/{channel_id}/messages/pins", "ada", None, 200, {"items": [], "has_more": False}),
    ("PUT", "/channels/{channel_id}/messages/pins/{message_id}", "ada", None, 204, None),
    ("DELETE", "/channels/{channel_id}/messages/pins/{message_id}", "ada", None, 204, None),
    ("GET", POLL + "/answers/{answer_id}", "ada", None, 200, {"users": []}),
    ("PUT", POLL + "/answers/{answer_id}/votes/@me", "ada", None, 204, None),
    ("DELETE", POLL + "/answers/{answer_id}/votes/@me", "ada", None, 204, None),
    ("POST", POLL + "/expire", "ada", None, 200, ["poll", "id"]),
    ("GET", "/channels/{channel_id}/pins", "ada", None, 200, []),
    ("PUT", "/channels/{channel_id}/pins/{message_id}", "ada", None, 204, None),
    ("DELETE", "/channels/{channel_id}/pins/{message_id}", "ada", None, 204, None),
    ("GET", "/guilds/{guild_id}/messages/search?has=link&has=-file", "ada", None, 200, {"total_results": 0}),
    ("GET", "/channels/{channel_id}/messages/search?content=x", "ada", None, 200, ["messages", "threads"]),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads", "ada", {"name": "talk"}, 201,
     ["thread_metadata", "member"]),
    ("POST", "/channels/{channel_id}/threads", "ada", {"name": "talk"}, 201, {"type": 12}),
    ("GET", "/channels/{channel_id}/threads/archived/public?limit=2", "ada", None, 200, {"has_more": False}),
    ("GET", "/channels/{channel_id}/threads/archived/private", "ada", None, 200, {"threads": []}),
    ("GET", "/channels/{channel_id}/users/@me/threads/archived/private?before=5", "ada", None, 200,
     {"threads": []}),
    ("GET", "/channels/{channel_id}/threads/search?name=x&tag=5&archived=true", "ada", None, 200,
     {"total_results": 0}),
    ("GET", "/guilds/{guild_id}/threads/active", "ada", None, 200, ["threads", "members", "has_more"]),
    ("GET", "/channels/{channel_id}/thread-members?with_member=true", "ada", None, 200, [["id", "member"]]),
    ("PUT", "/channels/{channel_id}/thread-members/@me", "bob", None, 204, None),
    ("DELETE", "/channels/{channel_id}/thread-members/@me", "bob", None, 204, None),
    ("GET", "/channels/{channel_id}/thread-members/{user_id}", "ada", None, 200, ["id", "join_timestamp"]),
    ("PUT", "/channels/{channel_id}/thread-members/{user_id}", "ada", None, 204, None),
    ("DELETE", "/channels/{channel_id}/thread-members/{user_id}", "ada", None, 204, None),
    ("POST", "/channels/{channel_id}/messages/{message_id}/ack", "ada", {}, 200, ["token"]),
    ("DELETE", "/channels/{channel_id}/messages/ack", "ada", None, 204, None),
    ("POST", "/channels/{channel_id}/pins/ack", "ada", None, 204, None),
    ("POST", "/read-states/ack-bulk", "ada", {"read_states": []}, 400, {"code": 50035}),
]  # fmt: skip


def test_every_row_is_called():
    called = {(method, path.partition("?")[0]) for method, path, *_ in CALLS}
    assert called == {(route.method, route.path) for route in ROUTES}


async def with_ids(place: Place, path: str, body: Any) -> tuple[str, Any]:
    """The path and body with real ids; the message is one of ada's."""
    message = await place.ada.api("POST", f"/channels/{place.channel_id}/messages", {"content": "first"})
    ids = {"guild_id": place.guild_id, "channel_id": place.channel_id, "user_id": place.bob_id,
           "message_id": message.json["id"], "application_id": place.robo_id, "role_id": place.guild_id,
           "overwrite_id": place.guild_id, "emoji": quote("🔥"),
           "integration_id": place.robo_id, "session": "none", "connection": "none"}  # fmt: skip
    ids |= await made_for(place, path)
    return path.format(**ids), filled_in(body, ids)


def filled_in(body: Any, ids: dict[str, Any]) -> Any:
    """The body with real ids in its texts."""
    if isinstance(body, list):
        return [filled_in(each, ids) for each in body]
    if isinstance(body, dict):
        return {name: filled_in(value, ids) for name, value in body.items()}
    return body.format(**ids) if isinstance(body, str) else body


async def new_sticker(place: Place) -> Reply:
    fields = (('name="name"', b"wave"), ('name="tags"', b"hi"), ('name="description"', b""))
    form = form_of(*fields, ('name="file"; filename="wave.png"', png(320, 320)))
    where = f"/guilds/{place.guild_id}/stickers"
    return await place.ada.api("POST", where, content=form, headers=MULTIPART)


async def made_for(place: Place, path: str) -> dict[str, Any]:
    """What a path names and nobody has made yet, by the name that it has there."""
    ids = {"guild_id": place.guild_id, "application_id": place.robo_id}
    if "{emoji_id}" in path:
        maker = place.robo if path.startswith("/applications") else place.ada
        where = path.partition("/{emoji_id}")[0].format(**ids)
        made = await maker.api("POST", where, {"name": "wave", "image": PICTURE})
        return {"emoji_id": made.json["id"]}
    if "{command_id}" in path:
        made = await place.robo.api("POST", path.partition("/{command_id}")[0].format(**ids), COMMAND)
        return {"command_id": made.json["id"]}
    if "/polls/" in path:
        body = {"poll": {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "!"}}]}}
        made = await place.ada.api("POST", f"/channels/{place.channel_id}/messages", body)
        return {"message_id": made.json["id"], "answer_id": 1}
    if "/voice-states" in path:
        room = await stage(place.app.store)
        for user_id in (place.ada_id, place.bob_id):
            async with place.app.store.transaction(Actor(user_id)) as tx:
                draft = VoiceStateDraft(place.guild_id, room.id)
                await voice_states.connect(tx, "a session", draft)
    if "{sticker_id}" in path:
        return {"sticker_id": (await new_sticker(place)).json["id"]}
    if "{rule_id}" in path:
        made = await place.ada.api("POST", RULES.format(**ids), RULE)
        return {"rule_id": made.json["id"]}
    if "{event_id}" in path:
        made = await place.ada.api("POST", f"/guilds/{place.guild_id}/scheduled-events", EVENT)
        return {"event_id": made.json["id"]}
    if path.startswith("/stage-instances/"):
        channel_id = (await stage(place.app.store)).id
        await place.ada.api("POST", "/stage-instances", {"channel_id": channel_id, "topic": "go"})
        return {"channel_id": channel_id}
    if "{sound_id}" in path:
        where = f"/guilds/{place.guild_id}/soundboard-sounds"
        made = await place.ada.api("POST", where, {"name": "quack", "sound": SOUND})
        return {"sound_id": made.json["sound_id"]}
    if path.endswith(("/voice-status", "/send-soundboard-sound")):
        return {"channel_id": (await voice(place.app.store)).id}
    if "{code}" in path or (path.endswith("/invites") and path.startswith("/")):
        made = await place.ada.api("POST", f"/channels/{place.channel_id}/invites", {"unique": True})
        return {"code": made.json["code"]}
    if path.startswith("/interactions") or path.endswith("/@original"):
        return await interaction_for(place, path)
    if "{webhook_id}" in path:
        made = await place.ada.api("POST", f"/channels/{place.channel_id}/webhooks", {"name": "News"})
        ids = {"webhook_id": made.json["id"], "webhook_token": made.json["token"]}
        posted = await place.nobody.api("POST", WEBHOOK.format(**ids) + "?wait=1", {"content": "news"})
        return {**ids, "message_id": posted.json["id"]}
    if "{report_id}" in path:
        about = {"category": "spam", "user_id": str(place.robo_id), "guild_id": str(place.guild_id)}
        made = await place.bob.api("POST", "/reports", about)
        return {"report_id": made.json["id"]}
    if "{purge_id}" in path:
        asked = {"user_id": str(place.bob_id)}
        made = await place.ada.api("POST", f"/guilds/{place.guild_id}/purges", asked)
        return {"purge_id": made.json["id"]}
    if "/thread-members" in path:
        made = await place.ada.api("POST", f"/channels/{place.channel_id}/threads", {"name": "x", "type": 11})
        await place.bob.api("PUT", f"/channels/{made.json['id']}/thread-members/@me")
        return {"channel_id": made.json["id"]}
    return {}


async def interaction_for(place: Place, path: str) -> dict[str, Any]:
    """A command of robo's, used by ada; for the first answer it has been answered."""
    store, ada = place.app.store, Actor(place.ada_id)
    await listen(store, place.robo_id)
    command = await make_command(store, Actor(place.robo_id, bot=True))
    heard = Heard(store)
    await use(store, ada, command)
    application = Application.of(store, heard)
    if path.endswith("/@original"):
        await application.answer(4, {"content": "pong"})
    return {"command_id": command.id, "interaction_id": application.id, "webhook_id": place.robo_id,
            "interaction_token": application.token, "webhook_token": application.token}  # fmt: skip


def holds(found: Any, wanted: Any) -> bool:
    """A list of names: keys. A dict: values. A list in a list: so is each found, and there is one."""
    if isinstance(wanted, dict):
        return all(found[name] == value for name, value in wanted.items())
    if wanted and isinstance(wanted[0], list):
        return bool(found) and all(holds(each, wanted[0]) for each in found)
    return set(wanted or []) <= set(found or [])


@pytest.mark.parametrize("method, path, who, body, status, wanted", CALLS)
async def test_over_http(place, method, path, who, body, status, wanted):
    client: Client = getattr(place, who)
    path, body = await with_ids(place, path, body)
    reply: Reply = await client.api(method, path, body)
    assert (reply.status, holds(reply.json, wanted)) == (status, True), reply.content
    if status == 204:
        assert reply.content == b"" and "content-type" not in reply.headers
    else:
        assert reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize("method, path, who, body, status, wanted", [c for c in CALLS if c[2] != "nobody"])
async def test_through_the_gateway(place, method, path, who, body, status, wanted):
    token = getattr(place, who).headers["Authorization"].removeprefix("Bot ")
    actor = await tokens.authenticate(place.app.store, token)
    path, body = await with_ids(place, path, body)
    path, _, query = path.partition("?")
    found_status, found = await place.app.call(actor, method, path, query, body)
    if path.startswith("/gateway"):
        wanted = {"url": "ws://127.0.0.1"}
    assert (found_status, holds(found, wanted)) == (status, True), found


async def test_the_gateways_requests_are_refused_as_http_ones_are(place):
    place.with_settings(limits=LimitSettings(message_create_per_5_s=1))
    actor, path = Actor(place.ada_id), f"/api/v10/channels/{place.channel_id}/messages"
    assert (await place.app.call(actor, "POST", path, "", {"content": "one"}))[0] == 200
    status, body = await place.app.call(actor, "POST", path, "", {"content": "two"})
    assert (status, body["global"], body["retry_after"]) == (429, False, 5.0)
    assert (await place.app.call(actor, "POST", "/nothing", "", None))[0] == 404
    assert (await place.app.call(actor, "PUT", path, "", None))[0] == 405
    assert (await place.app.call(actor, "GET", "/channels/x", "", None))[1]["code"] == 50035
    assert (await place.app.call(actor, "GET", "no path", "", None))[0] == 400
    assert (await place.app.call(actor, "GET", "/users/@me?x=1", "", None))[0] == 200


async def test_head_is_get_without_content(place):
    reply = await place.ada.api("HEAD", "/users/@me")
    whole = await place.ada.api("GET", "/users/@me")
    assert (reply.status, reply.content) == (200, b"")
    assert reply.headers["content-length"] == str(len(whole.content))
