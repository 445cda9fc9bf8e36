-- name: insert_channel :exec
insert into channels (id, guild_id, type, name, topic, position)
values (:id, :guild_id, :type, :name, :topic, :position);

-- name: update_channel :exec
-- All that a guild's channel is set to.
update channels
   set type = :type, name = :name, topic = :topic, position = :position, parent_id = :parent_id, nsfw = :nsfw,
       rate_limit_per_user = :rate_limit_per_user, flags = :flags, bitrate = :bitrate,
       user_limit = :user_limit, rtc_region = :rtc_region, video_quality_mode = :video_quality_mode,
       default_auto_archive_duration = :default_auto_archive_duration,
       default_thread_rate_limit_per_user = :default_thread_rate_limit_per_user,
       default_reaction_emoji_id = :default_reaction_emoji_id,
       default_reaction_emoji_name = :default_reaction_emoji_name,
       default_sort_order = :default_sort_order, default_forum_layout = :default_forum_layout,
       default_tag_setting = :default_tag_setting
 where id = :id;

-- name: delete_channel :exec
delete from channels
 where id = :id;

-- name: delete_threads_of :exec
-- Leans on channels_of_parent.
delete from channels
 where parent_id = :parent_id
   and type = any(:types::smallint[]);

-- name: upsert_overwrites :exec
insert into overwrites (channel_id, target_id, type, allow, deny)
select :channel_id, o.target_id, o.type, o.allow, o.deny
  from unnest(:target_ids::bigint[], :types::smallint[], :allows::bigint[], :denies::bigint[])
           as o (target_id, type, allow, deny)
    on conflict (channel_id, target_id)
    do update set type = excluded.type, allow = excluded.allow, deny = excluded.deny;

-- name: delete_other_overwrites :exec
-- All of a channel's but those of `kept`.
delete from overwrites
 where channel_id = :channel_id
   and target_id <> all(:kept::bigint[]);

-- name: upsert_tags :exec
-- In the order of the arrays.
insert into channel_tags (id, channel_id, position, name, moderated, emoji_id, emoji_name)
select t.id, :channel_id, t.n, t.name, t.moderated, t.emoji_id, t.emoji_name
  from unnest(:ids::bigint[], :names::text[], :moderated::boolean[], :emoji_ids::bigint[],
              :emoji_names::text[])
           with ordinality as t (id, name, moderated, emoji_id, emoji_name, n)
    on conflict (id)
    do update set position = excluded.position, name = excluded.name, moderated = excluded.moderated,
                  emoji_id = excluded.emoji_id, emoji_name = excluded.emoji_name;

-- name: delete_other_tags :exec
-- All of a channel's but `kept`.
delete from channel_tags
 where channel_id = :channel_id
   and id <> all(:kept::bigint[]);

-- name: list_deleted :many
-- Channels whose messages are still there.
select id
  from deleted_channels
 order by id
 limit :limit;

-- name: delete_messages_of :exec
-- A slice of what was said in a channel that is no more. Leans on messages_of_channel.
delete from messages
 where id in (
           select id
             from messages
            where channel_id = :channel_id
            order by id
            limit :limit
       );

-- name: forget_deleted :exec
-- Its messages are gone too.
delete from deleted_channels
 where id = :id;
