-- name: insert_sessions :exec
-- Many at once. A session whose token was revoked on the way is passed over: the lock waits for a
-- revocation that is being committed, which would otherwise fail the foreign key and all of them.
insert into gateway_sessions (
           id, user_id, token_hash, intents, shard_id, shard_count, large_threshold, presence, created_at
       )
select s.id, s.user_id, s.token_hash, s.intents, s.shard_id, s.shard_count, s.large_threshold, s.presence, :at
  from unnest(
           :ids::text[], :user_ids::bigint[], :token_hashes::bytea[], :intents::integer[],
           :shard_ids::integer[], :shard_counts::integer[], :large_thresholds::integer[], :presences::text[]
       ) as s (id, user_id, token_hash, intents, shard_id, shard_count, large_threshold, presence)
  join tokens t on t.hash = s.token_hash
   for key share of t
    on conflict (id) do nothing;

-- name: find_session :one
select id, user_id, token_hash, intents, shard_id, shard_count, large_threshold, presence,
       dropped_at, served, last_sent
  from gateway_sessions
 where id = :id;

-- name: take_up_session :exec
-- It is live again. 0 rows when it has ended meanwhile. What it was served stays true, and stays.
update gateway_sessions
   set dropped_at = null
 where id = :id;

-- name: update_presences :exec
update gateway_sessions g
   set presence = s.presence
  from unnest(:ids::text[], :presences::text[]) as s (id, presence)
 where g.id = s.id;

-- name: drop_sessions :exec
-- Their connections are gone. A shutdown leaves dropped_at to the next start.
update gateway_sessions g
   set dropped_at = case when s.at_shutdown then null else :at::timestamptz end,
       served = s.served,
       last_sent = s.last_sent
  from unnest(:ids::text[], :served::bigint[], :last_sent::bigint[], :at_shutdown::boolean[])
           as s (id, served, last_sent, at_shutdown)
 where g.id = s.id;

-- name: delete_sessions :exec
delete from gateway_sessions
 where id = any(:ids::text[]);

-- name: drop_live_sessions :many
-- At a start: whatever was live when the run before ended. Leans on nothing, and runs once.
   update gateway_sessions
      set dropped_at = :at
    where dropped_at is null
returning id, user_id, token_hash, intents, shard_id, shard_count, large_threshold, presence,
          dropped_at, served, last_sent;

-- name: delete_expired_sessions :exec
-- Nobody can resume them any more. Leans on gateway_sessions_dropped.
delete from gateway_sessions
 where dropped_at < :before;
