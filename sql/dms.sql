-- name: insert_recipients :exec
-- Whoever is told of the channel has it open.
insert into recipients (channel_id, user_id)
select :channel_id, unnest(:user_ids::bigint[]);

-- name: delete_recipient :exec
delete from recipients
 where channel_id = :channel_id
   and user_id = :user_id;

-- name: claim_dm_pair :value
-- The channel of two people: the one they have, else `channel_id`, now theirs. Two who open it at once
-- wait here for each other and get the same.
insert into dm_pairs (low_id, high_id, channel_id)
values (least(:one::bigint, :other::bigint), greatest(:one::bigint, :other::bigint), :channel_id)
    on conflict (low_id, high_id)
    do update set channel_id = dm_pairs.channel_id
returning channel_id;

-- name: close_dm :exec
update recipients
   set closed = true
 where channel_id = :channel_id
   and user_id = :user_id
   and not closed;

-- name: open_dm :exec
update recipients
   set closed = false
 where channel_id = :channel_id
   and user_id = :user_id
   and closed;

-- name: open_dms :many
-- A batch of the same, each with its event: a message has come to where somebody had closed the door. Refused:
-- what is open already. Answers n (from 1) and position.
with wanted as (
    select distinct on (channel_id, user_id) *
      from unnest(:channel_ids::bigint[], :user_ids::bigint[], :payloads::text[])
               with ordinality as w (channel_id, user_id, payload, n)
     order by channel_id, user_id, n
), opened as (
    update recipients r
       set closed = false
      from wanted w
     where r.channel_id = w.channel_id
       and r.user_id = w.user_id
       and r.closed
    returning w.n
), appended as materialized (
    select array_agg(w.n order by w.n) as ns,
           journal_append(
               array_agg('CHANNEL_CREATE'::text), array_agg(null::bigint), array_agg(null::bigint),
               array_agg('{' || w.user_id || '}' order by w.n), array_agg(w.payload order by w.n)
           ) as last
      from wanted w
      join opened o on o.n = w.n
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: hold_channel :value
-- Who is in a group stays as it is until the transaction ends: whoever changes it takes turns here.
select id
  from channels
 where id = :id
   for no key update;

-- name: insert_group :exec
insert into group_dms (channel_id, owner_id)
values (:channel_id, :owner_id);

-- name: update_group :exec
with named as (
    update channels
       set name = :name
     where id = :channel_id
)
update group_dms
   set icon = :icon, owner_id = :owner_id
 where channel_id = :channel_id;

-- name: list_dms :many
-- Every direct channel with its sides, and who of them has it open.
select r.channel_id, g.owner_id, g.icon, array_agg(r.user_id order by r.user_id) as user_ids,
       coalesce(array_agg(r.user_id order by r.user_id) filter (where not r.closed), '{}') as open_ids
  from recipients r
  left join group_dms g on g.channel_id = r.channel_id
 group by r.channel_id, g.owner_id, g.icon;
