-- name: find_emoji_image :value
select image
  from emojis
 where id = :id;

-- name: find_sticker_image :value
select image
  from stickers
 where id = :id;
