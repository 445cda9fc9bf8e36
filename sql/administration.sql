-- name: is_admin :value
-- Asked for every act: what a token has proved may be minutes old.
select exists (
    select
      from accounts
     where user_id = :user_id
       and admin
       and disabled_at is null
);

-- name: list_admins :many
-- Those who can act as one.
select user_id
  from accounts
 where admin
   and disabled_at is null
 order by user_id;

-- name: list_users :many
-- Newest first, whoever has `words` in a name or in the mail address; `before` is exclusive. Who has neither an
-- account nor an application is only the author of what was said.
select u.id, u.created_at, u.last_online_at, a.email, a.verified, coalesce(a.admin, false) as admin,
       a.disabled_at, a.last_login_at,
       (select count(*) from tokens t where t.user_id = u.id and t.expires_at > :now) as sessions
  from users u
  left join accounts a on a.user_id = u.id
  left join applications p on p.id = u.id
 where u.id < :before
   and (a.user_id is not null or p.id is not null or u.system)
   and (:words = '' or strpos(lower(concat_ws(' ', u.username, u.global_name, a.email)), :words) > 0)
   and case :kind::text
           when 'people' then a.user_id is not null
           when 'admins' then a.admin
           when 'disabled' then a.disabled_at is not null
           when 'bots' then p.id is not null
           else true
       end
 order by u.id desc
 limit :limit;

-- name: count_users :value
select count(*)
  from users u
  left join accounts a on a.user_id = u.id
  left join applications p on p.id = u.id
 where (a.user_id is not null or p.id is not null or u.system)
   and (:words = '' or strpos(lower(concat_ws(' ', u.username, u.global_name, a.email)), :words) > 0)
   and case :kind::text
           when 'people' then a.user_id is not null
           when 'admins' then a.admin
           when 'disabled' then a.disabled_at is not null
           when 'bots' then p.id is not null
           else true
       end;

-- name: find_user :one
select u.id, u.created_at, u.last_online_at, a.email, a.verified, coalesce(a.admin, false) as admin,
       a.disabled_at, a.last_login_at,
       (select count(*) from tokens t where t.user_id = u.id and t.expires_at > :now) as sessions
  from users u
  left join accounts a on a.user_id = u.id
  left join applications p on p.id = u.id
 where u.id = :id
   and (a.user_id is not null or p.id is not null or u.system);

-- name: hold_account :one
-- Who changes an account takes turns; null where somebody has none.
select user_id, admin, disabled_at, email
  from accounts
 where user_id = :user_id
   for update;

-- name: count_other_admins :value
-- Beside this one. Who asks holds the settings (lock_settings), so that two do not go at once.
select count(*)
  from accounts
 where admin
   and disabled_at is null
   and user_id <> :user_id;

-- name: update_account :exec
update accounts
   set admin = :admin, disabled_at = :disabled_at, email = :email
 where user_id = :user_id;

-- name: set_password_link :exec
insert into password_links (user_id, hash, expires_at)
values (:user_id, :hash, :expires_at)
    on conflict (user_id)
    do update set hash = excluded.hash, expires_at = excluded.expires_at;

-- name: take_password_link :value
-- Use it up: whose it was, or null where it is not or no more good.
   delete from password_links
    where hash = :hash
      and expires_at > :now
returning user_id;

-- name: delete_expired_links :exec
delete from password_links
 where expires_at <= :now;

-- name: forget_password_link :exec
delete from password_links
 where user_id = :user_id;

-- name: owned_guilds :many
select id
  from guilds
 where owner_id = :user_id
 order by id;

-- name: delete_relationships_of :many
-- What somebody is to others, and others to them.
   delete from relationships
    where user_id = :user_id
       or other_id = :user_id
returning user_id, other_id, type;

-- name: forget_user :exec
-- All that was theirs alone: how they sign in, what they have read and chosen.
with account as (
    delete from accounts where user_id = :id
), read as (
    delete from read_states where user_id = :id
), heard as (
    delete from notification_settings where user_id = :id
), heard_of_channels as (
    delete from channel_notification_settings where user_id = :id
), chosen as (
    delete from user_settings where user_id = :id
), had_been as (
    delete from former_members where user_id = :id
)
delete from message_nonces
 where author_id = :id;

-- name: make_placeholder :one
-- What is left of somebody who is deleted.
   update users
      set username = :username, global_name = :global_name, avatar = null, banner = null, accent_color = null
    where id = :id
returning id, username, global_name, avatar, bot, system, public_flags, banner, accent_color;

-- name: update_settings :exec
update settings
   set name = :name, registration = :registration, welcome = :welcome;

-- name: versions :one
select current_setting('server_version') as postgresql,
       (select max(version) from schema_migrations) as schema;

-- name: storage :one
-- Rows of large tables are counted as the planner does, which is near enough and costs nothing; -1 is for a table
-- that it has not looked at yet.
select pg_database_size(current_database()) as database_bytes,
       pg_total_relation_size('messages') as messages_bytes,
       pg_total_relation_size('journal') as journal_bytes,
       (select reltuples::bigint from pg_class where oid = 'messages'::regclass) as messages,
       (select reltuples::bigint from pg_class where oid = 'journal'::regclass) as journal_entries,
       (select reltuples::bigint from pg_class where oid = 'attachments'::regclass) as attachments,
       (select min(at) from journal) as journal_since;

-- name: counts :one
-- The same counted out, where there are not many.
select (select count(*) from messages) as messages,
       (select count(*) from journal) as journal_entries,
       (select count(*) from attachments) as attachments;
