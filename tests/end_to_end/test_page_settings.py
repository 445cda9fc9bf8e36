"""One's own settings: each section, what comes of it for oneself and others, and what the server refuses."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from playwright.async_api import expect

from tests.end_to_end.pages import (
    PASSWORD,
    live,
    member,
    opened,
    sign_in,
    token_of,
    violations_by_day_and_night,
    visit,
)  # fmt: skip

SECTIONS = ["profile", "account", "privacy", "devices", "notifications", "appearance", "shortcuts"]


# 14 May 2024, 15:04.
AFTERNOON_S = 1_715_699_040


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


def picture(width, height):
    """A red PNG of that size."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xc0\x20\x20" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return {"name": "me.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + parts}


async def me(place, person):
    return (await place.ask("GET", "/api/v10/users/@me", None, person.token)).body


async def test_axe_finds_nothing_wrong_in_any_section(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.get_by_role("button", name="Settings").click()
        for section in SECTIONS:
            await page.locator(f'.sections-nav a[href="/settings/{section}"]').click()
            heading = page.locator(".sections-content > h2")
            await expect(heading).to_have_text(section.capitalize())
            assert await violations_by_day_and_night(page) == [], section
        await expect(page.locator(".sections-content")).to_contain_text("Next unread channel")


async def test_how_it_looks_is_chosen_and_so_at_once(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    await place.history(chat, [(bob, AFTERNOON_S, "tea?"), (bob, AFTERNOON_S + 60, "anybody?")])
    async with visit(browser, place, ada, chat.path) as page:
        times = page.locator("#messages .message time")
        await expect(times).to_have_text(["15:04", "15:05"])
        await page.keyboard.press("Control+,")
        await page.get_by_role("link", name="Appearance").click()
        sample = page.locator(".looks-sample")
        await page.get_by_label("Clock").select_option(label="12 hours, 2:05 pm")
        await expect(sample.locator("time").first).to_have_text("2:05\u202fpm")
        await page.get_by_label("Size of text and all else").select_option(label="Larger")
        await expect(page.locator("html")).to_have_css("font-size", "20px")
        await page.get_by_role("switch", name="Less motion").check()
        await expect(page.locator("html")).to_have_attribute("data-still", "")
        await page.get_by_role("radio", name=re.compile("^Compact")).check()
        await expect(sample.locator(".avatar")).to_be_hidden()
        assert await violations_by_day_and_night(page) == []
        await page.keyboard.press("Escape")
        await expect(times).to_have_text(["3:04\u202fpm", "3:05"])
        assert await violations_by_day_and_night(page) == []
        # Rows of a list that places them itself have grown as well.
        tops = "rows => rows.map(row => row.getBoundingClientRect()).map(({ top, height }) => [top, height])"
        (first, height), (second, _) = (await page.locator("#members li").evaluate_all(tops))[:2]
        assert second - first == pytest.approx(height)
        await page.reload()
        await live(page)
        await expect(page.locator("html")).to_have_css("font-size", "20px")
        await expect(times).to_have_text(["3:04\u202fpm", "3:05"])
        await expect(page.locator("html")).to_have_attribute("data-compact", "")
        # On all one's devices; the rest is of this one.
        settings = {"message_display_compact": False}
        await place.ask("PATCH", "/api/v10/users/@me/settings", settings, ada.token)
        await expect(page.locator("#messages .avatar")).to_be_visible()


async def test_who_may_come_near_is_chosen_and_the_server_holds_to_it(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    direct, friend = "/api/v10/users/@me/channels", "/api/v10/users/@me/relationships"

    async def refused() -> tuple[bool, bool]:
        begun = await place.ask("POST", direct, {"recipient_id": str(ada.id)}, bob.token)
        asked = await place.ask("POST", friend, {"username": ada.username}, bob.token)
        return begun.status >= 400, asked.status >= 400

    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.goto("/settings/privacy")
        everybody = page.get_by_role("switch", name="Everybody")
        of_guilds = page.get_by_role("switch", name="Members of guilds")
        guild = page.locator(f"[name=guild-{place.guild_id}]")
        await expect(of_guilds).to_be_disabled()
        async with page.expect_response("**/settings"):
            await everybody.uncheck()
        await expect(of_guilds).to_be_enabled()
        await expect(everybody).to_be_focused()
        async with page.expect_response("**/settings"):
            await of_guilds.uncheck()
        async with page.expect_response("**/settings"):
            await guild.uncheck()
        assert await violations_by_day_and_night(page) == []
        assert await refused() == (True, True)
        # Another device lets them come near again.
        again = {"restricted_guilds": [], "friend_source_flags": {"all": True}}
        await place.ask("PATCH", "/api/v10/users/@me/settings", again, ada.token)
        await expect(guild).to_be_checked()
        await expect(everybody).to_be_checked()
        assert await refused() == (False, False)


async def test_a_profile_is_previewed_saved_and_seen_by_others(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as hers, visit(browser, place, bob, chat.path) as his:
        await hers.goto("/settings/profile")
        preview = hers.locator(".profile-preview .person-card")
        await hers.get_by_label("Display name").fill("Countess")
        await expect(preview).to_contain_text("Countess")
        async with hers.expect_file_chooser() as chooser:
            await hers.get_by_role("button", name="Choose a picture").click()
        await (await chooser.value).set_files(picture(80, 40))
        dialog = hers.get_by_role("dialog", name="Your picture")
        await dialog.locator("canvas").focus()
        assert await violations_by_day_and_night(hers) == []
        await hers.keyboard.press("+")
        await hers.keyboard.press("ArrowRight")
        await expect(dialog.get_by_role("slider")).to_have_value("1.1")
        await dialog.get_by_role("button", name="Use it").click()
        await expect(preview.locator(".avatar img")).to_have_attribute("src", re.compile("^data:image/"))
        assert (await me(place, ada))["avatar"] is None  # Nothing is so before it is saved.
        await hers.get_by_role("button", name="Save").click()
        await expect(hers.locator("#toasts")).to_contain_text("Saved.")
        shown = member(his, ada)
        await expect(shown).to_contain_text("Countess")
        face = (await me(place, ada))["avatar"]
        await expect(shown.locator(".avatar img")).to_have_attribute("src", re.compile(face))
        decoded = "image => image.decode().then(() => image.naturalWidth)"
        assert await shown.locator(".avatar img").evaluate(decoded) > 0
        await hers.get_by_role("button", name="Remove", exact=True).first.click()
        await hers.get_by_role("button", name="Save").click()
        await expect(shown.locator(".avatar img")).to_have_count(0)


async def test_what_is_no_picture_is_said_so(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, "/channels/@me") as page:
        await page.goto("/settings/profile")
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="Choose a picture").click()
        text = {"name": "me.png", "mimeType": "image/png", "buffer": b"not at all"}
        await (await chooser.value).set_files(text)
        await expect(page.locator("#toasts")).to_contain_text("no picture")
        await expect(page.locator("dialog")).to_have_count(0)


async def test_what_is_wrong_with_an_account_stands_beside_the_field(browser, place):
    ada, bob = await place.person("ada"), await place.person("bob")
    async with visit(browser, place, ada, "/channels/@me", refusals=True) as page:
        await page.goto("/settings/account")
        name = page.get_by_role("form", name="Username")
        await name.get_by_label("Username").fill(bob.username)
        await name.get_by_role("button", name="Save").click()
        await expect(name.locator('[data-name="username"] .field-error')).to_be_visible()
        await expect(name.get_by_label("Username")).to_be_focused()
        secret = page.get_by_role("form", name="Password")
        await secret.get_by_label("Your password").fill("not my password")
        await secret.get_by_label("New password", exact=True).fill("a new and long password")
        await secret.get_by_label("New password, again").fill("another one altogether")
        await secret.get_by_role("button", name="Save").click()
        again = secret.locator('[data-name="again"] .field-error')
        await expect(again).to_have_text("The two are not the same.")
        await secret.get_by_label("New password, again").fill("a new and long password")
        await secret.get_by_role("button", name="Save").click()
        await expect(secret.locator('[data-name="password"] .field-error')).to_be_visible()
        assert await violations_by_day_and_night(page) == []
        mail = page.get_by_role("form", name="Mail address")
        await mail.get_by_label("Mail address").fill("nowhere")
        await mail.get_by_label("Your password").fill(PASSWORD)
        await mail.get_by_role("button", name="Save").click()
        await expect(mail.locator('[data-name="email"] .field-error')).to_be_visible()
        # And when nothing is wrong, it is so at once.
        address = f"{ada.username}@example.org"
        await mail.get_by_label("Mail address").fill(address)
        await mail.get_by_label("Your password").fill(PASSWORD)
        await mail.get_by_role("button", name="Save").click()
        await expect(mail.get_by_label("Your password")).to_have_value("")
        await name.get_by_label("Username").fill(f"countess.{ada.id}")
        await name.get_by_role("button", name="Save").click()
        await expect(page.locator("#toasts")).to_contain_text("Saved.")
        await expect(name.locator(".field-error")).to_have_count(0)
        form = {"login": address, "password": PASSWORD}
        signed_in = await place.ask("POST", "/api/v10/auth/login", form)
        assert signed_in.body["user"]["username"] == f"countess.{ada.id}"


async def test_another_password_signs_the_other_devices_out(browser, place):
    ada = await place.person("ada")
    async with (
        visit(browser, place, path="/login?next=/settings/account") as page,
        visit(browser, place, ada, "/channels/@me", refusals=True) as other,
    ):
        await sign_in(page, ada)
        secret = page.get_by_role("form", name="Password")
        await secret.get_by_label("Your password").fill(PASSWORD)
        await secret.get_by_label("New password", exact=True).fill("a new and long password")
        await secret.get_by_label("New password, again").fill("a new and long password")
        await secret.get_by_role("button", name="Save").click()
        await expect(page.locator("#toasts")).to_contain_text("Saved.")
        await expect(secret.get_by_label("Your password")).to_have_value("")
        await expect(other).to_have_url(re.compile("/login"))
        await sign_in(other, ada, "a new and long password")
        await live(other)
        await page.reload()
        await expect(page.get_by_role("form", name="Password")).to_be_visible()


async def test_a_device_is_signed_out_from_another_one(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with (
        visit(browser, place, ada, "/channels/@me") as page,
        visit(browser, place, path=f"/login?next={chat.path}", refusals=True) as lost,
    ):
        await sign_in(lost, ada)
        await live(lost)
        await page.goto("/settings/devices")
        rows = page.locator(".devices li")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("this one")
        await rows.nth(1).get_by_role("button", name="Sign out").click()
        await expect(rows).to_have_count(1)
        await expect(lost).to_have_url(re.compile("/login"))
        for _ in range(2):
            form = {"login": ada.username, "password": PASSWORD}
            assert (await place.ask("POST", "/api/v10/auth/login", form)).status == 200
        await page.reload()
        await expect(rows).to_have_count(3)
        await page.get_by_role("button", name="Sign out all 2 others").click()
        await page.get_by_role("dialog").get_by_role("button", name="Sign them out").click()
        await expect(rows).to_have_count(1)
        assert await token_of(page)


async def test_a_one_time_link_leads_to_another_password(browser, place):
    ada = await place.person("ada")
    path = f"/api/v10/admin/users/{ada.id}/password-link"
    token = (await place.ask("POST", path, None, place.owner.token)).body["token"]
    async with visit(browser, place, path=f"/reset#k={token}", refusals=True) as page:
        await expect(page.get_by_label("New password", exact=True)).to_be_focused()
        await page.get_by_label("New password", exact=True).fill("short")
        await page.get_by_label("New password, again").fill("shorter")
        await page.get_by_role("button", name="Save and sign in").click()
        await expect(page.locator('[data-name="again"] .field-error')).to_be_visible()
        await page.get_by_label("New password, again").fill("short")
        await page.get_by_role("button", name="Save and sign in").click()
        await expect(page.locator('[data-name="password"] .field-error')).to_be_visible()
        assert await violations_by_day_and_night(page) == []
        await page.get_by_label("New password", exact=True).fill("a new and long password")
        await page.get_by_label("New password, again").fill("a new and long password")
        await page.get_by_role("button", name="Save and sign in").click()
        await live(page)
        await expect(page.locator("#me")).to_contain_text(ada.username)
    async with visit(browser, place, path=f"/reset#k={token}", refusals=True) as page:
        await page.get_by_label("New password", exact=True).fill("a third and long password")
        await page.get_by_label("New password, again").fill("a third and long password")
        await page.get_by_role("button", name="Save and sign in").click()
        await expect(page.locator(".form-error, .field-error").first).to_be_visible()
