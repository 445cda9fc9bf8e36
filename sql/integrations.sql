-- name: insert_integration :exec
-- A bot that comes to a guild; one that has no application is no integration.
insert into integrations (guild_id, application_id, user_id)
select :guild_id, a.id, :user_id
  from applications a
 where a.id = :application_id;

-- name: list_integrations :many
select application_id, user_id
  from integrations
 where guild_id = :guild_id
 order by application_id;
