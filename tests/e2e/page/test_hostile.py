"""A hostile document, and a model that says what such a document wants: nothing of it runs, all of it is shown as text.

The page's policy would stop what got through; its violations fail these tests as well (conftest.py).
"""

from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from longreader.agents.llm import ModelRequest
from playwright.async_api import Locator, Page, expect

if TYPE_CHECKING:
    from .conftest import Faults, Service

Beside = Callable[..., Awaitable[Locator]]

ATTACKS = (
    "<script>window.ran=1</script>",
    '<img src=x onerror="window.ran=2">',
    '"><svg onload=window.ran=3>',
    "'-window.ran=4-'",
    "<a href=javascript:window.ran=5>here</a>",
    "[here](javascript:window.ran=6)",
    "![here](x onerror=window.ran=7)",
    "<iframe srcdoc='<script>parent.ran=8</script>'></iframe>",
    "</textarea><style>@import '//evil.example';</style>",
    "{{constructor.constructor('window.ran=9')()}}",
    "<math><mtext><img src=x onerror=window.ran=10></mtext></math>",
    "<body onload=window.ran=11>",
    "\u202e<b onmouseover=window.ran=12>",
)
NAME = '<img src=x onerror="window.ran=13">'
FACT = f"The yearly fee of the club {NAME} is twelve crowns."

MADE_OF_MARKUP = "img, iframe, #document svg, main svg, [onerror], [onload], [onmouseover], a[href^=javascript]"

PDF = b"""%PDF-1.7
1 0 obj <</Type /Catalog /Pages 2 0 R /OpenAction <</S /JavaScript /JS (app.alert\\(1\\); window.ran = 14;)>>
  /Names <</JavaScript <</Names [(x) <</S /JavaScript /JS (window.ran = 15;)>>]>>>> >> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R
  /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>
  /Annots [<</Type /Annot /Subtype /Link /Rect [0 0 300 300] /A <</S /URI /URI (javascript:window.ran=16)>>>>]
  /AA <</O <</S /JavaScript /JS (window.ran = 17;)>>>>>> endobj
4 0 obj <</Length 89>> stream
BT /F 14 Tf 20 200 Td (The harbour of Osk was closed by ice in the winter of 1888.) Tj ET
endstream endobj
trailer <</Root 1 0 R>>
"""


def says_what_it_was_told(request: ModelRequest) -> dict[str, object]:
    if request.purpose == "plan":
        return {"steps": ["x"]}
    if request.purpose == "summarise":
        return {"summary": f"{FACT} {ATTACKS[0]}"}
    return {"thought": NAME, "answer": f"twelve crowns {NAME} {ATTACKS[0]}"}


async def check_nothing_ran(page: Page) -> None:
    await page.mouse.move(400, 300)
    assert await page.evaluate("window.ran") is None
    assert await page.locator(MADE_OF_MARKUP).count() == 0


@pytest.fixture
async def document_id(service: "Service", page: Page, tmp_path: Path) -> str:
    page.on("dialog", lambda _dialog: pytest.fail("a dialog was opened"))
    path = tmp_path / f"{NAME.replace('/', '')}.txt"
    path.write_text(f"{ATTACKS[1]} rules\n\n{FACT}\n\n" + "\n\n".join(ATTACKS), encoding="utf-8")
    service.script = says_what_it_was_told
    return await service.add(path)


async def test_the_text_of_a_document_is_text(page: Page, beside: Beside, document_id: str):
    shown = await beside("document", documentId=document_id, title=NAME, start=0, end=40, quote=ATTACKS[1])
    await expect(shown.get_by_text(FACT)).to_be_visible()
    for attack in ATTACKS:
        assert attack.strip("\u202e") in await shown.locator(".text-body").inner_text()
    await check_nothing_ran(page)


async def test_an_answer_is_text(page: Page, service: "Service", document_id: str):
    await page.goto(service.url)
    await page.get_by_label("Your question").fill(f"What is the yearly fee? {ATTACKS[2]}")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_text("tokens ·").last).to_be_visible()
    await expect(page.locator("main")).to_contain_text(ATTACKS[2])
    await check_nothing_ran(page)


async def test_notes_and_summaries_are_text(page: Page, beside: Beside, document_id: str):
    shown = await beside("graph", title=NAME)
    await expect(shown.locator(".fact").first).to_be_visible()
    await shown.get_by_role("textbox", name="Find a node").fill("<")
    await expect(shown.locator(".found li").first).to_be_visible()
    await check_nothing_ran(page)
    shown = await beside("summary", documentId=document_id)
    await shown.get_by_role("button", name="Summarise").click()
    await expect(shown.locator(".after")).to_be_visible()
    await check_nothing_ran(page)


async def test_names_are_text(page: Page, service: "Service", document_id: str, tmp_path: Path):
    path = tmp_path / "named.md"
    path.write_text(f"# {escape(ATTACKS[1])}\n\n{FACT}\n\n## {escape(ATTACKS[4])}\n\n{FACT}\n", encoding="utf-8")
    await service.add(path, collection=NAME)
    await page.goto(f"{service.url}/#%3Cimg%20src%3Dx%20onerror%3D%22window.ran%3D13%22%3E")
    await expect(page.get_by_label("Collection", exact=True)).to_contain_text("onerror")
    named = page.get_by_role("list", name="Documents").get_by_role("button").first
    await expect(named).to_have_text(ATTACKS[1])
    await named.click()
    await page.get_by_text("Contents").click()
    await expect(page.get_by_role("navigation", name="Contents")).to_contain_text(ATTACKS[4])
    await check_nothing_ran(page)


async def test_a_pdf_runs_no_script_and_has_no_links(
    page: Page, service: "Service", beside: Beside, document_id: str, tmp_path: Path, faults: "Faults"
):
    path = tmp_path / "harbour.pdf"
    path.write_bytes(PDF)
    document_id = await service.add(path)
    await beside("document", documentId=document_id, start=0, end=20)
    await expect(page.locator(".sheet")).not_to_have_attribute("aria-busy", "true")
    await expect(page.locator(".textLayer")).to_contain_text("The harbour of Osk")
    await page.mouse.click(1_000, 500)
    await check_nothing_ran(page)
    assert await page.locator(".sheet a").count() == 0
