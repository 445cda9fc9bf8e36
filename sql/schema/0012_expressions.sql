-- What a guild expresses itself with, and what happens in it: emoji, stickers.

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
