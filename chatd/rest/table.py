"""The HTTP API on one page: what can be asked, who answers, which limit counts it, and who may ask.

Paths are below /api/v10, /api/v9 and /api, which all mean the same. A limit is a field of LimitSettings
(rest/settings.py); rows that name the same one share a bucket, and each guild, channel or webhook that a path
begins with has a bucket of its own. Source: the Discord documentation, API version 10; docs/api.md marks what
it does not have. An id that is none is 50035, a path that is none 404, and a method that is none 405.

To add a route: a handler in the feature's file, and its row here.
"""

from __future__ import annotations

from chatd.rest import (
    accounts,
    administration,
    announcements,
    applications,
    attachments,
    audit_log,
    auto_moderation,
    bans,
    channels,
    commands,
    dms,
    emojis,
    gateway,
    guilds,
    integrations,
    interactions,
    invites,
    lockdowns,
    members,
    messages,
    notification_settings,
    pins,
    polls,
    prunes,
    purges,
    reactions,
    read_states,
    relationships,
    reports,
    roles,
    scheduled_events,
    search,
    soundboard,
    stage_instances,
    stickers,
    threads,
    typing,
    user_settings,
    users,
    voice_states,
    webhooks,
)
from chatd.rest.router import UNLIMITED, Route, Who

ANYONE, PEOPLE, BOTS, ADMINS = Who.ANYONE, Who.PEOPLE, Who.BOTS, Who.ADMINS

RECIPIENT = "/channels/{channel_id}/recipients/{user_id}"
RELATIONSHIPS = "/users/@me/relationships"
RELATIONSHIP = "/users/@me/relationships/{user_id}"
MEMBER = "/guilds/{guild_id}/members/{user_id}"
BAN = "/guilds/{guild_id}/bans/{user_id}"
VANITY = "/guilds/{guild_id}/vanity-url"
ROLE = "/guilds/{guild_id}/roles/{role_id}"
PURGES = "/guilds/{guild_id}/purges"
RULES = "/guilds/{guild_id}/auto-moderation/rules"
EMOJI = "/guilds/{guild_id}/emojis/{emoji_id}"
APPLICATION = "/applications/{application_id}"
OWN_EMOJI = "/applications/{application_id}/emojis/{emoji_id}"
COMMANDS = "/applications/{application_id}/commands"
COMMAND = COMMANDS + "/{command_id}"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
GUILD_COMMAND = GUILD_COMMANDS + "/{command_id}"
STICKER = "/guilds/{guild_id}/stickers/{sticker_id}"
SOUND = "/guilds/{guild_id}/soundboard-sounds/{sound_id}"
SCHEDULED_EVENT = "/guilds/{guild_id}/scheduled-events/{event_id}"
OVERWRITE = "/channels/{channel_id}/permissions/{overwrite_id}"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
REACTION = MESSAGE + "/reactions/{emoji}"
POLL = "/channels/{channel_id}/polls/{message_id}"
THREAD_MEMBERS = "/channels/{channel_id}/thread-members"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
POSTED = WEBHOOK + "/messages/{message_id}"

ROUTES = [
    # Accounts: signing up, in and out
    Route("GET", "/auth/policy", accounts.get_policy, who=ANYONE),
    Route("GET", "/auth/session", accounts.get_session),
    Route("POST", "/auth/register", accounts.register, "register_per_3600_s", who=ANYONE),
    Route("POST", "/auth/setup", accounts.set_up, "sign_in_per_300_s", who=ANYONE),
    Route("POST", "/auth/login", accounts.sign_in, "sign_in_per_300_s", who=ANYONE),
    Route("POST", "/auth/logout", accounts.sign_out, who=PEOPLE),
    Route("POST", "/auth/reset-password", accounts.reset_password, "sign_in_per_300_s", who=ANYONE),
    Route("PATCH", "/auth/account", accounts.update_account, "sign_in_per_300_s", who=PEOPLE),
    Route("GET", "/auth/sessions", accounts.list_sessions, who=PEOPLE),
    Route("DELETE", "/auth/sessions", accounts.end_other_sessions, who=PEOPLE),
    Route("DELETE", "/auth/sessions/{session}", accounts.end_session, who=PEOPLE),

    # Administration
    Route("GET", "/admin/users", administration.list_users, "admin_per_10_s", who=ADMINS),
    Route("POST", "/admin/users", administration.create_user, "admin_per_10_s", who=ADMINS),
    Route("GET", "/admin/users/{user_id}", administration.get_user, "admin_per_10_s", who=ADMINS),
    Route("PATCH", "/admin/users/{user_id}", administration.update_user, "admin_per_10_s", who=ADMINS),
    Route("DELETE", "/admin/users/{user_id}", administration.delete_user, "admin_per_10_s", who=ADMINS),
    Route("POST", "/admin/users/{user_id}/password-link", administration.make_link, "admin_per_10_s",
          who=ADMINS),
    Route("DELETE", "/admin/users/{user_id}/sessions", administration.sign_out_user, "admin_per_10_s",
          who=ADMINS),
    Route("GET", "/admin/settings", administration.get_settings, "admin_per_10_s", who=ADMINS),
    Route("PATCH", "/admin/settings", administration.update_settings, "admin_per_10_s", who=ADMINS),
    Route("POST", "/admin/announcements", administration.announce, "admin_per_10_s", who=ADMINS),
    Route("GET", "/admin/bots", administration.list_bots, "admin_per_10_s", who=ADMINS),
    Route("POST", "/admin/bots/{user_id}/token", administration.reset_bot_token, "admin_per_10_s",
          who=ADMINS),
    Route("DELETE", "/admin/bots/{user_id}", administration.delete_bot, "admin_per_10_s", who=ADMINS),
    Route("GET", "/admin/reports", reports.list_for_admins, "admin_per_10_s", who=ADMINS),
    Route("PATCH", "/admin/reports/{report_id}", reports.update_for_admins, "admin_per_10_s", who=ADMINS),
    Route("GET", "/admin/storage", administration.get_storage, "admin_per_10_s", who=ADMINS),
    Route("GET", "/admin/connections", administration.list_connections, "admin_per_10_s", who=ADMINS),
    Route("DELETE", "/admin/connections/{connection}", administration.close_connection, "admin_per_10_s",
          who=ADMINS),
    Route("GET", "/admin/server", administration.get_server, "admin_per_10_s", who=ADMINS),

    # Where the gateway is
    Route("GET", "/gateway", gateway.get_gateway, "gateway_per_5_s", who=ANYONE),
    Route("GET", "/gateway/bot", gateway.get_gateway_bot, "gateway_per_5_s"),

    # Users
    Route("GET", "/users/@me", users.get_self),
    Route("PATCH", "/users/@me", users.update_self, "user_update_per_60_s", large=True),
    Route("GET", "/users/{user_id}", users.get_user),
    Route("GET", "/users/@me/guilds", users.list_guilds),
    Route("GET", "/users/@me/guilds/{guild_id}/member", members.get_self),

    # Applications: what a bot is, for itself and for its owner
    Route("GET", "/applications/@me", applications.get_self, who=BOTS),
    Route("PATCH", "/applications/@me", applications.update_self, "application_write_per_60_s", who=BOTS,
          large=True),
    Route("GET", "/oauth2/applications/@me", applications.get_self, who=BOTS),
    Route("GET", "/applications", applications.list_applications, who=PEOPLE),
    Route("POST", "/applications", applications.create_application, "application_write_per_60_s", who=PEOPLE),
    Route("GET", APPLICATION, applications.get_application),
    Route("PATCH", APPLICATION, applications.update_application, "application_write_per_60_s", large=True),
    Route("DELETE", APPLICATION, applications.delete_application, "application_write_per_60_s", who=PEOPLE),
    Route("POST", APPLICATION + "/delete", applications.delete_application, "application_write_per_60_s",
          who=PEOPLE),
    Route("PATCH", APPLICATION + "/bot", applications.update_bot, "application_write_per_60_s", who=PEOPLE,
          large=True),
    Route("POST", APPLICATION + "/bot/reset", applications.reset_token, "application_write_per_60_s",
          who=PEOPLE),
    Route("GET", "/oauth2/authorize", integrations.ask, who=PEOPLE),
    Route("POST", "/oauth2/authorize", integrations.authorize, "member_update_per_10_s", who=PEOPLE),

    # Application commands: what bots register, and who may use it. A whole set may be as large as a picture.
    Route("GET", COMMANDS, commands.list_global, who=BOTS),
    Route("POST", COMMANDS, commands.create_global, "command_write_per_10_s", who=BOTS),
    Route("PUT", COMMANDS, commands.overwrite_global, "command_write_per_10_s", who=BOTS, large=True),
    Route("GET", COMMAND, commands.get_global, who=BOTS),
    Route("PATCH", COMMAND, commands.update_global, "command_write_per_10_s", who=BOTS),
    Route("DELETE", COMMAND, commands.delete_global, "command_write_per_10_s", who=BOTS),
    Route("GET", GUILD_COMMANDS, commands.list_of_guild, who=BOTS),
    Route("POST", GUILD_COMMANDS, commands.create_in_guild, "command_write_per_10_s", who=BOTS),
    Route("PUT", GUILD_COMMANDS, commands.overwrite_in_guild, "command_write_per_10_s", who=BOTS,
          large=True),
    Route("GET", GUILD_COMMAND, commands.get_in_guild, who=BOTS),
    Route("PATCH", GUILD_COMMAND, commands.update_in_guild, "command_write_per_10_s", who=BOTS),
    Route("DELETE", GUILD_COMMAND, commands.delete_in_guild, "command_write_per_10_s", who=BOTS),
    Route("GET", GUILD_COMMANDS + "/permissions", commands.list_permissions),
    Route("GET", GUILD_COMMAND + "/permissions", commands.get_permissions),
    Route("PUT", GUILD_COMMAND + "/permissions", commands.put_permissions, "command_write_per_10_s",
          who=PEOPLE),
    Route("GET", "/guilds/{guild_id}/application-command-index", commands.index_of_guild, who=PEOPLE),
    Route("GET", "/channels/{channel_id}/application-command-index", commands.index_of_channel, who=PEOPLE),

    # Guilds
    Route("POST", "/guilds", guilds.create_guild, "guild_create_per_60_s", large=True),
    Route("GET", "/guilds/{guild_id}", guilds.get_guild),
    Route("PATCH", "/guilds/{guild_id}", guilds.update_guild, "guild_update_per_60_s", large=True),
    Route("DELETE", "/guilds/{guild_id}", guilds.delete_guild, "guild_update_per_60_s"),
    Route("GET", "/guilds/{guild_id}/preview", guilds.get_preview),
    Route("DELETE", "/users/@me/guilds/{guild_id}", guilds.leave_guild, "guild_update_per_60_s"),

    # Channels
    Route("GET", "/guilds/{guild_id}/channels", channels.list_channels),
    Route("POST", "/guilds/{guild_id}/channels", channels.create_channel, "channel_create_per_60_s"),
    Route("PATCH", "/guilds/{guild_id}/channels", channels.move_channels, "channel_update_per_10_s"),
    Route("GET", "/channels/{channel_id}", channels.get_channel),
    Route("PATCH", "/channels/{channel_id}", channels.update_channel, "channel_update_per_10_s",
          large=True),
    Route("DELETE", "/channels/{channel_id}", channels.delete_channel, "channel_update_per_10_s"),
    Route("PUT", OVERWRITE, channels.put_overwrite, "channel_update_per_10_s"),
    Route("DELETE", OVERWRITE, channels.delete_overwrite, "channel_update_per_10_s"),
    Route("POST", "/channels/{channel_id}/typing", typing.start_typing, "typing_per_5_s"),
    Route("POST", "/channels/{channel_id}/followers", announcements.follow_channel,
          "channel_update_per_10_s"),

    # Roles
    Route("GET", "/guilds/{guild_id}/roles", roles.list_roles),
    Route("POST", "/guilds/{guild_id}/roles", roles.create_role, "role_change_per_10_s", large=True),
    Route("PATCH", "/guilds/{guild_id}/roles", roles.move_roles, "role_change_per_10_s"),
    Route("GET", "/guilds/{guild_id}/roles/member-counts", roles.count_members),
    Route("GET", ROLE, roles.get_role),
    Route("PATCH", ROLE, roles.update_role, "role_change_per_10_s", large=True),
    Route("DELETE", ROLE, roles.delete_role, "role_change_per_10_s"),

    # The audit log
    Route("GET", "/guilds/{guild_id}/audit-logs", audit_log.list_entries),

    # Members: who they are, who is kept out, which bots are let in
    Route("GET", "/guilds/{guild_id}/members", members.list_members),
    Route("GET", "/guilds/{guild_id}/members/search", members.search_members, "member_search_per_10_s"),
    Route("GET", MEMBER, members.get_member),
    Route("PATCH", MEMBER, members.update_member, "member_update_per_10_s"),
    Route("DELETE", MEMBER, members.kick, "member_remove_per_10_s"),
    Route("PATCH", "/guilds/{guild_id}/members/@me", members.update_self, "member_update_per_10_s",
          large=True),
    Route("PUT", MEMBER + "/roles/{role_id}", members.add_role, "member_update_per_10_s"),
    Route("DELETE", MEMBER + "/roles/{role_id}", members.remove_role, "member_update_per_10_s"),
    Route("GET", "/guilds/{guild_id}/bans", bans.list_bans),
    Route("GET", BAN, bans.get_ban),
    Route("PUT", BAN, bans.create_ban, "member_remove_per_10_s"),
    Route("DELETE", BAN, bans.delete_ban, "member_remove_per_10_s"),
    Route("POST", "/guilds/{guild_id}/bulk-ban", bans.bulk_ban, "member_remove_per_10_s"),
    Route("GET", "/guilds/{guild_id}/prune", prunes.count, "prune_per_60_s"),
    Route("POST", "/guilds/{guild_id}/prune", prunes.prune, "prune_per_60_s"),
    Route("GET", "/guilds/{guild_id}/integrations", integrations.list_integrations),
    Route("DELETE", "/guilds/{guild_id}/integrations/{integration_id}", integrations.delete_integration,
          "member_remove_per_10_s"),

    # Invites
    Route("GET", "/guilds/{guild_id}/invites", invites.list_of_guild),
    Route("GET", VANITY, invites.get_vanity),
    Route("PATCH", VANITY, invites.set_vanity, "invite_write_per_10_s"),
    Route("GET", "/channels/{channel_id}/invites", invites.list_of_channel),
    Route("POST", "/channels/{channel_id}/invites", invites.create_invite, "invite_write_per_10_s"),
    Route("GET", "/invites/{code}", invites.get_invite, "invite_read_per_60_s", who=ANYONE),
    Route("POST", "/invites/{code}", invites.accept, "invite_accept_per_60_s", who=PEOPLE),
    Route("DELETE", "/invites/{code}", invites.delete_invite, "invite_write_per_10_s"),

    # Automatic moderation
    Route("GET", RULES, auto_moderation.list_rules),
    Route("GET", RULES + "/{rule_id}", auto_moderation.get_rule),
    Route("POST", RULES, auto_moderation.create_rule, "auto_moderation_write_per_60_s"),
    Route("PATCH", RULES + "/{rule_id}", auto_moderation.update_rule, "auto_moderation_write_per_60_s"),
    Route("DELETE", RULES + "/{rule_id}", auto_moderation.delete_rule, "auto_moderation_write_per_60_s"),

    # Moderation: what is reported, and what moderators do with much at once
    Route("POST", "/reports", reports.create_report, "report_per_60_s", who=PEOPLE),
    Route("GET", "/guilds/{guild_id}/reports", reports.list_for_guild),
    Route("PATCH", "/guilds/{guild_id}/reports/{report_id}", reports.update_for_guild, "moderation_per_10_s"),
    Route("GET", "/guilds/{guild_id}/lockdowns", lockdowns.list_lockdowns),
    Route("PUT", "/guilds/{guild_id}/lockdown", lockdowns.lock_guild, "moderation_per_10_s"),
    Route("DELETE", "/guilds/{guild_id}/lockdown", lockdowns.unlock_guild, "moderation_per_10_s"),
    Route("PUT", "/channels/{channel_id}/lockdown", lockdowns.lock_channel, "moderation_per_10_s"),
    Route("DELETE", "/channels/{channel_id}/lockdown", lockdowns.unlock_channel, "moderation_per_10_s"),
    Route("PUT", "/guilds/{guild_id}/incident-actions", lockdowns.set_incident_actions,
          "moderation_per_10_s"),
    Route("GET", PURGES, purges.list_purges),
    Route("POST", PURGES, purges.create_purge, "moderation_per_10_s"),
    Route("GET", PURGES + "/{purge_id}", purges.get_purge),

    # Emoji, stickers and sounds
    Route("GET", "/guilds/{guild_id}/emojis", emojis.list_emojis),
    Route("POST", "/guilds/{guild_id}/emojis", emojis.create_emoji, "expression_write_per_60_s", large=True),
    Route("GET", EMOJI, emojis.get_emoji),
    Route("PATCH", EMOJI, emojis.update_emoji, "expression_write_per_60_s"),
    Route("DELETE", EMOJI, emojis.delete_emoji, "expression_write_per_60_s"),
    Route("GET", "/applications/{application_id}/emojis", emojis.list_application_emojis, who=BOTS),
    Route("POST", "/applications/{application_id}/emojis", emojis.create_application_emoji,
          "expression_write_per_60_s", who=BOTS, large=True),
    Route("GET", OWN_EMOJI, emojis.get_application_emoji, who=BOTS),
    Route("PATCH", OWN_EMOJI, emojis.update_application_emoji, "expression_write_per_60_s", who=BOTS),
    Route("DELETE", OWN_EMOJI, emojis.delete_application_emoji, "expression_write_per_60_s", who=BOTS),
    Route("GET", "/sticker-packs", stickers.list_packs, who=ANYONE),
    Route("GET", "/stickers/{sticker_id}", stickers.get_sticker),
    Route("GET", "/guilds/{guild_id}/stickers", stickers.list_stickers),
    Route("POST", "/guilds/{guild_id}/stickers", stickers.create_sticker, "expression_write_per_60_s"),
    Route("GET", STICKER, stickers.get_guild_sticker),
    Route("PATCH", STICKER, stickers.update_sticker, "expression_write_per_60_s"),
    Route("DELETE", STICKER, stickers.delete_sticker, "expression_write_per_60_s"),
    Route("GET", "/soundboard-default-sounds", soundboard.list_default_sounds),
    Route("GET", "/guilds/{guild_id}/soundboard-sounds", soundboard.list_sounds),
    Route("POST", "/guilds/{guild_id}/soundboard-sounds", soundboard.create_sound,
          "expression_write_per_60_s", large=True),
    Route("GET", SOUND, soundboard.get_sound),
    Route("PATCH", SOUND, soundboard.update_sound, "expression_write_per_60_s"),
    Route("DELETE", SOUND, soundboard.delete_sound, "expression_write_per_60_s"),
    Route("POST", "/channels/{channel_id}/send-soundboard-sound", soundboard.play_sound,
          "sound_play_per_5_s"),

    # What will happen, and what is live on a stage
    Route("GET", "/guilds/{guild_id}/scheduled-events", scheduled_events.list_events),
    Route("POST", "/guilds/{guild_id}/scheduled-events", scheduled_events.create_event,
          "event_write_per_60_s", large=True),
    Route("GET", SCHEDULED_EVENT, scheduled_events.get_event),
    Route("PATCH", SCHEDULED_EVENT, scheduled_events.update_event, "event_write_per_60_s", large=True),
    Route("DELETE", SCHEDULED_EVENT, scheduled_events.delete_event, "event_write_per_60_s"),
    Route("GET", SCHEDULED_EVENT + "/users", scheduled_events.list_users),
    Route("GET", SCHEDULED_EVENT + "/users/counts", scheduled_events.count_users),
    Route("PUT", SCHEDULED_EVENT + "/users/@me", scheduled_events.add_interest, "event_interest_per_10_s"),
    Route("DELETE", SCHEDULED_EVENT + "/users/@me", scheduled_events.remove_interest,
          "event_interest_per_10_s"),
    Route("POST", "/stage-instances", stage_instances.create_stage_instance, "event_write_per_60_s"),
    Route("GET", "/stage-instances/{channel_id}", stage_instances.get_stage_instance),
    Route("PATCH", "/stage-instances/{channel_id}", stage_instances.update_stage_instance,
          "event_write_per_60_s"),
    Route("DELETE", "/stage-instances/{channel_id}", stage_instances.delete_stage_instance,
          "event_write_per_60_s"),

    # Voice: who is where
    Route("GET", "/voice/regions", voice_states.list_regions),
    Route("GET", "/guilds/{guild_id}/regions", voice_states.list_guild_regions),
    Route("GET", "/guilds/{guild_id}/voice-states/@me", voice_states.get_own),
    Route("PATCH", "/guilds/{guild_id}/voice-states/@me", voice_states.update_own, "voice_update_per_10_s"),
    Route("GET", "/guilds/{guild_id}/voice-states/{user_id}", voice_states.get_voice_state),
    Route("PATCH", "/guilds/{guild_id}/voice-states/{user_id}", voice_states.update_voice_state,
          "voice_update_per_10_s"),
    Route("PUT", "/channels/{channel_id}/voice-status", voice_states.update_status, "voice_update_per_10_s"),

    # Messages, with what hangs on them
    Route("GET", MESSAGES, messages.list_messages, "message_list_per_5_s"),
    Route("POST", MESSAGES, messages.create_message, "message_create_per_5_s"),
    Route("GET", MESSAGE, messages.get_message, "message_list_per_5_s"),
    Route("PATCH", MESSAGE, messages.update_message, "message_update_per_5_s"),
    Route("DELETE", MESSAGE, messages.delete_message, "message_delete_per_1_s"),
    Route("POST", MESSAGES + "/bulk-delete", messages.bulk_delete, "message_bulk_delete_per_5_s"),
    Route("POST", MESSAGE + "/crosspost", announcements.crosspost_message, "crosspost_per_3600_s"),
    Route("PUT", REACTION + "/@me", reactions.add_reaction, "reaction_per_1_s"),
    Route("DELETE", REACTION + "/@me", reactions.remove_own_reaction, "reaction_per_1_s"),
    Route("DELETE", REACTION + "/{user_id}", reactions.remove_reaction, "reaction_per_1_s"),
    Route("GET", REACTION, reactions.list_users, "message_list_per_5_s"),
    Route("DELETE", REACTION, reactions.remove_emoji, "reaction_per_1_s"),
    Route("DELETE", MESSAGE + "/reactions", reactions.remove_all, "reaction_per_1_s"),
    Route("GET", MESSAGES + "/pins", pins.list_pins, "message_list_per_5_s"),
    Route("PUT", MESSAGES + "/pins/{message_id}", pins.pin_message, "pin_per_5_s"),
    Route("DELETE", MESSAGES + "/pins/{message_id}", pins.unpin_message, "pin_per_5_s"),
    Route("GET", "/channels/{channel_id}/pins", pins.list_pins_the_old_way, "message_list_per_5_s"),
    Route("PUT", "/channels/{channel_id}/pins/{message_id}", pins.pin_message, "pin_per_5_s"),
    Route("DELETE", "/channels/{channel_id}/pins/{message_id}", pins.unpin_message, "pin_per_5_s"),
    Route("GET", POLL + "/answers/{answer_id}", polls.list_voters, "message_list_per_5_s"),
    Route("PUT", POLL + "/answers/{answer_id}/votes/@me", polls.vote, "poll_vote_per_5_s", who=PEOPLE),
    Route("DELETE", POLL + "/answers/{answer_id}/votes/@me", polls.take_back_vote, "poll_vote_per_5_s",
          who=PEOPLE),
    Route("POST", POLL + "/expire", polls.end_poll, "message_update_per_5_s"),

    # Threads: made, listed, and who is in them
    Route("POST", MESSAGE + "/threads", threads.create_from_message, "thread_create_per_60_s"),
    Route("POST", "/channels/{channel_id}/threads", threads.create_thread, "thread_create_per_60_s"),
    Route("GET", "/channels/{channel_id}/threads/archived/public", threads.list_public_archived),
    Route("GET", "/channels/{channel_id}/threads/archived/private", threads.list_private_archived),
    Route("GET", "/channels/{channel_id}/users/@me/threads/archived/private", threads.list_joined_archived),
    Route("GET", "/channels/{channel_id}/threads/search", threads.search_threads, "search_per_10_s"),
    Route("GET", "/guilds/{guild_id}/threads/active", threads.list_active),
    Route("GET", THREAD_MEMBERS, threads.list_members),
    Route("PUT", THREAD_MEMBERS + "/@me", threads.join),
    Route("DELETE", THREAD_MEMBERS + "/@me", threads.leave),
    Route("GET", THREAD_MEMBERS + "/{user_id}", threads.get_member),
    Route("PUT", THREAD_MEMBERS + "/{user_id}", threads.add_member),
    Route("DELETE", THREAD_MEMBERS + "/{user_id}", threads.remove_member),

    # Files
    Route("POST", "/attachments/refresh-urls", attachments.refresh_urls),

    # Webhooks: by who manages them, and by who has the token of one
    Route("POST", "/channels/{channel_id}/webhooks", webhooks.create_webhook, "channel_update_per_10_s",
          large=True),
    Route("GET", "/channels/{channel_id}/webhooks", webhooks.list_of_channel),
    Route("GET", "/guilds/{guild_id}/webhooks", webhooks.list_of_guild),
    Route("GET", "/webhooks/{webhook_id}", webhooks.get_webhook),
    Route("PATCH", "/webhooks/{webhook_id}", webhooks.update_webhook, "channel_update_per_10_s", large=True),
    Route("DELETE", "/webhooks/{webhook_id}", webhooks.delete_webhook, "channel_update_per_10_s"),
    Route("GET", WEBHOOK, webhooks.get_own, who=Who.WEBHOOK),
    Route("PATCH", WEBHOOK, webhooks.update_own, "channel_update_per_10_s", who=Who.WEBHOOK, large=True),
    Route("DELETE", WEBHOOK, webhooks.delete_own, "channel_update_per_10_s", who=Who.WEBHOOK),
    Route("POST", WEBHOOK, webhooks.execute, "webhook_execute_per_2_s", who=Who.WEBHOOK),
    Route("POST", WEBHOOK + "/slack", webhooks.execute_slack, "webhook_execute_per_2_s", who=Who.WEBHOOK),
    Route("POST", WEBHOOK + "/github", webhooks.execute_github, "webhook_execute_per_2_s", who=Who.WEBHOOK),
    Route("GET", WEBHOOK + "/messages/@original", webhooks.get_original, "message_list_per_5_s",
          who=Who.WEBHOOK),
    Route("PATCH", WEBHOOK + "/messages/@original", webhooks.update_original, "message_update_per_5_s",
          who=Who.WEBHOOK),
    Route("DELETE", WEBHOOK + "/messages/@original", webhooks.delete_original, "message_delete_per_1_s",
          who=Who.WEBHOOK),
    Route("GET", POSTED, webhooks.get_message, "message_list_per_5_s", who=Who.WEBHOOK),
    Route("PATCH", POSTED, webhooks.update_message, "message_update_per_5_s", who=Who.WEBHOOK),
    Route("DELETE", POSTED, webhooks.delete_message, "message_delete_per_1_s", who=Who.WEBHOOK),

    # Interactions: made by people, answered by who has the token
    Route("POST", "/interactions", interactions.create_interaction, "interaction_create_per_5_s",
          who=PEOPLE),
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", interactions.answer,
          UNLIMITED, who=Who.WEBHOOK),

    # Search
    Route("GET", "/guilds/{guild_id}/messages/search", search.search_guild, "search_per_10_s"),
    Route("GET", "/channels/{channel_id}/messages/search", search.search_channel, "search_per_10_s"),

    # Direct messages and groups
    Route("GET", "/users/@me/channels", dms.list_dms),
    Route("POST", "/users/@me/channels", dms.open_channel, "dm_open_per_10_s"),
    Route("PUT", RECIPIENT, dms.add_recipient, "dm_open_per_10_s", who=PEOPLE),
    Route("DELETE", RECIPIENT, dms.remove_recipient, "dm_open_per_10_s", who=PEOPLE),

    # Friends, requests and blocks
    Route("GET", RELATIONSHIPS, relationships.list_relationships, who=PEOPLE),
    Route("POST", RELATIONSHIPS, relationships.ask_by_name, "relationship_per_60_s", who=PEOPLE),
    Route("PUT", RELATIONSHIP, relationships.create_relationship, "relationship_per_60_s", who=PEOPLE),
    Route("PATCH", RELATIONSHIP, relationships.update_relationship, "relationship_per_60_s", who=PEOPLE),
    Route("DELETE", RELATIONSHIP, relationships.delete_relationship, "relationship_per_60_s", who=PEOPLE),

    # What people have chosen, and want to hear of
    Route("GET", "/users/@me/settings", user_settings.get_settings, who=PEOPLE),
    Route("PATCH", "/users/@me/settings", user_settings.update_settings, "own_settings_per_10_s", who=PEOPLE),
    Route("PATCH", "/users/@me/guilds/settings", notification_settings.update_many, "own_settings_per_10_s",
          who=PEOPLE),
    Route("PATCH", "/users/@me/guilds/@me/settings", notification_settings.update_direct,
          "own_settings_per_10_s", who=PEOPLE),
    Route("PATCH", "/users/@me/guilds/{guild_id}/settings", notification_settings.update_settings,
          "own_settings_per_10_s", who=PEOPLE),

    # What has been read
    Route("POST", MESSAGE + "/ack", read_states.ack_message, "ack_per_5_s", who=PEOPLE),
    Route("DELETE", MESSAGES + "/ack", read_states.forget, "ack_per_5_s", who=PEOPLE),
    Route("POST", "/channels/{channel_id}/pins/ack", read_states.ack_pins, "ack_per_5_s", who=PEOPLE),
    Route("POST", "/read-states/ack-bulk", read_states.ack_messages, "ack_per_5_s", who=PEOPLE),
]
