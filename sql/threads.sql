-- name: list_threads :many
-- Leans on messages_of_channel to count; the message that a thread begins with is left out.
select t.channel_id, t.owner_id, t.created_at, t.archived, t.locked, t.invitable, t.auto_archive_duration,
       t.archive_timestamp, t.applied_tags, t.messages_deleted,
       (
           select count(*)
             from messages m
            where m.channel_id = t.channel_id
              and m.id <> t.channel_id
              and m.type <> 21
       ) as message_count
  from threads t;

-- name: list_members :many
select thread_id, user_id, joined_at, flags
  from thread_members;

-- name: insert_thread :exec
-- A thread is a channel and what only threads have.
with channel as (
    insert into channels (id, guild_id, type, name, parent_id, rate_limit_per_user)
    values (:id, :guild_id, :type, :name, :parent_id, :rate_limit_per_user)
    returning id
)
insert into threads (channel_id, owner_id, created_at, invitable, auto_archive_duration, archive_timestamp,
                     applied_tags)
select id, :owner_id, :created_at, :invitable, :auto_archive_duration, :created_at, :applied_tags
  from channel;

-- name: update_thread :exec
-- All that can be changed of one.
with channel as (
    update channels
       set name = :name, rate_limit_per_user = :rate_limit_per_user, flags = :flags
     where id = :id
    returning id
)
update threads t
   set archived = :archived, locked = :locked, invitable = :invitable,
       auto_archive_duration = :auto_archive_duration, archive_timestamp = :archive_timestamp,
       applied_tags = :applied_tags
  from channel c
 where t.channel_id = c.id;

-- name: take_off_tags :exec
-- From the threads of a forum those of its tags that are no more.
update threads t
   set applied_tags = array(
           select u.tag
             from unnest(t.applied_tags) with ordinality as u (tag, n)
            where u.tag <> all(:tag_ids::bigint[])
            order by u.n
       )
  from channels c
 where c.id = t.channel_id
   and c.parent_id = :parent_id
   and t.applied_tags && :tag_ids::bigint[];

-- name: insert_members :exec
insert into thread_members (thread_id, guild_id, user_id, joined_at)
select :thread_id, :guild_id, unnest(:user_ids::bigint[]), :joined_at;

-- name: delete_member :exec
delete from thread_members
 where thread_id = :thread_id
   and user_id = :user_id;

-- name: lock_message :exec
-- Before the journal's head is taken, which those who change a message take after it.
select id
  from messages
 where id = :id
   for no key update;
