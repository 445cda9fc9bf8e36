-- name: list_guild_stickers :many
-- Leans on stickers_of_guild.
select id, guild_id, creator_id, name, description, tags, format_type
  from stickers
 where guild_id = :guild_id
 order by id;

-- name: insert_sticker :exec
insert into stickers (id, guild_id, creator_id, name, description, tags, format_type, image)
values (:id, :guild_id, :creator_id, :name, :description, :tags, :format_type, :image);

-- name: update_sticker :exec
update stickers
   set name = :name,
       description = :description,
       tags = :tags
 where id = :id;

-- name: delete_sticker :exec
delete from stickers
 where id = :id;
