-- name: insert_guild :exec
insert into guilds (id, name, owner_id)
values (:id, :name, :owner_id);

-- name: insert_everyone :exec
-- The role that all have, whose id is the guild's own.
insert into roles (id, guild_id, name, permissions)
values (:guild_id, :guild_id, '@everyone', :permissions);

-- name: set_system_channel :exec
update guilds
   set system_channel_id = :channel_id
 where id = :id;

-- name: update_guild :exec
-- All that a guild is set to.
update guilds
   set name = :name, owner_id = :owner_id, description = :description, icon = :icon, splash = :splash,
       discovery_splash = :discovery_splash, banner = :banner, features = :features,
       afk_channel_id = :afk_channel_id, afk_timeout = :afk_timeout, system_channel_id = :system_channel_id,
       system_channel_flags = :system_channel_flags, rules_channel_id = :rules_channel_id,
       public_updates_channel_id = :public_updates_channel_id,
       safety_alerts_channel_id = :safety_alerts_channel_id, verification_level = :verification_level,
       default_message_notifications = :default_message_notifications,
       explicit_content_filter = :explicit_content_filter, preferred_locale = :preferred_locale,
       premium_progress_bar_enabled = :premium_progress_bar_enabled
 where id = :id;

-- name: set_incident_actions :exec
update guilds
   set invites_disabled_until = :invites_disabled_until, dms_disabled_until = :dms_disabled_until
 where id = :id;

-- name: update_owner :exec
-- Touches nothing when the guild has another owner by now.
update guilds
   set owner_id = :owner_id
 where id = :id
   and owner_id = :former_owner_id;

-- name: lock_owner :exec
-- Who makes two guilds at once makes one after the other.
select id
  from users
 where id = :user_id
   for no key update;

-- name: count_owned :value
select count(*)
  from guilds
 where owner_id = :user_id;

-- name: delete_guild :exec
-- Its members, roles and channels go with it; for the messages see deleted_channels.
delete from guilds
 where id = :id;
