-- name: insert_user :exec
insert into users (id, username, global_name, bot, system, status)
values (:id, :username, :global_name, :bot, :system, :status);

-- name: update_user :one
-- A null username leaves it as it is; a display name can be null, so whether it is set is said apart.
   update users
      set username = coalesce(:username, username),
          global_name = case when :sets_global_name then :global_name else global_name end
    where id = :id
returning id, username, global_name, avatar, bot, system, public_flags;

-- name: find_status :value
-- The status that somebody chose, and keeps from one session to the next.
select status
  from users
 where id = :id;

-- name: update_status :exec
update users
   set status = :status
 where id = :id
   and status <> :status;

-- name: touch_last_online :exec
-- Many users at once, as they turn offline.
update users
   set last_online_at = :at
 where id = any(:user_ids::bigint[]);

-- name: list_accounts :many
-- Everybody, for the administrator's list.
select u.id, u.username, u.global_name, u.bot, u.system, u.created_at, u.last_online_at,
       a.email, coalesce(a.admin, false) as admin, a.disabled_at, a.last_login_at
  from users u
  left join accounts a on a.user_id = u.id
 order by u.id;
