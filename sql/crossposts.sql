-- name: insert_crosspost :exec
insert into crossposts (copy_id, source_id)
values (:copy_id, :source_id);

-- name: take_outdated :one
-- A copy that is not what was published any more, unless somebody else is at it. Leans on crossposts_outdated.
select x.copy_id, x.source_id, m.channel_id
  from crossposts x
  join messages m on m.id = x.copy_id
 where x.outdated
 order by x.copy_id
 limit 1
   for update of x skip locked;

-- name: mark_current :exec
update crossposts
   set outdated = false
 where copy_id = :copy_id;
