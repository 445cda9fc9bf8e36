"""The directory follows emoji and stickers, whichever process changes them."""

from __future__ import annotations

from chatd.model import events
from chatd.model.actor import ANYONE
from chatd.model.audience import Guild, Nobody
from chatd.model.emojis import Emoji
from chatd.model.stickers import Sticker
from tests.beats import assert_as_fresh
from tests.people import bot, general

INSERT_EMOJI = """
insert into emojis (id, guild_id, application_id, name, animated, role_ids, image)
values ($1, $2, $3, $4, $5, $6, 'hash')
"""
INSERT_STICKER = """
insert into stickers (id, guild_id, name, description, tags, format_type, image)
values ($1, $2, $3, $4, $5, $6, 'hash')
"""


async def test_lists_of_emoji_and_stickers_replace_those_before(store):
    guild_id = general(store).guild_id
    robo, _ = await bot(store, "robo")
    guilds = [Emoji(11, guild_id, "blob", True, (guild_id,)), Emoji(12, guild_id, "cat")]
    own = Emoji(13, None, "gear", application_id=robo.id)
    sticker = Sticker(21, guild_id, "wave", None, "wave", 1)
    async with store.transaction(ANYONE) as tx:
        for emoji in [*guilds, own]:
            row = (emoji.id, emoji.guild_id, emoji.application_id, emoji.name, emoji.animated, emoji.role_ids)
            await tx.conn.execute(INSERT_EMOJI, *row)
        row = (sticker.id, guild_id, sticker.name, None, sticker.tags, sticker.format_type)
        await tx.conn.execute(INSERT_STICKER, *row)
        tx.emit(events.guild_emojis_update(guild_id, guilds), to=Guild(guild_id))
        tx.emit(events.application_emojis_update(robo.id, [own]), to=Nobody())
        tx.emit(events.guild_stickers_update(guild_id, [sticker]), to=Guild(guild_id))
    await assert_as_fresh(store)
    directory = store.directory
    assert (directory.emoji(11), directory.emoji(13), directory.sticker(21)) == (guilds[0], own, sticker)
    assert [emoji["name"] for emoji in directory.guilds[guild_id].payload()["emojis"]] == ["blob", "cat"]
    async with store.transaction(ANYONE) as tx:
        await tx.conn.execute("delete from emojis where id in (11, 13)")
        tx.emit(events.guild_emojis_update(guild_id, guilds[1:]), to=Guild(guild_id))
        tx.emit(events.application_emojis_update(robo.id, []), to=Nobody())
    await assert_as_fresh(store)
    assert (directory.emoji(11), directory.emoji(12), directory.emoji(13)) == (None, guilds[1], None)
