-- Application commands, and what guilds say of who may use them and where.

-- `guild_id` is null for a global one. The rest is what its application has said (model/commands.py); null
-- stands for nothing said. `default_member_permissions` is then everybody, and `contexts` everywhere.
create table application_commands (
    id                         bigint primary key,
    application_id             bigint not null references applications (id) on delete cascade,
    guild_id                   bigint references guilds (id) on delete cascade,
    scope_id                   bigint not null generated always as (coalesce(guild_id, application_id)) stored,
    type                       smallint not null check (type between 1 and 3),
    name                       text not null,
    name_localizations         jsonb,
    description                text not null,
    description_localizations  jsonb,
    options                    jsonb not null,
    default_member_permissions bigint,
    nsfw                       boolean not null,
    contexts                   smallint[],
    integration_types          smallint[] not null,
    version                    bigint not null,
    -- Deferred, because a whole set is replaced at once, in which two may have exchanged their names.
    unique (application_id, scope_id, type, name) deferrable initially deferred
);

create index application_commands_of_guild on application_commands (guild_id) where guild_id is not null;

-- How many an application has made in a scope today: what it has deleted since counts, too.
create table command_creations (
    application_id bigint not null references applications (id) on delete cascade,
    scope_id       bigint not null,
    day            date not null,
    created        integer not null,
    primary key (application_id, scope_id, day)
);

-- A guild's exceptions: for a command, or where `command_id` is null for all of the application's. They are
-- replaced together and looked at together: a list of {id, type, permission}, as the API has it.
create table command_permissions (
    guild_id       bigint not null references guilds (id) on delete cascade,
    application_id bigint not null references applications (id) on delete cascade,
    command_id     bigint references application_commands (id) on delete cascade,
    permissions    jsonb not null
);

create unique index command_permissions_of_target
    on command_permissions (guild_id, application_id, coalesce(command_id, application_id));
create index command_permissions_of_application on command_permissions (application_id);
create index command_permissions_of_command on command_permissions (command_id) where command_id is not null;
