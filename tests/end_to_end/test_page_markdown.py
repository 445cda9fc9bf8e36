"""What people write, as the page shows it: texts beside the nodes they become, some that mean ill."""

from __future__ import annotations

import pytest

from tests.end_to_end.pages import opened, visit

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
    "> ```\n> a\n> ```\n> b": f"<blockquote>¶{CODE('a', '')}\nb</blockquote>",
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
