"""The longest task of a page's main thread, while something is done with the page."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page

MOST_MILLISECONDS = 200

_WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ entryTypes: ["longtask"] });
}"""


@dataclass
class Tasks:
    """What was seen. ``longest`` counts the processor's milliseconds: the machine may be busy with other things, of
    which time on the clock would tell. ``longest_on_clock`` is what the browser calls a long task (over 50 ms)."""

    longest: float = 0.0
    longest_on_clock: float = 0.0

    def __str__(self) -> str:
        return f"longest task {self.longest:.0f} ms of processor time, {self.longest_on_clock:.0f} ms on the clock"


@asynccontextmanager
async def watching_tasks(browser: Browser, page: Page) -> AsyncIterator[Tasks]:
    """Watch the tasks of an open page; what is yielded is filled in at the end."""
    tasks = Tasks()
    await page.evaluate(_WATCH)
    await browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    try:
        yield tasks
    finally:
        trace = await browser.stop_tracing()
    tasks.longest = _longest(trace)
    tasks.longest_on_clock = max(await page.evaluate("window.longTasks"), default=0.0)


def _longest(trace: bytes) -> float:
    events = json.loads(trace)["traceEvents"]
    named = [event for event in events if event["name"] == "thread_name"]
    main = {(event["pid"], event["tid"]) for event in named if event["args"]["name"] == "CrRendererMain"}
    tasks = [event for event in events if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main]
    return max(event.get("tdur", 0) for event in tasks) / 1_000
