-- name: add_reactions :many
-- A batch of reactions, each with its event. Refused: one whose message is gone, one that is there already, the
-- first with its emoji by somebody who may not begin one (`begins`) or beyond so many emoji of a message, and
-- one allowed by old knowledge. Answers n and position.
with wanted as (
    select *
      from unnest(
               :message_ids::bigint[], :channel_ids::bigint[], :guild_ids::bigint[], :user_ids::bigint[],
               :emojis::text[], :begins::boolean[], :emojis_max::integer[], :known::bigint[], :payloads::text[]
           ) with ordinality as w (
               message_id, channel_id, guild_id, user_id, emoji, begins, emojis_max, known, payload, n
           )
), held as materialized (
    select g.id, g.permission_position
      from guilds g
     where g.id in (select guild_id from wanted)
     order by g.id
       for share
), counted as (
    -- How many emoji a message would have with this one, the batch's own new ones among them.
    select w.*, there.emoji is not null as is_there,
           kinds.count + dense_rank() over (
               partition by w.message_id, there.emoji is not null
                   order by w.emoji
           ) as emojis
      from wanted w
      join messages m on m.id = w.message_id and m.channel_id = w.channel_id
      left join held on held.id = w.guild_id
      left join lateral (
               select r.emoji
                 from reactions r
                where r.message_id = w.message_id
                  and r.emoji = w.emoji
                limit 1
           ) there on true
     cross join lateral (
               select count(distinct r.emoji) as count
                 from reactions r
                where r.message_id = w.message_id
           ) kinds
     where w.guild_id is null
        or held.permission_position <= w.known
), allowed as (
    select distinct on (c.message_id, c.emoji, c.user_id) c.*
      from counted c
     where c.is_there
        or (c.begins and c.emojis <= c.emojis_max)
     order by c.message_id, c.emoji, c.user_id, c.n
), inserted as (
    insert into reactions (message_id, emoji, user_id)
    select a.message_id, a.emoji, a.user_id
      from allowed a
     order by a.n
        on conflict do nothing
    returning message_id, emoji, user_id
), appended as materialized (
    select array_agg(a.n order by a.n) as ns,
           journal_append(
               array_agg('MESSAGE_REACTION_ADD'::text), array_agg(a.guild_id order by a.n),
               array_agg(a.channel_id order by a.n), array_agg(null::text),
               array_agg(a.payload order by a.n)
           ) as last
      from allowed a
      join inserted i on (i.message_id, i.emoji, i.user_id) = (a.message_id, a.emoji, a.user_id)
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: remove_reactions :many
-- A batch of reactions taken back, each with its event. Refused: one that is not there, and one allowed by old
-- knowledge. Answers n and position.
with wanted as (
    select *
      from unnest(
               :message_ids::bigint[], :channel_ids::bigint[], :guild_ids::bigint[], :user_ids::bigint[],
               :emojis::text[], :known::bigint[], :payloads::text[]
           ) with ordinality as w (message_id, channel_id, guild_id, user_id, emoji, known, payload, n)
), held as materialized (
    select g.id, g.permission_position
      from guilds g
     where g.id in (select guild_id from wanted)
     order by g.id
       for share
), deleted as (
    delete from reactions r
     using wanted w
      join messages m on m.id = w.message_id and m.channel_id = w.channel_id
      left join held on held.id = w.guild_id
     where r.message_id = w.message_id
       and r.emoji = w.emoji
       and r.user_id = w.user_id
       and (w.guild_id is null or held.permission_position <= w.known)
    returning w.n
), appended as materialized (
    select array_agg(w.n order by w.n) as ns,
           journal_append(
               array_agg('MESSAGE_REACTION_REMOVE'::text), array_agg(w.guild_id order by w.n),
               array_agg(w.channel_id order by w.n), array_agg(null::text),
               array_agg(w.payload order by w.n)
           ) as last
      from wanted w
      join deleted d on d.n = w.n
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: find_state :one
-- Of one reaction that may be: is it there, are there others with its emoji, and how many emoji are there?
select coalesce(bool_or(emoji = :emoji and user_id = :user_id), false) as is_theirs,
       coalesce(bool_or(emoji = :emoji), false) as is_there,
       count(distinct emoji) as emojis
  from reactions
 where message_id = :message_id;

-- name: count_reactions :many
-- The reactions of many messages, the emoji of each in the order in which they came, and whether :user_id is
-- among those who made them.
select message_id, emoji, count(*) as count, bool_or(user_id = :user_id) as me
  from reactions
 where message_id = any(:message_ids::bigint[])
 group by message_id, emoji
 order by message_id, min(at), emoji;

-- name: users_after :many
-- Who has reacted with an emoji, by id. `after` is exclusive.
select user_id
  from reactions
 where message_id = :message_id
   and emoji = :emoji
   and user_id > :after
 order by user_id
 limit :limit;

-- name: delete_all :exec
delete from reactions
 where message_id = :message_id;

-- name: delete_emoji :exec
delete from reactions
 where message_id = :message_id
   and emoji = :emoji;
