-- What people say.

create table messages (
    id               bigint primary key,
    channel_id       bigint not null references channels (id) on delete cascade,
    author_id        bigint not null references users (id),
    type             smallint not null default 0,
    flags            integer not null default 0,
    content          text not null,
    tts              boolean not null default false,
    mention_everyone boolean not null default false,
    mention_ids      bigint[] not null default '{}',
    mention_role_ids bigint[] not null default '{}',
    edited_at        timestamptz
);

-- History is read by channel, newest first, and paged by id.
create index messages_of_channel on messages (channel_id, id);
create index messages_of_author on messages (author_id);

-- A sender that asks for enforce_nonce and asks again gets the message it has already sent.
create table message_nonces (
    author_id  bigint not null references users (id) on delete cascade,
    channel_id bigint not null references channels (id) on delete cascade,
    nonce      text not null,
    message_id bigint not null,
    at         timestamptz not null default now(),
    primary key (author_id, channel_id, nonce)
);

create index message_nonces_by_age on message_nonces (at);
create index message_nonces_of_channel on message_nonces (channel_id);
