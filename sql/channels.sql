-- name: insert_channel :exec
insert into channels (id, guild_id, type, name, topic, position)
values (:id, :guild_id, :type, :name, :topic, :position);

-- name: insert_recipients :exec
insert into recipients (channel_id, user_id)
select :channel_id, unnest(:user_ids::bigint[]);

-- name: claim_dm_pair :value
-- The channel of two people: the one they have, else `channel_id`, now theirs. Two who open it at once
-- wait here for each other and get the same.
insert into dm_pairs (low_id, high_id, channel_id)
values (least(:one::bigint, :other::bigint), greatest(:one::bigint, :other::bigint), :channel_id)
    on conflict (low_id, high_id)
    do update set channel_id = dm_pairs.channel_id
returning channel_id;

-- name: delete_channel :exec
delete from channels
 where id = :id;
