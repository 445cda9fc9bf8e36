import sys

import pytest


@pytest.fixture(scope="session", autouse=True)
def bot(testbench):
    with testbench.running([sys.executable, "-m", "chatd.testbench.discord_py", "bot.py"]):
        yield
