-- name: insert_lockdown :exec
insert into lockdowns (id, guild_id, channel_id, moderator_id, reason)
values (:id, :guild_id, :channel_id, :moderator_id, :reason);

-- name: list_lockdowns :many
-- Of a guild and of its channels, each with the channels that it holds.
select l.id, l.guild_id, l.channel_id, l.moderator_id, l.reason,
       array(select distinct o.channel_id from locked_overwrites o where o.lockdown_id = l.id order by 1) as locked
  from lockdowns l
 where l.guild_id = :guild_id
 order by l.id;

-- name: find_lockdown :one
-- Of the channel; with null, of the whole guild.
select l.id, l.guild_id, l.channel_id, l.moderator_id, l.reason,
       array(select distinct o.channel_id from locked_overwrites o where o.lockdown_id = l.id order by 1) as locked
  from lockdowns l
 where l.guild_id = :guild_id
   and l.channel_id is not distinct from :channel_id;

-- name: delete_lockdown :exec
-- What it remembered goes with it.
delete from lockdowns
 where id = :id;

-- name: locked_channels :many
-- Those of a guild that are locked, by whichever lockdown.
select distinct o.channel_id
  from lockdowns l
  join locked_overwrites o on o.lockdown_id = l.id
 where l.guild_id = :guild_id;

-- name: remember_overwrites :exec
-- As they were, given as parallel arrays.
insert into locked_overwrites (lockdown_id, channel_id, target_id, was_there, allow, deny)
select :lockdown_id, :channel_id, o.target_id, o.was_there, o.allow, o.deny
  from unnest(:target_ids::bigint[], :were_there::boolean[], :allows::bigint[], :denies::bigint[])
           as o (target_id, was_there, allow, deny);

-- name: remembered_overwrites :many
select channel_id, target_id, was_there, allow, deny
  from locked_overwrites
 where lockdown_id = :lockdown_id
 order by channel_id, target_id;
