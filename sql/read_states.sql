-- name: ack_messages :many
-- A batch of what people have read, each with its event. Refused: what is behind of what they had read, unless
-- it is `by_hand`, and of several for one channel in a batch all but one. Answers n (from 1) and position.
with wanted as (
    select distinct on (user_id, channel_id) *
      from unnest(
               :user_ids::bigint[], :channel_ids::bigint[], :message_ids::bigint[], :by_hand::boolean[],
               :payloads::text[]
           ) with ordinality as w (user_id, channel_id, message_id, by_hand, payload, n)
     order by user_id, channel_id, by_hand desc, message_id desc
), held as materialized (
    -- What a new row refers to is locked here, and not when the journal's head has been taken: whoever deletes
    -- the channel takes them in this order.
    select c.id
      from channels c
     where c.id in (
               select w.channel_id
                 from wanted w
                where not exists (
                          select
                            from read_states r
                           where r.user_id = w.user_id
                             and r.channel_id = w.channel_id
                      )
           )
     order by c.id
       for key share
), marked as (
    insert into read_states as r (user_id, channel_id, last_message_id)
    select w.user_id, w.channel_id, w.message_id
      from wanted w
      left join held h on h.id = w.channel_id
     order by w.user_id, w.channel_id, h.id
        on conflict (user_id, channel_id)
        do update set last_message_id = excluded.last_message_id
         where coalesce(r.last_message_id, 0) < excluded.last_message_id
            or exists (
                   select
                     from wanted w
                    where w.user_id = excluded.user_id
                      and w.channel_id = excluded.channel_id
                      and w.by_hand
               )
    returning user_id, channel_id
), appended as materialized (
    select array_agg(w.n order by w.n) as ns,
           journal_append(
               array_agg('MESSAGE_ACK'::text), array_agg(null::bigint), array_agg(null::bigint),
               array_agg('{' || w.user_id || '}' order by w.n), array_agg(w.payload order by w.n)
           ) as last
      from wanted w
      join marked m on m.user_id = w.user_id and m.channel_id = w.channel_id
    having count(*) > 0
)
select u.n, last - cardinality(ns) + u.k as position
  from appended, unnest(ns) with ordinality as u (n, k);

-- name: ack_pins :exec
insert into read_states (user_id, channel_id, last_pin_at)
values (:user_id, :channel_id, :at)
    on conflict (user_id, channel_id)
    do update set last_pin_at = excluded.last_pin_at;

-- name: delete_read_state :exec
delete from read_states
 where user_id = :user_id
   and channel_id = :channel_id;

-- name: read_states_of :many
select channel_id, last_message_id, last_pin_at
  from read_states
 where user_id = :user_id;

-- name: count_mentions :many
-- Messages after `after` that mention a user, in each of some channels of guilds: by name, or as far as the
-- user's settings have it by a role or as everybody. Leans on messages_that_mention.
select c.channel_id, (
           select count(*)
             from (
                      select
                        from messages m
                       where m.channel_id = c.channel_id
                         and m.id > c.after
                         and (m.mention_everyone or m.mention_ids <> '{}' or m.mention_role_ids <> '{}')
                         and (
                                 :user_id = any(m.mention_ids)
                              or m.mention_everyone and s.suppress_everyone is not true
                              or m.mention_role_ids && c.role_ids::bigint[] and s.suppress_roles is not true
                             )
                         and (m.author_id <> all(:not_by::bigint[])) is not false
                       limit :most
                  ) as mention
       ) as count
  from unnest(:channel_ids::bigint[], :guild_ids::bigint[], :after::bigint[], :role_ids::text[])
           as c (channel_id, guild_id, after, role_ids)
  left join notification_settings s on s.user_id = :user_id and s.guild_id = c.guild_id;

-- name: count_said :many
-- Messages after `after` in each of some direct channels, where all that others say is for everybody.
-- Leans on messages_of_channel.
select c.channel_id, (
           select count(*)
             from (
                      select
                        from messages m
                       where m.channel_id = c.channel_id
                         and m.id > c.after
                         and (m.author_id <> all(:not_by::bigint[])) is not false
                       limit :most
                  ) as said
       ) as count
  from unnest(:channel_ids::bigint[], :after::bigint[]) as c (channel_id, after);
