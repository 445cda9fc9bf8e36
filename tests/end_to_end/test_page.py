"""The doors of the page: signing up, in and out, and where each of them leads."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.end_to_end.chatd_process import running
from tests.end_to_end.pages import PASSWORD, kept, live, message, opened, sign_in, token_of, visit

START = "/"
# Somewhere else, in the ways that browsers read as "https://evil.test".
ELSEWHERE = [
    "//evil.test", "///evil.test/a", r"/\evil.test", r"\\evil.test", "/\t/evil.test", "https://evil.test",
    "https:evil.test", "javascript:alert(1)", "//evil.test@127.0.0.1",
]  # fmt: skip

DIRECTIVES = [
    "default-src 'none';", "script-src 'self';", "style-src 'self';", "base-uri 'none';",
    "form-action 'self';", "frame-ancestors 'none'",
]  # fmt: skip


@pytest.fixture(scope="module")
def place(runner):
    yield from opened(runner)


async def test_each_error_of_signing_up_stands_at_its_field(browser, place):
    taken = await place.person("taken")
    async with visit(browser, place, path="/register", refusals=True) as page:
        await page.click("[type=submit]")
        await expect(page.locator(".field-error")).to_have_text(["This is needed.", "This is needed."])
        for field, typed in (("username", "Not A Name"), ("email", "nowhere"), ("password", "short")):
            await page.fill(f"[name={field}]", typed)
        await page.click("[type=submit]")
        await expect(page.locator(".field-error")).to_have_count(3)
        for field in ("username", "email", "password"):
            box = page.locator(f"[name={field}]")
            await expect(box).to_have_attribute("aria-invalid", "true")
            described_by = (await box.get_attribute("aria-describedby") or "").split()
            await expect(page.locator(f"#{described_by[-1]}")).to_have_class("field-error")
        await expect(page.locator("[name=username]")).to_be_focused()
        await page.fill("[name=username]", taken.username)
        await page.fill("[name=email]", "")
        await page.fill("[name=password]", PASSWORD)
        await page.click("[type=submit]")
        await expect(page.locator(".field-error")).to_have_count(1)
        await expect(page.locator("#error-username")).to_contain_text("taken")
        assert await page.context.cookies() == []


async def test_a_wrong_password_says_so_and_the_right_one_leads_home(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, path="/", refusals=True) as page:
        await expect(page).to_have_url(f"{place.url}/login")
        await sign_in(page, ada, "not the password")
        await expect(page.locator(".form-error")).to_have_text("Wrong name or password.")
        await expect(page.locator("[name=password]")).to_be_focused()
        assert await page.context.cookies() == []
        await sign_in(page, ada)
        await live(page)
        await expect(page.locator("#title")).to_contain_text("#general")
        await expect(page).to_have_url(re.compile(rf"/channels/{place.guild_id}/\d+$"))


async def test_who_is_signed_in_is_sent_on_from_the_doors(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada) as page:
        for door in ("/", "/login", "/register"):
            await page.goto(door)
            await expect(page.locator("#title")).to_contain_text("#general")
        await page.goto(f"/login?next={chat.path}")
        await expect(page).to_have_url(place.url + chat.path)
        await expect(page.locator("#title")).to_have_text(f"#{chat.name}")


async def test_nobody_is_sent_to_another_site(browser, place):
    """Signed out, the script decides; signed in, the server does."""
    async with visit(browser, place, path=f"/login?next={quote(ELSEWHERE[0])}") as page:
        safe_next = """async wanted => (await import("/assets/js/paths.js")).safeNext(wanted)"""
        for wanted in ELSEWHERE:
            assert await page.evaluate(safe_next, wanted) == START, wanted
        assert await page.evaluate(safe_next, "/channels/1/2?a=b#c") == "/channels/1/2?a=b#c"
        await sign_in(page, place.owner)
        await live(page)
        assert page.url.startswith(place.url)
        for wanted in ELSEWHERE:
            answer = await page.context.request.get(f"/login?next={quote(wanted)}", max_redirects=0)
            assert (answer.status, answer.headers["location"]) == (303, START), wanted


async def test_a_deep_link_is_kept_through_signing_up(browser, place):
    chat = await place.chat()
    async with visit(browser, place, path=chat.path) as page:
        assert "/login?next=" in page.url
        await page.get_by_role("link", name="Create an account").click()
        await page.fill("[name=username]", "deep.link")
        await page.fill("[name=display_name]", "Deep Link")
        await page.fill("[name=password]", PASSWORD)
        await page.click("[type=submit]")
        await live(page)
        await expect(page).to_have_url(place.url + chat.path)
        await expect(page.locator("#title")).to_have_text(f"#{chat.name}")
        await expect(page.locator(".me-name")).to_have_text("Deep Link@deep.link")


async def test_an_address_of_no_chat_says_so(browser, place):
    ada = await place.person("ada")
    async with visit(browser, place, ada, f"/channels/{place.guild_id}/1") as page:
        await expect(page.locator("#empty h2")).to_have_text("This chat is not here")
        await expect(page.locator("#compose")).to_be_hidden()
        await page.locator("#channels a", has_text="general").click()
        await expect(page.locator("#title")).to_have_text("#general")
        await expect(page.locator("#empty")).to_be_hidden()
        await page.go_back()
        await expect(page.locator("#empty h2")).to_have_text("This chat is not here")


async def test_the_set_up_link_works_once(browser, fast_path):
    async with running(fast_path / "data") as server:
        link = server.ready["setup"]
        async with (
            visit(browser, server, path="/register") as guest,
            visit(browser, server, path=link, refusals=True) as late,
            visit(browser, server, path=link) as owner,
        ):
            await fill_in(guest, "guest")
            await guest.click("[type=submit]")
            await live(guest)
            await guest.goto(link)
            await fill_in(guest, "me.too")
            await guest.click("[type=submit]")
            await expect(guest.locator(".form-error")).to_contain_text("You are signed in as guest.")

            await fill_in(late, "eve")
            await fill_in(owner, "ada")
            await owner.click("[type=submit]")
            await live(owner)
            await late.click("[type=submit]")
            await expect(late.locator(".form-error")).not_to_be_empty()
            assert await late.context.cookies() == []
            await late.goto(link)
            await late.reload()
            await expect(late.locator(".form-note")).to_have_text("This server has an owner already.")
            await expect(late.locator("fieldset")).to_be_hidden()
            await late.get_by_role("link", name="Sign in").click()
            await expect(late.locator("#login-form")).to_be_visible()


async def fill_in(page, username):
    await page.fill("[name=username]", username)
    await page.fill("[name=password]", PASSWORD)


@pytest.mark.parametrize("policy, says", [("closed", "no new accounts"), ("invite", "need an invitation")])
async def test_the_sign_up_form_tells_the_policy(browser, place, policy, says):
    async with place.store.pool.acquire() as conn:
        await conn.execute("update settings set registration = $1", policy)
        try:
            async with visit(browser, place, path="/register") as page:
                await expect(page.locator(".form-note")).to_contain_text(says)
                await expect(page.locator("fieldset")).to_be_visible(visible=policy == "invite")
                await expect(page.locator("[name=invite]")).to_be_visible(visible=policy == "invite")
        finally:
            await conn.execute("update settings set registration = 'open'")


async def test_signing_out_closes_this_device_and_no_other(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, ada, chat.path) as phone, visit(browser, place) as desk:
        await desk.goto(f"/login?next={chat.path}")
        await sign_in(desk, ada)
        await live(desk)
        tab = await desk.context.new_page()
        await tab.goto(chat.path)
        await live(tab)
        token = await token_of(desk)
        await desk.fill("#composer", "a thought of mine")
        await desk.click(".me-card")
        await desk.get_by_role("menuitem", name="Sign out").click()
        await expect(desk).to_have_url(f"{place.url}/login")
        await expect(tab.locator("#login-form")).to_be_visible()
        assert (await place.ask("GET", "/api/v10/users/@me", token=token)).status == 401
        assert await desk.context.cookies() == []
        assert "a thought" not in await kept(desk)
        await desk.go_back()
        await expect(desk.locator("#login-form")).to_be_visible()
        await place.say(ada, chat, "still here")
        await expect(phone.locator(".content")).to_have_text(["still here"])
        await expect(phone.locator("#connection")).to_have_attribute("data-state", "live")


async def test_a_session_that_ends_elsewhere_leads_to_sign_in_and_back_to_the_draft(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    said = await place.say(place.owner, chat, "long ago")
    path = f"{chat.path}/{said}"
    async with visit(browser, place, ada, path) as page:
        await message(page, said).hover()
        await message(page, said).get_by_role("button", name="Reply").click()
        await page.fill("#composer", "half a sent")
        assert (await place.ask("POST", "/api/v10/auth/logout", token=ada.token)).status == 204
        await expect(page).to_have_url(re.compile(r"/login\?next=%2Fchannels%2F"))
        await sign_in(page, ada)
        await live(page)
        await expect(page).to_have_url(place.url + path)
        await expect(page.locator("#composer")).to_have_value("half a sent")
        await expect(page.locator(".reply-bar")).to_contain_text(place.owner.username)


async def test_a_draft_is_nobody_elses(browser, place):
    ada, bob, chat = await place.person("ada"), await place.person("bob"), await place.chat()
    async with visit(browser, place, ada, chat.path) as page:
        await page.fill("#composer", "between us")
        await place.ask("POST", "/api/v10/auth/logout", token=ada.token)
        await expect(page.locator("#login-form")).to_be_visible()
        await sign_in(page, bob)
        await live(page)
        await expect(page.locator("#title")).to_have_text(f"#{chat.name}")
        await expect(page.locator("#composer")).to_have_value("")


async def test_scripts_find_no_secret(browser, place):
    ada, chat = await place.person("ada"), await place.chat()
    async with visit(browser, place, path=f"/login?next={chat.path}") as page:
        told = []

        async def overhear(route):
            answer = await route.fetch()
            told.append(await answer.text())
            await route.fulfill(response=answer)

        await page.route("**/auth/login", overhear)
        await sign_in(page, ada)
        await live(page)
        token = await token_of(page)
        found = told[0] + await kept(page) + await page.content()
        assert ada.username in told[0]
        assert chat.path.rpartition("/")[2] in found, "it is kept which chat was open"
        for secret in (token, token.rpartition(".")[2], PASSWORD):
            assert secret not in found


async def test_every_page_is_kept_to_this_site(browser, place):
    async with visit(browser, place, place.owner) as page:
        for path in ("/", "/channels/@me", "/channels/1/2", "/setup", "/nowhere", "/assets/js/app.js"):
            fields = (await page.context.request.get(path)).headers
            assert fields["x-content-type-options"] == "nosniff", path
            if path.startswith("/assets"):
                continue
            assert fields["referrer-policy"] == "same-origin", path
            assert fields["cross-origin-opener-policy"] == "same-origin", path
            policy = fields["content-security-policy"]
            for directive in DIRECTIVES:
                assert directive in policy, path
            assert "unsafe" not in policy, path
