-- Files: faces of people, and what is attached to messages.

alter table users
    add column banner       text,
    add column accent_color integer;

-- Signs the addresses of attachments: 244 random bits, made with the one row and never changed.
alter table settings
    add column attachment_key bytea not null
        default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

-- What is attached to messages, for whoever asks for the file; the message itself says the rest in its
-- details. `blob` is the name of the content on disk, which several rows may share.
create table attachments (
    id           bigint primary key,
    channel_id   bigint not null,
    message_id   bigint not null references messages (id) on delete cascade,
    filename     text not null,
    content_type text not null,
    blob         text not null
);

create index attachments_of_message on attachments (message_id);
create index attachments_of_blob on attachments (blob);

-- Pictures of link previews, which are served from here. A message may show several.
create table previews (
    message_id bigint not null references messages (id) on delete cascade,
    blob       text not null,
    primary key (message_id, blob)
);

create index previews_of_blob on previews (blob);
