-- Interactions, and what only one person is shown.

-- What somebody has asked of an application. Whoever has the token answers in its name, until expires_at: three
-- seconds for the first answer (callback_type), then a quarter of an hour for all that follows it. A row that
-- is never answered goes at once; the others stay for the files and the form (modal) that hang on them.
-- `message_id` is the message whose component was used, `response_id` what @original means. `details` is what
-- the messages that answer it say of it.
create table interactions (
    id                 bigint primary key,
    application_id     bigint not null references applications (id) on delete cascade,
    user_id            bigint not null references users (id),
    channel_id         bigint not null,
    guild_id           bigint,
    type               smallint not null,
    token_hash         bytea not null,
    nonce              text,
    message_id         bigint,
    message_ephemeral  boolean not null default false,
    details            jsonb not null,
    expires_at         timestamptz not null,
    callback_type      smallint,
    response_id        bigint,
    response_ephemeral boolean not null default false,
    modal              jsonb
);

create index interactions_of_application on interactions (application_id);
create index interactions_of_user on interactions (user_id);
create index interactions_by_expiry on interactions (expires_at);

-- Messages that an application shows to one person alone. They are in no history, and what they say is not
-- searched, counted or pinned; they are kept for as long as a client may still show them, and the application
-- edit them. interaction_id is the one that has made it, and may be gone.
create table ephemeral_messages (
    id               bigint primary key,
    channel_id       bigint not null,
    user_id          bigint not null references users (id),
    application_id   bigint not null references applications (id) on delete cascade,
    interaction_id   bigint not null,
    type             smallint not null,
    flags            integer not null,
    content          text not null,
    tts              boolean not null,
    mention_everyone boolean not null,
    mention_ids      bigint[] not null,
    mention_role_ids bigint[] not null,
    edited_at        timestamptz,
    details          jsonb,
    revision         integer not null default 0,
    kept_until       timestamptz not null
);

create index ephemeral_messages_of_user on ephemeral_messages (user_id);
create index ephemeral_messages_of_application on ephemeral_messages (application_id);
create index ephemeral_messages_by_age on ephemeral_messages (kept_until);

-- A file belongs to one thing: a message, one that only somebody is shown, or what was asked of an application.
alter table attachments
    alter column message_id drop not null,
    add column ephemeral_message_id bigint references ephemeral_messages (id) on delete cascade,
    add column interaction_id       bigint references interactions (id) on delete cascade,
    add check (num_nonnulls(message_id, ephemeral_message_id, interaction_id) = 1);

create index attachments_of_ephemeral_message on attachments (ephemeral_message_id)
 where ephemeral_message_id is not null;
create index attachments_of_interaction on attachments (interaction_id) where interaction_id is not null;
