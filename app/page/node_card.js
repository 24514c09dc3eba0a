// A node: its facts, each the way to its place in the document, and its neighbors.

import { button, el, fill } from "./dom.js";
import { FACTS_AT_ONCE } from "./note_graph.js";
import { texts } from "./texts.js";

const words = texts.graph;

/**
 * Fill an element with a node.
 * @param {HTMLElement} card
 * @param {object} node as the service tells it
 * @param {{choose: (key: string) => void, more: (offset: number) => Promise<object>, widen: () => Promise<boolean>}} does
 */
export function fillCard(card, node, does) {
  const facts = el("ol.facts", {}, ...node.facts.map(factLine));
  const further = button("", () => showMore(), { kind: "plain small" });
  const widen = button(words.moreNeighbors, async () => (widen.hidden = !(await does.widen())), { kind: "plain small" });
  let shown = node.facts.length;
  const label = () => {
    further.hidden = shown >= node.fact_count;
    further.textContent = words.moreFacts(Math.min(FACTS_AT_ONCE, node.fact_count - shown));
  };
  async function showMore() {
    const next = await does.more(shown);
    facts.append(...next.facts.map(factLine));
    shown += next.facts.length;
    label();
  }
  label();
  const neighbors = node.neighbors.map(({ key, name, weight }) =>
    el("li", {}, button(name, () => does.choose(key), { kind: "entry", title: words.shared(weight) })),
  );
  fill(
    card,
    el("h3", { tabindex: "-1" }, node.name, " ", el("span.quiet.small", {}, words.facts(node.fact_count))),
    facts,
    further,
    neighbors.length > 0 && el("h4", {}, words.neighbors),
    el("ul.neighbors", {}, ...neighbors),
    neighbors.length > 0 && widen,
  );
}

function factLine(fact) {
  const open = () =>
    made.dispatchEvent(
      new CustomEvent("open-document", {
        bubbles: true,
        detail: { documentId: fact.document_id, title: fact.title, page: fact.page, quote: fact.text, ...fact.span },
      }),
    );
  const made = el(
    "button.fact",
    { type: "button", onclick: open },
    el("span.quote", {}, fact.text),
    el("span.quiet", {}, words.place(fact)),
  );
  return el("li", {}, made);
}
