"""What stands beside the chat, for everybody: by axe's rules, in the light and in the dark, on a phone."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import Locator, Page, expect

from .pdf_made import write_pdf

if TYPE_CHECKING:
    from .conftest import Service

Beside = Callable[..., Awaitable[Locator]]
Check = Callable[[], Awaitable[None]]

PAGES = [["The lighthouse", "A lighthouse stands on the rock of Varn."], ["Its lamp", "The lamp was lit in 1891."]]
TEXT = "# Varn\n\nA lighthouse stands on the rock of Varn.\n\n## Its lamp\n\nMarta Olufsen lit the lamp in 1891.\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(
    page: Page, service: "Service", beside: Beside, accessible: Check, tmp_path: Path, scheme: Literal["light", "dark"]
):
    await page.emulate_media(color_scheme=scheme)
    drawn = await service.add(write_pdf(tmp_path / "varn.pdf", PAGES))
    (tmp_path / "varn.md").write_text(TEXT, encoding="utf-8")
    written = await service.add(tmp_path / "varn.md")
    service.script = lambda _request: {"summary": "Marta Olufsen lit the lamp in 1891."}
    shown = await beside("document", documentId=drawn, start=20, end=40, quote="stands")
    await expect(shown.locator(".textLayer")).to_contain_text("lighthouse")
    await accessible()
    await shown.get_by_role("button", name="Text", exact=True).click()
    await expect(shown.locator("mark").first).to_be_visible()
    await accessible()
    shown = await beside("document", documentId=written)
    await shown.get_by_text("Contents").click()
    await accessible()
    shown = await beside("graph", steps=[{"kind": "facts", "walk": 1, "node": "Marta Olufsen", "seconds": 1}])
    await expect(shown.locator(".fact").first).to_be_visible()
    await accessible()
    shown = await beside("summary", documentId=written)
    await shown.get_by_role("button", name="Summarise").click()
    await expect(shown.get_by_role("button", name="Citation 1")).to_be_visible()
    await accessible()


@pytest.mark.parametrize("width", [360, 800, 1920])
async def test_nothing_is_wider_than_the_window(
    page: Page, service: "Service", beside: Beside, tmp_path: Path, width: int
):
    await page.set_viewport_size({"width": width, "height": 740})
    drawn = await service.add(write_pdf(tmp_path / "varn.pdf", PAGES))
    shown = await beside("document", documentId=drawn, start=20, end=40, quote="stands")
    await expect(shown.locator(".textLayer")).to_contain_text("lighthouse")
    assert await overflow(page) <= 0
    shown = await beside("graph")
    await expect(shown.locator(".fact").first).to_be_visible()
    assert await overflow(page) <= 0
    shown = await beside("summary", documentId=drawn)
    await expect(shown.get_by_role("button", name="Summarise")).to_be_visible()
    assert await overflow(page) <= 0


async def overflow(page: Page) -> int:
    """Return by how many pixels something stands out of the window or of the part that is shown."""
    return await page.evaluate(
        """() => Math.max(...["html", "#document", "#document .part", ".tools"]
          .map((name) => document.querySelector(name))
          .filter(Boolean)
          .map((one) => one.scrollWidth - one.clientWidth))"""
    )
