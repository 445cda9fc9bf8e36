-- name: find_emoji_image :value
select image
  from emojis
 where id = :id;

-- name: find_sticker_image :value
select image
  from stickers
 where id = :id;

-- name: list_unused_blobs :many
-- Of these blobs, those that nothing names. Every column that holds the hash of an image, or a blob, is
-- looked at here: what is missed would be lost. A hash is the blob's name, after "a_" where the image moves.
with named (blob) as (
    select blob from attachments where blob = any(:names::text[])
    union all select blob from report_files where blob = any(:names)
    union all select blob from previews where blob = any(:names)
    union all select avatar from users where right(avatar, 32) = any(:names)
    union all select avatar from webhook_avatars where right(avatar, 32) = any(:names)
    union all select banner from users where right(banner, 32) = any(:names)
    union all select icon from guilds where right(icon, 32) = any(:names)
    union all select splash from guilds where right(splash, 32) = any(:names)
    union all select discovery_splash from guilds where right(discovery_splash, 32) = any(:names)
    union all select banner from guilds where right(banner, 32) = any(:names)
    union all select avatar from members where right(avatar, 32) = any(:names)
    union all select banner from members where right(banner, 32) = any(:names)
    union all select icon from applications where right(icon, 32) = any(:names)
    union all select cover_image from applications where right(cover_image, 32) = any(:names)
    union all select icon from roles where right(icon, 32) = any(:names)
    union all select icon from group_dms where right(icon, 32) = any(:names)
    union all select avatar from webhooks where right(avatar, 32) = any(:names)
    union all select image from emojis where right(image, 32) = any(:names)
    union all select image from stickers where right(image, 32) = any(:names)
    union all select image from scheduled_events where right(image, 32) = any(:names)
    union all select sound from soundboard_sounds where right(sound, 32) = any(:names)
)
select u.name
  from unnest(:names) as u (name)
 where u.name not in (select right(blob, 32) from named);

-- name: find_sound :value
select sound
  from soundboard_sounds
 where id = :id;
