"""Overwrites: what a channel allows and denies is set by those who may, within what they have themselves."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import overwrites
from chatd.model.audience import Channel
from chatd.model.channel_drafts import OverwriteDraft
from chatd.model.errors import (
    InvalidFormBody,
    MissingPermissions,
    UnknownChannel,
    UnknownOverwrite,
    UnknownRole,
    UnknownUser,
)
from chatd.model.permissions import Overwrite, Permission
from tests.beats import assert_as_fresh, refused
from tests.people import Heard, general, person
from tests.places import edit_channel, guild_of, make_channel, make_role, manager, owner_of

VIEW, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)
MANAGE_ROLES = int(Permission.MANAGE_ROLES)


async def put(store: Any, actor: Any, target_id: int, channel_id: int = 0, **body: Any) -> None:
    async with store.transaction(actor) as tx:
        draft = OverwriteDraft.parse(body)
        await overwrites.put_overwrite(tx, channel_id or general(store).id, target_id, draft)


async def take_back(store: Any, actor: Any, target_id: int, channel_id: int = 0) -> None:
    async with store.transaction(actor) as tx:
        await overwrites.delete_overwrite(tx, channel_id or general(store).id, target_id)


async def test_an_overwrite_is_set_changed_and_taken_back(store):
    owner = await owner_of(store)
    role = await make_role(store, owner, name="red")
    steps = [
        (put(store, owner, role.id, type=0, allow="1024"), [Overwrite(role.id, 0, VIEW, 0)], 13),
        (put(store, owner, role.id, allow=0, deny=str(SEND)), [Overwrite(role.id, 0, 0, SEND)], 14),
        (take_back(store, owner, role.id), [], 15),
    ]
    for step, left, action in steps:
        heard = Heard(store)
        await step
        updated, logged = heard.entries
        assert updated.name == "CHANNEL_UPDATE"
        assert updated.audience == Channel(general(store).id, guild_of(store).id)
        assert updated.d["permission_overwrites"] == [exception.payload() for exception in left]
        assert (logged.d["action_type"], logged.d["target_id"]) == (action, str(general(store).id))
        assert logged.d["options"] == {"id": str(role.id), "type": "0", "role_name": "red"}
        assert list(general(store).overwrites.values()) == left
        await assert_as_fresh(store)


async def test_an_overwrite_for_a_member_needs_no_role_name(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    heard = Heard(store)
    await put(store, owner, ada.id, deny=str(SEND))
    assert heard.entries[1].d["options"] == {"id": str(ada.id), "type": "1"}
    assert not store.directory.permissions(ada.id, general(store).id) & SEND


async def test_an_overwrite_that_is_there_does_not_become_one_of_another_kind(store):
    """A member's is looked at for that member alone when it is told who sees the channel."""
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    role = await make_role(store, owner, name="red")
    await put(store, owner, ada.id, type=1, deny=str(SEND))
    await put(store, owner, role.id, type=0, deny=str(SEND))
    async with refused(store, UnknownRole):
        await put(store, owner, ada.id, type=0, deny=str(SEND))
    async with refused(store, UnknownUser):
        await put(store, owner, role.id, type=1, deny=str(SEND))


async def test_what_is_so_already_is_not_told(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    await put(store, owner, ada.id, type=1, deny=str(SEND))
    heard = Heard(store)
    await put(store, owner, ada.id, type=1, deny=str(SEND))
    assert heard.entries == []


async def test_overwrites_need_manage_roles_there(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_CHANNELS)
    for actor in (ada, keeper):
        async with refused(store, MissingPermissions):
            await put(store, actor, ada.id, type=1, deny=str(SEND))
        async with refused(store, MissingPermissions):
            await edit_channel(store, actor, general(store).id,
                               permission_overwrites=[{"id": ada.id, "type": 1, "deny": SEND}])  # fmt: skip


async def test_one_gives_and_takes_only_what_one_has(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_ROLES)
    ban = str(int(Permission.BAN_MEMBERS))
    await put(store, keeper, ada.id, type=1, allow=str(SEND))
    for side in ("allow", "deny"):
        async with refused(store, MissingPermissions):
            await put(store, keeper, ada.id, type=1, **{side: ban})
    await put(store, owner, ada.id, type=1, deny=ban)
    await put(store, keeper, ada.id, type=1, deny=ban, allow=str(SEND))  # what was so may stay so
    async with refused(store, MissingPermissions):
        await take_back(store, keeper, ada.id)


async def test_what_one_has_in_the_category_one_gives_in_its_channels(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    keeper = await manager(store, owner, "keeper", Permission.MANAGE_ROLES)
    allows = [{"id": str(keeper.id), "type": 1, "allow": str(int(Permission.MANAGE_MESSAGES))}]
    category = await make_channel(store, owner, type=4, permission_overwrites=allows)
    inside = await make_channel(store, owner, parent_id=category.id)
    outside = await make_channel(store, owner)
    bit = str(int(Permission.MANAGE_MESSAGES))
    await put(store, keeper, ada.id, inside.id, type=1, allow=bit)
    async with refused(store, MissingPermissions):
        await put(store, keeper, ada.id, outside.id, type=1, allow=bit)


async def test_who_is_given_manage_roles_by_an_overwrite_sets_all_of_them(store):
    owner, (ada, _) = await owner_of(store), await person(store, "ada")
    await put(store, owner, ada.id, type=1, allow=str(MANAGE_ROLES))
    await put(store, ada, owner.id, type=1, deny=str(int(Permission.BAN_MEMBERS)))
    await assert_as_fresh(store)


async def test_whom_it_is_for_must_exist(store):
    owner = await owner_of(store)
    for body, error in (({"type": 0}, UnknownRole), ({"type": 1}, UnknownUser), ({}, UnknownUser)):
        async with refused(store, error):
            await put(store, owner, 12345, **body)
    async with refused(store, UnknownOverwrite):
        await take_back(store, owner, owner.id)
    async with refused(store, UnknownChannel):
        await put(store, owner, owner.id, 12345, type=1)


@pytest.mark.parametrize(
    "body", [{"type": 2}, {"allow": "x"}, {"deny": -1}, {"allow": 2**63}, {"deny": True}]
)
def test_every_field_is_checked(body):
    with pytest.raises(InvalidFormBody) as caught:
        OverwriteDraft.parse(body)
    assert set(caught.value.errors) == set(body)


def test_bits_without_a_meaning_are_dropped():
    assert OverwriteDraft.parse({"allow": str(2**60 - 1)}).allow == sum(Permission)
