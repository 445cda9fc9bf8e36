-- name: hold_users :many
-- What is between two people stays as it is until the transaction ends: who changes it takes turns here.
select id
  from users
 where id = any(:user_ids::bigint[])
 order by id
   for no key update;

-- name: find_user_id :value
-- Leans on users_username.
select id
  from users
 where lower(username) = lower(:username);

-- name: find_relationship :one
-- What `other_id` is to `user_id`.
select user_id, other_id, type, nickname, since
  from relationships
 where user_id = :user_id
   and other_id = :other_id;

-- name: upsert_relationship :exec
-- A nickname is a friend's, and starts anew with the friendship.
insert into relationships (user_id, other_id, type, since)
values (:user_id, :other_id, :type, :since)
    on conflict (user_id, other_id)
    do update set type = excluded.type, since = excluded.since, nickname = null;

-- name: delete_relationship :exec
delete from relationships
 where user_id = :user_id
   and other_id = :other_id;

-- name: update_nickname :exec
update relationships
   set nickname = :nickname
 where user_id = :user_id
   and other_id = :other_id;

-- name: list_relationships :many
-- Everybody's.
select user_id, other_id, type, nickname, since
  from relationships;
