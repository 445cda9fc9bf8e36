-- name: find_ban :one
select user_id, reason
  from bans
 where guild_id = :guild_id
   and user_id = :user_id;
