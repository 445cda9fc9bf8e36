-- name: list_rules :many
-- Every guild's, for the directory.
select id, guild_id, creator_id, name, event_type, trigger_type, trigger_metadata, actions, enabled, exempt_roles,
       exempt_channels
  from auto_moderation_rules
 order by id;

-- name: insert_rule :exec
insert into auto_moderation_rules (id, guild_id, creator_id, name, event_type, trigger_type, trigger_metadata,
                                   actions, enabled, exempt_roles, exempt_channels)
values (:id, :guild_id, :creator_id, :name, :event_type, :trigger_type, :trigger_metadata, :actions, :enabled,
        :exempt_roles, :exempt_channels);

-- name: update_rule :exec
update auto_moderation_rules
   set name = :name,
       trigger_metadata = :trigger_metadata,
       actions = :actions,
       enabled = :enabled,
       exempt_roles = :exempt_roles,
       exempt_channels = :exempt_channels
 where id = :id;

-- name: delete_rule :exec
delete from auto_moderation_rules
 where id = :id;
