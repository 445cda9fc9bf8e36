-- name: list_events_to_come :many
-- Every guild's scheduled and active ones, for the directory. Leans on scheduled_events_to_come.
select e.id, e.guild_id, e.creator_id, e.name, e.scheduled_start_time, e.entity_type, e.channel_id,
       e.location, e.scheduled_end_time, e.description, e.image, e.status, e.entity_id, e.recurrence_rule,
       (select count(*) from scheduled_event_users u where u.event_id = e.id) as user_count
  from scheduled_events e
 where e.status in (1, 2)
 order by e.id;

-- name: find_event :one
select e.id, e.guild_id, e.creator_id, e.name, e.scheduled_start_time, e.entity_type, e.channel_id,
       e.location, e.scheduled_end_time, e.description, e.image, e.status, e.entity_id, e.recurrence_rule,
       (select count(*) from scheduled_event_users u where u.event_id = e.id) as user_count
  from scheduled_events e
 where e.guild_id = :guild_id
   and e.id = :id;

-- name: list_of_channel :many
-- The scheduled and active ones in a channel. Leans on scheduled_events_of_channel.
select e.id, e.guild_id, e.creator_id, e.name, e.scheduled_start_time, e.entity_type, e.channel_id,
       e.location, e.scheduled_end_time, e.description, e.image, e.status, e.entity_id, e.recurrence_rule,
       (select count(*) from scheduled_event_users u where u.event_id = e.id) as user_count
  from scheduled_events e
 where e.channel_id = :channel_id
   and e.status in (1, 2)
 order by e.id;

-- name: count_to_come :value
-- Leans on scheduled_events_of_guild.
select count(*)
  from scheduled_events
 where guild_id = :guild_id
   and status in (1, 2);

-- name: insert_event :exec
insert into scheduled_events (
           id, guild_id, creator_id, name, scheduled_start_time, entity_type, channel_id, location,
           scheduled_end_time, description, image, status, entity_id, recurrence_rule
       )
values (
           :id, :guild_id, :creator_id, :name, :scheduled_start_time, :entity_type, :channel_id, :location,
           :scheduled_end_time, :description, :image, :status, :entity_id, :recurrence_rule
       );

-- name: update_event :exec
update scheduled_events
   set name = :name,
       scheduled_start_time = :scheduled_start_time,
       entity_type = :entity_type,
       channel_id = :channel_id,
       location = :location,
       scheduled_end_time = :scheduled_end_time,
       description = :description,
       image = :image,
       status = :status,
       entity_id = :entity_id,
       recurrence_rule = :recurrence_rule,
       empty_since = null
 where id = :id;

-- name: delete_event :exec
delete from scheduled_events
 where id = :id;

-- name: insert_user :exec
-- 0 rows for who has said so already.
insert into scheduled_event_users (event_id, user_id)
values (:event_id, :user_id)
    on conflict do nothing;

-- name: delete_user :exec
delete from scheduled_event_users
 where event_id = :event_id
   and user_id = :user_id;

-- name: users_after :many
-- By id, after `after`, exclusive.
select user_id
  from scheduled_event_users
 where event_id = :event_id
   and user_id > :after
 order by user_id
 limit :limit;

-- name: users_before :many
-- The last ones before `before`, exclusive; they come backwards.
select user_id
  from scheduled_event_users
 where event_id = :event_id
   and user_id < :before
 order by user_id desc
 limit :limit;

-- name: list_due :many
-- What the clock has to do: external events begin (2) and end (3) at their times, and any other that nobody
-- has begun long after its time is canceled (4). Leans on scheduled_events_to_come.
select guild_id, id,
       case when entity_type <> 3 then 4 when status = 1 then 2 else 3 end as status
  from scheduled_events
 where status in (1, 2)
   and case
           when entity_type <> 3 then status = 1 and scheduled_start_time <= :late
           when status = 1 then scheduled_start_time <= :at
           else scheduled_end_time <= :at
       end
 order by id;

-- name: note_empty :exec
-- Since when nobody is where an active event takes place, as far as this has been looked at.
update scheduled_events e
   set empty_since = case when place.is_empty then coalesce(e.empty_since, :at) end
  from (select a.id,
               not exists (select from voice_states v where v.channel_id = a.channel_id) as is_empty
          from scheduled_events a
         where a.status = 2
           and a.channel_id is not null) as place
 where place.id = e.id
   and place.is_empty = (e.empty_since is null);

-- name: list_empty :many
select guild_id, id
  from scheduled_events
 where status = 2
   and empty_since <= :before
 order by id;
