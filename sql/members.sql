-- name: insert_member :value
-- Returns when they joined.
insert into members (guild_id, user_id)
values (:guild_id, :user_id)
returning joined_at;
