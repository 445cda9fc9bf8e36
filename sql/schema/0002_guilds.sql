-- Where people meet: guilds with their roles, members and channels, and direct messages.

-- permission_position is the journal position of the last change of roles, overwrites or membership. A
-- write that was allowed by what a process remembers says how far that process had read the journal,
-- and is refused if that is not far enough.
create table guilds (
    id                            bigint primary key,
    name                          text not null,
    description                   text,
    icon                          text,
    owner_id                      bigint not null references users (id),
    system_channel_id             bigint,
    default_message_notifications smallint not null default 0,
    preferred_locale              text not null default 'en-US',
    permission_position           bigint not null default 0,
    created_at                    timestamptz not null default now()
);

-- The role whose id is the guild's own is @everyone.
create table roles (
    id          bigint primary key,
    guild_id    bigint not null references guilds (id) on delete cascade,
    name        text not null,
    color       integer not null default 0,
    hoist       boolean not null default false,
    position    integer not null default 0,
    permissions bigint not null default 0,
    managed     boolean not null default false,
    mentionable boolean not null default false
);

create index roles_of_guild on roles (guild_id);

create table members (
    guild_id                     bigint not null references guilds (id) on delete cascade,
    user_id                      bigint not null references users (id) on delete cascade,
    nick                         text,
    joined_at                    timestamptz not null default now(),
    communication_disabled_until timestamptz,
    primary key (guild_id, user_id)
);

create index members_of_user on members (user_id);

create table member_roles (
    guild_id bigint not null,
    user_id  bigint not null,
    role_id  bigint not null references roles (id) on delete cascade,
    primary key (guild_id, user_id, role_id),
    foreign key (guild_id, user_id) references members (guild_id, user_id) on delete cascade
);

create index member_roles_of_role on member_roles (role_id);

create table channels (
    id                  bigint primary key,
    guild_id            bigint references guilds (id) on delete cascade,
    type                smallint not null,
    name                text,
    topic               text,
    position            integer not null default 0,
    parent_id           bigint references channels (id) on delete set null,
    nsfw                boolean not null default false,
    rate_limit_per_user integer not null default 0
);

create index channels_of_guild on channels (guild_id);
create index channels_of_parent on channels (parent_id);

alter table guilds add foreign key (system_channel_id) references channels (id) on delete set null;

create table overwrites (
    channel_id bigint not null references channels (id) on delete cascade,
    target_id  bigint not null,
    type       smallint not null check (type in (0, 1)),
    allow      bigint not null default 0,
    deny       bigint not null default 0,
    primary key (channel_id, target_id)
);

-- Who takes part in a direct message.
create table recipients (
    channel_id bigint not null references channels (id) on delete cascade,
    user_id    bigint not null references users (id) on delete cascade,
    primary key (channel_id, user_id)
);

create index recipients_of_user on recipients (user_id);

-- One channel for each pair of people, whoever of the two opens it.
create table dm_pairs (
    low_id     bigint not null references users (id) on delete cascade,
    high_id    bigint not null references users (id) on delete cascade,
    channel_id bigint not null references channels (id) on delete cascade,
    primary key (low_id, high_id),
    check (low_id < high_id)
);

create table invites (
    code       text primary key,
    guild_id   bigint not null references guilds (id) on delete cascade,
    channel_id bigint references channels (id) on delete cascade,
    inviter_id bigint references users (id) on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    max_uses   integer not null default 0,
    uses       integer not null default 0,
    temporary  boolean not null default false
);

create index invites_of_guild on invites (guild_id);

-- The server's own record: one row, written by the first run. setup_hash is the SHA-256 of the
-- one-time set-up secret, and null once somebody owns the server.
create table settings (
    singleton      boolean primary key default true check (singleton),
    initialised_at timestamptz not null default now(),
    name           text not null,
    guild_id       bigint not null references guilds (id),
    channel_id     bigint not null references channels (id),
    system_user_id bigint not null references users (id),
    registration   text not null check (registration in ('open', 'invite', 'closed')),
    setup_hash     bytea
);
