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
