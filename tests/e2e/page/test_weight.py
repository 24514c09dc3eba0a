"""What the page weighs when it is first opened, and what it fetches only when it is needed."""

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import Page, Response, expect

from .pdf_made import write_pdf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Locator

    from .conftest import Service

MOST_BYTES = 300_000


async def test_the_first_load_is_light_and_brings_no_part_that_is_not_needed(
    page: Page, service: "Service", beside: "Callable[..., Awaitable[Locator]]", tmp_path: Path
):
    document_id = await service.add(write_pdf(tmp_path / "one.pdf", [["Varn", "A lighthouse stands on the rock."]]))
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    await page.goto(service.url, wait_until="networkidle")
    loaded = [response for response in responses if "/v1/" not in response.url]
    sizes = {response.url: (await response.request.sizes())["responseBodySize"] for response in loaded}
    print(f"first load: {sum(sizes.values()):,} bytes in {len(sizes)} files")
    assert 1_000 < sum(sizes.values()) < MOST_BYTES
    assert not [url for url in sizes if "vendor" in url]
    await beside("document", documentId=document_id)
    await expect(page.locator(".textLayer")).to_contain_text("lighthouse")
    await beside("graph")
    await expect(page.locator(".graph-picture canvas").first).to_be_visible()
    later = {response.url.rsplit("/", 1)[-1] for response in responses if "vendor" in response.url}
    assert {"pdf.min.mjs", "pdf.worker.min.mjs", "cytoscape.esm.min.mjs"} <= later
