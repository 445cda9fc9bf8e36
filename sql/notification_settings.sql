-- name: settings_of :many
-- What a user has chosen, for each guild and (with no guild) for direct messages.
select guild_id, version, message_notifications, muted, mute_until, mute_seconds, suppress_everyone,
       suppress_roles, mobile_push, hide_muted_channels, mute_scheduled_events, notify_highlights, flags
  from notification_settings
 where user_id = :user_id
 order by guild_id nulls first;

-- name: channel_settings_of :many
select s.channel_id, c.guild_id, s.message_notifications, s.muted, s.mute_until, s.mute_seconds, s.collapsed,
       s.flags
  from channel_notification_settings s
  join channels c on c.id = s.channel_id
 where s.user_id = :user_id
 order by s.channel_id;

-- name: find_settings :one
select guild_id, version, message_notifications, muted, mute_until, mute_seconds, suppress_everyone,
       suppress_roles, mobile_push, hide_muted_channels, mute_scheduled_events, notify_highlights, flags
  from notification_settings
 where user_id = :user_id
   and guild_id is not distinct from :guild_id;

-- name: find_channel_settings :many
-- For the channels of one guild, or for direct messages.
select s.channel_id, s.message_notifications, s.muted, s.mute_until, s.mute_seconds, s.collapsed, s.flags
  from channel_notification_settings s
  join channels c on c.id = s.channel_id
 where s.user_id = :user_id
   and c.guild_id is not distinct from :guild_id
 order by s.channel_id;

-- name: save_settings :exec
insert into notification_settings (
           user_id, guild_id, version, message_notifications, muted, mute_until, mute_seconds, suppress_everyone,
           suppress_roles, mobile_push, hide_muted_channels, mute_scheduled_events, notify_highlights, flags
       )
values (:user_id, :guild_id, :version, :message_notifications, :muted, :mute_until, :mute_seconds,
        :suppress_everyone, :suppress_roles, :mobile_push, :hide_muted_channels, :mute_scheduled_events,
        :notify_highlights, :flags)
    on conflict (user_id, guild_id)
    do update set version = excluded.version, message_notifications = excluded.message_notifications,
                  muted = excluded.muted, mute_until = excluded.mute_until,
                  mute_seconds = excluded.mute_seconds, suppress_everyone = excluded.suppress_everyone,
                  suppress_roles = excluded.suppress_roles, mobile_push = excluded.mobile_push,
                  hide_muted_channels = excluded.hide_muted_channels,
                  mute_scheduled_events = excluded.mute_scheduled_events,
                  notify_highlights = excluded.notify_highlights, flags = excluded.flags;

-- name: save_channel_settings :exec
insert into channel_notification_settings (
           user_id, channel_id, message_notifications, muted, mute_until, mute_seconds, collapsed, flags
       )
values (:user_id, :channel_id, :message_notifications, :muted, :mute_until, :mute_seconds, :collapsed, :flags)
    on conflict (user_id, channel_id)
    do update set message_notifications = excluded.message_notifications, muted = excluded.muted,
                  mute_until = excluded.mute_until, mute_seconds = excluded.mute_seconds,
                  collapsed = excluded.collapsed, flags = excluded.flags;
