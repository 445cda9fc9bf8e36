-- Conversations below a channel. A thread is a row of channels (types 10, 11, 12) and one here.

-- `archive_timestamp` is when it was made, archived, unarchived, or given another duration: all that
-- counts as activity but messages. `messages_deleted` is how many of its messages are gone; how many there
-- are is counted when it is asked for, so that saying something costs a thread no more than a channel.
create table threads (
    channel_id            bigint primary key references channels (id) on delete cascade,
    owner_id              bigint not null references users (id),
    created_at            timestamptz not null,
    archived              boolean not null default false,
    locked                boolean not null default false,
    invitable             boolean not null default true,
    auto_archive_duration integer not null,
    archive_timestamp     timestamptz not null,
    applied_tags          bigint[] not null default '{}',
    messages_deleted      integer not null default 0
);

create index threads_of_owner on threads (owner_id);

-- Who leaves the guild leaves its threads.
create table thread_members (
    thread_id bigint not null references threads (channel_id) on delete cascade,
    guild_id  bigint not null,
    user_id   bigint not null,
    joined_at timestamptz not null,
    flags     integer not null default 0,
    primary key (thread_id, user_id),
    foreign key (guild_id, user_id) references members (guild_id, user_id) on delete cascade
);

create index thread_members_of_member on thread_members (guild_id, user_id);

-- Messages go in many ways (one, many, those of somebody who is banned), and each is counted here. The
-- message that a thread begins with does not count: in a forum it has the thread's id, elsewhere it is of
-- type 21.
create function count_deleted_messages() returns trigger
language plpgsql as $$
begin
    update threads t
       set messages_deleted = t.messages_deleted + d.count
      from (
               select channel_id, count(*) as count
                 from deleted
                where id <> channel_id
                  and type <> 21
                group by channel_id
           ) d
     where t.channel_id = d.channel_id;
    return null;
end
$$;

create trigger messages_deleted
    after delete on messages
    referencing old table as deleted
    for each statement execute function count_deleted_messages();
