-- name: insert_user :exec
insert into users (id, username, global_name, bot, system, status)
values (:id, :username, :global_name, :bot, :system, :status);

-- name: update_user :one
-- A null username leaves it as it is; the others can be null, so those that are set are named apart.
   update users
      set username = coalesce(:username, username),
          global_name = case when 'global_name' = any(:sets::text[]) then :global_name else global_name end,
          avatar = case when 'avatar' = any(:sets) then :avatar else avatar end,
          banner = case when 'banner' = any(:sets) then :banner else banner end,
          accent_color = case when 'accent_color' = any(:sets) then :accent_color else accent_color end
    where id = :id
returning id, username, global_name, avatar, bot, system, public_flags, banner, accent_color;

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
