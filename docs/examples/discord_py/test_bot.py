async def test_ping_is_answered_with_a_reply(chat):
    ada = await chat.user("ada")
    asked = await ada.say("!ping")
    answer = await chat.next_message()
    assert answer.content == "pong"
    assert answer.message_reference.message_id == asked.id


def test_thanks_are_cheered_for(chat):
    said = chat.user("bob").say("Thanks a lot!")
    assert chat.next_reaction(said).emoji.name == "🎉"


async def test_notes_are_kept_for_whoever_made_them(chat):
    ada, bob = await chat.user("ada"), await chat.user("bob")
    kept = await ada.invoke("note", {"text": "Buy a second engine"})
    assert kept.content == "Kept. 1 in all."
    (choice,) = await ada.autocomplete("show", {"text": "eng"})
    assert choice.name == "Buy a second engine"
    assert await bob.autocomplete("show", {"text": "eng"}) == []


async def test_notes_are_forgotten_at_the_press_of_a_button(chat):
    ada = await chat.user("ada")
    await ada.invoke("note", {"text": "Buy a second engine"})
    asked = await ada.invoke("forget")
    assert (await ada.click(asked.message, "Forget")).content == "Forgotten."
    assert (await ada.invoke("show", {"text": "Buy a second engine"})).content == "No such."


async def test_it_waits_when_it_is_told_to(chat):
    ada = await chat.user("ada")
    await chat.fail_next(429, method="POST", path="/channels/*/messages", retry_after_s=0.1)
    await ada.say("!ping")
    assert (await chat.next_message()).content == "pong"


async def test_a_lost_connection_is_no_lost_message(chat):
    ada = await chat.user("ada")
    await chat.bot.drop()
    await ada.say("!ping")
    assert (await chat.next_message(timeout_s=15)).content == "pong"
