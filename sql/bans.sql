-- name: find_ban :one
select user_id, reason
  from bans
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: bans_after :many
select user_id, reason
  from bans
 where guild_id = :guild_id
   and user_id > :after
 order by user_id
 limit :limit;

-- name: bans_before :many
-- Those right before, the largest id first.
select user_id, reason
  from bans
 where guild_id = :guild_id
   and user_id < :before
 order by user_id desc
 limit :limit;

-- name: insert_bans :many
-- Answers who had not been banned.
insert into bans (guild_id, user_id, reason)
select :guild_id, unnest(:user_ids::bigint[]), :reason
    on conflict (guild_id, user_id) do nothing
returning user_id;

-- name: delete_ban :exec
delete from bans
 where guild_id = :guild_id
   and user_id = :user_id;
