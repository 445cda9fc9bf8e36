-- name: find_invite :one
-- One that can still be used. A vanity code is found whatever its case, if the code is nobody else's.
select code, guild_id, channel_id, inviter_id, created_at, max_age, max_uses, uses, temporary, vanity
  from invites
 where (code = :code or (vanity and code = lower(:code)))
   and (max_uses = 0 or uses < max_uses)
   and (expires_at is null or expires_at > :now)
 order by code = :code desc
 limit 1;

-- name: take_invite :one
-- Use an invite once, if it still can be used; two who take the last use cannot both have it.
   update invites
      set uses = uses + 1
    where code = :code
      and (max_uses = 0 or uses < max_uses)
      and (expires_at is null or expires_at > :now)
returning code, guild_id, channel_id, inviter_id, created_at, max_age, max_uses, uses, temporary, vanity;

-- name: find_same :one
-- An invite as somebody wants one, which they have made already: the one that holds longest.
select code, guild_id, channel_id, inviter_id, created_at, max_age, max_uses, uses, temporary, vanity
  from invites
 where channel_id = :channel_id
   and inviter_id = :inviter_id
   and max_age = :max_age
   and max_uses = :max_uses
   and temporary = :temporary
   and (max_uses = 0 or uses < max_uses)
   and (expires_at is null or expires_at > :now)
 order by created_at desc
 limit 1;

-- name: count_invites :value
-- Leans on invites_of_guild.
select count(*)
  from invites
 where guild_id = :guild_id
   and not vanity
   and (expires_at is null or expires_at > :now);

-- name: insert_invite :exec
insert into invites (code, guild_id, channel_id, inviter_id, created_at, expires_at, max_age, max_uses,
                     temporary)
values (:code, :guild_id, :channel_id, :inviter_id, :created_at, :expires_at, :max_age, :max_uses,
        :temporary);

-- name: list_of_guild :many
-- Those of a guild, the oldest first; with a channel, those to it.
select code, guild_id, channel_id, inviter_id, created_at, max_age, max_uses, uses, temporary, vanity
  from invites
 where guild_id = :guild_id
   and (channel_id = :channel_id or :channel_id::bigint is null)
   and not vanity
   and (max_uses = 0 or uses < max_uses)
   and (expires_at is null or expires_at > :now)
 order by created_at, code;

-- name: delete_invite :exec
delete from invites
 where code = :code;

-- name: delete_expired :many
-- Leans on invites_by_expiry.
   delete from invites
    where expires_at <= :now
returning code, guild_id, channel_id;

-- name: find_vanity :one
-- Leans on invites_vanity.
select code, uses
  from invites
 where guild_id = :guild_id
   and vanity;

-- name: delete_vanity :exec
delete from invites
 where guild_id = :guild_id
   and vanity;

-- name: insert_vanity :exec
insert into invites (code, guild_id, created_at, vanity)
values (:code, :guild_id, :created_at, true);
