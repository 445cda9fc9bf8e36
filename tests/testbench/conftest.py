"""The bench's fixtures, as who tests a bot has them: one server for the run, a clean chat for each test."""

from chatd.testbench.plugin import chat, testbench

__all__ = ["chat", "testbench"]
