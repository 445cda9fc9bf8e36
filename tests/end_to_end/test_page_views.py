"""Every view keeps within the window at any width, and axe-core finds nothing wrong in it by day or night.

The tests of each view look at it in the states that it gets into; here they are gone through in one visit, by
whoever owns the server, and axe looks at those that no other test shows it. Coloured names are measured.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import opened, say, violations_by_day_and_night, visit

WIDTHS = (360, 900, 1920)

# What one would have to scroll sideways. Code and tables may be, within their frame.
WIDER_THAN_ITS_PLACE = """() => [...document.querySelectorAll("html, body *")].filter((element) =>
    element.scrollWidth > element.clientWidth + 1 && element.checkVisibility({ visibilityProperty: true })
    && (element === document.documentElement || /auto|scroll/.test(getComputedStyle(element).overflowX))
    && !element.matches("pre, .admin-table")).map((element) => element.cloneNode(false).outerHTML)"""

GUILD = (
    "overview roles emoji stickers webhooks bots members invites bans reports rules lockdown audit-log end"
).split()
CHANNEL = ["overview", "permissions", "webhooks", "delete"]
SETTINGS = ["profile", "account", "devices", "notifications", "appearance"]
ADMIN = ["users", "reports", "bots", "general", "announce", "connections", "about"]
# The others are by the tests of their own.
LOOKED_AT_HERE = {"stickers", "rules", "end", "delete", "here"}

GROUNDS = ["--surface", "--noted", "--side", "--raised", "--chosen"]
ROLE_COLOURS = [
    "#000000", "#ffffff", "#808080", "#010101", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff",
    "#ff00ff", "#800000", "#008000", "#000080", "#ffa500", "#7fff00", "#4b0082", "#f5deb3", "#1abc9c",
]  # fmt: skip

# The contrast of each name on each ground, with the pointer on it and without: WCAG 2.2, relative luminance.
CONTRASTS = """([colours, grounds]) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const luminance = (...layers) => {
        for (const layer of layers) {
            context.fillStyle = layer;
            context.fillRect(0, 0, 1, 1);
        }
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((each) => {
            const value = each / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const probe = document.body.appendChild(document.createElement("div"));
    const ground = (name) => {
        probe.style.backgroundColor = `var(${name})`;
        return getComputedStyle(probe).backgroundColor;
    };
    const hover = ground("--hover");
    const found = [];
    for (const kind of ["author", "colored", "mention"]) {
        for (const colour of colours) {
            const name = probe.appendChild(document.createElement("span"));
            name.className = kind;
            name.style.setProperty("--role", colour);
            const ink = luminance(getComputedStyle(name).color);
            for (const each of grounds) {
                for (const layers of [[ground(each)], [ground(each), hover]]) {
                    const below = luminance(...layers);
                    const contrast = (Math.max(ink, below) + 0.05) / (Math.min(ink, below) + 0.05);
                    found.push([kind, colour, each, contrast]);
                }
            }
        }
    }
    probe.remove();
    return found;
}"""


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def ask(place, method, path, body=None):
    reply = await place.ask(method, f"/api/v10{path}", body, place.owner.token)
    assert reply.status < 300, reply
    return reply.body


async def go(page: Any, path: str) -> None:
    """As a link would, without loading the page anew."""
    await page.evaluate("""async (path) => (await import("/assets/js/router.js")).go(path)""", path)


async def keeps_within_the_window(page: Any, what: str) -> None:
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(WIDER_THAN_ITS_PLACE) == [], (what, width)


async def test_every_page_of_sections_keeps_within_the_window(browser, place):
    guild, chat = place.guild_id, await place.chat("a-name-as-long-as-they-may-be-" + "so" * 30)
    await ask(place, "POST", f"/channels/{chat.id}/invites", {})
    await ask(place, "POST", f"/channels/{chat.id}/webhooks", {"name": "W" * 80})
    ready = {
        f"{base}/{slug}": f'.sections-nav a[href="{base}/{slug}"][aria-current=page]'
        for base, slugs in (
            ("/settings", SETTINGS), (f"/guild/{guild}", GUILD),
            (f"/channel/{chat.id}", CHANNEL), ("/admin", ADMIN),
        )
        for slug in slugs
    }  # fmt: skip
    ready |= {"/developers": ".developers", "/nothing/here": ".no-page a"}
    async with visit(browser, place, place.owner, "/channels/@me") as page:
        for path, sign in ready.items():
            await go(page, path)
            await expect(page.locator(sign)).to_be_attached()
            await expect(page.locator("#page [aria-busy=true]")).to_have_count(0)
            await keeps_within_the_window(page, path)
            if path.rpartition("/")[2] in LOOKED_AT_HERE:
                assert await violations_by_day_and_night(page) == [], path


SAID = (
    "# A heading\n- a list\n  - deeper\n> quoted ||hidden|| `code` **bold** *italic* <t:1700000000:R>",
    "```py\n" + "a_long_line = 1; " * 30 + "\n```",
    "W" * 400,
    "🎉🎉",
)
POLL = {
    "question": {"text": "W" * 80}, "duration": 4,
    "answers": [{"poll_media": {"text": "W" * 55}}, {"poll_media": {"text": "A", "emoji": {"name": "🍲"}}}],
}  # fmt: skip
FIELD = {"name": "W" * 60, "value": "some *words* " + "W" * 60, "inline": True}
EMBED = {"title": "T" * 100, "description": "words " * 40, "color": 0x3498DB, "fields": [FIELD] * 3}


async def test_a_chat_of_everything_keeps_within_the_window_and_is_accessible(browser, place):
    chat, thread = await place.chat(), {"name": "T" * 90}
    for content in SAID:
        last = await place.say(place.owner, chat, content)
    messages = f"/channels/{chat.id}/messages"
    await ask(place, "PUT", f"{messages}/{last}/reactions/%F0%9F%91%8D/@me")
    await ask(place, "POST", f"{messages}/{last}/threads", thread)
    await ask(place, "POST", messages, {"content": "an answer", "message_reference": {"message_id": last}})
    await ask(place, "POST", messages, {"poll": POLL})
    hook = await ask(place, "POST", f"/channels/{chat.id}/webhooks", {"name": "Hook"})
    await ask(place, "POST", f"/webhooks/{hook['id']}/{hook['token']}?wait=true", {"embeds": [EMBED]})
    refused = {"status": 400, "json": {"code": 50035, "message": "Invalid Form Body"}}
    async with visit(browser, place, place.owner, chat.path, refusals=True) as page:
        await expect(page.locator(".embed")).to_be_visible()
        # The box to write in is as high as its one line.
        await expect(page.locator("#composer")).to_have_css("height", "36px")
        await page.route("**/messages", lambda route: route.fulfill(**refused))
        await say(page, "refused")
        await expect(page.locator(".failed .delivery")).to_be_visible()
        await keeps_within_the_window(page, "chat")
        assert await violations_by_day_and_night(page) == []
        for door in ("threads", "pins", "search"):
            await page.click(f".bar [data-door={door}]")
            await expect(page.locator(".panel")).to_be_visible()
            await keeps_within_the_window(page, door)
            await page.locator(".panel").get_by_role("button", name="Close").click()


async def test_a_name_in_any_colour_can_be_read_on_any_ground(browser, place):
    async with visit(browser, place, path="/login") as page:
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            measured = await page.evaluate(CONTRASTS, [ROLE_COLOURS, GROUNDS])
            assert [each for each in measured if each[-1] < 4.5] == [], scheme
