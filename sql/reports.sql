-- name: insert_report :value
-- Null where this reporter has reported the same, and it is not done with.
insert into reports (id, kind, reporter_id, guild_id, channel_id, message_id, user_id, category, words, evidence,
                     updated_at)
values (:id, :kind, :reporter_id, :guild_id, :channel_id, :message_id, :user_id, :category, :words, :evidence,
        :updated_at)
    on conflict (reporter_id, kind, guild_id, user_id, message_id) where state in ('open', 'claimed')
    do nothing
returning id;

-- name: insert_files :exec
-- Those of a message, given as parallel arrays.
insert into report_files (id, report_id, channel_id, filename, content_type, blob)
select f.id, :report_id, :channel_id, f.filename, f.content_type, f.blob
  from unnest(:ids::bigint[], :filenames::text[], :content_types::text[], :blobs::text[])
           as f (id, filename, content_type, blob);

-- name: find_same :one
select id, kind, reporter_id, guild_id, channel_id, message_id, user_id, category, words, evidence, state, handler_id,
       note, updated_at
  from reports
 where reporter_id = :reporter_id
   and kind = :kind
   and guild_id is not distinct from :guild_id
   and user_id is not distinct from :user_id
   and message_id is not distinct from :message_id
   and state in ('open', 'claimed');

-- name: hold_report :one
-- Who looks after one takes turns.
select id, kind, reporter_id, guild_id, channel_id, message_id, user_id, category, words, evidence, state, handler_id,
       note, updated_at
  from reports
 where id = :id
   for update;

-- name: update_report :exec
update reports
   set state = :state, handler_id = :handler_id, note = :note, updated_at = :updated_at
 where id = :id;

-- name: list_reports :many
-- Newest first, but for those about `hidden_from`; `before` is exclusive. With `guild_id` those for its moderators: of
-- what is in these channels or in none.
select id, kind, reporter_id, guild_id, channel_id, message_id, user_id, category, words, evidence, state, handler_id,
       note, updated_at
  from reports
 where id < :before
   and (:guild_id::bigint is null
        or guild_id = :guild_id
           and kind <> 'guild'
           and (channel_id is null or channel_id = any(:channel_ids::bigint[])))
   and user_id is distinct from :hidden_from::bigint
   and (:state::text is null or state = :state)
   and (:category::text is null or category = :category)
   and (:user_id::bigint is null or user_id = :user_id)
 order by id desc
 limit :limit;

-- name: count_open :value
select count(*)
  from reports
 where state = 'open'
   and (:guild_id::bigint is null
        or guild_id = :guild_id
           and kind <> 'guild'
           and (channel_id is null or channel_id = any(:channel_ids::bigint[])))
   and user_id is distinct from :hidden_from::bigint;
