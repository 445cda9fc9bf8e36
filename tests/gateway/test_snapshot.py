"""GUILD_CREATE made of kept texts: whom it lists, and when a text is made anew."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chatd.actions.guilds import guild_create_payload
from chatd.gateway.drafts import Presence
from chatd.gateway.session import Session
from chatd.gateway.snapshot import FORMER_MEMBERS_MAX, guild_create_text
from chatd.model import intents
from chatd.model.intents import Intent
from tests.people import general, person
from tests.talk import rename


def session_of(actor, wanted=intents.ALL, large_threshold=250) -> Session:
    return Session("0" * 32 + "1", actor, wanted, 0, 1, large_threshold, Presence(), "web")


async def crowd(store, gateway, count=5):
    """A few people, of whom every second is online."""
    people = [(await person(store, f"user{n}"))[0] for n in range(count)]
    for actor in people[::2]:
        gateway.presences.enter(actor.id, f"session of {actor.id}", Presence("idle"), "web")
    return people


@pytest.mark.parametrize("large_threshold", [1, 250])
@pytest.mark.parametrize("wanted", [intents.ALL, intents.ALL & ~Intent.GUILD_MEMBERS, int(Intent.GUILDS)])
async def test_the_joined_text_equals_the_whole_payload(store, gateway, wanted, large_threshold):
    people = await crowd(store, gateway)
    guild = store.directory.guilds[general(store).guild_id]
    for actor in people[:2]:
        session = session_of(actor, wanted, large_threshold)
        listed = [
            member.payload(store.directory.users[member.user_id])
            for member in guild.members.values()
            if member.user_id == actor.id
            or (wanted & Intent.GUILD_MEMBERS and (large_threshold > 1 or gateway.is_online(member.user_id)))
        ]
        shown = gateway.presences.shown if wanted & Intent.GUILD_PRESENCES else {}
        whole = guild_create_payload(store.directory, guild.id, actor.id, large_threshold=large_threshold)
        whole["members"] = listed
        whole["presences"] = [each.payload(user_id) for user_id, each in shown.items()]
        assert json.loads(guild_create_text(gateway, session, guild.id)) == whole


async def test_a_text_is_kept_until_the_member_or_the_user_changes(store, gateway):
    ada, *_ = await crowd(store, gateway)
    guild = store.directory.guilds[general(store).guild_id]
    (first,) = gateway.member_texts.of(guild, [ada.id])
    assert gateway.member_texts.of(guild, [ada.id])[0] is first
    await rename(store, ada, "Ada L.")
    (renamed,) = gateway.member_texts.of(guild, [ada.id])
    assert json.loads(renamed)["user"]["global_name"] == "Ada L."
    guild.members[ada.id] = replace(guild.members[ada.id], nick="the Countess")
    (nicked,) = gateway.member_texts.of(guild, [ada.id])
    assert json.loads(nicked)["nick"] == "the Countess"
    guild.members[ada.id].role_ids = (5,)
    (promoted,) = gateway.member_texts.of(guild, [ada.id])
    assert json.loads(promoted)["roles"] == ["5"]


async def test_texts_of_former_members_do_not_pile_up(store, gateway):
    ada, *_ = await crowd(store, gateway)
    guild = store.directory.guilds[general(store).guild_id]
    kept = gateway.member_texts._kept.setdefault(guild.id, {})
    kept.update((n, (None, None, None, "")) for n in range(FORMER_MEMBERS_MAX + 50))
    assert len(gateway.member_texts.of(guild, [ada.id, 1])) == 1 and len(kept) == 1


async def test_a_presence_text_follows_the_presence(store, gateway):
    ada, *_ = await crowd(store, gateway)
    (before,) = gateway.presences.texts_in({ada.id})
    assert gateway.presences.texts_in({ada.id})[0] is before
    gateway.presences.enter(ada.id, f"session of {ada.id}", Presence("dnd"), "web")
    (after,) = gateway.presences.texts_in({ada.id})
    assert (json.loads(before)["status"], json.loads(after)["status"]) == ("idle", "dnd")
