-- The record of which files of sql/schema a database has seen.

-- name: create_schema_migrations :exec
create table if not exists schema_migrations (
    version    integer     primary key,
    name       text        not null,
    sha256     text        not null,
    applied_at timestamptz not null default now()
);

-- name: has_schema_migrations :value
select to_regclass('schema_migrations') is not null;

-- name: applied_migrations :many
select version, name, sha256, applied_at
  from schema_migrations
 order by version;

-- name: insert_migration :exec
insert into schema_migrations (version, name, sha256)
values (:version, :name, :sha256);

-- name: try_migration_lock :value
-- Tries instead of waiting: a statement that waits would hold a snapshot, and the one who migrates
-- may need it gone.
select pg_try_advisory_lock(:key);

-- name: release_migration_lock :value
select pg_advisory_unlock(:key);
