"""The plug-in of pytest, in a pytest of its own: what a failure shows, and how a bot is started."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from tests.end_to_end.chatd_process import ROOT
from tests.end_to_end.clients import environment


@pytest.fixture
def suite(tmp_path):
    """Run some tests; the lines that pytest says."""

    def run(text):
        (tmp_path / "test_it.py").write_text(textwrap.dedent(text))
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "chatd.testbench.plugin", "-p", "no:cacheprovider"],
            cwd=tmp_path, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        return ended.stdout

    return run


def test_a_failure_shows_what_happened_and_what_was_waited_for(suite):
    said = suite("""
        async def test_nobody_answers(chat):
            ada = await chat.user("ada")
            await ada.say("is anybody here?")
            await chat.next_message(timeout_s=0)

        def test_it_is_refused(chat):
            chat.user("ada").request("GET", "/channels/1")
    """)
    assert "2 failed" in said
    assert "what happened on the bench" in said
    assert 'nothing like {"kind": "event", "name": "MESSAGE_CREATE"' in said
    assert "event    MESSAGE_CREATE ada: is anybody here?" in said
    assert '404 {"message": "Unknown Channel", "code": 10003}' in said


def test_a_bot_may_be_a_function_and_what_breaks_it_is_told(suite):
    said = suite("""
        import asyncio, discord, pytest
        from chatd.testbench.discord_py import point_at

        def test_a_function(testbench):
            point_at(testbench.url)
            client = discord.Client(intents=discord.Intents.default())

            @client.event
            async def on_message(message):
                await message.add_reaction("👀")

            async def bot():
                async with client:
                    await client.start(testbench.token)

            with testbench.running(bot):
                chat = testbench.chat()
                said = chat.user("ada").say("hello")
                assert chat.next_reaction(said).emoji.name == "👀"

        def test_it_ends_at_once(testbench):
            with pytest.raises(AssertionError, match="ended before it was connected"):
                with testbench.running("false"):
                    pass

        def test_it_breaks(testbench):
            async def bot():
                raise LookupError("no such thing")

            with pytest.raises(LookupError, match="no such thing"):
                with testbench.running(bot):
                    pass
    """)
    assert "3 passed" in said, said


def test_a_test_that_has_no_chat_is_left_alone(suite):
    said = suite("""
        def test_plain():
            pass

        async def test_of_some_other_plug_in():
            pass
    """)
    assert "1 passed" in said
    assert "async def functions are not natively supported" in said
