-- name: hold_pins :value
-- Pins of one channel come one after another from here to the commit, so that they can be counted.
select id
  from channels
 where id = :channel_id
   for no key update;

-- name: touch_last_pin :exec
update channels
   set last_pin_timestamp = :at
 where id = :channel_id;

-- name: count_pins :value
-- Leans on messages_pinned, as do the others.
select count(*)
  from messages
 where channel_id = :channel_id
   and pinned_at is not null;

-- name: pins_before :many
-- The latest pin first. `before` is exclusive.
select id, channel_id, author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, pinned_at, revision
  from messages
 where channel_id = :channel_id
   and pinned_at < :before
 order by pinned_at desc, id desc
 limit :limit;
