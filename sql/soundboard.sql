-- name: list_sounds :many
-- Every guild's, for the directory.
select id, guild_id, name, volume, emoji_id, emoji_name
  from soundboard_sounds
 order by id;

-- name: list_guild_sounds :many
-- Leans on soundboard_sounds_of_guild.
select id, guild_id, creator_id, name, volume, emoji_id, emoji_name
  from soundboard_sounds
 where guild_id = :guild_id
 order by id;

-- name: find_sound :one
select id, guild_id, creator_id, name, volume, emoji_id, emoji_name
  from soundboard_sounds
 where guild_id = :guild_id
   and id = :id;

-- name: count_sounds :value
-- Leans on soundboard_sounds_of_guild.
select count(*)
  from soundboard_sounds
 where guild_id = :guild_id;

-- name: insert_sound :exec
insert into soundboard_sounds (id, guild_id, creator_id, name, volume, emoji_id, emoji_name, sound)
values (:id, :guild_id, :creator_id, :name, :volume, :emoji_id, :emoji_name, :sound);

-- name: update_sound :exec
update soundboard_sounds
   set name = :name,
       volume = :volume,
       emoji_id = :emoji_id,
       emoji_name = :emoji_name
 where id = :id;

-- name: delete_sound :exec
delete from soundboard_sounds
 where id = :id;
