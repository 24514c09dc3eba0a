"""The summary of a document beside the chat: made as a job, cited sentence by sentence, with contents that lead on."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from longreader.agents.errors import ModelError, ModelUnavailable
from longreader.agents.llm import ModelRequest
from playwright.async_api import Locator, Page, expect

if TYPE_CHECKING:
    from .conftest import Service

Beside = Callable[..., Awaitable[Locator]]

TEXT = """# The light of Varn

The lighthouse stands on the rock of Varn and was built of granite.

## Its lamp

The lamp was lit for the first time on 3 March 1891.

## Its end

The lamp went out in the winter of 1974.
"""


def first_sentences(request: ModelRequest) -> dict[str, str]:
    """Plays a model that copies what it was shown."""
    return {"summary": " ".join(re.findall(r"The l[^.]+\.", request.messages[-1].content)[:3])}


@pytest.fixture
async def document_id(service: "Service", tmp_path: Path) -> str:
    path = tmp_path / "varn.md"
    path.write_text(TEXT, encoding="utf-8")
    service.script = first_sentences
    return await service.add(path)


async def test_each_sentence_leads_to_the_words_that_bear_it_out(
    page: Page, service: "Service", beside: Beside, document_id: str
):
    shown = await beside("summary", documentId=document_id)
    await shown.get_by_role("button", name="Summarise").click()
    sections = shown.locator(".summary-section")
    await expect(sections).to_have_count(3)
    await expect(sections.nth(1)).to_contain_text("Its lamp")
    await expect(sections.nth(1)).to_contain_text("The lamp was lit for the first time on 3 March 1891.")
    await sections.nth(1).get_by_role("button", name="Citation").click()
    await expect(page.locator("mark")).to_have_text("The lamp was lit for the first time on 3 March 1891.")


async def test_the_contents_lead_into_the_text_and_the_summary_stays(
    page: Page, service: "Service", beside: Beside, document_id: str
):
    shown = await beside("summary", documentId=document_id)
    await shown.get_by_role("button", name="Summarise").click()
    await expect(shown.locator(".summary-section")).to_have_count(3)
    await shown.get_by_role("navigation", name="Contents").get_by_role("button", name="Its end").click()
    await expect(page.locator("mark")).to_have_text("Its end")
    asked = len(service.model.requests)
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(shown.locator(".summary-section")).to_have_count(3)
    assert len(service.model.requests) == asked, "the summary was made again"


async def test_it_is_stopped_and_begun_again(page: Page, service: "Service", beside: Beside, document_id: str):
    def away(_request: ModelRequest) -> dict[str, list[str]]:
        raise ModelUnavailable("No model here.")

    service.script = away
    shown = await beside("summary", documentId=document_id)
    await shown.get_by_role("button", name="Summarise").click()
    await expect(shown.get_by_text("Waits, then tries again: The model does not answer.")).to_be_visible()
    await shown.get_by_role("button", name="Stop").click()
    await expect(shown.get_by_text("It was stopped.")).to_be_visible()
    service.script = first_sentences
    await shown.get_by_role("button", name="Summarise").click()
    await expect(shown.locator(".summary-section")).to_have_count(3)


async def test_a_failure_says_why(page: Page, service: "Service", beside: Beside, document_id: str):
    def burns(_request: ModelRequest) -> dict[str, list[str]]:
        raise ModelError("The model is on fire.")

    service.script = burns
    shown = await beside("summary", documentId=document_id)
    await shown.get_by_role("button", name="Summarise").click()
    await expect(shown.get_by_role("alert")).to_contain_text("It could not be summarised.")
    await expect(shown.get_by_role("button", name="Summarise")).to_be_visible()
