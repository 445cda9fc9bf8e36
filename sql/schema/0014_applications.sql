-- Applications whose owners look after them, and the bots they bring into guilds.

-- verify_key is for those who check what we have signed, as hexadecimal; signing_key is what we sign with, and
-- leaves this table for nothing else. An application is without both until something can make them.
alter table applications
    add column icon                              text,
    add column cover_image                       text,
    add column tags                              text[] not null default '{}',
    add column bot_public                        boolean not null default true,
    add column verify_key                        text not null default '',
    add column signing_key                       bytea,
    add column interactions_endpoint_url         text,
    add column role_connections_verification_url text,
    add column redirect_uris                     text[] not null default '{}',
    add column terms_of_service_url              text,
    add column privacy_policy_url                text,
    add column custom_install_url                text,
    add column install_params                    jsonb,
    add column integration_types_config          jsonb not null default '{"0": {}}';

create index applications_of_owner on applications (owner_id);

-- The role that a bot has brought with it: it is named after the bot, grants what was asked for it, and goes
-- when the bot goes.
alter table roles
    add column bot_id bigint references users (id) on delete cascade;

create unique index roles_of_bot on roles (bot_id, guild_id) where bot_id is not null;

-- By whom a bot was let into a guild. It is gone with the membership.
create table integrations (
    guild_id       bigint not null,
    application_id bigint not null references applications (id) on delete cascade,
    user_id        bigint references users (id),
    primary key (guild_id, application_id),
    foreign key (guild_id, application_id) references members (guild_id, user_id) on delete cascade
);

create index integrations_of_application on integrations (application_id);
create index integrations_of_user on integrations (user_id);

insert into integrations (guild_id, application_id)
select m.guild_id, a.id
  from applications a
  join members m on m.user_id = a.id;
