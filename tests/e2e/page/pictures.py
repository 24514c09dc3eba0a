"""Takes a picture of everything that the page can show, to be looked at: `make pictures`.

The service is the real one; the model is a double that says what the example document says. Each look (light, dark, a
phone, a wide screen) has a service of its own, over an empty data folder.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from .pictures_model import COUNTED, FAILING, FIRST_CURRENT, NOT_THERE, TABLE, PicturesModel
from .served import Service, chromium, serving

EXAMPLES = Path(__file__).parents[3] / "examples"
LONG_NAME = (
    "Minutes of the extraordinary general meeting, with all annexes and the correspondence about them (final).txt"
)
WAIT_MILLISECONDS = 180_000


@dataclass(frozen=True)
class Look:
    """How the page is looked at."""

    name: str
    size: ViewportSize
    is_dark: bool = False
    is_touched: bool = False


LOOKS = (
    Look("light", {"width": 1280, "height": 800}),
    Look("dark", {"width": 1280, "height": 800}, is_dark=True),
    Look("narrow", {"width": 360, "height": 740}, is_touched=True),
    Look("wide", {"width": 1920, "height": 1080}),
)


@dataclass
class Shooting:
    """A page that is being photographed."""

    page: Page
    service: Service
    folder: Path
    look: Look
    count: int = 0

    async def shoot(self, name: str) -> None:
        """Take a picture of what is on the screen."""
        self.count += 1
        await self.page.screenshot(
            path=self.folder / f"{self.look.name}-{self.count:02}-{name}.png", animations="disabled"
        )

    async def area(self, name: str) -> None:
        """Go to an area, where only one is shown at a time."""
        tab = self.page.get_by_role("navigation", name="Areas").get_by_role("button", name=name)
        if await tab.is_visible():
            await tab.click()

    async def bring(self, *files: Path) -> None:
        """Hand in files."""
        await self.page.locator("input[type=file]").first.set_input_files([str(path) for path in files])

    async def ask(self, question: str) -> None:
        """Ask, and wait until the turn has ended."""
        await self.area("Chat")
        await self.page.get_by_label("Your question").fill(question)
        await self.page.keyboard.press("Enter")
        turn = self.page.get_by_role("article", name=question).last
        await expect(turn.locator("[aria-busy]")).to_have_count(0)

    async def fresh(self) -> None:
        """Begin a new chat."""
        await self.area("Library")
        await self.page.get_by_role("button", name="New chat").click()
        await self.area("Chat")

    async def close(self) -> None:
        """Close what stands beside the chat."""
        await self.area("Document")
        await self.page.get_by_role("button", name="Close").click()


async def library(shooting: Shooting) -> None:
    """Empty, with files coming in, and with documents in it."""
    page, made = shooting.page, shooting.folder / "made"
    await page.goto(shooting.service.url)
    await expect(page.get_by_role("heading", name="Put in something long.")).to_be_visible()
    await shooting.shoot("empty-library")
    await shooting.area("Library")
    await shooting.shoot("empty-library-list")
    (made / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    (made / LONG_NAME).write_text("# Minutes\n\nThe meeting was opened at seven.\n\nNobody spoke against.\n", "utf-8")
    (made / "unknown.bin").write_bytes(bytes(range(256)) * 40)
    await shooting.bring(EXAMPLES / "ansholm.pdf", made / "torn.pdf", made / LONG_NAME, made / "unknown.bin")
    await expect(page.get_by_text("torn.pdf").first).to_be_visible()
    await expect(page.get_by_text("Opening").or_(page.get_by_text("Noting")).first).to_be_visible()
    await shooting.shoot("upload-in-progress")
    coming = page.get_by_role("list", name="Coming in").get_by_role("listitem")
    await expect(coming.filter(has=page.get_by_role("progressbar"))).to_have_count(0)
    await expect(page.get_by_role("button", name="Graph of")).to_be_visible()
    await shooting.shoot("library-with-failures")
    await shooting.area("Chat")
    await shooting.shoot("ready-to-ask")


async def answers(shooting: Shooting) -> None:
    """An answer, its quote, its page, and the text of it."""
    page = shooting.page
    await shooting.ask(FIRST_CURRENT)
    await shooting.shoot("answer")
    mark = page.get_by_role("button", name="Citation 1").first
    await mark.hover()
    await shooting.shoot("quote")
    await mark.click()
    await expect(page.locator(".spot").first).to_be_visible()
    await expect(page.locator(".sheet")).not_to_have_attribute("aria-busy", "true")
    await shooting.shoot("pdf-page-with-highlight")
    await page.get_by_role("button", name="Text", exact=True).click()
    await expect(page.locator("mark").first).to_be_visible()
    await shooting.shoot("text-with-highlight")
    await shooting.close()
    await shooting.ask(COUNTED)
    await shooting.shoot("many-citations")
    await shooting.ask(TABLE)
    await page.get_by_role("article", name=TABLE).get_by_role("button", name="Citation 1").first.click()
    await expect(page.locator(".sheet")).not_to_have_attribute("aria-busy", "true")
    await shooting.shoot("pdf-table")
    await page.get_by_role("button", name="Text", exact=True).click()
    await expect(page.locator("mark").first).to_be_visible()
    await shooting.shoot("text-of-a-table")
    await shooting.close()


async def walk(shooting: Shooting) -> None:
    """The way of a question, and the walk on the note graph."""
    page = shooting.page
    await shooting.fresh()
    await page.get_by_label("How to read").click()
    await shooting.shoot("menu")
    await page.get_by_role("radio", name="graph").check()
    await page.keyboard.press("Escape")
    await shooting.ask(FIRST_CURRENT)
    await page.get_by_text("How it was read").last.click()
    await shooting.shoot("steps")
    await page.get_by_role("button", name="See the way on the note graph").last.click()
    await expect(page.locator(".fact").first).to_be_visible()
    await shooting.shoot("walk-on-the-graph")
    await shooting.close()
    await page.get_by_label("How to read").click()
    await page.get_by_role("radio", name="auto").check()
    await page.keyboard.press("Escape")


async def refusals(shooting: Shooting) -> None:
    """What is not in the documents, and what went wrong."""
    page = shooting.page
    await shooting.fresh()
    await shooting.ask(NOT_THERE)
    await shooting.shoot("not-in-document")
    await shooting.ask(FAILING)
    await shooting.shoot("failure")
    await page.route("**/ask", lambda route: None)
    await page.get_by_label("Your question").fill(FIRST_CURRENT)
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(1_200)
    await shooting.shoot("reading")
    await page.get_by_role("button", name="Stop").click()
    await page.unroute("**/ask")
    await shooting.shoot("stopped")


async def summary(shooting: Shooting) -> None:
    """The summary of a document, and the dialogs."""
    page = shooting.page
    await shooting.area("Library")
    row = page.get_by_role("list", name="Documents").get_by_role("listitem").filter(has_text="pages").first
    await row.hover()
    await shooting.shoot("library-hovered")
    await row.get_by_role("button", name="Summary").click()
    await page.get_by_role("button", name="Summarise").click()
    await expect(page.locator(".summary-section").first).to_be_visible()
    await shooting.shoot("summary")
    await shooting.area("Library")
    await row.hover()
    await row.get_by_role("button", name="Delete").click()
    await shooting.shoot("deletion")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="New collection").click()
    await shooting.shoot("new-collection")
    await page.get_by_role("button", name="Cancel").click()


SCENES: tuple[Callable[[Shooting], Awaitable[None]], ...] = (library, answers, walk, refusals, summary)


async def shoot_all(browser: Browser, look: Look, folder: Path) -> None:
    """Take all pictures of one look."""
    with tempfile.TemporaryDirectory() as data:
        async with serving(Path(data)) as service:
            service.script = PicturesModel()
            scheme = "dark" if look.is_dark else "light"
            context = await browser.new_context(
                viewport=look.size, color_scheme=scheme, reduced_motion="reduce", has_touch=look.is_touched
            )
            context.set_default_timeout(WAIT_MILLISECONDS)
            page = await context.new_page()
            shooting = Shooting(page, service, folder, look)
            for scene in SCENES:
                await scene(shooting)
            await context.close()


async def main(folder: Path, names: list[str]) -> None:
    """Take the pictures of the looks that are named, or of all."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    async with chromium() as browser:
        for look in LOOKS:
            if not names or look.name in names:
                await shoot_all(browser, look, folder)


if __name__ == "__main__":
    into = Path(sys.argv[1])
    (into / "made").mkdir(parents=True, exist_ok=True)
    asyncio.run(main(into, sys.argv[2:]))
