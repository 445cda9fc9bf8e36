-- name: hold_progress :one
-- Whoever goes on with the index takes turns here.
select position, filled_to
  from search_progress
   for update;

-- name: commit_behind :exec
-- What a crash takes back is the index together with how far it had come: nothing is lost by not waiting for it.
set local synchronous_commit = off;

-- name: find_progress :one
select position, filled_to
  from search_progress;

-- name: save_progress :exec
update search_progress
   set position = :position, filled_to = :filled_to;

-- name: messages_told_after :many
-- New and changed messages as their events tell them, in the order of the journal, between two positions. One
-- that is told to users, and not to a channel, is shown to them alone and found by nobody.
select position, payload
  from journal
 where position > :position
   and position <= :until
   and name in ('MESSAGE_CREATE', 'MESSAGE_UPDATE')
   and channel_id is not null
 order by position
 limit :limit;

-- name: messages_to_fill :many
-- The newest ones below an id, of all channels.
select id, channel_id, author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, pinned_at, revision
  from messages
 where id < :before
 order by id desc
 limit :limit;

-- name: upsert_documents :exec
-- What is gone meanwhile is passed over: the lock waits for a deletion that is being committed, which would
-- otherwise fail the foreign key and all of them.
insert into message_search (message_id, channel_id, lexemes)
select m.id, m.channel_id, d.lexemes::tsvector
  from unnest(:message_ids::bigint[], :lexemes::text[]) as d (message_id, lexemes)
  join messages m on m.id = d.message_id
   for key share of m
    on conflict (message_id)
    do update set lexemes = excluded.lexemes;

-- name: plan_anew :exec
-- For the rest of the transaction: what a search asks for decides which index is good for it.
set local plan_cache_mode = force_custom_plan;

-- name: search_messages :many
-- A page of what matches in some channels. Each row tells how many match in all; there is one without a message
-- where the page is empty. `most` are looked at: the newest, or with `oldest_first` the oldest.
with hits as materialized (
    select s.message_id, s.lexemes
      from message_search s
     where s.channel_id = any(:channel_ids::bigint[])
       and s.message_id > :after
       and s.message_id < :before
       and (:query::text is null or s.lexemes @@ :query::text::tsquery)
     order by case when :oldest_first::boolean then s.message_id end,
              case when not :oldest_first::boolean then s.message_id end desc
     limit :most
), ranked as (
    select message_id,
           row_number() over (
               order by case when :ranking::text is not null
                             then ts_rank(:weights::float4[], lexemes, :ranking::text::tsquery, 1) end desc,
                        case when :oldest_first then message_id end,
                        case when not :oldest_first then message_id end desc
           ) as place
      from hits
)
select h.total, m.id, m.channel_id, m.author_id, m.type, m.flags, m.content, m.tts, m.mention_everyone,
       m.mention_ids, m.mention_role_ids, m.edited_at, m.details, m.pinned_at, m.revision
  from (select count(*) as total from hits) h
  left join ranked r on r.place > :offset and r.place <= :offset + :limit
  left join messages m on m.id = r.message_id
 order by r.place;
