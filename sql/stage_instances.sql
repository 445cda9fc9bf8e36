-- name: list_stage_instances :many
-- Every guild's, for the directory.
select id, guild_id, channel_id, topic, guild_scheduled_event_id
  from stage_instances;

-- name: find_stage_instance :one
select id, guild_id, channel_id, topic, guild_scheduled_event_id
  from stage_instances
 where channel_id = :channel_id;

-- name: insert_stage_instance :exec
insert into stage_instances (id, guild_id, channel_id, topic, guild_scheduled_event_id)
values (:id, :guild_id, :channel_id, :topic, :guild_scheduled_event_id);

-- name: update_topic :exec
update stage_instances
   set topic = :topic
 where id = :id;

-- name: delete_stage_instance :exec
delete from stage_instances
 where id = :id;

-- name: note_silence :exec
-- Since when nobody speaks on a stage, as far as this has been looked at.
update stage_instances s
   set silent_since = case when silence.is_silent then coalesce(s.silent_since, :at) end
  from (select i.id,
               not exists (select
                             from voice_states v
                            where v.channel_id = i.channel_id
                              and not v.suppress
                              and v.request_to_speak_at is null) as is_silent
          from stage_instances i) as silence
 where silence.id = s.id
   and silence.is_silent = (s.silent_since is null);

-- name: list_silent :many
select guild_id, channel_id
  from stage_instances
 where silent_since <= :before;
