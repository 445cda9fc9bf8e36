"""The rules of a chat, pure: what its things are, what a client may send, who may do what.

Standard library only; no socket, clock, database or log. Time and chance come in as arguments.
"""
