-- Webhooks that others post by: each has a token of its own, and may have a face.

-- The token is kept as it is, not hashed like everybody else's: whoever manages webhooks is shown it again, in
-- the webhook's address. It lets its holder write in one channel and read nothing but what it has written.
alter table webhooks
    add column avatar text,
    add column token  text,
    add check ((type = 1) = (token is not null));

-- Every face that a webhook has shown, its own and those of single messages. They stay for the messages, which
-- outlive the webhook; so there is no foreign key.
create table webhook_avatars (
    webhook_id bigint not null,
    avatar     text not null,
    primary key (webhook_id, avatar)
);

create index webhook_avatars_of_blob on webhook_avatars (right(avatar, 32));

-- A webhook can make a post in a forum, and is no user.
alter table threads
    drop constraint threads_owner_id_fkey;

-- Only the constraint has looked for them.
drop index threads_of_owner;
