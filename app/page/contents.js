// A document's headings as a table of contents, and which of its pages holds a place.

import { button, el } from "./dom.js";

/** Make a list of headings; `open` is handed the heading that was chosen. Null where there are none. */
export function contentsList(headings, label, open) {
  if (!headings.length) return null;
  const top = Math.min(...headings.map((heading) => heading.level));
  const items = headings.map((heading) =>
    el("li", { "data-level": Math.min(heading.level - top + 1, 4) }, button(heading.text, () => open(heading), { kind: "entry" })),
  );
  return el("nav.contents", { "aria-label": label }, el("ol", {}, ...items));
}

/** Return the number of the page on which a character of the text stands. */
export function pageAt(pages, offset) {
  const found = pages.findLast((page) => page.start <= offset);
  return (found ?? pages[0])?.number ?? 1;
}
