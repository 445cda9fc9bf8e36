-- name: insert_application :exec
insert into applications (id, owner_id, name, flags, verify_key, signing_key)
values (:id, :owner_id, :name, :flags, :verify_key, :signing_key);

-- name: update_application :exec
update applications
   set name = :name, description = :description, icon = :icon, cover_image = :cover_image, tags = :tags,
       flags = :flags, bot_public = :bot_public, interactions_endpoint_url = :interactions_endpoint_url,
       role_connections_verification_url = :role_connections_verification_url, redirect_uris = :redirect_uris,
       terms_of_service_url = :terms_of_service_url, privacy_policy_url = :privacy_policy_url,
       custom_install_url = :custom_install_url, install_params = :install_params,
       integration_types_config = :integration_types_config
 where id = :id;

-- name: hold_application :one
-- As it is, and kept so until the commit: two who change different things of it do not undo each other's.
select id, owner_id, name, description, icon, cover_image, tags, flags, bot_public, verify_key,
       interactions_endpoint_url, role_connections_verification_url, redirect_uris, terms_of_service_url,
       privacy_policy_url, custom_install_url, install_params, integration_types_config
  from applications
 where id = :id
   for update;

-- name: find_application :one
select id, owner_id, name, description, icon, cover_image, tags, flags, bot_public, verify_key,
       interactions_endpoint_url, role_connections_verification_url, redirect_uris, terms_of_service_url,
       privacy_policy_url, custom_install_url, install_params, integration_types_config
  from applications
 where id = :id;

-- name: list_applications :many
-- All that there are, without the keys that they sign with.
select id, owner_id, name, description, icon, cover_image, tags, flags, bot_public, verify_key,
       interactions_endpoint_url, role_connections_verification_url, redirect_uris, terms_of_service_url,
       privacy_policy_url, custom_install_url, install_params, integration_types_config
  from applications
 order by id;

-- name: find_signing_key :value
-- What requests to its endpoint are signed with; null until it has one.
select signing_key
  from applications
 where id = :id;

-- name: is_kept_out :value
-- An application is not asked while its owner is disabled.
select exists (
    select
      from applications p
      join accounts o on o.user_id = p.owner_id
     where p.id = :id
       and o.disabled_at is not null
);

-- name: hold_keyless :many
-- Those that have nothing to sign with, as they are.
select id, owner_id, name, description, icon, cover_image, tags, flags, bot_public, verify_key,
       interactions_endpoint_url, role_connections_verification_url, redirect_uris, terms_of_service_url,
       privacy_policy_url, custom_install_url, install_params, integration_types_config
  from applications
 where signing_key is null
 order by id
   for update;

-- name: set_keys :exec
update applications
   set verify_key = :verify_key, signing_key = :signing_key
 where id = :id;

-- name: count_owned :value
-- Leans on applications_of_owner.
select count(*)
  from applications
 where owner_id = :owner_id;

-- name: hold_owner :exec
-- One after another: two who are made at once are both counted.
select id
  from users
 where id = :id
   for no key update;

-- name: list_bots :many
select u.id, u.username, a.owner_id, o.username as owner, u.created_at
  from applications a
  join users u on u.id = a.id
  left join users o on o.id = a.owner_id
 order by a.id;

-- name: delete_application :exec
-- Its bot user stays, for what it has said.
delete from applications
 where id = :id;

-- name: list_tokens_of_owner :many
-- Those of all bots of one owner.
select t.hash, t.user_id
  from applications p
  join tokens t on t.user_id = p.id
 where p.owner_id = :owner_id
 order by p.id;

-- name: disown :many
-- As they are then. Where one of them is asked, its owner alone had a say, so it is asked there no more.
   update applications
      set owner_id = null, interactions_endpoint_url = null
    where owner_id = :owner_id
returning id, owner_id, name, description, icon, cover_image, tags, flags, bot_public, verify_key,
          interactions_endpoint_url, role_connections_verification_url, redirect_uris, terms_of_service_url,
          privacy_policy_url, custom_install_url, install_params, integration_types_config;

-- name: delete_tokens :many
   delete from tokens
    where user_id = :user_id
returning hash;
