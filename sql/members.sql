-- name: insert_member :one
-- Answers nothing for who is a member already. Who has been here before has the flag DID_REJOIN, which is 1.
   insert into members (guild_id, user_id, temporary, flags)
   select m.guild_id, m.user_id, :temporary, case when f.user_id is null then 0 else 1 end
     from (values (:guild_id::bigint, :user_id::bigint)) as m (guild_id, user_id)
     left join former_members f on f.guild_id = m.guild_id and f.user_id = m.user_id
       on conflict (guild_id, user_id) do nothing
returning joined_at, flags;

-- name: delete_members :many
-- Takes their roles with them. Remembers only that they have been here; answers who has been.
with gone as (
    delete from members
     where guild_id = :guild_id
       and user_id = any(:user_ids::bigint[])
    returning guild_id, user_id
), remembered as (
    insert into former_members (guild_id, user_id)
    select guild_id, user_id
      from gone
        on conflict (guild_id, user_id) do nothing
)
select user_id
  from gone
 order by user_id;

-- name: update_member :exec
update members
   set nick = :nick, avatar = :avatar, banner = :banner, deaf = :deaf, mute = :mute, flags = :flags,
       communication_disabled_until = :communication_disabled_until
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: update_flags :exec
update members
   set flags = :flags
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: update_bio :exec
update members
   set bio = :bio
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: find_bio :value
select bio
  from members
 where guild_id = :guild_id
   and user_id = :user_id;

-- name: insert_roles :exec
insert into member_roles (guild_id, user_id, role_id)
select :guild_id, :user_id, unnest(:role_ids::bigint[]);

-- name: delete_roles :exec
delete from member_roles
 where guild_id = :guild_id
   and user_id = :user_id
   and role_id = any(:role_ids::bigint[]);

-- name: guilds_visited :many
-- Where some of these users are until they go offline. Leans on members_temporary.
select distinct guild_id
  from members
 where user_id = any(:user_ids::bigint[])
   and temporary
 order by guild_id;

-- name: visitors :many
-- Those of the users who are in the guild for a visit, and were not given a role meanwhile.
select m.user_id
  from members m
 where m.guild_id = :guild_id
   and m.user_id = any(:user_ids::bigint[])
   and m.temporary
   and not exists (select from member_roles r where r.guild_id = m.guild_id and r.user_id = m.user_id);

-- name: members_away :many
-- Those of the users who have neither joined the guild, nor been online, nor used a session since. Leans on
-- tokens_of_user.
select m.user_id
  from members m
  join users u on u.id = m.user_id
 where m.guild_id = :guild_id
   and m.user_id = any(:user_ids::bigint[])
   and m.joined_at < :since
   and (u.last_online_at is null or u.last_online_at < :since)
   and not exists (select from tokens t where t.user_id = m.user_id and t.last_used_at >= :since)
 order by m.user_id;
