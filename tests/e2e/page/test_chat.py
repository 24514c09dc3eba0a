"""The chat: answers with citations one click from their place, plain words where there is none, chats that are kept."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import ModelRequest
from playwright.async_api import Browser, Page, expect

from .long_tasks import MOST_MILLISECONDS, watching_tasks

if TYPE_CHECKING:
    from .conftest import Service

TEXT = """# Rules of the club

The club was founded by Ada Brunn in 1961. The yearly fee is twelve crowns.

Members may bring two guests. The boathouse is closed in January.
"""
QUESTION = "What is the yearly fee?"


@pytest.fixture
async def rules(service: "Service", tmp_path: Path) -> str:
    path = tmp_path / "rules.md"
    path.write_text(TEXT, encoding="utf-8")
    return await service.add(path)


def saying(answer: str):
    def script(request: ModelRequest) -> dict[str, object]:
        return {"steps": ["x"]} if request.purpose == "plan" else {"thought": "So it says.", "answer": answer}

    return script


async def ask(page: Page, question: str = QUESTION) -> None:
    await page.get_by_label("Your question").fill(question)
    await page.keyboard.press("Enter")


async def test_a_citation_shows_its_quote_and_opens_its_place(page: Page, service: "Service", rules: str):
    await page.goto(service.url)
    await ask(page)
    turn = page.get_by_role("article", name=QUESTION)
    citation = turn.get_by_role("button", name="Citation 1: Rules of the club, page 1")
    await expect(turn.locator(".text")).to_contain_text("twelve crowns")
    await expect(page.get_by_role("status")).to_have_text("twelve crowns 1 citation.")
    await citation.focus()
    await expect(page.get_by_role("tooltip")).to_contain_text("“The yearly fee is twelve crowns.”")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("tooltip")).to_have_count(0)
    await citation.hover()
    await expect(page.get_by_role("tooltip")).to_be_visible()
    await page.keyboard.press("Enter")
    beside = page.get_by_role("complementary")
    await expect(beside.get_by_role("heading", name="Rules of the club").first).to_be_visible()
    await expect(beside.locator("mark").first).to_have_text("The yearly fee is twelve crowns.")
    await page.keyboard.press("Escape")
    await expect(citation).to_be_focused()


async def test_the_way_is_told_live_and_from_the_trace(page: Page, service: "Service", rules: str):
    await page.goto(service.url)
    await ask(page)
    turn = page.get_by_role("article", name=QUESTION)
    await expect(turn.get_by_text("quote, checked against the text")).to_be_visible()
    await page.reload()
    for _ in ("as it was when the answer came", "as the trace has it"):
        await turn.get_by_text("How it was read").click()
        steps = turn.locator(".steps li")
        await expect(steps.first).to_contain_text("mode auto")
        await expect(steps.last).to_contain_text("tokens")
        await page.reload()


async def test_what_is_not_in_the_documents_is_said_plainly(page: Page, service: "Service", rules: str):
    service.script = saying("not in the document")
    await page.goto(service.url)
    await ask(page, "Who painted the boathouse?")
    await expect(page.get_by_role("main").get_by_text("That is not in these documents.")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("That is not in these documents.")


async def test_an_answer_without_a_quote_is_marked(page: Page, service: "Service", rules: str):
    service.script = saying("Seventy ducats, or so they whisper.")
    await page.goto(service.url)
    await page.locator("summary", has_text="Mode: auto").click()
    await page.get_by_role("radio", name="retrieve").check()
    await page.keyboard.press("Escape")
    await ask(page)
    await expect(page.get_by_text("Take it with care")).to_be_visible()


async def test_a_question_is_stopped(page: Page, service: "Service", rules: str):
    await page.goto(service.url)
    await page.route("**/ask", lambda route: None)
    await ask(page)
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_text("Stopped.", exact=True)).to_be_visible()
    await page.unroute("**/ask")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("button", name="Citation 1")).to_be_visible()


async def test_a_reload_in_the_middle_of_an_answer_leaves_the_question_to_be_asked_again(
    page: Page, service: "Service", rules: str
):
    await page.goto(service.url)
    await page.route("**/ask", lambda route: None)
    async with page.expect_request("**/ask"):
        await ask(page)
    await page.reload()
    await expect(page.get_by_text("This question was cut off.")).to_be_visible()
    await page.unroute("**/ask")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("button", name="Citation 1")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(page.get_by_text("This question was cut off.")).to_have_count(0)


async def test_a_failure_says_what_happened_and_is_tried_again(page: Page, service: "Service", rules: str):
    def fail(request: ModelRequest):
        raise ModelUnavailable("gone")

    service.script = fail
    await page.goto(service.url)
    await ask(page)
    await expect(page.get_by_text("The model does not answer.").first).to_be_visible()
    service.script = saying("twelve crowns")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("button", name="Citation 1")).to_be_visible()
    await expect(page.get_by_role("article")).to_have_count(1)


async def test_mode_and_budget_are_chosen_and_kept(page: Page, service: "Service", rules: str):
    await page.goto(service.url)
    await page.get_by_label("How to read").click()
    await page.get_by_role("radio", name="retrieve").check()
    await page.get_by_label("tokens").fill("9000")
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.get_by_text("Mode: retrieve · 9,000 tokens")).to_be_visible()
    async with page.expect_request("**/ask") as sent:
        await ask(page)
    told = json.loads((await sent.value).post_data or "")
    assert (told["mode"], told["budget"]) == ("retrieve", {"tokens": 9000, "seconds": None})


async def test_chats_are_kept_renamed_exported_and_deleted(page: Page, service: "Service", rules: str, tmp_path: Path):
    await page.goto(service.url)
    await ask(page)
    chats = page.get_by_role("list", name="Chats").get_by_role("listitem")
    await expect(chats.get_by_role("button", name=QUESTION)).to_be_visible()
    await ask(page, "And who founded it?")
    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(page.get_by_role("button", name="Copy with citations")).to_have_count(2)
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(2)
    await chats.hover()
    await chats.get_by_role("button", name="Rename").click()
    await page.get_by_label("Title").fill("Fees")
    await page.keyboard.press("Enter")
    await expect(chats.get_by_role("button", name="Fees")).to_be_visible()
    await chats.hover()
    async with page.expect_download() as downloaded:
        await chats.get_by_role("button", name="Export").click()
    saved = await downloaded.value
    await saved.save_as(tmp_path / "chat.md")
    assert saved.suggested_filename == "Fees.md"
    assert "The yearly fee is twelve crowns" in (tmp_path / "chat.md").read_text(encoding="utf-8")
    await chats.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Your questions will be kept here.")).to_be_visible()
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_an_answer_is_copied_with_its_citations(page: Page, service: "Service", rules: str):
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(service.url)
    await ask(page)
    await page.get_by_role("button", name="Copy with citations").click()
    await expect(page.get_by_role("status")).to_have_text("Copied.")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == "twelve crowns [1]\n\n[1] “The yearly fee is twelve crowns.” (Rules of the club, page 1)"


async def test_what_a_model_writes_is_text(page: Page, service: "Service", rules: str):
    service.script = saying(
        "<img src=x onerror=document.title='run'> twelve crowns\n- <b>fee</b>\n- [1](javascript:run)"
    )
    await page.goto(service.url)
    await ask(page)
    await expect(page.locator(".answer:not(.preview) .text")).to_contain_text("<img src=x onerror")
    await expect(page.locator(".text li").first).to_contain_text("<b>fee</b>")
    await expect(page.locator(".text img, .text b, .text a")).to_have_count(0)
    assert await page.title() == "longreader"


async def test_a_deleted_document_takes_its_answers_along(page: Page, service: "Service", rules: str):
    await page.goto(service.url)
    await ask(page)
    await expect(page.get_by_role("button", name="Citation 1")).to_be_visible()
    await page.get_by_role("button", name="Delete Rules of the club").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("A document that this answer quoted was deleted.")).to_be_visible()


async def test_a_phone_shows_one_area_at_a_time(page: Page, service: "Service", rules: str):
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(service.url)
    await ask(page)
    await page.get_by_role("button", name="Citation 1").click()
    await expect(page.get_by_role("complementary")).to_be_visible()
    await expect(page.get_by_label("Your question")).to_be_hidden()
    await page.get_by_role("navigation", name="Areas").get_by_role("button", name="Library").click()
    await expect(page.get_by_role("button", name="Rules of the club", exact=True)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_a_key_is_asked_for_and_forgotten_with_the_tab(page: Page, service: "Service"):
    _, key = service.hub.keys.make("anyone")
    await page.goto(service.url)
    dialog = page.get_by_role("dialog", name="A key, please")
    await dialog.get_by_label("Key").fill("lr_wrong")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("This key is not in force.")
    await dialog.get_by_label("Key").fill(key)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Put in something long.")).to_be_visible()
    kept = await page.evaluate("[Object.values(localStorage).join(), Object.values(sessionStorage).join()]")
    assert key not in kept[0]
    assert kept[1] == key


async def test_colours_follow_the_system_or_the_switch(page: Page, service: "Service"):
    await page.emulate_media(color_scheme="dark")
    await page.goto(service.url)
    background = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(background)
    switch = page.get_by_role("button", name="Colours")
    await switch.click()
    await expect(switch).to_have_text("Colours: light")
    assert await page.evaluate(background) != dark
    await page.reload()
    await expect(switch).to_have_text("Colours: light")


@pytest.mark.slow
async def test_two_hundred_turns_are_scrolled_without_a_long_task(
    page: Page, browser: Browser, service: "Service", rules: str
):
    async with httpx2.AsyncClient(base_url=service.url, timeout=60) as client:
        chat_id = (await client.post("/v1/chats", json={"collection": "default"})).json()["chat_id"]
        for number in range(200):
            body = {"question": f"What is the yearly fee in year {number}?", "mode": "retrieve", "chat_id": chat_id}
            (await client.post("/v1/collections/default/ask", json=body)).raise_for_status()
    await page.goto(service.url)
    await expect(page.get_by_role("list", name="Chats").get_by_role("listitem")).to_have_count(1)
    async with watching_tasks(browser, page) as tasks:
        await page.get_by_role("list", name="Chats").get_by_role("button").first.click()
        await expect(page.get_by_role("article")).to_have_count(200)
        await page.mouse.move(700, 400)
        for _ in range(40):
            await page.mouse.wheel(0, -1_000)
            await page.wait_for_timeout(30)
    print(f"while 200 turns are opened and scrolled: {tasks}")
    assert 0 < tasks.longest < MOST_MILLISECONDS
