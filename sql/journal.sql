-- name: append_entries :value
-- Append events and tell the other processes; the last statement before a commit. Returns the position
-- of the last one. `sender` lets a process know its own notification again.
select position
  from journal_append(
           :names::text[], :guild_ids::bigint[], :channel_ids::bigint[], :user_ids::text[], :payloads::text[]
       ) as position,
       pg_notify('chatd_journal', :sender || ':' || position);

-- name: entries_after :many
-- Forward from `position`, exclusive.
select position, name, guild_id, channel_id, user_ids, payload
  from journal
 where position > :position
 order by position
 limit :limit;

-- name: first_sight :many
-- For each channel that appeared or was gone for a user after `position`: what they were told first. A list that
-- begins with 0 is of those who were not told. Leans on journal_onlookers.
select distinct on (channel_id) channel_id, name
  from journal
 where position > :position
   and user_ids is not null
   and channel_id is not null
   and name in ('CHANNEL_CREATE', 'CHANNEL_DELETE')
   and (:user_id = any(user_ids)) <> (user_ids[1] = 0)
 order by channel_id, position;

-- name: first_membership :many
-- For each guild that a user joined or left after `position`: which of the two came first. Leans on
-- journal_memberships.
select distinct on (guild_id) guild_id, name
  from journal
 where position > :position
   and name in ('GUILD_MEMBER_ADD', 'GUILD_MEMBER_REMOVE')
   and payload::jsonb -> 'user' ->> 'id' = :user_id::text
 order by guild_id, position;

-- name: journal_bounds :one
-- The position before the oldest entry that is still kept, and the newest position given out.
select coalesce((select min(position) - 1 from journal), head.position) as before_oldest,
       head.position as head
  from journal_head as head;

-- name: delete_entries_before :exec
-- Retention: drop what is older than a resume may reach back. Leans on journal_by_age.
delete from journal
 where at < :before;

-- name: lock_guilds :many
-- Before an event changes what people may do there; see guilds.permission_position.
select permission_position
  from guilds
 where id = any(:guild_ids::bigint[])
 order by id
   for no key update;

-- name: mark_guilds :exec
-- What is remembered of these guilds' permissions from before `position` is out of date.
update guilds
   set permission_position = :position
 where id = any(:guild_ids::bigint[]);

-- name: hold_permissions :value
-- Keep a guild's permissions from changing until the transaction ends; returns when they last did. Not
-- `for share`: two that hold it and then change something would wait for each other.
select permission_position
  from guilds
 where id = :guild_id
   for no key update;

-- name: try_serve :value
-- Be the one server on this database, for as long as the connection lasts. False if another is.
select pg_try_advisory_lock(8305158);
