-- name: list_users :many
select id, username, global_name, avatar, bot, system, public_flags, banner, accent_color
  from users;

-- name: list_guilds :many
select id, name, owner_id, description, icon, system_channel_id, default_message_notifications,
       preferred_locale
  from guilds;

-- name: list_roles :many
select id, guild_id, name, permissions, color, hoist, position, managed, mentionable
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
       (select max(m.id) from messages m where m.channel_id = c.id) as last_message_id
  from channels c;

-- name: list_overwrites :many
select channel_id, target_id, type, allow, deny
  from overwrites;

-- name: list_recipients :many
select channel_id, array_agg(user_id order by user_id) as user_ids
  from recipients
 group by channel_id;

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
