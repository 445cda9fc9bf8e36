"""What people write, and what they call things, as pages show it: texts beside the nodes they become, and
names that mean ill wherever there is a name.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from playwright.async_api import expect

from chatd.model.snowflakes import at_ms
from tests.end_to_end.pages import Chat, live, messages, opened, visit
from tests.end_to_end.test_page_making import ask, guild_of

NAMES = """{
    me: "1",
    user: (id) => ({1: "Ada", 2: "<b>Bob</b>"})[id] ?? null,
    role: (id) => id === "5" ? {name: "crew", colour: "#ff0000"} : null,
    channel: (id) => id === "7" ? {name: "general", href: "/channels/3/7"} : null,
    emoji: (id, animated) => `data:,${id}${animated ? "a" : ""}`,
}"""
# The nodes as HTML, of which only what matters is compared: whatever is for readers of screens is left out.
SHOWN = f"""async (text) => {{
    const {{ markupOf }} = await import("/assets/js/views/markup.js");
    const box = document.createElement("div");
    box.append(...markupOf(text, {NAMES}));
    document.body.append(box);
    for (const node of box.querySelectorAll("*")) {{
        for (const {{ name }} of [...node.attributes]) {{
            if (!["href", "class", "start", "datetime", "data-language", "src"].includes(name)) {{
                node.removeAttribute(name);
            }}
        }}
        if (node.className === "paragraph") node.replaceWith("¶", ...node.childNodes);
    }}
    box.remove();
    return box.innerHTML;
}}"""
A = '<a href="{0}">{0}</a>'.format
CODE = "<pre><code{1}>{0}</code></pre>".format

WRITTEN = {
    "two\nlines": "¶two\nlines",
    "**bold** *italic* _italic_ __under__ ~~gone~~": (
        "¶<strong>bold</strong> <em>italic</em> <em>italic</em> <u>under</u> <s>gone</s>"
    ),
    "***both*** and ***one* two**": "¶<strong><em>both</em></strong> and <strong><em>one</em> two</strong>",
    "**bold *and** not*": "¶<strong>bold *and</strong> not*",
    "**a\nb**": "¶<strong>a\nb</strong>",
    "snake_case_name, 5 * 3 * 2, ****, __": "¶snake_case_name, 5 * 3 * 2, ****, __",
    r"\*no\* \\ \a \`": r"¶*no* \ \a `",
    "||secret **word**||": '¶<span class="spoiler"><span>secret <strong>word</strong></span></span>',
    "`*code*` ``a`b`` `` ` `` ` open": "¶<code>*code*</code> <code>a`b</code> <code>`</code> ` open",
    "```\n**a**\n b\n```": "¶" + CODE("**a**\n b", ""),
    "x ```py\ndef f(): pass``` y": "¶x " + CODE("def f(): pass", ' data-language="py"') + " y",
    "```js```": "¶" + CODE("js", ""),
    "```\n# a\n> b\n- c\n```\n# d": "¶" + CODE("# a\n&gt; b\n- c", "") + "<h3>d</h3>",
    "# One\n## *Two*\n### Three\n-# small\n#no\n#### no": (
        "<h3>One</h3><h4><em>Two</em></h4><h5>Three</h5><small>small</small>¶#no\n#### no"
    ),
    "> a\n> # b\n> > c\nd\n>e\n>>> f\ng": (
        "<blockquote>¶a<h3>b</h3>¶&gt; c</blockquote>¶d\n&gt;e<blockquote>¶f\ng</blockquote>"
    ),
    "> ```\n> a\n> ```\n> b": f"<blockquote>¶{CODE('a', '')}b</blockquote>",
    "- a\n  - b\n    more\n* c": "<ul><li>¶a<ul><li>¶b¶more</li></ul></li><li>¶c</li></ul>",
    "3. a\n4. b\n- c": '<ol start="3"><li>¶a</li><li>¶b</li></ol><ul><li>¶c</li></ul>',
    "see https://a.example/b_(c)_d?e=*f*. Or (https://a.example)!": (
        f"¶see {A('https://a.example/b_(c)_d?e=*f')}*. Or ({A('https://a.example')})!"
    ),
    "<https://a.example/x>": "¶" + A("https://a.example/x"),
    '[**here**](https://a.example "title") [x](<https://b.example>)': (
        '¶<a href="https://a.example"><strong>here</strong></a> <a href="https://b.example">x</a>'
    ),
    "[a] [b](nothing) [ [c](https://a.example/c_(d))": (
        '¶[a] [b](nothing) [ <a href="https://a.example/c_(d)">c</a>'
    ),
    "<@1> <@!2> <@9> <@&5> <@&6> <#7> <#8> @everyone @here @heresy </say it:12>": (
        '¶<span class="mention me"><bdi>@Ada</bdi></span>'
        ' <span class="mention"><bdi>@&lt;b&gt;Bob&lt;/b&gt;</bdi></span> &lt;@9&gt;'
        ' <span class="mention"><bdi>@crew</bdi></span> &lt;@&amp;6&gt;'
        ' <a class="mention" href="/channels/3/7"><bdi>#general</bdi></a> &lt;#8&gt;'
        ' <span class="mention me"><bdi>@everyone</bdi></span>'
        ' <span class="mention me"><bdi>@here</bdi></span> @heresy'
        ' <span class="mention"><bdi>/say it</bdi></span>'
    ),
    "a <:wave:11><a:dance:12>": (
        '¶a <img class="emoji" src="data:,11"><img class="emoji" src="data:,12a">'
    ),
    "<t:0:d> <t:99999999999999>": '¶<time datetime="1970-01-01T00:00:00.000Z">01/01/1970</time>'
    " &lt;t:99999999999999&gt;",
}

# Nothing of these becomes an element, an attribute or an address that it should not.
HOSTILE = {
    "<script>alert(1)</script><img src=x onerror=alert(1)>": (
        "¶&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    ),
    '" onmouseover="alert(1)': '¶" onmouseover="alert(1)',
    "[x](javascript:alert(1)) [y](data:text/html,z) <javascript:alert(1)>": (
        "¶[x](javascript:alert(1)) [y](data:text/html,z) &lt;javascript:alert(1)&gt;"
    ),
    'https://a.example/"onclick="alert(1)': (
        '¶<a href="https://a.example/&quot;onclick=&quot;alert(1)">https://a.example/"onclick="alert(1)</a>'
    ),
    "[https://bank.example](https://thief.example)": (
        f"¶[{A('https://bank.example')}]({A('https://thief.example')})"
    ),
    "[ ](https://a.example)": f"¶[ ]({A('https://a.example')})",
    "https://": "¶https://",
    "https://[": "¶https://[",
    "```<b>\n</code></pre><script>": "¶```&lt;b&gt;\n&lt;/code&gt;&lt;/pre&gt;&lt;script&gt;",
    "`</code><b>`": "¶<code>&lt;/code&gt;&lt;b&gt;</code>",
}

# Each, repeated to a hundred thousand characters, is a walk over them and no more.
REPEATED = [
    "*", "**", "_", "__ ", "***a", "`", "`a``b", "[", "]", "](", "[*", "[a](http://", "http://a(", "<@1>",
    "<", "\\", "> ", "- ", "  - ", "||", "~~|", "```\n", "*_~|`[", "**a_b", "1. ", "# ", "@here", "\u202e",
    "a\u0335", "[<@1>*", "word", "x_", "\n", ">\n> ",
]  # fmt: skip

SPRING = datetime(2026, 3, 10, tzinfo=UTC).timestamp()
WORD = "W" * 100_000
PILED = "\u0335\u0301\u0489" * 4
# What anything here may be called: it turns the text around, breaks out of attributes, and piles marks up.
NAME = f'\u202e"><img/src=x>z{PILED}'
ELSEWHERE = {"javascript": "javascript:broken=1", "data": "data:text/html,<script>broken=1</script>"}

# Where a name turns what stands behind it: nothing may stand there within the same isolate. Who writes may
# turn the rest of what they write.
TURNED = """() => {
    const OWN_WORDS = ".content > .paragraph, .reply-words, blockquote";
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), turned = [];
    for (let text; (text = walk.nextNode()); ) {
        const own = text.parentElement, { data } = text;
        if (!data.includes("\\u202e") || !own.checkVisibility() || own.closest(OWN_WORDS)) continue;
        const style = (one) => getComputedStyle(one);
        let around = own;
        while (style(around).display === "inline" && !/isolate|plaintext/.test(style(around).unicodeBidi)) {
            around = around.parentElement;
        }
        const rest = document.createRange();
        rest.setStartAfter(text);
        rest.setEndAfter(around.lastChild);
        if (rest.toString().trim() || !data.endsWith("\\u0489")) turned.push(around.outerHTML.slice(0, 300));
    }
    return turned;
}"""
# Marks that reach out of the line they belong to: something close to them clips them.
PILED_UP = """() => {
    const LISTS = "#messages, #members, #channels, .rail-guilds, .dialog-body, .panel-body, #page, html";
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), piled = [];
    for (let text; (text = walk.nextNode()); ) {
        if (!text.data.includes("\\u0489") || !text.parentElement.checkVisibility()) continue;
        let around = text.parentElement;
        while (getComputedStyle(around).overflowY === "visible") around = around.parentElement;
        if (around.matches(LISTS)) {
            piled.push(text.parentElement.outerHTML.slice(0, 300));
        }
    }
    return piled;
}"""
# Elements that names and texts have made, and links that lead where none should.
MADE = """() => [...document.querySelectorAll("body script, img[src='x'], [onerror], [onload], [onclick]")]
    .map(one => one.outerHTML)"""
BAD_LINKS = """() => [...document.querySelectorAll("a[href]")].filter(({ protocol, origin, target, rel }) => {
    const leaves = origin !== location.origin, opener = target + rel !== "_blanknoopener noreferrer";
    return !/^https?:$/.test(protocol) || (leaves && opener);
}).map(one => one.outerHTML)"""
GO = 'async (path) => (await import("/assets/js/router.js")).go(path)'
TWO_FRAMES = "async () => { for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame); }"
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll(
    "body, .bar, .room, #messages, #members, #channels, #sidebar, #compose")]
    .filter(one => one.scrollWidth > one.clientWidth && one.checkVisibility())
    .map(one => one.id || one.className)"""


WIDE = {"width": 1440, "height": 844}


async def assert_unharmed(page, *, names=True):
    """Nothing on this page is where it should not be, on a wide screen and on a narrow one."""
    for width in (1440, 390):
        await resize(page, width)
        assert await page.evaluate(TOO_WIDE) == [], width
        assert await page.evaluate(MADE) == []
        assert await page.evaluate(BAD_LINKS) == []
        if names:
            assert await page.evaluate(TURNED) == [], width
            assert await page.evaluate(PILED_UP) == [], width
        assert await page.evaluate("window.broken") is None
    await resize(page, 1440)


async def resize(page, width):
    await page.set_viewport_size({"width": width, "height": 844})
    await page.evaluate(TWO_FRAMES)


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_each_text_becomes_the_nodes_that_it_means(browser, place):
    async with visit(browser, place, path="/login") as page:
        for text, nodes in (WRITTEN | HOSTILE).items():
            assert await page.evaluate(SHOWN, text) == nodes, text


async def test_no_text_however_repeated_is_lost_or_nests_without_end(browser, place):
    count_and_depth = f"""async (text) => {{
        const {{ markupOf }} = await import("/assets/js/views/markup.js");
        const box = document.createElement("div");
        box.append(...markupOf(text, {NAMES}));
        const depth = (node) => 1 + Math.max(0, ...[...node.children].slice(0, 99).map(depth));
        return [box.textContent.length, depth(box)];
    }}"""
    async with visit(browser, place, path="/login") as page:
        for piece in REPEATED:
            length, depth = await page.evaluate(count_and_depth, piece * (100_000 // len(piece)))
            assert depth < 40, piece
            # Marks may go, and what is left of text stays whole.
            assert piece != "word" or length == 100_000


async def test_a_spoiler_is_shown_by_pointer_and_by_key(browser, place):
    show = f"""async () => {{
        const {{ markupOf }} = await import("/assets/js/views/markup.js");
        document.body.append(...markupOf("||[one](https://a.example)|| ||two||", {NAMES}));
    }}"""
    async with visit(browser, place, path="/login") as page:
        await page.evaluate(show)
        assert await page.locator(".spoiler.open").count() == 0
        await page.locator(".spoiler").first.click()  # And opens no link: the page stays.
        await page.locator(".spoiler").last.focus()
        await page.keyboard.press("Enter")
        assert await page.locator(".spoiler.open").count() == 2
        assert page.url.endswith("/login")


async def test_emoji_alone_are_large(browser, place):
    large = f"""async (text) => {{
        const {{ markupOf }} = await import("/assets/js/views/markup.js");
        return markupOf(text, {NAMES})[0].classList.contains("only-emoji");
    }}"""
    async with visit(browser, place, path="/login") as page:
        for text, is_large in {
            "👍": True, "👩‍👩‍👧 🇩🇪\n<:a_b:1>": True, "👍 yes": False, "5": False, "👍" * 31: False,
            "> 👍": False, "": False,
        }.items():  # fmt: skip
            assert await page.evaluate(large, text) is is_large, text


def laden(id, channel, author, *, name, word):
    """A message with all that one can carry, called `name` and saying `word`: as the gateway sends it."""
    script, data = ELSEWHERE.values()
    picture = {"url": script, "width": 10, "height": 10}
    return {
        "id": str(id), "channel_id": channel, "type": 0, "content": word[:2000],
        "author": author, "timestamp": "2026-03-10T00:00:00Z", "edited_timestamp": None,
        "attachments": [
            {"id": "1", "filename": name, "size": 1, "url": script},
            {"id": "2", "filename": name, "size": 1, "url": "/attachments/1/2/name", "title": name},
        ],
        "embeds": [{
            "title": name, "url": script, "description": word, "provider": {"name": name, "url": data},
            "author": {"name": name, "url": script}, "footer": {"text": name}, "image": picture,
            "thumbnail": {"url": "https://elsewhere.example/x"}, "timestamp": "2026-03-10T00:00:00Z",
            "fields": [{"name": name, "value": word, "inline": True}] * 3,
        }],
        "components": [{"type": 1, "id": 1, "components": [
            {"type": 2, "id": 2, "style": 5, "label": name, "url": script},
            {"type": 2, "id": 3, "style": 1, "label": name, "custom_id": "x"},
        ]}],
        "poll": {"question": {"text": name}, "allow_multiselect": False, "expiry": None,
                 "answers": [{"answer_id": 1, "poll_media": {"text": name}}]},
        "sticker_items": [{"id": "1", "name": name, "format_type": 3}],
        "message_snapshots": [{"message": {"content": word}}],
        "reactions": [{"emoji": {"id": None, "name": name}, "count": 1, "me": False}],
    }  # fmt: skip


class Harbour(NamedTuple):
    """A guild in which everything is called NAME."""

    guild: str
    text: str
    said: str
    role: str
    forum: str


async def harbour(place, ada, eve):
    guild, text = await guild_of(place, ada, eve, name=NAME)
    by = ada.token
    role = await ask(place, "POST", f"/guilds/{guild}/roles", {"name": NAME, "hoist": True, "color": 99}, by)
    await ask(place, "PUT", f"/guilds/{guild}/members/{eve.id}/roles/{role['id']}", None, by)
    await ask(place, "PATCH", f"/guilds/{guild}/members/{eve.id}", {"nick": NAME}, by)
    category = await ask(place, "POST", f"/guilds/{guild}/channels", {"name": NAME, "type": 4}, by)
    body = {"name": NAME, "topic": NAME, "parent_id": category["id"]}
    await ask(place, "PATCH", f"/channels/{text}", body, by)
    path = f"/channels/{text}/messages"
    words = f"{NAME} <@{eve.id}> <@&{role['id']}> <#{text}> <@{eve.id}> @everyone"
    said = await ask(place, "POST", path, {"content": words}, eve.token)
    await ask(place, "POST", f"{path}/{said['id']}/threads", {"name": NAME}, by)
    await ask(place, "POST", path, {"content": NAME, "message_reference": {"message_id": said["id"]}}, by)
    body = {"name": NAME, "type": 15, "available_tags": [{"name": NAME[-20:]}]}
    forum = await ask(place, "POST", f"/guilds/{guild}/channels", body, by)
    post = {"name": NAME, "message": {"content": NAME}, "applied_tags": [forum["available_tags"][0]["id"]]}
    await ask(place, "POST", f"/channels/{forum['id']}/threads", post, eve.token)
    return Harbour(guild, text, said["id"], role["id"], forum["id"])


async def test_no_name_reaches_out_of_its_place(browser, place):
    ada, eve = await place.person("ada"), await place.person("eve", display_name=NAME)
    guild, text, said, _, forum = await harbour(place, ada, eve)
    async with visit(browser, place, ada, viewport=WIDE) as page:
        lines = []

        def connect(socket):
            lines.append(socket)
            socket.connect_to_server()

        await page.route_web_socket("**/gateway*", connect)
        await page.goto(f"/channels/{guild}/{text}")
        await live(page)
        await expect(page.locator(".thread-line")).to_have_count(1)
        await expect(page.locator(".reply-words")).to_contain_text(f"\u2068@{NAME}\u2069 @everyone")
        author = {"id": str(eve.id), "username": eve.username, "global_name": NAME}
        d = laden(int(said) + 1, text, author, name=NAME, word=NAME)
        lines[-1].send(json.dumps({"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": d}))
        await expect(page.locator(".embed")).to_have_count(1)
        here = {"guild_id": guild, "user": author, "status": "online", "activities": []}
        lines[-1].send(json.dumps({"op": 0, "t": "PRESENCE_UPDATE", "s": None, "d": here}))
        await expect(page.locator(".people-title").first).to_have_text(f"{NAME} — 1")
        await ask(place, "POST", f"/channels/{text}/typing", {}, eve.token)
        await expect(page.locator("#typing bdi")).to_have_text(NAME)
        files = [{"name": f"note.{NAME}", "mimeType": "text/plain", "buffer": b"x"}]
        await page.set_input_files("#choose-files", files)
        await expect(page.locator(".card-file")).to_have_count(1)
        await page.locator("article", has_text="@everyone").first.hover()
        await page.get_by_role("button", name="Reply").click()
        await expect(page.locator(".reply-bar")).to_contain_text("Replying to")
        await page.locator("#composer").press_sequentially("@")
        await expect(page.get_by_role("listbox")).to_be_visible()
        await assert_unharmed(page)
        await page.keyboard.press("Escape")
        await page.click("#topic")
        await expect(page.locator(".topic-text")).to_have_text(NAME)
        await assert_unharmed(page)
        await page.keyboard.press("Escape")
        await page.locator("#messages button.author", has_text="src").first.click()
        await expect(page.locator(".person-card")).to_be_visible()
        await assert_unharmed(page)
        await page.goto(f"/channels/{guild}/{forum}")
        await expect(page.locator(".post")).to_have_count(1)
        await expect(page.locator(".post-tag")).to_have_count(2)
        await assert_unharmed(page)


async def test_no_name_reaches_out_of_its_place_on_the_pages_about_it(browser, place):
    ada, eve = await place.person("ada"), await place.person("eve", display_name=NAME)
    guild, text, said, role, forum = await harbour(place, ada, eve)
    invite = await ask(place, "POST", f"/channels/{text}/invites", {}, eve.token)
    await ask(place, "POST", f"/channels/{text}/webhooks", {"name": NAME}, ada.token)
    await ask(place, "PUT", f"/channels/{text}/messages/pins/{said}", None, ada.token)
    report = {"category": "spam", "text": NAME, "channel_id": text, "message_id": said}
    await ask(place, "POST", "/reports", report, ada.token)
    paths = {
        f"/guild/{guild}/roles/{role}": "h1", f"/guild/{guild}/members": f"[data-user-id='{eve.id}']",
        f"/guild/{guild}/webhooks": "[data-webhook-id]", f"/guild/{guild}/invites": ".row-card",
        f"/guild/{guild}/reports": "[data-report-id]", f"/guild/{guild}/audit-log": ".row-card",
        f"/channel/{text}/permissions": ".targets", f"/channel/{forum}/tags": "[data-tag-id]",
        f"/invite/{invite['code']}": ".invite h1",
    }  # fmt: skip
    async with visit(browser, place, ada, f"/channels/{guild}/{text}", viewport=WIDE) as page:
        for door in ("pins", "threads"):
            await page.click(f"[data-door={door}]")
            await expect(page.locator(f"#{door}")).to_contain_text("src")
            await assert_unharmed(page)
        for path, shown in paths.items():
            await page.evaluate(GO, path)
            await expect(page.locator(f"#page {shown}").first).to_be_visible()
            await assert_unharmed(page)


async def test_nothing_that_is_huge_or_piled_up_breaks_the_page(browser, place):
    ada, eve = await place.person("ada"), await place.person("eve")
    guild, text = await guild_of(place, ada, eve)
    role = await ask(place, "POST", f"/guilds/{guild}/roles", {"name": "crew", "hoist": True}, ada.token)
    hostile = [
        WORD, "a" + PILED * 100, "<@1>" * 2000, f"<@{ada.id}>" * 2000, "\u202e" + "x" * 500,
        "<script>window.broken=1</script>" * 50,
    ]  # fmt: skip
    chat = Chat(int(text), "", f"/channels/{guild}/{text}")
    await place.history(chat, [(ada, SPRING + n, text) for n, text in enumerate(hostile)])
    async with visit(browser, place, ada) as page:
        lines = []

        def connect(socket):
            lines.append(socket)
            socket.connect_to_server()

        await page.route_web_socket("**/gateway*", connect)
        await page.goto(chat.path)
        await live(page)
        await expect(messages(page).filter(has_text="window.broken")).to_have_count(1)
        await assert_unharmed(page, names=False)
        # No server would let so much through; what a page makes of it does not depend on that.
        name = WORD[:2048]
        user = {"id": str(eve.id), "username": name, "global_name": name}
        for t, d in (
            ("GUILD_UPDATE", {"id": guild, "name": name}),
            ("CHANNEL_UPDATE", await ask(place, "GET", f"/channels/{text}", None, ada.token)
             | {"name": name, "topic": name}),
            ("GUILD_ROLE_UPDATE", {"guild_id": guild, "role": role | {"name": name}}),
            ("GUILD_MEMBER_UPDATE", {"guild_id": guild, "user": user, "nick": name, "roles": [role["id"]]}),
            ("PRESENCE_UPDATE", {"guild_id": guild, "user": user, "status": "online", "activities": [
                {"type": 4, "name": "Custom Status", "state": name}]}),
            ("MESSAGE_CREATE", laden(at_ms(int(SPRING * 1000) + 99_000), text, user, name=name, word=WORD)),
        ):  # fmt: skip
            lines[-1].send(json.dumps({"op": 0, "t": t, "s": None, "d": d}))
        await expect(page.locator(".embed")).to_have_count(1, timeout=30_000)
        await ask(place, "POST", f"/channels/{text}/typing", {}, eve.token)
        await expect(page.locator("#typing")).to_contain_text("is typing")
        await assert_unharmed(page, names=False)
