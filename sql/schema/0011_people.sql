-- What people are to each other, what they have read and what they chose to hear of.

-- What one user is to another, as the first sees it: 1 a friend, 2 blocked, 3 has asked, 4 was asked.
-- A friendship and a request are two rows, one for each side; a block is one.
create table relationships (
    user_id  bigint not null references users (id) on delete cascade,
    other_id bigint not null references users (id) on delete cascade,
    type     smallint not null check (type between 1 and 4),
    nickname text,
    since    timestamptz not null,
    primary key (user_id, other_id),
    check (user_id <> other_id)
);

create index relationships_with on relationships (other_id);
