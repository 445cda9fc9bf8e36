-- name: find_settings :one
select name, guild_id, channel_id, system_user_id, registration, setup_hash, welcome
  from settings;

-- name: insert_settings :exec
insert into settings (name, guild_id, channel_id, system_user_id, registration)
values (:name, :guild_id, :channel_id, :system_user_id, :registration);

-- name: lock_settings :exec
-- Who makes or ends the set-up link holds this row.
select singleton
  from settings
   for update;

-- name: lock_first_run :exec
-- Two servers that start on one empty database take turns.
select pg_advisory_xact_lock(8305157);

-- name: insert_status :exec
insert into statuses (name, colour)
values (:name, :colour)
    on conflict (name) do nothing;

-- name: set_setup_hash :exec
update settings
   set setup_hash = :setup_hash;

-- name: take_setup_hash :value
-- Use the one-time link: true for the one who comes first with the right secret.
   update settings
      set setup_hash = null
    where setup_hash = :setup_hash
returning true;

-- name: set_registration :exec
update settings
   set registration = :registration
 where registration <> :registration;

-- name: find_attachment_key :value
select attachment_key
  from settings;
