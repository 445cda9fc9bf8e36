-- name: insert_ephemeral_message :exec
insert into ephemeral_messages (id, channel_id, user_id, application_id, interaction_id, type, flags, content,
                                tts, mention_everyone, mention_ids, mention_role_ids, details, kept_until)
values (:id, :channel_id, :user_id, :application_id, :interaction_id, :type, :flags, :content, :tts,
        :mention_everyone, :mention_ids, :mention_role_ids, :details::text::jsonb, :kept_until);

-- name: find_ephemeral_message :one
-- In the columns of a message.
select id, channel_id, application_id as author_id, type, flags, content, tts, mention_everyone, mention_ids,
       mention_role_ids, edited_at, details, null::timestamptz as pinned_at, revision, user_id, interaction_id
  from ephemeral_messages
 where id = :id
   and channel_id = :channel_id
   and kept_until > :now;

-- name: update_ephemeral_message :exec
-- Refused when it is gone, or no longer as in the revision that was `seen`.
update ephemeral_messages
   set flags = :flags, content = :content, mention_everyone = :mention_everyone, mention_ids = :mention_ids,
       mention_role_ids = :mention_role_ids, edited_at = :edited_at, details = :details::text::jsonb,
       kept_until = :kept_until, revision = revision + 1
 where id = :id
   and revision = :seen;

-- name: delete_ephemeral_message :exec
delete from ephemeral_messages
 where id = :id;

-- name: delete_expired :exec
-- Leans on ephemeral_messages_by_age.
delete from ephemeral_messages
 where kept_until <= :now;
