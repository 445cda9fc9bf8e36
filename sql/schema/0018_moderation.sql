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
