// What stands in a chat before the first question: an invitation to add files, word that they are being read, or to ask.

import { fileButton } from "./drop.js";
import { el, fill } from "./dom.js";
import { on } from "./state.js";
import { texts } from "./texts.js";

const words = texts.welcome;

/** Build it: {element, show()}. `tellEmpty` is told whether there is nothing to ask about. */
export function buildWelcome(addFiles, tellEmpty) {
  const element = el("div.welcome");
  let readyCount = null;
  let incomingCount = 0;
  let shown = null;

  function show() {
    tellEmpty(readyCount === 0);
    const wanted = readyCount === null ? null : readyCount ? "ask" : incomingCount ? "reading" : "add";
    // What has the focus must not be replaced.
    if (wanted === shown) return;
    shown = wanted;
    fill(element, ...(VIEWS[wanted]?.(addFiles) ?? []));
  }

  on("documents", (listed) => {
    readyCount = listed.filter((document) => document.status === "ready").length;
    show();
  });
  on("incoming", (count) => {
    incomingCount = count;
    show();
  });
  return { element, show };
}

const VIEWS = {
  ask: () => [el("h2", {}, words.ask), el("p.quiet", {}, words.askText)],
  reading: () => [el("h2", {}, words.reading), el("p.quiet", {}, words.readingText)],
  add: (addFiles) => [
    el("h2", {}, words.add),
    el("p", {}, words.addText),
    el("div.dropzone", {}, fileButton(addFiles, "main"), el("p.quiet", {}, texts.library.dropHint)),
    el("p.quiet.small", {}, words.formats),
  ],
};
