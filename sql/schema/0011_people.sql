-- What people are to each other, what they have read and what they chose to hear of.

-- What one user is to another, as the first sees it: 1 a friend, 2 blocked, 3 has asked, 4 was asked.
-- A friendship and a request are two rows, one for each side; a block is one.
create table relationships (
    user_id  bigint not null references users (id) on delete cascade,
    other_id bigint not null references users (id) on delete cascade,
    type     smallint not null check (type between 1 and 4),
    nickname text,
    since    timestamptz not null,
    primary key (user_id, other_id),
    check (user_id <> other_id)
);

create index relationships_with on relationships (other_id);

-- Who has closed a direct message does not see it until something is said there.
alter table recipients
    add column closed boolean not null default false;

-- What a group of people has beyond a channel's name.
create table group_dms (
    channel_id bigint primary key references channels (id) on delete cascade,
    owner_id   bigint not null references users (id),
    icon       text
);

create index group_dms_of_owner on group_dms (owner_id);

-- Up to where somebody has read a channel; null where only its pins were looked at. Rows change often and
-- always in place, so each page keeps room for it.
create table read_states (
    user_id         bigint not null references users (id) on delete cascade,
    channel_id      bigint not null references channels (id) on delete cascade,
    last_message_id bigint,
    last_pin_at     timestamptz,
    primary key (user_id, channel_id)
) with (fillfactor = 80);

create index read_states_of_channel on read_states (channel_id);

-- How often somebody was mentioned since they looked is counted when it is asked for. Few messages mention
-- anybody, and only those are here: posting the others costs no more than before.
create index messages_that_mention on messages (channel_id, id)
    where mention_everyone or mention_ids <> '{}' or mention_role_ids <> '{}';

-- What somebody wants to hear of in a guild; with no guild, in direct messages. message_notifications: 0 all,
-- 1 mentions, 2 nothing, 3 as the guild has it.
create table notification_settings (
    user_id               bigint not null references users (id) on delete cascade,
    guild_id              bigint references guilds (id) on delete cascade,
    version               integer not null default 0,
    message_notifications smallint not null default 3,
    muted                 boolean not null default false,
    mute_until            timestamptz,
    mute_seconds          integer,
    suppress_everyone     boolean not null default false,
    suppress_roles        boolean not null default false,
    mobile_push           boolean not null default true,
    hide_muted_channels   boolean not null default false,
    mute_scheduled_events boolean not null default false,
    notify_highlights     smallint not null default 0,
    flags                 integer not null default 0,
    unique nulls not distinct (user_id, guild_id)
);

create index notification_settings_of_guild on notification_settings (guild_id);

-- Exceptions from them for one channel.
create table channel_notification_settings (
    user_id               bigint not null references users (id) on delete cascade,
    channel_id            bigint not null references channels (id) on delete cascade,
    message_notifications smallint not null default 3,
    muted                 boolean not null default false,
    mute_until            timestamptz,
    mute_seconds          integer,
    collapsed             boolean not null default false,
    flags                 integer not null default 0,
    primary key (user_id, channel_id)
);

create index channel_notification_settings_of_channel on channel_notification_settings (channel_id);

-- What a person's clients agree on, as far as it was chosen; model/user_settings.py says what there is.
create table user_settings (
    user_id  bigint primary key references users (id) on delete cascade,
    settings jsonb not null
);

-- What messages can be found by; model/search.py says what is in `lexemes`. It is filled behind the commits of
-- the messages, so posting pays nothing for it, and a message that is deleted takes its row with it.
create table message_search (
    message_id bigint primary key references messages (id) on delete cascade,
    channel_id bigint not null,
    lexemes    tsvector not null
);

create index message_search_of_channel on message_search (channel_id, message_id);

-- New lexemes wait in a list that is looked through as well, until it is worth sorting them in.
create index message_search_by_lexeme on message_search using gin (lexemes)
    with (fastupdate = on, gin_pending_list_limit = 1024);

-- How far the index has come: it has all that the journal told up to `position`, and of older messages those
-- from the id `filled_to` on; null when it has them all.
create table search_progress (
    singleton boolean primary key default true check (singleton),
    position  bigint not null,
    filled_to bigint
);

insert into search_progress (position, filled_to)
select position, 9223372036854775807
  from journal_head;
