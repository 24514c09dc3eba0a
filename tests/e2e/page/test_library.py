"""The library: files come in by drop and by choice, fail with a reason, and go; collections too."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.async_api import Page, Route, expect

if TYPE_CHECKING:
    from .conftest import Faults, Service

TEXT = """# Rules of the club

The club was founded by Ada Brunn in 1961. The yearly fee is twelve crowns.

Members may bring two guests. The boathouse is closed in January.
"""

DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""

# What main.js tells when the page is looked at again.
TELL_CHANGED = """async () => {
  const main = document.querySelector("script[src$='main.js']").src;
  (await import(main.replace("main.js", "state.js"))).tell("changed");
}"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


async def choose(page: Page, *paths: Path) -> None:
    await page.locator("input[type=file]").first.set_input_files([str(path) for path in paths])


async def test_an_empty_library_invites_and_takes_what_is_dropped(page: Page, service: "Service"):
    await page.goto(service.url)
    await expect(page.get_by_role("heading", name="Put in something long.")).to_be_visible()
    await expect(page.get_by_label("Your question")).to_be_hidden()
    await page.evaluate(DROP, ["rules.md", TEXT])
    row = page.get_by_role("list", name="Documents").get_by_role("listitem")
    await expect(row).to_contain_text("Rules of the club")
    await expect(row).to_contain_text("30 words")
    await expect(page.get_by_text("1 document", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Graph of")).to_contain_text("nodes")
    await expect(page.get_by_role("status")).to_have_text("rules.md is read.")
    await expect(page.get_by_label("Your question")).to_be_visible()


async def test_several_files_come_in_each_once(page: Page, service: "Service", rules: Path, tmp_path: Path):
    others = [tmp_path / f"other{number}.md" for number in range(4)]
    for path in others:
        path.write_text(TEXT.replace("club", path.stem), encoding="utf-8")
    await page.goto(service.url)
    await choose(page, rules, *others)
    await expect(page.get_by_role("list", name="Coming in").get_by_role("listitem")).to_have_count(5)
    await expect(page.get_by_role("list", name="Documents").get_by_role("listitem")).to_have_count(5)
    await expect(page.get_by_role("list", name="Coming in").get_by_role("listitem")).to_have_count(0)


async def test_a_file_that_cannot_be_read_says_why_and_can_be_put_away(page: Page, service: "Service", tmp_path: Path):
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    await page.goto(service.url)
    await choose(page, tmp_path / "torn.pdf")
    await expect(page.get_by_text("This PDF cannot be opened")).to_be_visible()
    await expect(page.get_by_role("alert").filter(has_text="torn.pdf was not read.")).to_have_count(1)
    await page.get_by_role("button", name="Remove torn.pdf from this list").click()
    await expect(page.get_by_text("torn.pdf", exact=True)).to_have_count(0)


async def test_an_empty_file_is_not_sent(page: Page, service: "Service", tmp_path: Path):
    (tmp_path / "empty.txt").write_bytes(b"")
    await page.goto(service.url)
    await choose(page, tmp_path / "empty.txt")
    await expect(page.get_by_text("This file is empty.")).to_be_visible()
    await expect(page.get_by_role("button", name="Try empty.txt again")).to_have_count(0)
    await page.reload()
    await page.get_by_role("button", name="Remove empty.txt from this list").click()
    await expect(page.get_by_text("empty.txt", exact=True)).to_have_count(0)


async def test_an_upload_that_was_cut_off_is_sent_again(page: Page, service: "Service", rules: Path, faults: "Faults"):
    await page.goto(service.url)
    await page.route("**/documents", lambda route: route.abort())
    await choose(page, rules)
    await expect(page.get_by_text("The service does not answer.")).to_be_visible()
    await page.unroute("**/documents")
    faults.seen.clear()
    await page.get_by_role("button", name="Try rules.md again").click()
    await expect(page.get_by_role("button", name="Rules of the club", exact=True)).to_be_visible()


async def test_a_document_is_deleted_only_when_that_is_meant(page: Page, service: "Service", rules: Path):
    await service.add(rules)
    await page.goto(service.url)
    delete = page.get_by_role("button", name="Delete Rules of the club")
    await delete.focus()
    await delete.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(delete).to_be_focused()
    await delete.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Nothing here yet.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Put in something long.")).to_be_visible()


async def test_collections_are_made_chosen_and_deleted(page: Page, service: "Service", rules: Path):
    await service.add(rules)
    await page.goto(service.url)
    await page.get_by_role("button", name="New collection").click()
    await page.get_by_label("Name").fill("reports")
    await page.keyboard.press("Enter")
    choice = page.get_by_label("Collection", exact=True)
    await expect(choice).to_have_value("reports")
    await choose(page, rules)
    await expect(choice.locator("option:checked")).to_have_text("reports (1)")
    await page.reload()
    await expect(choice).to_have_value("reports")
    await page.get_by_role("button", name="Delete collection").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(choice).to_have_value("default")
    await expect(choice.locator("option")).to_have_count(1)


async def test_names_and_titles_of_files_are_text(page: Page, service: "Service"):
    await page.goto(service.url)
    hostile = "<img src=x onerror=document.title='run'>"
    await page.evaluate(DROP, [f"{hostile}.md", f"# {hostile}\n\nThe fee is twelve crowns. {hostile}"])
    await expect(page.get_by_role("list", name="Documents").get_by_role("button").first).to_contain_text("<img src=x")
    await expect(page.locator("img")).to_have_count(0)
    assert await page.title() == "longreader"


async def test_what_was_not_sent_is_still_told_after_a_reload(
    page: Page, service: "Service", rules: Path, tmp_path: Path, faults: "Faults"
):
    await page.goto(service.url)
    await page.route("**/documents", lambda route: route.abort())
    await choose(page, rules)
    await expect(page.get_by_text("The service does not answer.")).to_be_visible()
    faults.seen.clear()
    await page.unroute("**/documents")
    await page.get_by_role("button", name="New collection").click()
    await page.get_by_label("Name").fill("reports")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("rules.md", exact=True)).to_have_count(0)
    await page.get_by_label("Collection", exact=True).select_option("default")
    await expect(page.get_by_text("rules.md", exact=True)).to_be_visible()
    await page.reload()
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="Try rules.md again").click()
    await (await chosen.value).set_files(str(rules))
    await expect(page.get_by_role("button", name="Rules of the club", exact=True)).to_be_visible()
    await expect(page.get_by_text("rules.md", exact=True)).to_have_count(0)


async def test_a_failed_reading_is_still_told_after_a_reload(page: Page, service: "Service", tmp_path: Path):
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    await page.goto(service.url)
    await choose(page, tmp_path / "torn.pdf")
    await expect(page.get_by_text("This PDF cannot be opened")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("This PDF cannot be opened")).to_be_visible()


async def test_every_one_of_many_documents_is_reached_and_stays_unfolded(page: Page, service: "Service", rules: Path):
    await service.add(rules)
    async with httpx2.AsyncClient(base_url=service.url) as client:
        one = (await client.get("/v1/collections/default/documents")).json()["documents"][0]
    many = [one | {"document_id": f"d{number}", "title": f"Rules {number}"} for number in range(1_120)]

    async def listed(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        offset, limit = int(query.get("offset", ["0"])[0]), int(query["limit"][0])
        assert limit <= 1_000, "the service refuses it"
        await route.fulfill(json={"documents": many[offset : offset + limit], "total_count": len(many)})

    await page.route("**/documents?*", listed)
    await page.goto(service.url)
    rows = page.get_by_role("list", name="Documents").get_by_role("listitem")
    more = page.get_by_role("button", name="Show")
    for count in range(100, 1_101, 100):
        await expect(rows).to_have_count(count)
        await expect(more).to_have_text("Show 20 more" if count == 1_100 else "Show 100 more")
        await more.click()
    await expect(rows).to_have_count(1_120)
    await expect(more).to_be_hidden()
    await expect(rows.last).to_contain_text("Rules 1119")
    many.append(many[-1] | {"document_id": "d1120", "title": "The newest"})
    await page.evaluate(TELL_CHANGED)
    await expect(rows.last).to_contain_text("The newest")
    await expect(rows).to_have_count(1_121)
