-- name: insert_previews :exec
-- The pictures that the link previews of a message show.
insert into previews (message_id, blob)
select :message_id, u.blob
  from unnest(:blobs::text[]) as u (blob)
    on conflict do nothing;

-- name: is_shown :value
-- Leans on previews_of_blob.
select exists (
    select
      from previews
     where blob = :blob
);
