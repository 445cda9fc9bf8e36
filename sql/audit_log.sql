-- name: insert_entry :exec
insert into audit_log (id, guild_id, user_id, target_id, action_type, changes, options, reason)
values (:id, :guild_id, :user_id, :target_id, :action_type, :changes, :options, :reason);

-- name: entries_before :many
-- Newest first. A null filter lets everything through. Leans on audit_log_of_guild, and on the narrower
-- indexes when they are given.
select id, user_id, target_id, action_type, changes, options, reason
  from audit_log
 where guild_id = :guild_id
   and id < :before
   and (:user_id::bigint is null or user_id = :user_id)
   and (:target_id::bigint is null or target_id = :target_id)
   and (:action_type::smallint is null or action_type = :action_type)
 order by id desc
 limit :limit;

-- name: entries_after :many
-- Oldest first, as whoever pages forward wants them.
select id, user_id, target_id, action_type, changes, options, reason
  from audit_log
 where guild_id = :guild_id
   and id > :after
   and (:user_id::bigint is null or user_id = :user_id)
   and (:target_id::bigint is null or target_id = :target_id)
   and (:action_type::smallint is null or action_type = :action_type)
 order by id
 limit :limit;
