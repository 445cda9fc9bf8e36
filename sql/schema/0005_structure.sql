-- What guilds, channels and roles are made of beyond their names.

-- Guilds are few, so a channel that goes looks through them all for its name instead of through five indexes.
alter table guilds
    add column splash                       text,
    add column discovery_splash             text,
    add column banner                       text,
    add column features                     text[] not null default '{}',
    add column afk_channel_id               bigint references channels (id) on delete set null,
    add column afk_timeout                  integer not null default 300,
    add column verification_level           smallint not null default 0,
    add column explicit_content_filter      smallint not null default 0,
    add column system_channel_flags         integer not null default 0,
    add column rules_channel_id             bigint references channels (id) on delete set null,
    add column public_updates_channel_id    bigint references channels (id) on delete set null,
    add column safety_alerts_channel_id     bigint references channels (id) on delete set null,
    add column premium_progress_bar_enabled boolean not null default false;

-- Which of these a channel of a type has, model/channels.py says; the rest keep their defaults.
alter table channels
    add column flags                              integer not null default 0,
    add column last_pin_timestamp                 timestamptz,
    add column bitrate                            integer not null default 64000,
    add column user_limit                         integer not null default 0,
    add column rtc_region                         text,
    add column video_quality_mode                 smallint not null default 1,
    add column default_auto_archive_duration      integer not null default 1440,
    add column default_thread_rate_limit_per_user integer not null default 0,
    add column default_reaction_emoji_id          bigint,
    add column default_reaction_emoji_name        text,
    add column default_sort_order                 smallint,
    add column default_forum_layout               smallint not null default 0,
    add column default_tag_setting                text;

-- What the threads of a forum can be marked with, in the order of `position`.
create table channel_tags (
    id         bigint primary key,
    channel_id bigint not null references channels (id) on delete cascade,
    position   smallint not null,
    name       text not null,
    moderated  boolean not null,
    emoji_id   bigint,
    emoji_name text
);

create index channel_tags_of_channel on channel_tags (channel_id);

alter table roles
    add column secondary_color integer,
    add column tertiary_color  integer,
    add column icon            text,
    add column unicode_emoji   text,
    add column flags           integer not null default 0;

-- The channel of the first run can be deleted like any other.
alter table settings
    alter column channel_id drop not null,
    drop constraint settings_channel_id_fkey,
    add foreign key (channel_id) references channels (id) on delete set null;

-- A channel that is deleted is looked for among the direct messages, too.
create index dm_pairs_of_channel on dm_pairs (channel_id);

-- What was said in a channel may be more than one statement can delete. So messages do not hang on their
-- channel: it goes at once, nobody finds them any more, and a job takes them away slice by slice.
alter table messages
    drop constraint messages_channel_id_fkey;

create table deleted_channels (
    id bigint primary key
);

create function note_deleted_channel() returns trigger
language plpgsql as $$
begin
    insert into deleted_channels (id) values (old.id);
    return null;
end
$$;

create trigger note_deleted_channel
    after delete on channels
    for each row execute function note_deleted_channel();

-- What posts in a channel without being anybody. By those of type 2 a channel follows another, whose published
-- messages are posted here in its name; those of type 1 are for others to post by.
create table webhooks (
    id                bigint primary key,
    type              smallint not null check (type in (1, 2, 3)),
    guild_id          bigint not null references guilds (id) on delete cascade,
    channel_id        bigint not null references channels (id) on delete cascade,
    user_id           bigint references users (id), -- never deleted, so without an index
    name              text not null,
    source_channel_id bigint references channels (id) on delete set null
);

create index webhooks_of_guild on webhooks (guild_id);
create index webhooks_of_channel on webhooks (channel_id);
create index webhooks_of_source on webhooks (source_channel_id) where source_channel_id is not null;

-- What a resume looks for: channels that have appeared for some users, or are gone, and who came and went.
create index journal_onlookers on journal (position) where user_ids is not null and channel_id is not null;
create index journal_memberships on journal (position)
    where name in ('GUILD_MEMBER_ADD', 'GUILD_MEMBER_REMOVE');
