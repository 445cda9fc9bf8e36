-- Copies of what was published before there were notes of it follow their source from now on, too. Of one that was
-- edited or deleted meanwhile the copies are out of date.

insert into crossposts (copy_id, source_id, outdated)
select copy.id, source_id, source.id is null or source.edited_at is not null
  from messages copy
 cross join lateral (select (copy.details -> 'message_reference' ->> 'message_id')::bigint) reference (source_id)
  left join messages source on source.id = source_id
 where copy.flags & 2 = 2
   and source_id is not null
    on conflict (copy_id) do nothing;
