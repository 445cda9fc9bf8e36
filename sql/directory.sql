-- name: list_users :many
select id, username, global_name, avatar, bot, system, public_flags, banner, accent_color
  from users;

-- name: list_guilds :many
select id, name, owner_id, description, icon, splash, discovery_splash, banner, features, afk_channel_id,
       afk_timeout, system_channel_id, system_channel_flags, rules_channel_id, public_updates_channel_id,
       safety_alerts_channel_id, verification_level, default_message_notifications, explicit_content_filter,
       preferred_locale, premium_progress_bar_enabled, invites_disabled_until, dms_disabled_until,
       (select i.code from invites i where i.guild_id = g.id and i.vanity) as vanity_url_code
  from guilds g;

-- name: list_roles :many
select id, guild_id, name, permissions, color, secondary_color, tertiary_color, hoist, position, managed,
       mentionable, icon, unicode_emoji, flags, bot_id
  from roles;

-- name: list_members :many
-- Everybody in every guild, with their roles.
select m.guild_id, m.user_id, m.nick, m.joined_at, m.communication_disabled_until, m.avatar, m.banner,
       m.deaf, m.mute, m.flags,
       coalesce(array_agg(r.role_id order by r.role_id) filter (where r.role_id is not null), '{}') as role_ids
  from members m
  left join member_roles r on r.guild_id = m.guild_id and r.user_id = m.user_id
 group by m.guild_id, m.user_id;

-- name: list_channels :many
-- Leans on messages_of_channel for the newest message of each.
select c.id, c.guild_id, c.type, c.name, c.topic, c.position, c.parent_id, c.nsfw, c.rate_limit_per_user,
       c.flags, c.last_pin_timestamp, c.bitrate, c.user_limit, c.rtc_region, c.video_quality_mode,
       c.default_auto_archive_duration, c.default_thread_rate_limit_per_user, c.default_reaction_emoji_id,
       c.default_reaction_emoji_name, c.default_sort_order, c.default_forum_layout, c.default_tag_setting,
       (select max(m.id) from messages m where m.channel_id = c.id) as last_message_id
  from channels c;

-- name: list_tags :many
-- Those of each channel in their order.
select channel_id, id, name, moderated, emoji_id, emoji_name
  from channel_tags
 order by channel_id, position;

-- name: list_turns :many
-- Who has spoken last in channels with slow mode, as far back as they may have to wait for. A snowflake's time
-- is its upper bits, in milliseconds since 2015. Leans on messages_of_channel.
select m.channel_id, m.author_id, max(m.id) as message_id
  from channels c
  join messages m on m.channel_id = c.id
 where c.rate_limit_per_user > 0
   and m.type = any(:types::smallint[])
   and m.id >= (extract(epoch from now())::bigint - c.rate_limit_per_user - 1420070400) * 1000 << 22
 group by m.channel_id, m.author_id;

-- name: list_overwrites :many
select channel_id, target_id, type, allow, deny
  from overwrites;

-- name: list_emojis :many
select id, guild_id, application_id, name, animated, role_ids
  from emojis
 order by id;

-- name: list_stickers :many
select id, guild_id, name, description, tags, format_type
  from stickers
 order by id;

-- name: journal_position :value
select position
  from journal_head;
