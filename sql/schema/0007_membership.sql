-- Who belongs to a guild, how they come, and who may not.

-- A temporary member came by an invite for a visit, which ends when they go offline without a role.
alter table members
    add column avatar    text,
    add column banner    text,
    add column bio       text not null default '',
    add column deaf      boolean not null default false,
    add column mute      boolean not null default false,
    add column flags     integer not null default 0,
    add column temporary boolean not null default false;

create index members_temporary on members (user_id) where temporary;

-- Who has been a member before, which is told of one who comes back. Nothing else of them is kept.
create table former_members (
    guild_id bigint not null references guilds (id) on delete cascade,
    user_id  bigint not null references users (id) on delete cascade,
    primary key (guild_id, user_id)
);

create index former_members_of_user on former_members (user_id);

-- Whoever is banned need never have been a member.
create table bans (
    guild_id  bigint not null references guilds (id) on delete cascade,
    user_id   bigint not null references users (id) on delete cascade,
    reason    text,
    banned_at timestamptz not null default now(),
    primary key (guild_id, user_id)
);

create index bans_of_user on bans (user_id);

-- max_age is in seconds, 0 for ever. A vanity invite is the guild's own address: in lower case, one for each
-- guild, without an end, by nobody, and to no channel in particular.
alter table invites
    add column max_age integer not null default 0,
    add column vanity  boolean not null default false;

create unique index invites_vanity on invites (guild_id) where vanity;
create index invites_of_channel on invites (channel_id);
create index invites_of_inviter on invites (inviter_id);
create index invites_by_expiry on invites (expires_at) where expires_at is not null;
