-- name: take_invite :one
-- Use an invite once, if it still can be used; two who take the last use cannot both have it.
   update invites
      set uses = uses + 1
    where code = :code
      and (max_uses = 0 or uses < max_uses)
      and (expires_at is null or expires_at > now())
returning code, guild_id;

-- name: insert_invite :exec
insert into invites (code, guild_id, channel_id, inviter_id, expires_at, max_uses)
values (:code, :guild_id, :channel_id, :inviter_id, :expires_at, :max_uses);
