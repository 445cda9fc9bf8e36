-- What administrators and moderators do: accounts looked after, reports, locked channels, messages taken away.

-- A one-time link by which somebody chooses a password: the first of an account that an administrator has made,
-- or one in the place of a forgotten one. Of an account only the newest link is good.
create table password_links (
    user_id    bigint primary key references accounts (user_id) on delete cascade,
    hash       bytea not null,
    expires_at timestamptz not null
);

create unique index password_links_by_hash on password_links (hash);

-- What the page says to who is about to sign up.
alter table settings
    add column welcome text not null default '';

-- What somebody has said is looked for by when, too.
create index messages_of_author_by_time on messages (author_id, id);
drop index messages_of_author;

-- Taking away what somebody has said in a guild, or in one channel of it, from the id since_id up to before_id, which
-- moves down as the work goes on: whatever happens to the server in the midst of it, the rest is done later. Who has
-- had the fewest `pages` is next, so that a long purge holds up no other. `counts` has how many were taken away, by channel.
create table purges (
    id           bigint primary key,
    guild_id     bigint not null references guilds (id) on delete cascade,
    channel_id   bigint references channels (id) on delete cascade,
    author_id    bigint not null references users (id),
    moderator_id bigint not null references users (id), -- as is the author, never deleted, so without an index
    reason       text,
    since_id     bigint not null,
    until_id     bigint not null,
    before_id    bigint not null,
    pages        integer not null default 0,
    counts       jsonb not null default '{}',
    finished_at  timestamptz
);

create index purges_of_guild on purges (guild_id, id);
create index purges_of_channel on purges (channel_id) where channel_id is not null;
create index purges_unfinished on purges (pages, id) where finished_at is null;

-- A channel, or with no channel the whole guild, in which only moderators speak for now.
create table lockdowns (
    id           bigint primary key,
    guild_id     bigint not null references guilds (id) on delete cascade,
    channel_id   bigint unique references channels (id) on delete cascade,
    moderator_id bigint not null references users (id),
    reason       text
);

create index lockdowns_of_guild on lockdowns (guild_id);
create unique index lockdowns_of_whole_guild on lockdowns (guild_id) where channel_id is null;

-- The overwrites as they were before, of each channel that is locked: those that the lock has changed, and always
-- @everyone's. A channel is locked by one lockdown at a time.
create table locked_overwrites (
    channel_id  bigint not null references channels (id) on delete cascade,
    target_id   bigint not null,
    lockdown_id bigint not null references lockdowns (id) on delete cascade,
    was_there   boolean not null,
    allow       bigint not null,
    deny        bigint not null,
    primary key (channel_id, target_id)
);

create index locked_overwrites_of_lockdown on locked_overwrites (lockdown_id);

-- For how long nobody comes by an invite, and members who are no friends do not write to each other.
alter table guilds
    add column invites_disabled_until timestamptz,
    add column dms_disabled_until     timestamptz;

-- What people have reported. A report of a guild is for administrators alone, as is one without a guild; the others are
-- for the guild's moderators too. `evidence` is the message as it was then, whatever has become of it and its channel.
create table reports (
    id          bigint primary key,
    kind        text not null check (kind in ('message', 'user', 'guild')),
    reporter_id bigint not null references users (id),
    guild_id    bigint references guilds (id) on delete cascade,
    channel_id  bigint,
    message_id  bigint,
    user_id     bigint references users (id),
    category    text not null,
    words       text not null,
    evidence    jsonb,
    state       text not null default 'open' check (state in ('open', 'claimed', 'resolved', 'dismissed')),
    handler_id  bigint references users (id), -- never deleted, as are the others, so without an index
    note        text not null default '',
    updated_at  timestamptz not null
);

create index reports_of_guild on reports (guild_id, id);
create index reports_by_state on reports (state, id);
create index reports_of_user on reports (user_id, id) where user_id is not null;

-- Who reports the same thing again while it is being looked at has said nothing new.
create unique index reports_of_one_thing on reports (reporter_id, kind, guild_id, user_id, message_id)
    nulls not distinct where state in ('open', 'claimed');

-- The files of a message that was reported, kept with the report under ids of their own: the addresses that others know
-- end with the message.
create table report_files (
    id           bigint primary key,
    report_id    bigint not null references reports (id) on delete cascade,
    channel_id   bigint not null,
    filename     text not null,
    content_type text not null,
    blob         text not null
);

create index report_files_of_report on report_files (report_id);
create index report_files_of_blob on report_files (blob);

-- What was published, and the copies of it in the channels that follow. Whatever changes or deletes a published
-- message, in whichever way, leaves a note here, and a job sees to the copies.
create table crossposts (
    copy_id   bigint primary key references messages (id) on delete cascade,
    source_id bigint not null,
    outdated  boolean not null default false
);

create index crossposts_of_source on crossposts (source_id);
create index crossposts_outdated on crossposts (copy_id) where outdated;

create function note_published_change() returns trigger
language plpgsql as $$
begin
    update crossposts set outdated = true where source_id = old.id;
    return null;
end
$$;

-- The first flag of a message is CROSSPOSTED; all others never come to the function.
create trigger note_published_change
    after update or delete on messages
    for each row when (old.flags & 1 = 1) execute function note_published_change();
