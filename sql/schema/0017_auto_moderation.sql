-- Automatic moderation: what a guild looks for in what its members write and call themselves, and what happens
-- when it is found.

-- trigger_metadata and actions are kept in the shape in which a client is shown them. The exempt ids are no
-- foreign keys: a role or channel that is gone exempts nobody, and one that is named is not to be unnamed by it.
create table auto_moderation_rules (
    id               bigint primary key,
    guild_id         bigint not null references guilds (id) on delete cascade,
    creator_id       bigint not null references users (id),
    name             text not null,
    event_type       smallint not null,
    trigger_type     smallint not null,
    trigger_metadata jsonb not null,
    actions          jsonb not null,
    enabled          boolean not null,
    exempt_roles     bigint[] not null default '{}',
    exempt_channels  bigint[] not null default '{}'
);

create index auto_moderation_rules_of_guild on auto_moderation_rules (guild_id);
create index auto_moderation_rules_of_creator on auto_moderation_rules (creator_id);
