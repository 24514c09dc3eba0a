"""The chat page in a real browser, before the real service on loopback; only the model and the embedder are doubles.

The tests are coroutines of one event loop for the whole session: the browser's, the service's and their own. One
browser serves all tests; each test has a service over a data folder of its own, and a page that fails it on any fault
that the browser tells of.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.agents.llm.scripted import Said
from longreader.app.async_reader import AsyncReader
from longreader.app.service.api import create_app
from longreader.app.service.hub import LOCAL, Hub
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder

SMOKE = frozenset(
    {
        "test_a_citation_shows_its_quote_and_opens_its_place",
        "test_what_is_not_in_the_documents_is_said_plainly",
        "test_an_empty_library_invites_and_takes_what_is_dropped",
        "test_the_quote_is_marked_where_it_stands_on_the_page",
        "test_the_text_of_a_document_is_text",
        "test_the_first_load_is_light_and_brings_no_part_that_is_not_needed",
    }
)
"""What `make test` runs in a browser. The other tests of the page run with `make test-slow`."""


try:
    from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, async_playwright, expect
except ImportError:
    pytest.skip("playwright is not installed", allow_module_level=True)

HERE = Path(__file__).parent
WAIT_MILLISECONDS = 30_000
expect.set_options(timeout=WAIT_MILLISECONDS)

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


def plain_answers(request: ModelRequest) -> Said:
    """Plays a model that finds the same words everywhere."""
    if request.purpose == "plan":
        return {"steps": ["x"]}
    return {"thought": "So it says.", "answer": "twelve crowns"}


@dataclass
class Service:
    """A running service. ``script`` plays the model, and may be changed at any time."""

    url: str
    hub: Hub
    model: ScriptedModel
    script: Callable[[ModelRequest], Said] = plain_answers

    async def add(self, path: Path, collection: str = "default") -> str:
        """Read a file into a collection, past the page; return the document's id."""

        async def read(reader: AsyncReader) -> str:
            return (await reader.add(path, collection=collection)).document_id

        return await self.with_reader(read)

    async def with_reader(self, use: Callable[[AsyncReader], Awaitable[str]]) -> str:
        async with self.hub.reader(LOCAL) as reader:
            return await use(reader)


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
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        # As root, as in containers, Chromium runs only without its own sandbox.
        launched = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def service(tmp_path: Path, browser: Browser) -> AsyncIterator[Service]:
    model = ScriptedModel(lambda request: served.script(request))
    hub = Hub(Settings(data_folder=tmp_path / "data"), model, HashEmbedder())
    config = uvicorn.Config(create_app(hub), host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    served = Service(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", hub, model)
    yield served
    server.should_exit = True
    await serving


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
