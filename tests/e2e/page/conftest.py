"""The chat page in a real browser, before the real service on loopback; only the model and the embedder are doubles.

The tests are coroutines of one event loop for the whole session: the browser's, the service's and their own. One
browser serves all tests; each test has a service over a data folder of its own, and a page that fails it on any fault
that the browser tells of.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

SMOKE = frozenset(
    {
        "test_a_citation_shows_its_quote_and_opens_its_place",
        "test_a_document_is_deleted_only_when_that_is_meant",
        "test_a_failed_reading_is_still_told_after_a_reload",
        "test_a_question_is_stopped",
        "test_an_answer_is_text",
        "test_an_empty_library_invites_and_takes_what_is_dropped",
        "test_collections_are_made_chosen_and_deleted",
        "test_each_sentence_leads_to_the_words_that_bear_it_out",
        "test_the_first_load_is_light_and_brings_no_part_that_is_not_needed",
        "test_the_quote_is_marked_where_it_stands_on_the_page",
        "test_the_text_of_a_document_is_text",
        "test_the_way_is_drawn_and_leads_to_the_facts_places",
        "test_what_is_not_in_the_documents_is_said_plainly",
    }
)
"""What `make test` runs in a browser. The other tests of the page run with `make test-slow`."""


try:
    from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, expect

    from .served import Service, chromium, serving
except ModuleNotFoundError:
    pytest.skip("playwright is not installed", allow_module_level=True)

HERE = Path(__file__).parent
WAIT_MILLISECONDS = 90_000
expect.set_options(timeout=WAIT_MILLISECONDS)

# What the page's parts tell each other, as state.js does.
TELL_OPEN = """async (wanted) => {
  const main = document.querySelector("script[src$='main.js']").src;
  (await import(main.replace("main.js", "state.js"))).tell("open", wanted);
}"""

LOOK_FOR_FAULTS = """async () => {
  const { violations } = await axe.run();
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}"""

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} ${event.sample}`);
});
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and getattr(item, "originalname", item.name) not in SMOKE:
            item.add_marker(pytest.mark.slow)
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@dataclass
class Faults:
    """What the browser told of a page: errors, violations of its policy, requests to other places."""

    seen: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        # A route's refusal is an answer to the page, which the browser logs all the same.
        refused = message.text.startswith("Failed to load resource") and "/v1/" in message.location["url"]
        if message.type == "error" and not refused:
            self.seen.append(f"console: {message.text} ({message.location['url']})")

    def watch(self, request: Request, origin: str) -> None:
        if not request.url.startswith((origin, "blob:", "data:")):
            self.seen.append(f"request elsewhere: {request.url}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    async with chromium() as launched:
        yield launched


@pytest_asyncio.fixture(loop_scope="session")
async def service(tmp_path: Path, browser: Browser) -> AsyncIterator[Service]:
    async with serving(tmp_path / "data") as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def faults() -> Faults:
    """What went wrong in the page; a test that means it to go wrong takes it out of ``seen``."""
    return Faults()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, service: Service, faults: Faults) -> AsyncIterator[Page]:
    """An empty tab of a new profile; the test opens ``service.url`` in it."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MILLISECONDS)
    await context.add_init_script(TELL_VIOLATIONS)
    tab = await context.new_page()
    tab.on("console", faults.hear)
    tab.on("pageerror", lambda error: faults.seen.append(f"uncaught: {error}"))
    tab.on("request", lambda request: faults.watch(request, service.url))
    yield tab
    await context.close()
    assert not faults.seen


@pytest_asyncio.fixture(loop_scope="session")
async def beside(page: Page, service: Service) -> Callable[..., Awaitable[Locator]]:
    """Opens something beside the chat, as citations and the library do: a kind, and what panel.js says of it."""

    async def show(kind: str, **given: object) -> Locator:
        if not page.url.startswith(service.url):
            await page.goto(service.url)
            await expect(page.locator("#collection option").first).to_be_attached()
        await page.evaluate(TELL_OPEN, {"kind": kind, "title": "Shown", **given})
        return page.locator("#document .content")

    return show


@pytest_asyncio.fixture(loop_scope="session")
async def accessible(page: Page) -> Callable[[], Awaitable[None]]:
    """Checks that axe finds nothing serious in the page as it is now."""
    source = (HERE / "vendor/axe-core/axe.min.js").read_text(encoding="utf-8")

    async def check() -> None:
        await page.evaluate(source)
        assert await page.evaluate(LOOK_FOR_FAULTS) == []

    return check
