-- name: find_voice_state :one
select user_id, channel_id, session_id, self_mute, self_deaf, self_video, suppress, request_to_speak_at
  from voice_states
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: list_of_users :many
select user_id, channel_id, session_id, self_mute, self_deaf, self_video, suppress, request_to_speak_at
  from voice_states
 where guild_id = :guild_id
   and user_id = any(:user_ids::bigint[])
 order by user_id;

-- name: count_in_channel :value
-- Leans on voice_states_of_channel.
select count(*)
  from voice_states
 where channel_id = :channel_id;

-- name: set_voice_state :exec
-- Whoever is in a guild's channel is in no other one of it.
insert into voice_states (
           guild_id, user_id, channel_id, session_id, self_mute, self_deaf, self_video, suppress,
           request_to_speak_at
       )
values (
           :guild_id, :user_id, :channel_id, :session_id, :self_mute, :self_deaf, :self_video, :suppress,
           :request_to_speak_at
       )
    on conflict (guild_id, user_id) do update
   set channel_id = excluded.channel_id,
       session_id = excluded.session_id,
       self_mute = excluded.self_mute,
       self_deaf = excluded.self_deaf,
       self_video = excluded.self_video,
       suppress = excluded.suppress,
       request_to_speak_at = excluded.request_to_speak_at;

-- name: delete_voice_state :exec
delete from voice_states
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: hold_user :value
-- One change at a time of where a user is, across all guilds.
select id
  from users
 where id = :id
   for no key update;

-- name: list_guilds_of_user :many
-- Where a user is in a voice channel. Leans on voice_states_of_user.
select guild_id
  from voice_states
 where user_id = :user_id
 order by guild_id;

-- name: list_in_channel :many
-- Leans on voice_states_of_channel.
select user_id, channel_id, session_id, self_mute, self_deaf, self_video, suppress, request_to_speak_at
  from voice_states
 where channel_id = :channel_id
 order by user_id;

-- name: list_guilds_of_sessions :many
-- Leans on voice_states_of_session.
select distinct guild_id
  from voice_states
 where session_id = any(:session_ids::text[])
 order by guild_id;

-- name: list_of_sessions :many
-- Leans on voice_states_of_session.
select user_id, channel_id, session_id, self_mute, self_deaf, self_video, suppress, request_to_speak_at
  from voice_states
 where guild_id = :guild_id
   and session_id = any(:session_ids::text[])
 order by user_id;

-- name: list_other_sessions :many
-- The sessions that somebody is in a voice channel by, but for these.
select distinct session_id
  from voice_states
 where not session_id = any(:session_ids::text[]);

-- name: begin_voice :value
-- The first one has come to a channel. When that was; nothing when others are there already.
insert into channel_infos as i (channel_id, voice_started_at)
values (:channel_id, :at)
    on conflict (channel_id) do update
   set voice_started_at = excluded.voice_started_at
 where i.voice_started_at is null
returning voice_started_at;

-- name: end_voice :one
-- The last one has left a channel, and takes its status with them. Nothing while others are there.
delete from channel_infos i
 where i.channel_id = :channel_id
   and not exists (select from voice_states v where v.channel_id = i.channel_id)
returning status;

-- name: set_status :exec
insert into channel_infos (channel_id, status)
values (:channel_id, :status)
    on conflict (channel_id) do update
   set status = excluded.status;

-- name: find_status :value
select status
  from channel_infos
 where channel_id = :channel_id;

-- name: list_voice_states :many
-- Everybody who is anywhere, for the directory.
select guild_id, user_id, channel_id, session_id, self_mute, self_deaf, self_video, suppress,
       request_to_speak_at
  from voice_states;

-- name: list_channel_infos :many
select c.guild_id, i.channel_id, i.voice_started_at, i.status
  from channel_infos i
  join channels c on c.id = i.channel_id
 where i.voice_started_at is not null
    or i.status is not null;
