-- What few messages have: embeds, attachments, a reference, a poll, a pin.

-- `details` is what no query asks for, in the words of the message object: embeds, attachments, components,
-- sticker_items, message_reference, message_snapshots, and of a webhook's message its webhook_id and author.
-- `revision` grows with every change that is not a deletion: two who change a message at the same time
-- tell by it who came second.
alter table messages
    add column details   jsonb,
    add column pinned_at timestamptz,
    add column revision  integer not null default 0,
    alter column author_id drop not null,
    add check (author_id is not null or coalesce(details ? 'webhook_id', false));

create index messages_pinned on messages (channel_id, pinned_at) where pinned_at is not null;

-- Who has reacted to what with which emoji: a standard one is named by its characters, a custom one by the
-- digits of its id. The primary key finds a message's reactions, and those who made one in pages by id.
-- Users are never deleted, so user_id has no index for that.
create table reactions (
    message_id bigint not null references messages (id) on delete cascade,
    emoji      text not null,
    user_id    bigint not null references users (id),
    at         timestamptz not null default clock_timestamp(),
    primary key (message_id, emoji, user_id)
);

-- What a poll asks is in its message's details. It is here for as long as it is open: a vote holds the row,
-- the end takes it away, so that no vote comes after the count.
create table open_polls (
    message_id bigint primary key references messages (id) on delete cascade,
    channel_id bigint not null,
    expires_at timestamptz not null
);

create index open_polls_by_expiry on open_polls (expires_at);

-- As with reactions, user_id has no index of its own.
create table poll_votes (
    message_id bigint not null references messages (id) on delete cascade,
    answer_id  smallint not null,
    user_id    bigint not null references users (id),
    at         timestamptz not null default now(),
    primary key (message_id, answer_id, user_id)
);
