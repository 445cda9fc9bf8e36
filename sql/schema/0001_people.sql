-- Who there is: users as others see them, accounts as their owners do, and the tokens that prove it.

create table statuses (
    name   text primary key,
    colour text not null
);

create table users (
    id             bigint primary key,
    username       text not null,
    global_name    text,
    avatar         text,
    bot            boolean not null default false,
    system         boolean not null default false,
    public_flags   integer not null default 0,
    status         text not null references statuses (name),
    last_online_at timestamptz,
    created_at     timestamptz not null default now()
);

-- Names differ by more than case, so that nobody can pose as somebody else by it.
create unique index users_username on users (lower(username));

-- Only people have an account; a bot or the system user cannot sign in with a password.
create table accounts (
    user_id       bigint primary key references users (id) on delete cascade,
    email         text,
    password_hash text not null,
    admin         boolean not null default false,
    verified      boolean not null default false,
    disabled_at   timestamptz,
    last_login_at timestamptz
);

create unique index accounts_email on accounts (lower(email)) where email is not null;

create table applications (
    id          bigint primary key references users (id) on delete cascade,
    owner_id    bigint references users (id),
    name        text not null,
    description text not null default '',
    flags       integer not null default 0
);

-- A token is never stored, only its SHA-256: a copy of this table opens no door.
create table tokens (
    hash         bytea primary key,
    user_id      bigint not null references users (id) on delete cascade,
    kind         text not null check (kind in ('session', 'bot')),
    created_at   timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at   timestamptz,
    user_agent   text,
    address      text
);

create index tokens_of_user on tokens (user_id);
create index tokens_by_expiry on tokens (expires_at) where expires_at is not null;
