// The area beside the chat: shows a document at a place, the note graph, or a summary; each part is fetched when it is
// first needed. What is shown came by "open" on state.js, or from within by a bubbling event:
//
//   "open-document"  detail {documentId, title, start, end, page, quote}: a document at a place (start … quote optional)
//   "open-node"      detail {node}: a node on the graph
//
// "open" has {kind: "document" | "graph" | "summary", title, …}; a graph may have `steps`, the walk to draw.

import { announce } from "./announce.js";
import { button, el, fill } from "./dom.js";
import { on, state, tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";

const PARTS = {
  document: async (container, { documentId, start, end, page, quote, title }) =>
    (await import("./viewer.js")).show(container, {
      ...{ collection: state.collection, documentId, title },
      ...{ start: start ?? 0, end: end ?? 0, page: page ?? 1, quote: quote ?? "" },
    }),
  graph: async (container, { steps, node }) =>
    (await import("./graph_view.js")).show(container, { collection: state.collection, steps: steps ?? null, node }),
  summary: async (container, { documentId }) =>
    (await import("./summary.js")).show(container, { collection: state.collection, documentId }),
};

/** Build the area. */
export function buildPanel(area, shell) {
  const earlier = [];
  let shown = null;
  let came = null;
  const title = el("h2.title", { tabindex: "-1" });
  const back = button(texts.back, () => show(earlier.pop()), { hidden: true });
  const head = el("header.head", {}, back, title, button(texts.close, close));
  const content = el("div.content");

  async function show(wanted) {
    shown = wanted;
    back.hidden = earlier.length === 0;
    title.textContent = wanted.title ?? "";
    title.title = title.textContent;
    keepingPlace(document.activeElement, () => (shell.dataset.beside = wanted.kind));
    tell("area", "document");
    // A part of its own for each: one that is still loading cannot write into the next.
    const container = el("div.part");
    fill(content, container);
    title.focus({ preventScroll: true });
    try {
      await PARTS[wanted.kind](container, wanted);
    } catch (error) {
      const { what, then } = wordsOf(error);
      fill(container, el("div.failure", { role: "alert" }, el("p", {}, what), el("p.quiet", {}, then)));
    }
  }

  function open(wanted) {
    if (shown === null) came = document.activeElement;
    else if (shown.kind !== wanted.kind || wanted.kind === "summary") earlier.push(shown);
    show(wanted);
  }

  function close() {
    if (shown === null) return;
    shown = null;
    earlier.length = 0;
    fill(content, el("p.quiet.centre", {}, texts.panel.empty));
    title.textContent = texts.panel.label;
    tell("area", "chat");
    keepingPlace(came, () => delete shell.dataset.beside);
    if (came?.isConnected) came.focus({ preventScroll: true });
    announce("");
  }

  area.append(head, content);
  area.addEventListener("open-document", ({ detail }) => open({ kind: "document", ...detail }));
  area.addEventListener("open-node", ({ detail }) => open({ kind: "graph", title: texts.panel.graph, ...detail }));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  on("open", open);
  on("collection", close);
  fill(content, el("p.quiet.centre", {}, texts.panel.empty));
  title.textContent = texts.panel.label;
}

// The chat is narrower beside a document: what was pressed there must not be moved out of sight.
function keepingPlace(element, change) {
  const scroller = element?.closest(".scroll");
  const before = scroller && element.getBoundingClientRect().top;
  change();
  if (scroller) scroller.scrollTop += element.getBoundingClientRect().top - before;
}
