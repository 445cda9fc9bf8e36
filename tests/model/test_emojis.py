"""Emoji and stickers: their shapes, and that they read back from them."""

from __future__ import annotations

from chatd.model import events
from chatd.model.emojis import Emoji
from chatd.model.json_text import encode_json, parse_json
from chatd.model.stickers import Sticker, StickerFormat

OF_GUILD = Emoji(11, 3, "blob", animated=True, role_ids=(7, 8))
OF_APPLICATION = Emoji(12, None, "gear", application_id=5)
STICKER = Sticker(21, 3, "wave", None, "wave", StickerFormat.PNG)


def test_an_emoji_has_every_key_that_clients_rely_on():
    assert OF_GUILD.payload() == {
        "id": "11", "name": "blob", "roles": ["7", "8"], "require_colons": True, "managed": False,
        "animated": True, "available": True,
    }  # fmt: skip
    assert OF_GUILD.partial_payload() == {"id": "11", "name": "blob", "animated": True}


def test_a_sticker_has_every_key_that_clients_rely_on():
    assert STICKER.payload() == {
        "id": "21", "name": "wave", "description": None, "tags": "wave", "type": 2, "format_type": 1,
        "available": True, "guild_id": "3",
    }  # fmt: skip
    assert STICKER.item_payload() == {"id": "21", "name": "wave", "format_type": 1}


def test_the_lists_are_told_by_id_and_read_back():
    event = events.guild_emojis_update(3, [OF_GUILD, Emoji(10, 3, "first")])
    told = parse_json(encode_json(event.d))
    assert (event.name, told["guild_id"]) == ("GUILD_EMOJIS_UPDATE", "3")
    assert [Emoji.from_payload(each, guild_id=3) for each in told["emojis"]] == [
        Emoji(10, 3, "first"), OF_GUILD,
    ]  # fmt: skip
    event = events.application_emojis_update(5, [OF_APPLICATION])
    told = parse_json(encode_json(event.d))
    assert [Emoji.from_payload(each, application_id=5) for each in told["emojis"]] == [OF_APPLICATION]
    event = events.guild_stickers_update(3, [STICKER])
    told = parse_json(encode_json(event.d))
    assert event.name == "GUILD_STICKERS_UPDATE"
    assert [Sticker.from_payload(each) for each in told["stickers"]] == [STICKER]
