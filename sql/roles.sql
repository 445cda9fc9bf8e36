-- name: insert_role :exec
insert into roles (id, guild_id, name, permissions, color, secondary_color, tertiary_color, hoist, position,
                   managed, mentionable, icon, unicode_emoji, bot_id)
values (:id, :guild_id, :name, :permissions, :color, :secondary_color, :tertiary_color, :hoist, :position,
        :managed, :mentionable, :icon, :unicode_emoji, :bot_id);

-- name: update_role :exec
update roles
   set name = :name, permissions = :permissions, color = :color, secondary_color = :secondary_color,
       tertiary_color = :tertiary_color, hoist = :hoist, mentionable = :mentionable, icon = :icon,
       unicode_emoji = :unicode_emoji
 where id = :id;

-- name: set_positions :exec
update roles r
   set position = p.position
  from unnest(:ids::bigint[], :positions::integer[]) as p (id, position)
 where r.id = p.id;

-- name: delete_role :exec
-- From its members it goes with the row; see delete_overwrites_of for the channels.
delete from roles
 where id = :id;

-- name: delete_overwrites_of :exec
-- Leans on channels_of_guild and the primary key of overwrites.
delete from overwrites o
 using channels c
 where c.guild_id = :guild_id
   and o.channel_id = c.id
   and o.target_id = :target_id;
