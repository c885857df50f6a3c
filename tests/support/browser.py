"""A headless Chromium, and pages in it that must have nothing to complain about."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SERIOUS = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations
        .filter((each) => ["serious", "critical"].includes(each.impact))
        .map((each) => `${each.id} ${each.nodes.map((node) => node.html.slice(0, 200))}`);
}"""


def _program() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    assert found is not None, f"none of {', '.join(_NAMES)} is installed: `./dev test` does it"
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the machine's own Chromium, headless."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_program(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A page, and what it has complained about: errors on the console, and of its scripts."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def serious_faults(self) -> list[str]:
        """Return what axe finds that shuts somebody out."""
        # Run beside the page: its own policy lets no script in.
        await self.page.evaluate(f"{AXE.read_text()}\n;undefined")
        found: list[str] = await self.page.evaluate(_SERIOUS)
        return found

    async def shoot(self, name: str) -> None:
        """Keep a picture of the page, in a folder that git ignores."""
        SCREENSHOTS.mkdir(exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@asynccontextmanager
async def watched_page(browser: Browser, **context: Any) -> AsyncIterator[Watched]:
    """Open a page with a session of its own."""
    own = await browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **context})
    try:
        page = await own.new_page()
        page.set_default_timeout(15_000)
        watched = Watched(page)
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("console", lambda said: _keep(watched, said.type, said.text))
        yield watched
    finally:
        await own.close()


def _keep(watched: Watched, kind: str, text: str) -> None:
    # The browser writes refusals down as errors: of who is not signed in yet, and of bad input.
    if kind == "error" and not any(f"status of {status}" in text for status in (401, 422)):
        watched.complaints.append(text)
