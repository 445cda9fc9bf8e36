-- name: insert_application :exec
insert into applications (id, owner_id, name, flags)
values (:id, :owner_id, :name, :flags);

-- name: find_application :one
select id, owner_id, name, description, flags
  from applications
 where id = :id;

-- name: list_bots :many
select u.id, u.username, a.owner_id, u.created_at
  from applications a
  join users u on u.id = a.id
 order by a.id;

-- name: list_applications :many
select id, name, description
  from applications
 where id = any(:ids::bigint[])
 order by id;
