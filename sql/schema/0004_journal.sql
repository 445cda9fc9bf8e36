-- Every durable event, in the order of commits. A position is taken from the one row of journal_head,
-- whose lock is held from the append to the commit: so positions have no gap and no later commit
-- gets a smaller one. The position is the gateway's sequence number.

create table journal_head (
    singleton boolean primary key default true check (singleton),
    position  bigint not null
);

insert into journal_head (position) values (1);

-- Whom an event is for: the viewers of channel_id, else the members of guild_id, else user_ids
-- (which are also stored when the subject is gone by the time of delivery).
create table journal (
    position   bigint primary key,
    name       text not null,
    guild_id   bigint,
    channel_id bigint,
    user_ids   bigint[],
    payload    text not null,
    at         timestamptz not null default now()
);

create index journal_by_age on journal (at);

-- Append events, given as parallel arrays (user_ids as array literals), and return the last position.
-- The caller's transaction holds the head from here to its commit. In plpgsql, because before
-- PostgreSQL 18 a function in SQL is planned anew at every call.
create function journal_append(
    names text[], guild_ids bigint[], channel_ids bigint[], user_ids text[], payloads text[]
) returns bigint
language plpgsql as $$
declare
    last bigint;
begin
       update journal_head
          set position = position + cardinality(names)
    returning position into last;

    insert into journal (position, name, guild_id, channel_id, user_ids, payload)
    select last - cardinality(names) + e.n, e.name, e.guild_id, e.channel_id, e.user_ids::bigint[], e.payload
      from unnest(names, guild_ids, channel_ids, user_ids, payloads)
               with ordinality as e (name, guild_id, channel_id, user_ids, payload, n);

    return last;
end
$$;

-- A gateway session outlives its connection and its server process. `served` is the position up to
-- which the feed had served it when it dropped, `last_sent` the sequence number it was last sent.
create table gateway_sessions (
    id              text primary key,
    user_id         bigint not null references users (id) on delete cascade,
    token_hash      bytea not null references tokens (hash) on delete cascade,
    intents         integer not null,
    shard_id        integer not null default 0,
    shard_count     integer not null default 1,
    large_threshold integer not null default 50,
    presence        text not null,
    created_at      timestamptz not null default now(),
    dropped_at      timestamptz,
    served          bigint,
    last_sent       bigint
);

create index gateway_sessions_of_token on gateway_sessions (token_hash);
create index gateway_sessions_of_user on gateway_sessions (user_id);
create index gateway_sessions_dropped on gateway_sessions (dropped_at) where dropped_at is not null;
