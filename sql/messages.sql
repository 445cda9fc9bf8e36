-- name: insert_messages :many
-- A batch of new messages, each with its event, in one statement and so in one commit.
-- Refused, and missing from the answer: what was allowed by knowledge of the guild that is older than its
-- permissions, and a nonce that this author has already used here. Answers n (from 1) and position.
-- Here and below, `known` is null for what the server does by itself, which needs no permission.
with wanted as (
    select *
      from unnest(
               :ids::bigint[], :channel_ids::bigint[], :guild_ids::bigint[], :author_ids::bigint[],
               :contents::text[], :types::smallint[], :flags::integer[], :tts::boolean[],
               :mention_everyone::boolean[], :mention_ids::text[], :mention_role_ids::text[], :details::text[],
               :nonces::text[], :known::bigint[], :payloads::text[]
           ) with ordinality as w (
               id, channel_id, guild_id, author_id, content, type, flags, tts, mention_everyone, mention_ids,
               mention_role_ids, details, nonce, known, payload, n
           )
), held as materialized (
    select g.id, g.permission_position
      from guilds g
     where g.id in (select guild_id from wanted where known is not null)
     order by g.id
       for share
), allowed as (
    select w.*
      from wanted w
      left join held on held.id = w.guild_id
     where w.guild_id is null
        or w.known is null
        or held.permission_position <= w.known
), claimed as (
    insert into message_nonces (author_id, channel_id, nonce, message_id)
    select author_id, channel_id, nonce, id
      from allowed
     where nonce is not null
        on conflict do nothing
    returning message_id
), inserted as (
    insert into messages (id, channel_id, author_id, content, type, flags, tts, mention_everyone, mention_ids,
                          mention_role_ids, details)
    select a.id, a.channel_id, a.author_id, a.content, a.type, a.flags, a.tts, a.mention_everyone,
           a.mention_ids::bigint[], a.mention_role_ids::bigint[], a.details::jsonb
      from allowed a
     where a.nonce is null
        or a.id in (select message_id from claimed)
    returning id
), appended as materialized (
    select array_agg(a.n order by a.n) as ns,
           journal_append(
               array_agg('MESSAGE_CREATE'::text), array_agg(a.guild_id order by a.n),
               array_agg(a.channel_id order by a.n), array_agg(null::text),
               array_agg(a.payload order by a.n)
           ) as last
      from allowed a
      join inserted i on i.id = a.id
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: insert_message :value
-- The same for one message alone, whose fields come in the same order: without arrays there is little to join,
-- and it costs half. Answers the position; null where it is refused.
with wanted as (
    select :id::bigint as id, :channel_id::bigint as channel_id, :guild_id::bigint as guild_id,
           :author_id::bigint as author_id, :content::text as content, :type::smallint as type,
           :flags::integer as flags, :tts::boolean as tts, :mention_everyone::boolean as mention_everyone,
           :mention_ids::text as mention_ids, :mention_role_ids::text as mention_role_ids,
           :details::text as details, :nonce::text as nonce, :known::bigint as known, :payload::text as payload
), held as materialized (
    select g.permission_position
      from guilds g
     where g.id = (select guild_id from wanted where known is not null)
       for share
), allowed as (
    select w.*
      from wanted w
     where w.guild_id is null
        or w.known is null
        or w.known >= (select permission_position from held)
), claimed as (
    insert into message_nonces (author_id, channel_id, nonce, message_id)
    select author_id, channel_id, nonce, id
      from allowed
     where nonce is not null
        on conflict do nothing
    returning message_id
), inserted as (
    insert into messages (id, channel_id, author_id, content, type, flags, tts, mention_everyone, mention_ids,
                          mention_role_ids, details)
    select a.id, a.channel_id, a.author_id, a.content, a.type, a.flags, a.tts, a.mention_everyone,
           a.mention_ids::bigint[], a.mention_role_ids::bigint[], a.details::jsonb
      from allowed a
     where a.nonce is null
        or a.id in (select message_id from claimed)
    returning id
), head as (
       update journal_head h
          set position = h.position + 1
         from inserted
    returning h.position
), appended as (
    insert into journal (position, name, guild_id, channel_id, payload)
    select head.position, 'MESSAGE_CREATE', a.guild_id, a.channel_id, a.payload
      from head, allowed a
)
select position
  from head;

-- name: update_messages :many
-- A batch of changes, each with its event. Refused: one whose message is gone or is no longer as in the revision
-- that was `seen`, and one allowed by old knowledge. Answers n and position.
with wanted as (
    select *
      from unnest(
               :ids::bigint[], :channel_ids::bigint[], :guild_ids::bigint[], :contents::text[],
               :flags::integer[], :mention_everyone::boolean[], :mention_ids::text[],
               :mention_role_ids::text[], :details::text[], :pinned_at::timestamptz[], :edited_at::timestamptz[],
               :seen::integer[], :known::bigint[], :payloads::text[]
           ) with ordinality as w (
               id, channel_id, guild_id, content, flags, mention_everyone, mention_ids, mention_role_ids,
               details, pinned_at, edited_at, seen, known, payload, n
           )
), held as materialized (
    select g.id, g.permission_position
      from guilds g
     where g.id in (select guild_id from wanted where known is not null)
     order by g.id
       for share
), updated as (
    update messages m
       set content = w.content, flags = w.flags, mention_everyone = w.mention_everyone,
           mention_ids = w.mention_ids::bigint[], mention_role_ids = w.mention_role_ids::bigint[],
           details = w.details::jsonb, pinned_at = w.pinned_at, edited_at = w.edited_at,
           revision = m.revision + 1
      from wanted w
      left join held on held.id = w.guild_id
     where m.id = w.id
       and m.channel_id = w.channel_id
       and m.revision = w.seen
       and (w.guild_id is null or w.known is null or held.permission_position <= w.known)
    returning w.n
), appended as materialized (
    select array_agg(w.n order by w.n) as ns,
           journal_append(
               array_agg('MESSAGE_UPDATE'::text), array_agg(w.guild_id order by w.n),
               array_agg(w.channel_id order by w.n), array_agg(null::text),
               array_agg(w.payload order by w.n)
           ) as last
      from wanted w
      join updated u on u.n = w.n
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: delete_messages :many
-- A batch of deletions, each with its event. Refused: one that is gone already, and one allowed by old
-- knowledge. Answers n and position.
with wanted as (
    select *
      from unnest(
               :ids::bigint[], :channel_ids::bigint[], :guild_ids::bigint[], :known::bigint[], :payloads::text[]
           ) with ordinality as w (id, channel_id, guild_id, known, payload, n)
), held as materialized (
    select g.id, g.permission_position
      from guilds g
     where g.id in (select guild_id from wanted where known is not null)
     order by g.id
       for share
), deleted as (
    delete from messages m
     using wanted w
      left join held on held.id = w.guild_id
     where m.id = w.id
       and m.channel_id = w.channel_id
       and (w.guild_id is null or w.known is null or held.permission_position <= w.known)
    returning w.n
), appended as materialized (
    select array_agg(w.n order by w.n) as ns,
           journal_append(
               array_agg('MESSAGE_DELETE'::text), array_agg(w.guild_id order by w.n),
               array_agg(w.channel_id order by w.n), array_agg(null::text),
               array_agg(w.payload order by w.n)
           ) as last
      from wanted w
      join deleted d on d.n = w.n
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: delete_many :many
-- Those of `ids` that are in the channel, but for the types that nobody deletes.
delete from messages
 where channel_id = :channel_id
   and id = any(:ids::bigint[])
   and type <> all(:kept_types::smallint[])
returning id;

-- name: find_message :one
select id, channel_id, author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, pinned_at, revision
  from messages
 where id = :id
   and channel_id = :channel_id;

-- name: find_messages :many
select id, channel_id, author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, pinned_at, revision
  from messages
 where id = any(:ids::bigint[]);

-- name: find_message_of_nonce :one
-- The message that an author has already sent here with a nonce.
select m.id, m.channel_id, m.author_id, m.type, m.flags, m.content, m.tts, m.mention_everyone,
       m.mention_ids, m.mention_role_ids, m.edited_at, m.details, m.pinned_at, m.revision
  from message_nonces x
  join messages m on m.id = x.message_id
 where x.author_id = :author_id
   and x.channel_id = :channel_id
   and x.nonce = :nonce;

-- name: messages_before :many
-- Newest first. `before` is exclusive; pass the largest bigint for the newest page.
select id, channel_id, author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, pinned_at, revision
  from messages
 where channel_id = :channel_id
   and id < :before
 order by id desc
 limit :limit;

-- name: messages_after :many
-- The oldest ones after `after`, exclusive; oldest first.
select id, channel_id, author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, pinned_at, revision
  from messages
 where channel_id = :channel_id
   and id > :after
 order by id
 limit :limit;

-- name: delete_nonces_before :exec
-- Leans on message_nonces_by_age.
delete from message_nonces
 where at < :before;
