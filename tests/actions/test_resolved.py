"""What an interaction names by id, as the objects that its application is shown."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import access, dms, messages
from chatd.actions.resolved import Named, nameable_channel, nameable_role, nameable_user, resolved_of
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import MissingPermissions, UnknownMessage
from chatd.model.message_drafts import MessageDraft
from chatd.model.permissions import ALL, Permission
from tests.people import bot, deny, general, person
from tests.places import guild_of, make_channel, make_role, owner_of


async def resolved(store: Any, actor: Any, application: Any, **named: Any) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        place = await access.channel(tx, general(store).id)
        return await resolved_of(tx, place, application_id=application.id, **named)


async def test_nothing_named_is_nothing_resolved(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    assert await resolved(store, ada, robo) == {}


async def test_a_member_comes_with_their_user_and_what_they_may_do_there(store):
    robo, _ = await bot(store, "robo")
    owner = await owner_of(store)
    found = await resolved(store, owner, robo, user_ids=[owner.id])
    assert found["users"][str(owner.id)]["username"] == "owner"
    member = found["members"][str(owner.id)]
    assert member["permissions"] == str(ALL) and member["roles"] == []
    assert {"user", "deaf", "mute"}.isdisjoint(member)


async def test_somebody_who_is_no_member_is_a_user_alone(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    del guild_of(store).members[robo.id]
    found = await resolved(store, ada, robo, user_ids=[robo.id])
    assert list(found) == ["users"]


async def test_roles_are_whole_and_channels_in_part(store):
    robo, _ = await bot(store, "robo")
    owner = await owner_of(store)
    role, room = await make_role(store, owner, name="crew"), await make_channel(store, owner)
    found = await resolved(store, owner, robo, role_ids=[role.id], channel_ids=[room.id])
    assert found["roles"] == {str(role.id): role.payload()}
    channel = found["channels"][str(room.id)]
    assert (channel["name"], channel["permissions"]) == ("room", str(ALL))
    assert channel["app_permissions"] == str(store.directory.permissions(robo.id, room.id))
    assert "permission_overwrites" not in channel and "default_auto_archive_duration" not in channel


async def test_what_the_actor_cannot_see_is_not_theirs_to_name(store):
    owner = await owner_of(store)
    ada, _ = await person(store, "ada")
    guild = guild_of(store)
    hidden = await make_channel(
        store, owner, permission_overwrites=[{"id": guild.id, "type": 0, "deny": "1024", "allow": "0"}]
    )
    async with store.reading(ada) as tx:
        place = await access.channel(tx, general(store).id)
        assert nameable_channel(tx, place, hidden.id) is None
        assert nameable_channel(tx, place, general(store).id) is place.channel
        assert nameable_role(place, guild.id) is guild.roles[guild.id] and nameable_role(place, 1) is None
        assert nameable_user(tx, owner.id) and nameable_user(tx, 1) is None
        assert await resolved_of(tx, place, application_id=1, channel_ids=[hidden.id], role_ids=[1]) == {}


async def test_a_direct_message_has_no_roles_and_no_channels(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    async with store.transaction(ada) as tx:
        chat = await dms.open_dm(tx, DirectMessageDraft(robo.id))
    async with store.reading(ada) as tx:
        place = await access.channel(tx, int(chat["id"]))
        named = {"user_ids": [robo.id], "role_ids": [guild_of(store).id], "channel_ids": [int(chat["id"])]}
        assert list(await resolved_of(tx, place, application_id=robo.id, **named)) == ["users"]


async def test_a_message_is_shown_to_whom_may_read_it(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    async with store.queued(ada) as tx:
        said = await messages.create_message(tx, general(store).id, MessageDraft.parse({"content": "hi"}))
    found = await resolved(store, ada, robo, message_ids=[said.id])
    assert found == {"messages": {str(said.id): said.payload()}}
    with pytest.raises(UnknownMessage):
        await resolved(store, ada, robo, message_ids=[1])
    deny(store, Permission.READ_MESSAGE_HISTORY)
    with pytest.raises(MissingPermissions):
        await resolved(store, ada, robo, message_ids=[said.id])


async def test_files_are_found_by_their_ids(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    file = {"id": "7", "filename": "a.png", "size": 1, "url": "https://chat.example/a.png"}
    assert await resolved(store, ada, robo, attachments=[file]) == {"attachments": {"7": file}}


async def test_what_is_named_while_it_is_read_is_kept_and_nothing_else(store):
    robo, _ = await bot(store, "robo")
    ada, _ = await person(store, "ada")
    here, file = general(store), {"id": "7", "filename": "a.png"}
    async with store.reading(ada) as tx:
        named = Named(tx, await access.channel(tx, here.id), {0: file})
        assert named.user(ada.id) and not named.user(1)
        assert named.role(here.guild_id) and not named.role(ada.id)
        assert named.channel(here.id, None) and named.channel(here.id, [0])
        assert not named.channel(here.id, [2]) and not named.channel(1, None)
        assert named.file(0) == ("7", "a.png") and named.file(1) is None
        found = await named.resolved(robo.id)
    assert {kind: list(objects) for kind, objects in found.items()} == {
        "users": [str(ada.id)], "members": [str(ada.id)], "roles": [str(here.guild_id)],
        "channels": [str(here.id)], "attachments": ["7"],
    }  # fmt: skip
    assert named.attachment_ids == {7}
