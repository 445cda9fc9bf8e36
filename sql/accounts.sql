-- name: insert_account :exec
insert into accounts (user_id, email, password_hash, admin, last_login_at)
values (:user_id, :email, :password_hash, :admin, :now);

-- name: find_account :one
-- By username or mail address, whatever the case. Leans on users_username and accounts_email.
select a.user_id, a.password_hash, a.admin, a.disabled_at
  from accounts a
  join users u on u.id = a.user_id
 where lower(u.username) = lower(:login)
    or lower(a.email) = lower(:login)
 limit 1;

-- name: own_account :one
-- The language is one of the user's settings, where they have chosen one.
select a.email, a.verified, a.admin, s.settings ->> 'locale' as locale
  from accounts a
  left join user_settings s on s.user_id = a.user_id
 where a.user_id = :user_id;

-- name: touch_last_login :exec
update accounts
   set last_login_at = :now
 where user_id = :user_id;

-- name: count_admins :value
select count(*)
  from accounts
 where admin;

-- name: insert_token :exec
insert into tokens (hash, user_id, kind, expires_at, user_agent, address)
values (:hash, :user_id, :kind, :expires_at, :user_agent, :address);

-- name: find_token :one
-- A token that still holds, and whose it is. A bot is kept out with its owner.
select t.user_id, t.kind, t.expires_at, t.last_used_at, u.bot, coalesce(a.admin, false) as admin
  from tokens t
  join users u on u.id = t.user_id
  left join accounts a on a.user_id = t.user_id
  left join applications p on p.id = t.user_id
  left join accounts o on o.user_id = p.owner_id
 where t.hash = :hash
   and (t.expires_at is null or t.expires_at > :now)
   and a.disabled_at is null
   and o.disabled_at is null;

-- name: extend_token :exec
-- A session that is used stays signed in.
update tokens
   set last_used_at = :now, expires_at = :expires_at
 where hash = :hash
   and kind = 'session';

-- name: delete_token :value
-- Returns whose it was, or null when it was gone already.
   delete from tokens
    where hash = :hash
returning user_id;

-- name: delete_expired_tokens :many
   delete from tokens
    where expires_at <= :now
returning hash, user_id;

-- name: delete_tokens_of :many
-- Those by which somebody is signed in, but for one that they keep.
   delete from tokens
    where user_id = :user_id
      and kind = 'session'
      and hash is distinct from :kept
returning hash;

-- name: list_sessions :many
-- Where somebody is signed in, the one used last first.
select hash, created_at, last_used_at, expires_at, user_agent, address
  from tokens
 where user_id = :user_id
   and kind = 'session'
   and expires_at > :now
 order by last_used_at desc, hash;

-- name: find_password :value
select password_hash
  from accounts
 where user_id = :user_id;

-- name: set_password :exec
update accounts
   set password_hash = :password_hash
 where user_id = :user_id;

-- name: set_email :exec
-- Another address has not been verified.
update accounts
   set email = :email, verified = verified and email is not distinct from :email
 where user_id = :user_id;
