"""The test bench: a throw-away server with people who do as they are told, for who writes a bot's tests.

`python -m chatd testbench` is the server. It is an App as any other, on a database in memory; what makes it
a bench stands between its sockets and its doors, and on its clock:

    folder.py     a data folder that is there at once, and gone at the end, however it comes
    serve.py      the command
    bench.py      the App with the three below, introduced to each other
    watch.py      sees each request and frame, and may answer in the server's place
    records.py    what has happened, in one numbered list that can be waited on
    clock.py      time that can be turned forward
    control.py    the table of what a test may ask for, and its one door
    people.py     users, bots and guilds; what a person says and does
    bots.py       what can happen to a bot: a lost connection, a silent server, refusals

The other side is what a test holds in its hands, and imports nothing of the server:

    process.py    starts the server, and a bot beside it
    client.py     the chat as a test sees it, of asking.py, things.py, acting.py, tested.py and waiting.py
    plugin.py     the fixtures of pytest
    discord_py.py runs a discord.py bot, unmodified, on a bench

docs/testing-bots.md is the way in; docs/testbench.md has a line for each row of the table.
"""
