"""The directory follows threads: after anything that happens to them, it is what would be loaded now."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chatd.actions import channels, deletions, members, thread_members, threads
from chatd.model.errors import ApiError
from chatd.model.permissions import Permission
from tests.beats import assert_as_fresh
from tests.people import general, person
from tests.places import edit_channel, make_channel, owner_of
from tests.talk import say
from tests.threading import PRIVATE, PUBLIC, edit, start, start_from


class Life:
    """People who start threads, talk in them, come and go. What one may not, does not happen."""

    def __init__(self, store: Any, rng: random.Random, people: list[Any]) -> None:
        self.store = store
        self.rng = rng
        self.people = people

    def anybody(self) -> Any:
        return self.rng.choice(self.people)

    def any_channel(self) -> Any:
        channels = self.store.directory.channels_of(self.guild())
        return self.rng.choice(channels)

    def any_thread(self) -> int:
        threads = [each.id for at in self.store.directory.channels for each in self.below(at)]
        return self.rng.choice(threads or [0])

    def below(self, channel_id: int) -> Any:
        return self.store.directory.threads.below(channel_id)

    def guild(self) -> Any:
        return next(iter(self.store.directory.guilds.values()))

    async def start(self) -> None:
        kind = self.rng.choice([PUBLIC, PRIVATE])
        body = {"message": {"content": f"<@{self.anybody().id}>"}, "invitable": self.rng.random() < 0.5}
        await start(self.store, self.anybody(), self.any_channel().id, type=kind, **body)

    async def start_from(self) -> None:
        message = await say(self.store, self.anybody(), "hello", self.any_channel().id)
        if self.rng.random() < 0.3:
            await say(self.store, self.anybody(), "something else", message.channel_id)
        await start_from(self.store, self.anybody(), message)

    async def talk(self) -> None:
        text = self.rng.choice(["hello", f"<@{self.anybody().id}> look"])
        await say(self.store, self.anybody(), text, self.any_thread())

    async def take_back(self) -> None:
        """Delete a message of a thread, though never the newest, which the directory would go on naming."""
        thread_id, author = self.any_thread(), self.anybody()
        message = await say(self.store, author, "what?", thread_id)
        await say(self.store, author, "never mind", thread_id)
        async with self.store.transaction(author) as tx:
            await deletions.delete_message(tx, thread_id, message.id)

    async def edit(self) -> None:
        rng = self.rng
        body = rng.choice([
            {"archived": True}, {"archived": False}, {"locked": rng.random() < 0.5, "archived": False},
            {"name": "other", "auto_archive_duration": 60}, {"flags": 2}, {"invitable": False},
            {"rate_limit_per_user": 5},
        ])  # fmt: skip
        await edit(self.store, self.anybody(), self.any_thread(), **body)

    async def join(self) -> None:
        async with self.store.transaction(self.anybody()) as tx:
            await thread_members.join(tx, self.any_thread())

    async def add(self) -> None:
        async with self.store.transaction(self.anybody()) as tx:
            await thread_members.add_member(tx, self.any_thread(), self.anybody().id)

    async def leave(self) -> None:
        async with self.store.transaction(self.anybody()) as tx:
            await thread_members.remove_member(tx, self.any_thread(), self.anybody().id)

    async def delete(self) -> None:
        async with self.store.transaction(self.people[0]) as tx:
            await threads.delete_thread(tx, self.any_thread())

    async def hide_or_show(self) -> None:
        """@everyone sees a channel, or does not, or speaks in its threads alone."""
        denied = self.rng.choice([0, Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
        overwrites = [{"id": str(self.guild().id), "type": 0, "allow": "0", "deny": str(int(denied))}]
        await edit_channel(
            self.store, self.people[0], self.any_channel().id, permission_overwrites=overwrites
        )

    async def replace_channel(self) -> None:
        doomed = self.any_channel()
        if doomed.id != general(self.store).id:
            async with self.store.transaction(self.people[0]) as tx:
                await channels.delete_channel(tx, doomed.id)
            await make_channel(self.store, self.people[0], type=self.rng.choice([0, 5, 15]))

    async def leave_guild(self) -> None:
        """And come back, as nobody's thread's member."""
        user, guild = self.store.directory.users[self.rng.choice(self.people[1:]).id], self.guild()
        async with self.store.transaction(self.people[0]) as tx:
            await members.remove_members(tx, guild.id, [user.id])
        async with self.store.transaction(self.people[0]) as tx:
            await members.add_member(tx, guild.id, user)


@pytest.mark.parametrize("walk", range(2))
async def test_what_was_folded_of_threads_is_what_would_be_loaded(store, rng, walk):
    people = [await owner_of(store), *[(await person(store, f"user{n}"))[0] for n in range(3)]]
    for kind in (0, 5, 15):
        await make_channel(store, people[0], type=kind)
    life = Life(store, rng, people)
    steps = [
        life.start, life.start, life.start_from, life.talk, life.talk, life.talk, life.take_back, life.edit,
        life.edit, life.join, life.add, life.leave, life.delete, life.hide_or_show, life.replace_channel,
        life.leave_guild,
    ]  # fmt: skip
    done = 0
    for number in range(100):
        step = rng.choice(steps)
        print(step.__name__)  # pytest shows the way to a failure
        try:
            await step()
            done += 1
        except ApiError as error:
            print("   ", error)
        if number % 20 == 19:
            await assert_as_fresh(store)
            assert_visible_as_asked(store.directory)
    assert done > 20


def assert_visible_as_asked(directory: Any) -> None:
    """The list of threads that somebody sees is the question asked of each."""
    for guild in directory.guilds.values():
        for user_id in directory.users:
            seen = [
                thread for thread in directory.threads.active(guild.id)
                if directory.can_view(user_id, thread.id)
            ]  # fmt: skip
            assert directory.visible_threads(user_id, guild.id) == sorted(seen, key=lambda each: each.id)
