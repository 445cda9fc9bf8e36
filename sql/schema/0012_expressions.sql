-- What a guild expresses itself with, emoji, stickers and sounds; and what goes on in it: who is in which voice
-- channel, what will happen, and what is live on a stage.

-- An emoji is a guild's or an application's. role_ids is no foreign key: a role that is deleted
-- stays listed, so that what was its emoji is not everybody's all of a sudden.
create table emojis (
    id             bigint primary key,
    guild_id       bigint references guilds (id) on delete cascade,
    application_id bigint references applications (id) on delete cascade,
    creator_id     bigint references users (id) on delete set null,
    name           text not null,
    animated       boolean not null,
    role_ids       bigint[] not null default '{}',
    image          text not null,
    check (num_nonnulls(guild_id, application_id) = 1)
);

create index emojis_of_guild on emojis (guild_id);
create index emojis_of_application on emojis (application_id) where application_id is not null;
create index emojis_of_creator on emojis (creator_id);

create table stickers (
    id          bigint primary key,
    guild_id    bigint not null references guilds (id) on delete cascade,
    creator_id  bigint references users (id) on delete set null,
    name        text not null,
    description text,
    tags        text not null,
    format_type smallint not null,
    image       text not null
);

create index stickers_of_guild on stickers (guild_id);
create index stickers_of_creator on stickers (creator_id);

create table soundboard_sounds (
    id         bigint primary key,
    guild_id   bigint not null references guilds (id) on delete cascade,
    creator_id bigint references users (id) on delete set null,
    name       text not null,
    volume     double precision not null,
    emoji_id   bigint,
    emoji_name text,
    sound      text not null
);

create index soundboard_sounds_of_guild on soundboard_sounds (guild_id);
create index soundboard_sounds_of_creator on soundboard_sounds (creator_id);

-- Who is in which voice channel. A row ends with the gateway session that it belongs to: the gateway says when
-- (the session's id is no foreign key, since its own row is written behind).
create table voice_states (
    guild_id            bigint not null,
    user_id             bigint not null,
    channel_id          bigint not null references channels (id) on delete cascade,
    session_id          text not null,
    self_mute           boolean not null,
    self_deaf           boolean not null,
    self_video          boolean not null,
    suppress            boolean not null,
    request_to_speak_at timestamptz,
    primary key (guild_id, user_id),
    foreign key (guild_id, user_id) references members (guild_id, user_id) on delete cascade
);

create index voice_states_of_channel on voice_states (channel_id);
create index voice_states_of_user on voice_states (user_id);
create index voice_states_of_session on voice_states (session_id);

-- What a voice channel has only while it is used.
create table channel_infos (
    channel_id       bigint primary key references channels (id) on delete cascade,
    voice_started_at timestamptz,
    status           text
);

-- What will happen in a guild, and who wants to come. A finished one stays, to be looked at. empty_since is when
-- the round of work on a clock first found nobody where an active one takes place.
create table scheduled_events (
    id                   bigint primary key,
    guild_id             bigint not null references guilds (id) on delete cascade,
    channel_id           bigint references channels (id) on delete cascade,
    creator_id           bigint references users (id) on delete set null,
    name                 text not null,
    description          text,
    image                text,
    scheduled_start_time timestamptz not null,
    scheduled_end_time   timestamptz,
    status               smallint not null,
    entity_type          smallint not null,
    entity_id            bigint,
    location             text,
    recurrence_rule      jsonb,
    empty_since          timestamptz
);

create index scheduled_events_of_guild on scheduled_events (guild_id);
create index scheduled_events_of_channel on scheduled_events (channel_id);
create index scheduled_events_of_creator on scheduled_events (creator_id);
-- Scheduled (1) or active (2) ones, which the clock looks at.
create index scheduled_events_to_come on scheduled_events (scheduled_start_time) where status in (1, 2);

create table scheduled_event_users (
    event_id bigint not null references scheduled_events (id) on delete cascade,
    user_id  bigint not null references users (id) on delete cascade,
    primary key (event_id, user_id)
);

create index scheduled_event_users_of_user on scheduled_event_users (user_id);

-- A stage channel that is live. silent_since is when a round of work on a clock first found nobody speaking.
create table stage_instances (
    id                       bigint primary key,
    guild_id                 bigint not null references guilds (id) on delete cascade,
    channel_id               bigint not null unique references channels (id) on delete cascade,
    topic                    text not null,
    guild_scheduled_event_id bigint references scheduled_events (id) on delete set null,
    silent_since             timestamptz
);

create index stage_instances_of_guild on stage_instances (guild_id);
create index stage_instances_of_event on stage_instances (guild_scheduled_event_id);
