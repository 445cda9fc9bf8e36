-- name: hold_application :value
-- Keep others from changing the application's commands until the commit.
select id
  from applications
 where id = :id
   for no key update;

-- name: find_command :one
select id, application_id, guild_id, type, name, name_localizations, description, description_localizations,
       options, default_member_permissions, nsfw, contexts, integration_types, version
  from application_commands
 where id = :id;

-- name: find_commands :many
select id, application_id, guild_id, type, name, name_localizations, description, description_localizations,
       options, default_member_permissions, nsfw, contexts, integration_types, version
  from application_commands
 where id = any(:ids::bigint[])
 order by id;

-- name: list_commands :many
-- Those of a scope: a guild, or for the global ones the application itself.
-- Leans on the index of application_commands_application_id_scope_id_type_name_key.
select id, application_id, guild_id, type, name, name_localizations, description, description_localizations,
       options, default_member_permissions, nsfw, contexts, integration_types, version
  from application_commands
 where application_id = :application_id
   and scope_id = :scope_id
 order by id;

-- name: commands_of_applications :many
-- The global ones of all these applications, and those that they have in the guild, if one is named.
-- Leans on the same index.
select id, application_id, guild_id, type, name, name_localizations, description, description_localizations,
       options, default_member_permissions, nsfw, contexts, integration_types, version
  from application_commands
 where application_id = any(:application_ids::bigint[])
   and (guild_id is null or guild_id = :guild_id)
 order by id;

-- name: save_commands :exec
-- `commands` is a JSON list of objects whose names are the columns'.
insert into application_commands (
       id, application_id, guild_id, type, name, name_localizations, description, description_localizations,
       options, default_member_permissions, nsfw, contexts, integration_types, version)
select id, application_id, guild_id, type, name, name_localizations, description, description_localizations,
       options, default_member_permissions, nsfw, contexts, integration_types, version
  from jsonb_to_recordset(:commands::jsonb) as c (
       id bigint, application_id bigint, guild_id bigint, type smallint, name text, name_localizations jsonb,
       description text, description_localizations jsonb, options jsonb, default_member_permissions bigint,
       nsfw boolean, contexts smallint[], integration_types smallint[], version bigint)
    on conflict (id) do update
   set name = excluded.name, name_localizations = excluded.name_localizations,
       description = excluded.description, description_localizations = excluded.description_localizations,
       options = excluded.options, default_member_permissions = excluded.default_member_permissions,
       nsfw = excluded.nsfw, contexts = excluded.contexts, integration_types = excluded.integration_types,
       version = excluded.version;

-- name: delete_commands :exec
delete from application_commands
 where id = any(:ids::bigint[]);

-- name: count_creations :value
-- Count some more that are made today, and get how many that makes.
insert into command_creations (application_id, scope_id, day, created)
values (:application_id, :scope_id, :day, :count)
    on conflict (application_id, scope_id, day) do update
   set created = command_creations.created + excluded.created
returning created;

-- name: forget_creations :exec
-- What was counted on the application's former days.
delete from command_creations
 where application_id = :application_id
   and day < :day;

-- name: permissions_in :many
-- What a guild says of these applications and their commands. Leans on command_permissions_of_target.
select guild_id, application_id, command_id, permissions
  from command_permissions
 where guild_id = :guild_id
   and application_id = any(:application_ids::bigint[])
 order by coalesce(command_id, application_id);

-- name: put_permissions :exec
insert into command_permissions (guild_id, application_id, command_id, permissions)
values (:guild_id, :application_id, :command_id, :permissions)
    on conflict (guild_id, application_id, coalesce(command_id, application_id)) do update
   set permissions = excluded.permissions;

-- name: forget_permissions :exec
-- Of commands that have another name now. Leans on command_permissions_of_command.
delete from command_permissions
 where command_id = any(:command_ids::bigint[]);

-- name: delete_permissions :exec
-- Leans on command_permissions_of_target.
delete from command_permissions
 where guild_id = :guild_id
   and application_id = :application_id
   and coalesce(command_id, application_id) = coalesce(:command_id, :application_id::bigint);
