"""The note graph beside the chat: the way of a question, the facts of a node, and a picture that stays quick."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from .long_tasks import MOST_MILLISECONDS, watching_tasks

if TYPE_CHECKING:
    from .conftest import Service

Beside = Callable[..., Awaitable[Locator]]

TEXT = """# Rules of the club

The club was founded by Ada Brunn in 1961. Ada Brunn built the boathouse at Osk.

The boathouse at Osk burned down in 1974. Ivo Strand paid for the new roof.
"""

WALKS = [
    {"kind": "nodes", "nodes": ["Ada Brunn", "Ivo Strand"], "seconds": 1},
    {"kind": "facts", "walk": 1, "node": "Ada Brunn", "seconds": 2},
    {"kind": "facts", "walk": 2, "node": "Ivo Strand", "seconds": 2},
    {"kind": "neighbors", "walk": 1, "node": "Ada Brunn", "seconds": 3},
    {"kind": "facts", "walk": 1, "node": "boathouse", "seconds": 4},
    {"kind": "facts", "walk": 1, "node": "Nobody Any More", "seconds": 5},
]

DRAWN = """() => {
  const cy = document.querySelector(".graph-picture")._cyreg.cy;
  return {
    names: cy.nodes(".visited").map((node) => node.data("label")).sort(),
    walked: cy.edges(".walk").map((edge) => [edge.source().data("label"), edge.target().data("label")]),
    count: cy.nodes().length,
  };
}"""

# A graph of 5,000 nodes around 50, in the place of the one that is shown; then the picture is dragged about.
GROW = """() => {
  const cy = document.querySelector(".graph-picture")._cyreg.cy;
  cy.elements().remove();
  const nodes = [], edges = [];
  for (let at = 0; at < 5000; at++) {
    const position = { x: (at % 100) * 112, y: Math.floor(at / 100) * 48 };
    nodes.push({ group: "nodes", data: { id: `n${at}`, label: `Node ${at}`, size: 16 }, position });
    edges.push({ group: "edges", data: { id: `e${at}`, source: `n${at}`, target: `n${at % 50}`, width: 1 } });
  }
  cy.batch(() => cy.add([...nodes, ...edges.slice(50)]));
  cy.fit();
}"""


@pytest.fixture
async def document_id(service: "Service", tmp_path: Path) -> str:
    path = tmp_path / "rules.md"
    path.write_text(TEXT, encoding="utf-8")
    return await service.add(path)


async def test_the_way_is_drawn_and_leads_to_the_facts_places(
    page: Page, service: "Service", beside: Beside, document_id: str
):
    shown = await beside("graph", steps=WALKS)
    await expect(shown.get_by_role("heading", name="Ada Brunn")).to_be_visible()
    drawn = await page.evaluate(DRAWN)
    assert drawn["names"] == ["Ada Brunn\n1.1", "Ivo Strand\n2.1", "boathouse\n1.2"]
    assert drawn["walked"] == [["Ada Brunn\n1.1", "boathouse\n1.2"]]
    assert drawn["count"] > 3, "nothing around the way"
    way = shown.get_by_role("navigation", name="The way")
    await expect(way.get_by_role("listitem")).to_have_text(["Ada Brunn", "boathouse", "Ivo Strand"])
    await way.get_by_role("button", name="Ivo Strand").click()
    fact = shown.get_by_role("button", name="Ivo Strand paid for the new roof.")
    await fact.click()
    await expect(page.locator("mark")).to_have_text("Ivo Strand paid for the new roof.")
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(fact).to_be_visible()


async def test_look_ups_have_nodes_but_no_order(page: Page, service: "Service", beside: Beside, document_id: str):
    step = {"kind": "select", "query": "Who paid?", "nodes": ["Ivo Strand", "Ada Brunn"], "seconds": 1}
    shown = await beside("graph", steps=[step])
    await expect(shown.get_by_role("heading", name="Who paid?")).to_be_visible()
    drawn = await page.evaluate(DRAWN)
    assert (drawn["names"], drawn["walked"]) == (["Ada Brunn", "Ivo Strand"], [])


async def test_a_way_without_nodes_says_so(page: Page, service: "Service", beside: Beside, document_id: str):
    shown = await beside("graph", steps=[{"kind": "work", "summary": "x", "passage_ids": ["p"], "seconds": 1}])
    await expect(shown.get_by_text("no node was visited")).to_be_visible()


async def test_nodes_are_found_and_followed_from_one_to_the_next(
    page: Page, service: "Service", beside: Beside, document_id: str
):
    shown = await beside("graph")
    find = shown.get_by_role("textbox", name="Find a node")
    await find.fill("strand")
    await shown.get_by_role("button", name="Ivo Strand", exact=True).click()
    await expect(shown.get_by_role("heading", name="Ivo Strand")).to_be_visible()
    neighbor = shown.locator(".neighbors").get_by_role("button").first
    name = await neighbor.inner_text()
    await neighbor.click()
    await expect(shown.get_by_role("heading", name=name)).to_be_visible()


async def test_a_clicked_node_shows_its_facts(page: Page, service: "Service", beside: Beside, document_id: str):
    shown = await beside("graph", steps=WALKS)
    await expect(shown.get_by_role("heading", name="Ada Brunn")).to_be_visible()
    at = await page.evaluate(
        """() => {
          const picture = document.querySelector(".graph-picture");
          const visited = picture._cyreg.cy.nodes(".visited");
          const { x, y } = visited.filter((node) => node.data("label").startsWith("Ivo Strand")).renderedPosition();
          const { left, top } = picture.getBoundingClientRect();
          return { x: left + x, y: top + y };
        }"""
    )
    await page.mouse.click(at["x"], at["y"])
    await expect(shown.get_by_role("heading", name="Ivo Strand")).to_be_visible()


@pytest.mark.slow
async def test_five_thousand_nodes_are_moved_without_a_long_task(
    page: Page, browser: Browser, service: "Service", beside: Beside, document_id: str
):
    shown = await beside("graph")
    await expect(shown.locator("canvas").first).to_be_visible()
    await page.evaluate(GROW)
    await page.wait_for_timeout(1_000)
    box = await shown.locator(".graph-picture").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    async with watching_tasks(browser, page) as tasks:
        await page.mouse.move(*middle)
        await page.mouse.down()
        for step in range(20):
            await page.mouse.move(middle[0] + 5 * step, middle[1] + 3 * step)
        await page.mouse.up()
        await page.wait_for_timeout(500)
    print(f"while 5,000 nodes are moved: {tasks}")
    assert 0 < tasks.longest < MOST_MILLISECONDS
