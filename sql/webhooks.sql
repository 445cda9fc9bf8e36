-- name: insert_webhook :exec
insert into webhooks (id, type, guild_id, channel_id, user_id, name, source_channel_id)
values (:id, :type, :guild_id, :channel_id, :user_id, :name, :source_channel_id);

-- name: find_webhook :one
select id, type, guild_id, channel_id, user_id, name, source_channel_id
  from webhooks
 where id = :id;

-- name: webhooks_of_channel :many
-- Leans on webhooks_of_channel.
select id, type, guild_id, channel_id, user_id, name, source_channel_id
  from webhooks
 where channel_id = :channel_id
 order by id;

-- name: webhooks_of_guild :many
-- Leans on webhooks_of_guild.
select id, type, guild_id, channel_id, user_id, name, source_channel_id
  from webhooks
 where guild_id = :guild_id
 order by id;

-- name: followers_of :many
-- Leans on webhooks_of_source.
select id, type, guild_id, channel_id, user_id, name, source_channel_id
  from webhooks
 where source_channel_id = :channel_id
 order by id;

-- name: delete_webhook :exec
delete from webhooks
 where id = :id;
