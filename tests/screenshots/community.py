"""Who is in the pictures, and what they say: a workshop that has built itself a greenhouse.

`settle` fills a test bench with them. Its clock is turned to the next morning first, and a little further
before each message, so that the times are those of people and not of a program.
"""

from __future__ import annotations

import json
import secrets
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chatd.testbench.acting import User
from chatd.testbench.client import Chat
from chatd.testbench.process import BenchProcess
from chatd.testbench.things import Message
from tests.screenshots import pictures

MORNING_H = 9
FILE = "greenhouse.png"

# Handle: a face, its ground, how they are seen, what they say of themselves, their role.
PEOPLE: dict[str, tuple[str, str, str, str, str, str]] = {
    "ada": ("🦉", "#7fb7be", "#2f6f78", "online", "", "Keepers"),
    "bob": ("🐻", "#f2b880", "#b9653a", "online", "soldering", "Builders"),
    "cleo": ("🌵", "#f6d365", "#e08a4f", "online", "", "Keepers"),
    "dario": ("🐙", "#f7a8b8", "#b3556f", "idle", "back at noon", "Builders"),
    "edith": ("🦊", "#bfe3c0", "#4f8f63", "online", "", ""),
    "finn": ("🐳", "#9bd0f5", "#2e6fa8", "online", "", "Builders"),
    "hana": ("🌻", "#ffe29a", "#5b9b6a", "online", "repotting 🪴", "Keepers"),
    "iris": ("🪻", "#d9c8f5", "#7a5bb0", "dnd", "in a meeting", ""),
    "juno": ("🦔", "#e7cfa9", "#8c6a45", "offline", "", ""),
    "kit": ("🐝", "#fff1b8", "#d2a437", "online", "", ""),
    "moss": ("🐸", "#cdeec0", "#5a9a52", "offline", "", ""),
    "nia": ("🪐", "#b9c2f0", "#4a4f9c", "offline", "", ""),
}
ROLES = {"Keepers": 0x3AA981, "Builders": 0xE0813A}
GUILDS = {
    "Night ferry": ("⛴️", "#8fb4e8", "#27406f"),
    "Bread club": ("🥐", "#ffe0b0", "#c9824a"),
    "Small synths": ("🎛️", "#d8b4f0", "#6a3f98"),
}

BEDS = "Where we are:\n- bed one: chard\n- bed two: **more** chard\n- bed four: ~~beans~~ to be decided"
LAST_NIGHT = "Two degrees outside last night, and the beds never fell below nine. The curtain works!"
CODE = '''I took the curtain's rule out of the loop, so that it can be tested without waiting for the night:
```python
def curtain(outside: float, inside: float, closed: bool) -> bool:
    """Close below 6 °C, open again above 8."""
    return outside < (8 if closed else 6) and inside < 18
```'''

FORECAST: dict[str, Any] = {
    "embeds": [{
        "title": "Tonight at the greenhouse",
        "color": 0x3AA981,
        "fields": [
            {"name": "Coldest", "value": "1 °C at 05:40", "inline": True},
            {"name": "Frost", "value": "likely", "inline": True},
            {"name": "Wind", "value": "9 km/h, north", "inline": True},
        ],
    }],
    "components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "Close at dusk", "custom_id": "close", "emoji": {"name": "🌙"}},
        {"type": 2, "style": 2, "label": "Remind me at nine", "custom_id": "remind"},
        {"type": 2, "style": 5, "label": "Whole forecast", "url": "https://example.org/forecast"},
    ]}],
}  # fmt: skip

POLL: dict[str, Any] = {
    "poll": {
        "question": {"text": "What goes into bed four?"},
        "answers": [
            {"poll_media": {"text": "Chard", "emoji": {"name": "🥬"}}},
            {"poll_media": {"text": "Radishes", "emoji": {"name": "🌱"}}},
            {"poll_media": {"text": "Nothing, let it rest", "emoji": {"name": "😴"}}},
        ],
        "duration": 24,
    }
}


@dataclass
class Community:
    """The bench with everybody on it. `token` is ada's, who looks; `channels` are ids by name."""

    bench: BenchProcess
    chat: Chat
    token: str
    people: dict[str, User]
    channels: dict[str, str]
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def guild_id(self) -> str:
        return str(self.chat.guild["id"])

    def path(self, name: str) -> str:
        return f"/channels/{self.guild_id}/{self.channels[name]}"

    @property
    def ahead_s(self) -> float:
        """How far the bench's clock is before the machine's."""
        now: float = self.bench.ask("GET", "")["now"]
        return now - datetime.now(UTC).timestamp()

    # ── what they do ──

    def say(self, who: str, where: str, content: str = "", *, after_min: float = 0, **fields: Any) -> Message:
        """After so many minutes."""
        self.chat.advance(timedelta(minutes=after_min))
        body = {"channel_id": self.channels[where], "content": content, **fields}
        return Message(self.chat, self.bench.ask("POST", f"/as/{self.people[who]['id']}/say", body))

    def answer(self, who: str, to: Message, content: str, *, after_min: float = 0) -> Message:
        self.chat.advance(timedelta(minutes=after_min))
        said: Message = self.people[who].reply(to, content)
        return said

    def react(self, message: Message, emoji: str, *people: str) -> None:
        for who in people:
            self.people[who].react(message, emoji)

    def type(self, who: str, where: str) -> None:
        body = {"channel_id": self.channels[where]}
        self.bench.ask("POST", f"/as/{self.people[who]['id']}/type", body)

    def request(self, who: str, method: str, path: str, body: Any = None) -> Any:
        return self.people[who].request(method, path, body)

    def say_as_bot(self, where: str, body: dict[str, Any], *, after_min: float = 0) -> Message:
        self.chat.advance(timedelta(minutes=after_min))
        path, authorization = f"/channels/{self.channels[where]}/messages", f"Bot {self.bench.token}"
        content = json.dumps(body).encode()
        return Message(self.chat, ask(f"{self.bench.api}{path}", content, "application/json", authorization))

    def show(
        self, who: str, where: str, words: str, picture: bytes, alt: str, *, after_min: float
    ) -> Message:
        self.chat.advance(timedelta(minutes=after_min))
        about = {"content": words, "attachments": [{"id": 0, "filename": FILE, "description": alt}]}
        content, kind = multipart(about, FILE, picture)
        path = f"/channels/{self.channels[where]}/messages"
        token = self.people[who]["token"]
        return Message(self.chat, ask(f"{self.bench.api}{path}", content, kind, token))


# ── moving in ───────────────────────────────────────────────────────────────────────────────────


def settle(bench: BenchProcess, artist: Any) -> Community:
    """`artist` is a page of the browser, which draws their pictures."""
    chat = bench.chat()
    chat.advance(until_tomorrow(MORNING_H))
    community = Community(bench, chat, "", {"ada": chat.owner}, {"general": chat.channel["id"]})
    move_in(community, artist)
    furnish(community)
    talk(community, artist)
    look_around(community)
    return community


def until_tomorrow(hour: int) -> timedelta:
    now = datetime.now(UTC)
    return (now + timedelta(days=1)).replace(hour=hour, minute=2, second=0, microsecond=0) - now


def move_in(community: Community, artist: Any) -> None:
    chat, guild = community.chat, f"/guilds/{community.guild_id}"
    chat.owner.request("PATCH", "/users/@me", {"username": "ada"})
    login = {"login": "ada", "password": "testbench"}
    signed_in = ask(f"{community.bench.api}/auth/login", json.dumps(login).encode(), "application/json")
    community.token = signed_in["token"]
    roles = {}
    for name, color in ROLES.items():
        role = {"name": name, "color": color, "hoist": True, "mentionable": True}
        roles[name] = chat.owner.request("POST", f"{guild}/roles", role)["id"]
    for name, (drawing, light, dark, status, says, role) in PEOPLE.items():
        if name not in community.people:
            community.people[name] = chat.user(name)
        one = community.people[name]
        one.request("PATCH", "/users/@me", {"avatar": pictures.face(artist, drawing, light, dark)})
        if role:
            chat.owner.request("PUT", f"{guild}/members/{one['id']}/roles/{roles[role]}")
        if says:
            one.request("PATCH", "/users/@me/settings", {"custom_status": {"text": says}})
        if status != "offline" and name != "ada":
            activities = [{"name": "Custom Status", "type": 4, "state": says}] if says else []
            one.show(status, activities)
    for other in chat.owner.request("GET", "/users/@me/guilds"):
        if other["id"] != community.guild_id:  # the one that a server begins with
            common = {"name": "Common room", "icon": pictures.face(artist, "🫖", "#cfe8f2", "#3f7f9c")}
            chat.owner.request("PATCH", f"/guilds/{other['id']}", common)
    icon = pictures.face(artist, "🌿", "#c9efd9", "#2f8a68")
    chat.owner.request("PATCH", guild, {"name": "Tidewater Workshop", "icon": icon})
    bot = {"username": "Almanac", "avatar": pictures.face(artist, "🌤️", "#d7ecff", "#5b8fd0")}
    url, authorization = f"{community.bench.api}/users/@me", f"Bot {community.bench.token}"
    ask(url, json.dumps(bot).encode(), "application/json", authorization, method="PATCH")
    for name, (drawing, light, dark) in GUILDS.items():
        other = community.bench.ask("POST", "/guilds", {"name": name, "bot_ids": []})
        icon = pictures.face(artist, drawing, light, dark)
        chat.owner.request("PATCH", f"/guilds/{other['id']}", {"icon": icon})
        community.channels[name] = next(each["id"] for each in other["channels"] if each["type"] == 0)
        for who in ("bob", "edith", "kit"):
            community.bench.ask("PUT", f"/guilds/{other['id']}/members/{community.people[who]['id']}")
    ids = [each["id"] for each in chat.owner.request("GET", "/users/@me/guilds")]
    ids.sort(key=lambda id: id != community.guild_id)
    chat.owner.request("PATCH", "/users/@me/settings", {"guild_positions": ids})


def furnish(community: Community) -> None:
    """Channels, in their categories."""
    chat = community.chat

    def make(name: str, **fields: Any) -> str:
        community.channels[name] = chat.make_channel(name, **fields)["id"]
        return community.channels[name]

    make("announcements", type=5)
    for each in chat.guild["channels"]:
        if each["name"] == "voice":
            chat.owner.request("DELETE", f"/channels/{each['id']}")
    work = make("Workshop", type=4)
    make("greenhouse", parent_id=work, topic="Six beds, one curtain, and whatever grows. Notes of the night.")
    make("firmware", parent_id=work)
    make("show-and-tell", parent_id=work)
    make("questions", type=15, parent_id=work)
    rest = make("After hours", type=4)
    make("kitchen", parent_id=rest)
    make("music", parent_id=rest)
    talks = make("Voice", type=4)
    make("Workbench", type=2, parent_id=talks)
    make("Tea table", type=2, parent_id=talks)
    for who in ("finn", "cleo"):
        voice = {"guild_id": community.guild_id, "channel_id": community.channels["Workbench"]}
        community.bench.ask("POST", f"/as/{community.people[who]['id']}/voice", voice)


# ── what they say ───────────────────────────────────────────────────────────────────────────────


def talk(community: Community, artist: Any) -> None:
    say, here = community.say, community.messages
    say("hana", "general", "Good morning, everybody.")
    say("ada", "announcements", "The workshop is open late on **Thursday**.")
    say("kit", "greenhouse", "The new probes are in: six of them, one for each bed, all on the same bus. 🎉")
    say("hana", "greenhouse", BEDS)
    here["poll"] = say("cleo", "greenhouse", after_min=3, **POLL)
    answers = f"/channels/{community.channels['greenhouse']}/polls/{here['poll']['id']}/answers"
    for answer, voters in enumerate((("hana", "kit", "ada", "edith"), ("bob", "finn"), ("iris",)), start=1):
        for who in voters:
            community.request(who, "PUT", f"{answers}/{answer}/votes/@me")
    here["photo"] = community.show(
        "hana", "greenhouse", LAST_NIGHT, pictures.greenhouse(artist), "A lit greenhouse at dusk", after_min=9
    )
    community.react(here["photo"], "🌱", "ada", "bob", "kit", "cleo", "finn")
    community.react(here["photo"], "🎉", "edith", "kit", "iris")
    community.react(here["photo"], "🌙", "cleo", "dario")
    here["warm"] = community.answer("bob", here["photo"], "Nine is warmer than my kitchen.", after_min=4)
    here["code"] = say("ada", "greenhouse", CODE, after_min=6)
    path = f"/channels/{community.channels['greenhouse']}/messages/{here['code']['id']}/threads"
    thread = community.request("kit", "POST", path, {"name": "While a probe is silent"})
    community.channels["thread"] = thread["id"]
    say("kit", "thread", "Reads well. What does it do while a probe says nothing?", after_min=1)
    say("ada", "thread", "It keeps the last word for ten minutes, then it closes.", after_min=1)
    say("finn", "thread", "I would want to hear of it, though.", after_min=1)
    here["forecast"] = community.say_as_bot("greenhouse", FORECAST, after_min=8)
    ada = f"<@{community.people['ada']['id']}>"

    say("bob", "firmware", "Version 12 is on the board.", after_min=1)
    say("dario", "show-and-tell", f"{ada} look what the lathe did")
    say("edith", "kitchen", "There is soup.")
    say("kit", "Bread club", f"{ada} you are on for Saturday")
    say("bob", "Small synths", "It makes a noise!")
    for name, words in {
        "How warm is too warm for chard?": "Mine bolts at every chance.",
        "A hinge that does not rust": "Salt air, four months, and the third one has gone.",
        "Which glue holds polycarbonate?": "It has to stand the sun.",
    }.items():
        post = {"name": name, "message": {"content": words}}
        community.request("edith", "POST", f"/channels/{community.channels['questions']}/threads", post)
    recipient = {"recipient_id": community.people["ada"]["id"]}
    for who, words in {"hana": "Thank you for the curtain!", "bob": "Can I borrow the small vice?"}.items():
        direct = community.request(who, "POST", "/users/@me/channels", recipient)
        community.channels[f"@{who}"] = direct["id"]
        say(who, f"@{who}", words, after_min=1)


def look_around(community: Community) -> None:
    """Ada has read most of it."""
    for name in ("general", "announcements", "greenhouse", "music", "@hana", "thread"):
        said = community.request("ada", "GET", f"/channels/{community.channels[name]}/messages?limit=1")
        if said:
            path = f"/channels/{community.channels[name]}/messages/{said[0]['id']}/ack"
            community.request("ada", "POST", path, {})


# ── plain HTTP ──────────────────────────────────────────────────────────────────────────────────


def ask(url: str, content: bytes, kind: str, authorization: str = "", method: str = "POST") -> Any:
    fields = {"Content-Type": kind} | ({"Authorization": authorization} if authorization else {})
    with urllib.request.urlopen(urllib.request.Request(url, content, fields, method=method)) as answer:
        return json.loads(answer.read() or b"null")


def multipart(about: dict[str, Any], name: str, data: bytes) -> tuple[bytes, str]:
    """The body of a message with a file, and its Content-Type. RFC 7578."""
    boundary = secrets.token_hex(16)
    parts = (
        (b'name="payload_json"', b"application/json", json.dumps(about).encode()),
        (f'name="files[0]"; filename="{name}"'.encode(), b"image/png", data),
    )
    lines = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\nContent-Type: %s\r\n\r\n%s\r\n"
        % (boundary.encode(), disposition, kind, content)
        for disposition, kind, content in parts
    )
    return lines + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"
