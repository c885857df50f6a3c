"""The dashboard in a real browser, on a started gateway that is asked all the time."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect
from tests.support.browser import Watched, chromium, watched_page
from tests.support.busy_gateway import (
    PASSWORD,
    BusyGateway,
    busy_gateway,
    make_people,
    set_up_token,
)
from tests.support.turnout_process import KEY

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = {"width": 390, "height": 800}
PAGES = {
    "/": "Overview",
    "/providers": "Providers",
    "/providers/north": "north",
    "/providers/south": "south",
    "/chains": "Chains",
    "/chains/main": "main",
    "/requests": "Requests",
    "/usage": "Cost and usage",
    "/alerts": "Alerts",
    "/keys": "Keys",
    "/history": "Configuration",
    "/audit": "Audit log",
    "/people": "People",
    "/playground": "Playground",
}
WRITES = re.compile(
    "Disable|Enable|Probe|Edit|Issue|Rotate|Revoke|Roll back|Send|Set|Silence|End|Remove|Add"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BusyGateway]:
    async with busy_gateway(tmp_path_factory.mktemp("busy")) as gateway:
        await make_people(gateway)
        async with gateway.traffic():
            yield gateway


@asynccontextmanager
async def signed_in(
    browser: Browser, busy: BusyGateway, name: str = "ann", **context: Any
) -> AsyncIterator[Watched]:
    async with watched_page(browser, **context) as watched:
        await watched.page.goto(busy.url)
        await watched.page.get_by_label("Name").fill(name)
        await watched.page.get_by_label("Password").fill(PASSWORD)
        await watched.page.get_by_role("button", name="Sign in").click()
        await expect(heading(watched.page, "Overview")).to_be_visible()
        yield watched
        assert watched.complaints == []


def heading(page: Page, title: str) -> Locator:
    return page.get_by_role("heading", name=title, level=1, exact=True)


async def go(page: Page, path: str) -> None:
    await page.evaluate("(path) => { location.hash = path; }", path)
    await expect(heading(page, PAGES[path])).to_be_visible()
    await expect(page.get_by_text("Loading…")).to_have_count(0)


def rows(page: Page, table: str) -> Locator:
    return page.get_by_role("table", name=table).locator("tbody tr")


async def test_an_empty_installation_sets_itself_up_and_shows_the_first_request(
    browser: Browser, tmp_path: Any
) -> None:
    async with busy_gateway(tmp_path) as fresh, watched_page(browser) as watched:
        page = watched.page
        await page.goto(fresh.url)
        await expect(page.get_by_text("Make the first request")).to_be_visible()
        await expect(page.get_by_role("tabpanel")).to_contain_text("curl")
        await page.get_by_role("tab", name="TypeScript").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text("import OpenAI")
        assert await watched.serious_faults() == []
        await watched.shoot("empty")
        await page.get_by_role("link", name="Set up a user").click()
        await page.get_by_label("Set-up token").fill(set_up_token(fresh.gateway))
        await page.get_by_label("Name").fill("ann")
        await page.get_by_label("Password").fill(PASSWORD)
        await watched.shoot("set_up")
        await page.get_by_role("button", name="Make the first admin").click()
        await expect(page.get_by_text("ann (admin)")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert await watched.serious_faults() == []
        await watched.shoot("sign_in")
        assert watched.complaints == []


async def test_a_wrong_password_is_told(browser: Browser, busy: BusyGateway) -> None:
    async with watched_page(browser) as watched:
        page = watched.page
        await page.goto(busy.url)
        await page.get_by_label("Name").fill("ann")
        await page.get_by_label("Password").fill("wrong password")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_shows_what_it_has_and_shuts_nobody_out(
    browser: Browser, busy: BusyGateway, scheme: str
) -> None:
    async with signed_in(browser, busy, color_scheme=scheme) as watched:
        await expect(watched.page.get_by_text("live", exact=True)).to_be_visible()
        for path, title in PAGES.items():
            await go(watched.page, path)
            assert await watched.page.get_by_role("alert").count() == 0, title
            assert await watched.serious_faults() == [], title
            await watched.shoot(f"{title.replace(' ', '_').lower()}_{scheme}")


async def test_every_page_fits_a_phone(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy, viewport=PHONE) as watched:
        for path, title in PAGES.items():
            await go(watched.page, path)
            wide = await watched.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], title
            await watched.shoot(f"{title.replace(' ', '_').lower()}_phone")


async def test_what_happens_shows_by_itself(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        rate = page.locator(".tile", has_text="Requests").locator("dd").first
        await expect(rate).not_to_have_text(re.compile("^0 "))
        await expect(page.get_by_text("Make the first request")).to_have_count(0)
        await go(page, "/requests")
        newest = rows(page, "Live requests").first
        before = await newest.inner_text()
        await expect(newest).not_to_have_text(before, timeout=10_000)
        await page.get_by_role("button", name="Pause").click()
        kept = await newest.inner_text()
        await page.get_by_label("Filter").fill("nobody-is-called-so")
        await expect(page.get_by_text("Nothing of late is like that.")).to_be_visible()
        await page.get_by_label("Filter").fill("main")
        await expect(newest).to_have_text(re.compile(re.escape(kept.split()[0])))


async def test_one_request_is_shown_as_it_went(browser: Browser, busy: BusyGateway) -> None:
    busy.break_north(1.0)
    try:
        await busy.ask(3)
    finally:
        busy.break_north(0.0)
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/requests")
        await page.get_by_label("Filter").fill("failure:overloaded")
        await page.get_by_role("button", name="Search the last day").click()
        await rows(page, "Found requests").first.get_by_role("link").click()
        await expect(heading(page, "One request")).to_be_visible()
        await expect(rows(page, "Attempts").first).to_contain_text("north/sim")
        await expect(rows(page, "Attempts").last).to_contain_text("south/sim")
        attempts = await rows(page, "Attempts").count()
        await expect(page.locator(".waterfall svg")).to_have_count(attempts)
        assert await watched.serious_faults() == []
        await watched.shoot("request")


async def test_a_provider_is_probed_and_turned_off_and_on(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/providers/north")
        await page.get_by_role("button", name="Probe now").click()
        await expect(page.get_by_label("What the probe found")).to_contain_text("good")
        await page.get_by_role("button", name="Disable").click()
        await expect(page.get_by_text("disabled", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Enable").click()
        await expect(page.get_by_role("button", name="Disable")).to_be_visible()


async def test_another_persons_change_shows_within_moments(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy) as watched, signed_in(browser, busy) as other:
        await go(watched.page, "/providers/south")
        await go(other.page, "/providers/south")
        await other.page.get_by_role("button", name="Disable").click()
        shown = watched.page.get_by_role("button", name="Enable")
        await expect(shown).to_be_visible(timeout=10_000)
        await other.page.get_by_role("button", name="Enable").click()
        await expect(watched.page.get_by_role("button", name="Disable")).to_be_visible()


async def test_a_chain_is_explained_edited_and_brought_back(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/chains/main")
        await page.get_by_role("button", name="Explain").click()
        await expect(rows(page, "Targets in their order").first).to_contain_text("north/sim")
        await page.get_by_role("button", name="Edit").click()
        tiers = page.get_by_role("textbox", name="Tiers")
        await tiers.fill("north, nobody")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("alert")).to_contain_text("nobody")
        await tiers.fill("north*3, south")
        await expect(rows(page, "What would change").first).to_contain_text("north*3, south")
        await watched.shoot("chain_edited")
        assert await watched.serious_faults() == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("weight 3 (75.0 %)")).to_be_visible()
        await go(page, "/history")
        await expect(rows(page, "Revisions").first).to_contain_text("tiers")
        await rows(page, "Revisions").nth(1).get_by_role("button").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("chain:main")
        await dialog.get_by_role("button", name="Roll back").click()
        await expect(rows(page, "Revisions").first).to_contain_text("rollback")


async def test_a_key_is_issued_rotated_and_revoked(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/keys")
        await page.get_by_role("button", name="Issue a key").click()
        await page.get_by_label("Name").fill("app")
        await page.get_by_label("Team").fill("blue")
        await page.get_by_label("Expires").fill("2001-01-01T00:00")
        await page.get_by_role("button", name="Issue", exact=True).click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await page.get_by_label("Expires").fill("")
        await page.get_by_role("button", name="Issue", exact=True).click()
        token = await page.get_by_test_id("token").inner_text()
        assert token.startswith("sk-to-")
        await page.get_by_role("button", name="I have it").click()
        assert token not in await page.content()
        await page.get_by_role("button", name="Rotate app").click()
        await page.get_by_role("button", name="Rotate", exact=True).click()
        await expect(page.get_by_test_id("token")).not_to_have_text(token)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Revoke app").click()
        await page.get_by_role("button", name="Revoke for ever").click()
        await expect(rows(page, "Access keys").first).to_contain_text("revoked")


async def test_two_answers_stream_side_by_side(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/playground")
        await page.get_by_label("two side by side").check()
        await page.get_by_label("Model").fill("north/sim")
        await page.get_by_label("Beside it").fill("south/sim")
        await page.get_by_label("Access key").fill(KEY)
        await page.get_by_label("Prompt", exact=True).fill("What is it?")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("12 out")).to_have_count(2)
        for place, name in enumerate(("north", "south")):
            answer = page.locator("section", has=page.get_by_test_id("answer")).nth(place)
            await expect(answer).to_contain_text(name)
        await expect(page.get_by_role("tabpanel")).to_contain_text("What is it?")
        assert await watched.serious_faults() == []
        await watched.shoot("playground_answered")


async def test_a_budget_is_set_and_removed(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/usage")
        await page.get_by_role("button", name="Set a budget").click()
        await page.get_by_label("Budget's name").fill("blue-team")
        await page.get_by_label("Whose").fill("blue")
        await page.get_by_label("Dollars", exact=True).fill("nothing")
        await page.get_by_role("button", name="Set", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("limit_dollars")
        await page.get_by_label("Dollars", exact=True).fill("12.50")
        await page.get_by_role("button", name="Set", exact=True).click()
        await expect(rows(page, "Budgets").first).to_contain_text("of $12.5")
        assert await watched.serious_faults() == []
        await page.get_by_role("button", name="Remove blue-team").click()
        await page.get_by_role("button", name="Remove", exact=True).click()
        await expect(page.get_by_text("No budget is set.")).to_be_visible()


async def test_what_is_the_matter_is_told_and_can_be_silenced(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/alerts")
        busy.break_north(0.5)
        try:
            await expect(rows(page, "Alerts").first).to_contain_text("north", timeout=60_000)
        finally:
            busy.break_north(0.0)
        await rows(page, "Alerts").first.get_by_role("button").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("For, hours").fill("2")
        await dialog.get_by_label("Reason").fill("we know")
        assert await watched.serious_faults() == []
        await dialog.get_by_role("button", name="Silence").click()
        await expect(rows(page, "Silences").first).to_contain_text("we know")
        await watched.shoot("silenced")
        await rows(page, "Silences").first.get_by_role("button", name="End").click()
        await page.get_by_role("button", name="Really end it").click()
        await expect(page.get_by_text("Nothing is silenced.")).to_be_visible()


async def test_people_come_and_go(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/people")
        await page.get_by_role("button", name="Add a user").click()
        await page.get_by_label("Name").fill("olga")
        await page.get_by_label("Role").select_option("operator")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(rows(page, "Users").filter(has_text="olga")).to_contain_text("operator")
        await page.get_by_role("button", name="Issue a token").click()
        await page.get_by_label("Name").fill("ci")
        await page.get_by_role("button", name="Issue", exact=True).click()
        await page.get_by_role("button", name="I have it").click()
        await page.get_by_role("button", name="Remove ci").click()
        await page.get_by_role("button", name="Remove", exact=True).click()
        await expect(page.get_by_text("No admin token was issued yet.")).to_be_visible()


async def test_usage_is_told_by_what_one_asks(browser: Browser, busy: BusyGateway) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await go(page, "/usage")
        await page.get_by_label("By", exact=True).select_option("provider")
        await expect(rows(page, "Figures by provider").first).to_contain_text("$")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Export as CSV").click()
        assert (await download.value).suggested_filename == "usage.csv"


async def test_a_viewer_sees_everything_and_may_change_nothing(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy, "vic") as watched:
        page = watched.page
        names = await page.get_by_role("navigation").get_by_role("link").all_inner_texts()
        hidden = {"Audit log", "People", "Playground"}
        assert hidden & set(names) == set()
        for path, title in PAGES.items():
            if title in hidden:
                continue
            await go(page, path)
            buttons = await page.get_by_role("main").get_by_role("button").all_inner_texts()
            assert [name for name in buttons if WRITES.search(name)] == [], title


async def test_who_is_signed_out_elsewhere_is_asked_again(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        cookies = await page.context.cookies()
        await page.context.clear_cookies()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=15_000)
        assert [each["httpOnly"] for each in cookies] == [True]


async def test_the_keyboard_reaches_the_content_and_the_theme_is_kept(
    browser: Browser, busy: BusyGateway
) -> None:
    async with signed_in(browser, busy) as watched:
        page = watched.page
        await page.evaluate("document.body.focus()")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Skip to content")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("main")).to_be_focused()
        await page.get_by_label("Theme").select_option("dark")
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_little_is_loaded_and_nothing_from_elsewhere(
    browser: Browser, busy: BusyGateway
) -> None:
    loaded: dict[str, int] = {}
    async with watched_page(browser) as watched:
        session = await watched.page.context.new_cdp_session(watched.page)
        await session.send("Network.enable")
        names: dict[str, str] = {}
        session.on(
            "Network.responseReceived",
            lambda e: names.update({e["requestId"]: e["response"]["url"]}),
        )
        session.on(
            "Network.loadingFinished",
            lambda e: loaded.update({names[e["requestId"]]: e["encodedDataLength"]}),
        )
        await watched.page.goto(busy.url)
        await expect(watched.page.get_by_role("heading", name="Sign in")).to_be_visible()
        paint = await watched.page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
    print(json.dumps({"first paint, ms": round(paint), "bytes": sum(loaded.values())}))
    assert all(url.startswith(busy.url) for url in loaded)
    assert sum(loaded.values()) < 120 * 1024
