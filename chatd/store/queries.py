"""The index of the SQL modules: each is a file of sql/, each function in it one named query."""

from chatd.store.sql import load

accounts = load("accounts")
applications = load("applications")
audit_log = load("audit_log")
bans = load("bans")
channels = load("channels")
directory = load("directory")
emojis = load("emojis")
gateway_sessions = load("gateway_sessions")
guilds = load("guilds")
invites = load("invites")
journal = load("journal")
members = load("members")
messages = load("messages")
roles = load("roles")
read_states = load("read_states")
relationships = load("relationships")
settings = load("settings")
users = load("users")
voice_states = load("voice_states")
