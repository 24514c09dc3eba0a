// The documents of the chosen collection: listed, opened, summarised, deleted. Those coming in are uploads.js's.

import { getJson, inCollection, send } from "./api.js";
import { alarm, announce } from "./announce.js";
import { confirmed } from "./dialog.js";
import { button, el, fill, refill } from "./dom.js";
import { on, state, tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";

const STEP = 100;
// The service lists no more in one reply.
const AT_ONCE = 1_000;
const words = texts.library;

/**
 * Build the list.
 * @param {Map<string, string>} remarks what was remarked of documents when they were read, by their ids
 * @param {Node} add where files are handed in
 */
export function buildLibrary(remarks, add) {
  const counts = el("span.quiet");
  let incomingCount = 0;
  let shownCount = 0;
  let wantedCount = STEP;
  let round = 0;
  const list = el("ul.documents", { "aria-label": words.title });
  const more = button("", () => show(wantedCount + STEP), { hidden: true });
  const graph = button("", () => tell("open", { kind: "graph", title: texts.panel.graph }), { hidden: true });

  function show(count) {
    wantedCount = count;
    return refresh();
  }

  async function refresh() {
    const { collection } = state;
    const mine = (round += 1);
    try {
      const { documents, total_count } = await documentsOf(collection, wantedCount);
      // Another collection, or more of this one, was asked for meanwhile.
      if (mine !== round) return;
      const shown = documents.filter((document) => document.status !== "reading");
      refill(list, ...shown.map((document) => row(document, remarks.get(document.document_id))));
      more.hidden = documents.length >= total_count;
      more.textContent = words.more(Math.min(STEP, total_count - documents.length));
      tell("documents", documents);
      await count(collection, shown.length, total_count);
    } catch (error) {
      alarm(wordsOf(error).what);
      fill(list, el("li.failure", {}, wordsOf(error).what, " ", button(texts.tryAgain, () => refresh())));
    }
  }

  async function count(collection, shown, total) {
    shownCount = shown;
    graph.hidden = true;
    counts.textContent = words.counts(total);
    sayEmpty();
    if (shownCount === 0) return;
    const { total_count } = await getJson(`${inCollection(collection, "graph")}?limit=1`);
    if (collection !== state.collection) return;
    graph.textContent = words.graph(total_count);
    graph.hidden = total_count === 0;
  }

  function sayEmpty() {
    if (shownCount === 0) counts.textContent = incomingCount ? "" : words.empty;
  }

  function row(document, remark) {
    const { title, status } = document;
    const failed = status === "failed";
    const open = () => tell("open", { kind: "document", documentId: document.document_id, title });
    const summary = () => tell("open", { kind: "summary", documentId: document.document_id, title: texts.panel.summary(title) });
    return el(
      "li.row",
      {},
      failed ? el("span.name", {}, title) : button(title, open, { kind: "name", title: document.file_name }),
      el(failed ? "p.small.failed" : "p.small.quiet.size", {}, failed ? document.error || words.unreadable : words.size(document)),
      document.fallback_count > 0 && el("p.small.quiet", {}, words.fallback(document.fallback_count)),
      remark && el("p.small.remark", {}, remark),
      el(
        "p.actions",
        {},
        !failed && button(words.summary, summary, { "aria-label": words.summaryLabel(title) }),
        button(words.remove, () => remove(document), { "aria-label": words.removeLabel(title) }),
      ),
    );
  }

  async function remove({ document_id, title }) {
    if (!(await confirmed({ title: words.confirm(title), text: words.confirmText, yes: words.remove }))) return;
    try {
      await send("DELETE", inCollection(state.collection, "documents", document_id));
      announce(words.removed(title));
    } catch (error) {
      alarm(wordsOf(error).what);
    }
    await refresh();
    tell("removed");
  }

  on("collection", () => show(STEP));
  on("changed", () => refresh());
  on("incoming", (count) => {
    incomingCount = count;
    sayEmpty();
  });
  return {
    element: el(
      "section",
      {},
      el("header.bar", {}, el("h2", {}, words.title), add),
      el("p.bar.small", {}, counts, graph),
      list,
      more,
    ),
    refresh,
  };
}

// A collection that nothing was put in yet is not there for the service.
async function documentsOf(collection, wantedCount) {
  const documents = [];
  try {
    for (;;) {
      const limit = Math.min(wantedCount - documents.length, AT_ONCE);
      const part = await getJson(`${inCollection(collection, "documents")}?offset=${documents.length}&limit=${limit}`);
      documents.push(...part.documents);
      if (documents.length >= wantedCount || part.documents.length < limit) return { ...part, documents };
    }
  } catch (error) {
    if (error.type === "not_found") return { documents: [], total_count: 0 };
    throw error;
  }
}
