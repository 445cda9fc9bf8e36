-- name: insert_purges :exec
-- One for each author.
insert into purges (id, guild_id, channel_id, author_id, moderator_id, reason, since_id, until_id, before_id)
select id, :guild_id, :channel_id, author_id, :moderator_id, :reason, :since_id, :until_id, :until_id
  from unnest(:ids::bigint[], :author_ids::bigint[]) as p (id, author_id);

-- name: find_purge :one
select id, guild_id, channel_id, author_id, moderator_id, reason, since_id, until_id, before_id, counts, finished_at
  from purges
 where guild_id = :guild_id
   and id = :id;

-- name: list_purges :many
-- Newest first; `before` is exclusive.
select id, guild_id, channel_id, author_id, moderator_id, reason, since_id, until_id, before_id, counts, finished_at
  from purges
 where guild_id = :guild_id
   and id < :before
 order by id desc
 limit :limit;

-- name: take_unfinished :one
-- The one that has had the fewest pages, then the oldest, unless somebody else is at it. Leans on purges_unfinished.
select id, guild_id, channel_id, author_id, moderator_id, reason, since_id, until_id, before_id, counts, finished_at
  from purges
 where finished_at is null
 order by pages, id
 limit 1
   for update skip locked;

-- name: page_of_author :many
-- What somebody has said, wherever it was, newest first. Leans on messages_of_author_by_time.
select id
  from messages
 where author_id = :author_id
   and id >= :since_id
   and id < :before_id
 order by id desc
 limit :limit;

-- name: delete_in_guild :many
-- Those of `ids` that are in the guild, or in the channel or below it, but for the types that nobody deletes.
delete from messages m
 using channels c
 where m.id = any(:ids::bigint[])
   and c.id = m.channel_id
   and c.guild_id = :guild_id
   and (:channel_id::bigint is null or c.id = :channel_id or c.parent_id = :channel_id)
   and m.type <> all(:kept_types::smallint[])
returning m.id, m.channel_id;

-- name: note_progress :exec
update purges
   set pages = pages + 1, before_id = :before_id, counts = :counts, finished_at = :finished_at
 where id = :id;
