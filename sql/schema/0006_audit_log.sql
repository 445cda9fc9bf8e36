-- Who changed what in a guild, and why they said they did.

-- changes is a list of {key, old_value?, new_value?}, options an object of strings, both as a client is
-- shown them. No foreign key on target_id: what it names may be gone, which is often what the entry says.
create table audit_log (
    id          bigint primary key,
    guild_id    bigint not null references guilds (id) on delete cascade,
    user_id     bigint references users (id) on delete set null,
    target_id   bigint,
    action_type smallint not null,
    changes     jsonb not null default '[]',
    options     jsonb,
    reason      text
);

-- One for each way to ask; all are paged by id.
create index audit_log_of_guild on audit_log (guild_id, id);
create index audit_log_of_user on audit_log (user_id, guild_id, id);
create index audit_log_of_action on audit_log (guild_id, action_type, id);
create index audit_log_of_target on audit_log (guild_id, target_id, id) where target_id is not null;
