-- name: insert_webhook :exec
insert into webhooks (id, type, guild_id, channel_id, user_id, name, avatar, token, source_channel_id)
values (:id, :type, :guild_id, :channel_id, :user_id, :name, :avatar, :token, :source_channel_id);

-- name: find_webhook :one
select id, type, guild_id, channel_id, user_id, name, avatar, token, source_channel_id
  from webhooks
 where id = :id;

-- name: webhooks_of_channel :many
-- Leans on webhooks_of_channel.
select id, type, guild_id, channel_id, user_id, name, avatar, token, source_channel_id
  from webhooks
 where channel_id = :channel_id
 order by id;

-- name: webhooks_of_guild :many
-- Leans on webhooks_of_guild.
select id, type, guild_id, channel_id, user_id, name, avatar, token, source_channel_id
  from webhooks
 where guild_id = :guild_id
 order by id;

-- name: followers_of :many
-- Leans on webhooks_of_source.
select id, type, guild_id, channel_id, user_id, name, avatar, token, source_channel_id
  from webhooks
 where source_channel_id = :channel_id
 order by id;

-- name: update_webhook :exec
update webhooks
   set channel_id = :channel_id, name = :name, avatar = :avatar
 where id = :id;

-- name: delete_webhook :exec
delete from webhooks
 where id = :id;

-- name: keep_avatar :exec
-- A face that the webhook shows from now on.
insert into webhook_avatars (webhook_id, avatar)
values (:webhook_id, :avatar)
    on conflict do nothing;

-- name: has_shown :value
-- Whether a webhook has shown this face.
select exists (
    select
      from webhook_avatars
     where webhook_id = :webhook_id
       and avatar = :avatar
);
