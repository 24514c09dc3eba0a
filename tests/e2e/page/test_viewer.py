"""A document beside the chat: the page of a PDF with the quote marked at its place, and the text of any format."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from playwright.async_api import Locator, Page, Route, expect

from .pdf_made import write_heavy_pdf, write_pdf

if TYPE_CHECKING:
    from .conftest import Service

Beside = Callable[..., Awaitable[Locator]]

QUOTE = "The lamp was lit for the first time on 3 March 1891."
PAGES = [
    ["The lighthouse", "A lighthouse stands on the rock of Varn.", "It was built of granite from the quarry at Osk."],
    ["Its lamp", "The first keeper was Marta Olufsen, who stayed forty years.", QUOTE, "It burned oil from whales."],
    ["Its end", "The lamp went out in 1974.", "The rock has been left to the birds."],
]

# Where the mark lies on the sheet, and where the words do that pdf.js laid over the picture.
PLACES = """(quote) => {
  const words = [...document.querySelectorAll(".textLayer span")].find((span) => span.textContent === quote);
  const box = (one) => (({ left, top, right, bottom }) => [left, top, right, bottom])(one.getBoundingClientRect());
  return { mark: box(document.querySelector(".spot")), words: box(words) };
}"""


@pytest.fixture
def lighthouse(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "lighthouse.pdf", PAGES, "The light of Varn")


async def text_of(service: "Service", document_id: str) -> str:
    async with httpx2.AsyncClient(base_url=service.url) as client:
        return (await client.get(f"/v1/collections/default/documents/{document_id}/text")).json()["text"]


async def span_of(service: "Service", document_id: str, quote: str) -> dict[str, object]:
    """Return where a citation of the quote would lead."""
    start = (await text_of(service, document_id)).index(quote)
    return {"documentId": document_id, "start": start, "end": start + len(quote), "quote": quote}


async def drawn(page: Page, number: int) -> None:
    await expect(page.get_by_role("group", name=f"Page {number}", exact=True)).to_be_visible()
    await expect(page.locator(".sheet")).not_to_have_attribute("aria-busy", "true")


async def test_the_quote_is_marked_where_it_stands_on_the_page(
    page: Page, service: "Service", beside: Beside, lighthouse: Path
):
    document_id = await service.add(lighthouse)
    await beside("document", **await span_of(service, document_id, QUOTE))
    await drawn(page, 2)
    await expect(page.locator(".spot")).to_have_count(1)
    places = await page.evaluate(PLACES, QUOTE)
    assert places["mark"] == pytest.approx(places["words"], abs=8)
    await expect(page.locator(".textLayer")).to_contain_text("Marta Olufsen")
    assert await page.locator(".sheet canvas").evaluate(
        "(canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size > 2"
    ), "the page was not painted"


async def test_pages_are_turned_by_pointer_and_by_key(page: Page, service: "Service", beside: Beside, lighthouse: Path):
    document_id = await service.add(lighthouse)
    await beside("document", **await span_of(service, document_id, QUOTE))
    await drawn(page, 2)
    await page.get_by_role("button", name="Next page").click()
    await drawn(page, 3)
    await expect(page.locator(".spot")).to_have_count(0)
    await expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    await page.get_by_role("button", name="To the quote").click()
    await drawn(page, 2)
    await expect(page.locator(".spot")).to_have_count(1)
    await page.locator(".sheets").press("ArrowLeft")
    await drawn(page, 1)
    number = page.get_by_role("spinbutton", name="Page")
    await number.fill("99")
    await number.press("Enter")
    await drawn(page, 3)
    await expect(number).to_have_value("3")


async def test_zoom_keeps_the_mark_at_its_place(page: Page, service: "Service", beside: Beside, lighthouse: Path):
    document_id = await service.add(lighthouse)
    await beside("document", **await span_of(service, document_id, QUOTE))
    await drawn(page, 2)
    before = await page.locator(".sheet").evaluate("(sheet) => sheet.clientWidth")
    await page.locator(".sheets").press("+")
    await page.wait_for_function("(before) => document.querySelector('.sheet').clientWidth > before", arg=before)
    await drawn(page, 2)
    places = await page.evaluate(PLACES, QUOTE)
    assert places["mark"] == pytest.approx(places["words"], abs=10)


async def test_a_pdf_can_be_read_as_text(page: Page, service: "Service", beside: Beside, lighthouse: Path):
    document_id = await service.add(lighthouse)
    await beside("document", **await span_of(service, document_id, QUOTE))
    await page.get_by_role("button", name="Text", exact=True).click()
    await expect(page.locator("mark")).to_have_text(QUOTE)
    await expect(page.get_by_role("button", name="Text", exact=True)).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("spinbutton", name="Page")).to_have_value("2")


async def test_what_cannot_be_drawn_is_shown_as_text(page: Page, service: "Service", beside: Beside, lighthouse: Path):
    document_id = await service.add(lighthouse)
    await page.route("**/file", lambda route: route.fulfill(body=b"no PDF"))
    await beside("document", **await span_of(service, document_id, QUOTE))
    await expect(page.locator("mark")).to_have_text(QUOTE)
    await expect(page.get_by_text("This file cannot be drawn here; its text is shown.")).to_be_visible()


async def test_a_page_is_drawn_where_a_key_is_needed(page: Page, service: "Service", beside: Beside, lighthouse: Path):
    document_id = await service.add(lighthouse)
    place = await span_of(service, document_id, QUOTE)
    _, key = service.hub.keys.make("local")
    await page.add_init_script(f"sessionStorage.setItem('longreader-key', '{key}')")
    await beside("document", **place)
    await drawn(page, 2)
    await expect(page.locator(".textLayer")).to_contain_text("Marta Olufsen")


async def test_only_the_parts_of_a_file_that_are_shown_are_fetched(
    page: Page, service: "Service", beside: Beside, tmp_path: Path
):
    path = write_heavy_pdf(tmp_path / "heavy.pdf", 5)
    document_id = await service.add(path)
    parts: list[int] = []
    page.on("response", lambda one: one.status == 206 and parts.append(int(one.headers["content-length"])))
    await beside("document", documentId=document_id, page=3)
    await drawn(page, 3)
    await expect(page.locator(".textLayer")).to_contain_text("This is page 3")
    assert 0 < sum(parts) < path.stat().st_size * 0.8


async def test_a_heading_leads_to_its_place(page: Page, service: "Service", beside: Beside, tmp_path: Path):
    path = tmp_path / "varn.md"
    body = "\n\n".join(f"Line {number} of the log tells of wind and of ships." for number in range(120))
    path.write_text(f"# Varn\n\n{body}\n\n## The end\n\nThe lamp went out.\n", encoding="utf-8")
    document_id = await service.add(path)
    shown = await beside("document", documentId=document_id)
    await shown.get_by_text("Contents").click()
    await shown.get_by_role("button", name="The end").click()
    heading = shown.get_by_role("heading", name="The end")
    await expect(heading).to_be_in_viewport()
    await expect(shown.get_by_role("button", name="The end")).to_be_hidden()


async def test_the_mark_counts_characters_as_the_service_does(
    page: Page, service: "Service", beside: Beside, tmp_path: Path
):
    path = tmp_path / "signs.txt"
    path.write_text("𝔏𝔦𝔤𝔥𝔱 🜂🜂🜂 of Varn.\n\nThe lamp 🕯 was lit at dusk. It burned oil.\n", encoding="utf-8")
    quote = "The lamp 🕯 was lit at dusk."
    document_id = await service.add(path)
    await beside("document", **await span_of(service, document_id, quote))
    await expect(page.locator("mark")).to_have_text(quote)


async def test_a_long_text_is_fetched_as_it_is_read(page: Page, service: "Service", beside: Beside, tmp_path: Path):
    path = tmp_path / "long.txt"
    lines = [f"Entry {number}: the wind was from the west and {number} ships passed." for number in range(2_000)]
    path.write_text("\n\n".join(lines), encoding="utf-8")
    document_id = await service.add(path)
    shown = await beside("document", **await span_of(service, document_id, lines[1_000]))
    await expect(shown.locator("mark")).to_have_text(lines[1_000])
    await expect(shown.locator("mark")).to_be_in_viewport()
    await expect(shown.get_by_text(lines[0], exact=True)).to_have_count(0)
    await shown.get_by_role("button", name="Earlier text").evaluate("(button) => button.click()")
    await expect(shown.get_by_text(lines[700], exact=True)).to_have_count(1)
    await expect(shown.locator("mark")).to_be_in_viewport()
    texts = await shown.locator(".text-body p").all_inner_texts()
    first = lines.index(texts[0])
    assert texts == lines[first : first + len(texts)], "parts of the text overlap, or one is missing"


@asynccontextmanager
async def next_part_held(page: Page, ask: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Hold back the part of the text that `ask` makes the page fetch; it comes when this is left."""
    asked, free = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await free.wait()
        await route.continue_()

    await page.route("**/text?*", hold, times=1)
    await ask()
    await asyncio.wait_for(asked.wait(), 30)
    yield
    async with page.expect_response("**/text?*") as coming:
        free.set()
    await (await coming.value).finished()
    # It is put in, or not, before the next picture.
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A long text; the places in it that have headings are far from each other."""
    lines = [f"Entry {number}: the wind was from the west and {number} ships passed." for number in range(3_000)]
    parts = [f"## Part {number}\n\n" + "\n\n".join(lines[number * 1000 : number * 1000 + 1000]) for number in range(3)]
    path = tmp_path / "log.md"
    path.write_text("# Varn\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")
    return path


async def jump(shown: Locator, heading: str) -> None:
    await shown.get_by_role("button", name=heading, include_hidden=True).evaluate("(button) => button.click()")


async def assert_contiguous(shown: Locator) -> None:
    texts = await shown.locator(".text-body p").all_inner_texts()
    numbers = [int(text.removeprefix("Entry ").split(":")[0]) for text in texts]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "parts overlap, or one is missing"


async def test_a_part_that_comes_after_a_jump_is_left_out(page: Page, service: "Service", beside: Beside, log: Path):
    shown = await beside("document", documentId=await service.add(log))
    await expect(shown.get_by_text("Entry 300:")).to_be_attached()
    later = shown.get_by_role("button", name="Later text")
    async with next_part_held(page, lambda: later.evaluate("(button) => button.click()")):
        await jump(shown, "Part 2")
        await expect(shown.get_by_role("heading", name="Part 2")).to_be_in_viewport()
    await assert_contiguous(shown)
    await expect(shown.get_by_text("Entry 2600:")).to_have_count(0)
    await later.evaluate("(button) => button.click()")
    await expect(shown.get_by_text("Entry 2600:")).to_be_attached()
    await assert_contiguous(shown)


async def test_the_last_of_two_jumps_counts(page: Page, service: "Service", beside: Beside, log: Path):
    shown = await beside("document", documentId=await service.add(log))
    await expect(shown.get_by_text("Entry 300:")).to_be_attached()
    async with next_part_held(page, lambda: jump(shown, "Part 1")):
        await jump(shown, "Part 2")
        await expect(shown.get_by_role("heading", name="Part 2")).to_be_in_viewport()
    await expect(shown.get_by_role("heading", name="Part 2")).to_be_in_viewport()
    await assert_contiguous(shown)


async def test_rows_of_a_table_stand_in_a_table_and_the_quoted_one_is_marked(
    page: Page, service: "Service", beside: Beside, tmp_path: Path
):
    text = (
        "# Boats\n\nThese are ours.\n\n| Boat | Year |\n|---|---|\n| Teal | 1994 |\n| Curlew | 2001 |\n\nThat is all.\n"
    )
    (tmp_path / "boats.md").write_text(text, encoding="utf-8")
    document_id = await service.add(tmp_path / "boats.md")
    start = (await text_of(service, document_id)).index("Curlew")
    shown = await beside("document", documentId=document_id, start=start, end=start + len("Curlew | 2001"))
    await expect(shown.get_by_role("columnheader")).to_have_text(["Boat", "Year"])
    await expect(shown.get_by_role("cell")).to_have_text(["Teal", "1994", "Curlew", "2001"])
    await expect(shown.locator("mark")).to_have_text(["Curlew", "2001"])
