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

-- name: update_owner :exec
-- Touches nothing when the guild has another owner by now.
update guilds
   set owner_id = :owner_id
 where id = :id
   and owner_id = :former_owner_id;
