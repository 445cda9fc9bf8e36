-- name: insert_attachments :exec
-- All new files of one message, one that only somebody is shown, or an interaction.
insert into attachments (id, channel_id, message_id, ephemeral_message_id, interaction_id, filename, content_type,
                         blob)
select u.id, :channel_id, :message_id::bigint, :ephemeral_message_id::bigint, :interaction_id::bigint, u.filename,
       u.content_type, u.blob
  from unnest(:ids::bigint[], :filenames::text[], :content_types::text[], :blobs::text[])
       as u (id, filename, content_type, blob);

-- name: delete_attachments :exec
-- Those that an edit takes off its message.
delete from attachments
 where :message_id in (message_id, ephemeral_message_id)
   and id = any(:ids::bigint[]);

-- name: find_attachment :one
-- Of a message, or kept with a report.
select channel_id, filename, content_type, blob
  from attachments
 where id = :id
 union all
select channel_id, filename, content_type, blob
  from report_files
 where id = :id;

-- name: list_blobs_of :many
-- Where the content of some attachments is.
select id, blob
  from attachments
 where id = any(:ids::bigint[]);
