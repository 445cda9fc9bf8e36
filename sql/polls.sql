-- name: insert_poll :exec
insert into open_polls (message_id, channel_id, expires_at)
values (:message_id, :channel_id, :expires_at);

-- name: hold_poll :value
-- Keep a poll from ending until the commit, and let those who vote in it take turns; null when it has ended, or
-- is none. The message is locked first, as by those who delete it: its poll goes with it.
with held as materialized (
    select id
      from messages
     where id = :message_id
       for key share
)
select p.expires_at
  from open_polls p
  join held on held.id = p.message_id
   for no key update of p;

-- name: close_poll :exec
-- From here on nobody votes. 0 when it has ended already, or is none. The message comes first here, too.
with held as materialized (
    select id
      from messages
     where id = :message_id
       for no key update
)
delete from open_polls p
 using held
 where p.message_id = held.id;

-- name: due_polls :many
-- Leans on open_polls_by_expiry.
select message_id, channel_id
  from open_polls
 where expires_at <= :now
 order by expires_at
 limit :limit;

-- name: insert_vote :exec
insert into poll_votes (message_id, answer_id, user_id)
values (:message_id, :answer_id, :user_id)
    on conflict do nothing;

-- name: delete_vote :exec
delete from poll_votes
 where message_id = :message_id
   and answer_id = :answer_id
   and user_id = :user_id;

-- name: delete_other_votes :many
-- What somebody has voted for besides an answer of which there can be only one.
delete from poll_votes
 where message_id = :message_id
   and answer_id <> :answer_id
   and user_id = :user_id
returning answer_id;

-- name: count_votes :many
-- The votes of many polls by answer, and whether :user_id is among those who voted for it.
select message_id, answer_id, count(*) as count, bool_or(user_id = :user_id) as me
  from poll_votes
 where message_id = any(:message_ids::bigint[])
 group by message_id, answer_id
 order by message_id, answer_id;

-- name: voters_after :many
-- Who has voted for an answer, by id. `after` is exclusive.
select user_id
  from poll_votes
 where message_id = :message_id
   and answer_id = :answer_id
   and user_id > :after
 order by user_id
 limit :limit;
