-- name: insert_emoji :exec
insert into emojis (id, guild_id, application_id, creator_id, name, animated, role_ids, image)
values (:id, :guild_id, :application_id, :creator_id, :name, :animated, :role_ids, :image);

-- name: list_guild_emojis :many
-- Leans on emojis_of_guild.
select id, guild_id, application_id, creator_id, name, animated, role_ids
  from emojis
 where guild_id = :guild_id
 order by id;

-- name: list_application_emojis :many
-- Leans on emojis_of_application.
select id, guild_id, application_id, creator_id, name, animated, role_ids
  from emojis
 where application_id = :application_id
 order by id;

-- name: update_emoji :exec
update emojis
   set name = :name,
       role_ids = :role_ids
 where id = :id;

-- name: delete_emoji :exec
delete from emojis
 where id = :id;

-- name: hold_application :value
-- One transaction at a time changes an application's emoji: each tells all of them, and counts them.
select id
  from applications
 where id = :id
   for no key update;
