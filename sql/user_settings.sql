-- name: find_settings :one
-- The settings that somebody has chosen, as JSON, and their status, which is the user's own.
select coalesce(s.settings, '{}')::text as settings, u.status
  from users u
  left join user_settings s on s.user_id = u.id
 where u.id = :user_id;

-- name: save_settings :exec
insert into user_settings (user_id, settings)
values (:user_id, :settings::text::jsonb)
    on conflict (user_id)
    do update set settings = excluded.settings;

-- name: list_restrictions :many
-- Who does not want to be written to by members of some guilds, and which.
select user_id, array(select jsonb_array_elements_text(settings -> 'restricted_guilds'))::bigint[] as guild_ids
  from user_settings
 where settings -> 'restricted_guilds' <> '[]';
