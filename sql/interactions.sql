-- name: insert_interaction :exec
insert into interactions (id, application_id, user_id, channel_id, guild_id, type, token_hash, nonce, message_id,
                          message_ephemeral, details, expires_at)
values (:id, :application_id, :user_id, :channel_id, :guild_id, :type, :token_hash, :nonce, :message_id,
        :message_ephemeral, :details::text::jsonb, :expires_at);

-- name: find_interaction :one
-- None of an application whose owner is kept out: its bot goes with them, and says no more by the tokens that it has.
select i.id, i.application_id, i.user_id, i.channel_id, i.guild_id, i.type, i.token_hash, i.nonce, i.message_id,
       i.message_ephemeral, i.details, i.expires_at, i.callback_type, i.response_id, i.response_ephemeral, i.modal
  from interactions i
  join applications p on p.id = i.application_id
  left join accounts o on o.user_id = p.owner_id
 where i.id = :id
   and o.disabled_at is null;

-- name: claim_answer :exec
-- Who is first answers it. Of two at once the other waits for the row, and then finds it answered.
update interactions
   set callback_type = :callback_type, expires_at = :expires_at
 where id = :id
   and callback_type is null
   and expires_at > :now;

-- name: set_response :exec
update interactions
   set response_id = :response_id, response_ephemeral = :response_ephemeral
 where id = :id;

-- name: set_modal :exec
update interactions
   set modal = :modal::text::jsonb
 where id = :id;

-- name: take_modal :exec
-- Who sends the form in has it, and nobody can again.
update interactions
   set modal = null
 where id = :id
   and modal is not null;

-- name: hold_interaction :exec
-- One after the other, those who change what has been answered.
select id
  from interactions
 where id = :id
   for update;

-- name: give_up :one
-- Nobody has answered it. Who is answering at this moment has it.
   delete from interactions
    where id = :id
      and callback_type is null
returning id, user_id, nonce, type;

-- name: list_unanswered :many
-- Those whose time is over; few, since each is given up when it is. Leans on interactions_by_expiry.
select id
  from interactions
 where callback_type is null
   and expires_at <= :now
 limit :limit;

-- name: delete_expired :exec
-- Leans on interactions_by_expiry.
delete from interactions
 where expires_at < :before;

-- name: end_tokens :exec
-- By those that an application has, nothing is said any more.
update interactions
   set expires_at = :now
 where application_id = :application_id
   and expires_at > :now;

-- name: is_listening :value
-- Whether the application has a session on the gateway, or had one a moment ago and may come back to it.
select exists (
    select from gateway_sessions
     where user_id = :application_id
       and (dropped_at is null or dropped_at > :since)
);
