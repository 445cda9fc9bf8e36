"""Lists of threads: who sees which, in what order, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.actions import thread_lists
from chatd.model.errors import MissingPermissions, UnknownGuild, WrongChannelType
from chatd.model.permissions import Permission
from chatd.model.thread_drafts import ArchivedPage, JoinedPage, ThreadSearch
from tests.people import deny, general, person
from tests.places import make_channel, manager, owner_of
from tests.threading import PRIVATE, add, edit, start


async def listed(store: Any, actor: Any, kind: str, **query: str) -> dict[str, Any]:
    """A page of one of the three lists of #general's archived threads."""
    page = (JoinedPage if kind == "joined" else ArchivedPage).parse(query)
    async with store.reading(actor) as tx:
        return await getattr(thread_lists, f"list_{kind}_archived")(tx, general(store).id, page)


async def active(store: Any, actor: Any) -> dict[str, Any]:
    async with store.reading(actor) as tx:
        return await thread_lists.list_active(tx, general(store).guild_id)


def ids_of(answer: dict[str, Any]) -> list[int]:
    return [int(thread["id"]) for thread in answer["threads"]]


async def archived(store: Any, actor: Any, count: int, **body: Any) -> list[int]:
    """Make threads and archive them, the first made last."""
    made = [await start(store, actor, **body) for _ in range(count)]
    for thread in reversed(made):
        await edit(store, actor, thread.id, archived=True)
    return [thread.id for thread in made]


async def test_the_active_threads_are_those_that_one_sees_the_newest_first(store):
    owner = await owner_of(store)
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    public, private = await start(store, ada), await start(store, ada, type=PRIVATE)
    await archived(store, ada, 1)
    assert ids_of(await active(store, ada)) == ids_of(await active(store, owner)) == [private.id, public.id]
    found = await active(store, bob)
    assert ids_of(found) == [public.id] and found["members"] == [] and found["has_more"] is False
    joined = (await active(store, ada))["members"]
    assert {(member["id"], member["user_id"]) for member in joined} == {
        (str(public.id), str(ada.id)), (str(private.id), str(ada.id))
    }  # fmt: skip
    with pytest.raises(UnknownGuild):
        async with store.reading(ada) as tx:
            await thread_lists.list_active(tx, 5)


async def test_archived_threads_come_the_last_archived_first(store):
    ada, _ = await person(store, "ada")
    first, second, third = await archived(store, ada, 3)
    await start(store, ada)
    page = await listed(store, ada, "public", limit="2")
    assert ids_of(page) == [first, second] and page["has_more"] is True
    assert {member["id"] for member in page["members"]} == {str(first), str(second)}
    before = page["threads"][-1]["thread_metadata"]["archive_timestamp"]
    rest = await listed(store, ada, "public", limit="2", before=before)
    assert ids_of(rest) == [third] and rest["has_more"] is False


async def test_private_ones_are_listed_for_moderators_and_for_those_who_are_in_them(store):
    owner = await owner_of(store)
    mod = await manager(store, owner, "mod", Permission.MANAGE_THREADS)
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    first, second, third = await archived(store, ada, 3, type=PRIVATE)
    assert ids_of(await listed(store, mod, "private")) == [first, second, third]
    with pytest.raises(MissingPermissions):
        await listed(store, ada, "private")
    assert ids_of(await listed(store, ada, "public")) == []
    page = await listed(store, ada, "joined", limit="2")
    assert ids_of(page) == [third, second] and page["has_more"] is True
    assert ids_of(await listed(store, ada, "joined", before=str(second))) == [first]
    assert ids_of(await listed(store, bob, "joined")) == []
    await edit(store, ada, first, archived=False)
    await add(store, ada, first, bob.id)
    await edit(store, ada, first, archived=True)
    assert ids_of(await listed(store, bob, "joined")) == [first]


@pytest.mark.parametrize("kind", ["public", "private", "joined"])
async def test_to_look_back_is_a_permission(store, kind):
    ada, _ = await person(store, "ada")
    deny(store, int(Permission.READ_MESSAGE_HISTORY))
    with pytest.raises(MissingPermissions):
        await listed(store, ada, kind)


async def searched(store: Any, actor: Any, channel_id: int, **query: Any) -> dict[str, Any]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
    async with store.reading(actor) as tx:
        return await thread_lists.search_threads(tx, channel_id, ThreadSearch.parse(lists))


async def test_posts_are_found_by_their_words_and_tags(store):
    owner = await owner_of(store)
    ada, _ = await person(store, "ada")
    forum = await make_channel(store, owner, type=15, available_tags=[{"name": "idea"}, {"name": "done"}])
    idea, done = (tag.id for tag in forum.available_tags)

    async def post(name: str, *tags: int) -> int:
        body = {"name": name, "applied_tags": list(tags), "message": {"content": name}}
        return (await start(store, ada, forum.id, **body)).id

    soup, bread = await post("A soup of Bread", idea), await post("Bread with soup", idea, done)
    other = await post("Nothing")
    await edit(store, ada, other, archived=True)
    by_words = await searched(store, ada, forum.id, name="soup BREAD")
    assert ids_of(by_words) == [bread, soup] and by_words["total_results"] == 2
    assert [message["id"] for message in by_words["first_messages"]] == [str(bread), str(soup)]
    assert [member["id"] for member in by_words["members"]] == [str(bread), str(soup)]
    for query, expected in (
        ({"tag": [str(idea)]}, [bread, soup]), ({"tag": [str(idea), str(done)]}, [bread, soup]),
        ({"tag": [str(idea), str(done)], "tag_setting": "match_all"}, [bread]),
        ({"archived": "true"}, [other]), ({"archived": "0"}, [bread, soup]), ({}, [other, bread, soup]),
        ({"max_id": str(bread)}, [soup]), ({"min_id": str(soup), "max_id": str(other)}, [bread]),
        ({"sort_by": "creation_time", "sort_order": "asc"}, [soup, bread, other]),
        ({"sort_by": "archive_time"}, [other, bread, soup]), ({"limit": "1", "offset": "1"}, [bread]),
        ({"name": "a soup", "sort_by": "relevance"}, [soup, bread]), ({"name": "absent"}, []),
    ):  # fmt: skip
        assert ids_of(await searched(store, ada, forum.id, **query)) == expected, query
    assert (await searched(store, ada, forum.id, limit="2"))["has_more"] is True


async def test_a_search_finds_no_more_than_one_sees_and_only_where_there_are_threads(store):
    owner = await owner_of(store)
    ada, bob = (await person(store, "ada"))[0], (await person(store, "bob"))[0]
    thread = await start(store, ada, type=PRIVATE)
    place = general(store).id
    for actor in (ada, owner):
        assert ids_of(await searched(store, actor, place)) == [thread.id]
    found = await searched(store, bob, place)
    assert (found["threads"], found["total_results"], found["first_messages"]) == ([], 0, [])
    with pytest.raises(WrongChannelType):
        await searched(store, ada, thread.id)
    with pytest.raises(WrongChannelType):
        async with store.reading(ada) as tx:
            await thread_lists.list_public_archived(tx, thread.id, ArchivedPage.parse({}))
