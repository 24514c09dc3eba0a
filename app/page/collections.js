// Which collection is read: chosen, made, deleted.

import { getJson, inCollection, send } from "./api.js";
import { alarm, announce } from "./announce.js";
import { confirmed, line } from "./dialog.js";
import { button, el, fill } from "./dom.js";
import { choose, on, state } from "./state.js";
import { texts, wordsOf } from "./texts.js";

const DEFAULT = "default";
const words = texts.collections;

/** Build the choice of a collection. */
export function buildCollections() {
  const choice = el("select", { id: "collection", onchange: () => choose(choice.value) });
  const remove = button(words.remove, removeChosen);
  let found = [];

  async function refresh() {
    const listed = await getJson("/v1/collections");
    found = listed.some((one) => one.name === state.collection)
      ? listed
      : [{ name: state.collection, document_count: 0 }, ...listed];
    fill(choice, ...found.map(option));
    remove.hidden = found.length === 1 && state.collection === DEFAULT && found[0].document_count === 0;
  }

  function option({ name, document_count }) {
    return el("option", { value: name, selected: name === state.collection }, words.option(name, document_count));
  }

  async function make() {
    const name = await line({ title: words.make, label: words.name, hint: words.nameHint, yes: words.making });
    if (name === null) return;
    await told(async () => {
      await send("POST", "/v1/collections", { name });
      choose(name);
    });
  }

  async function removeChosen() {
    const { name, document_count } = found.find((one) => one.name === state.collection);
    const ask = { title: words.confirm(name), text: words.confirmText(document_count), yes: words.removing };
    if (!(await confirmed(ask))) return;
    await told(async () => {
      await send("DELETE", inCollection(name));
      const left = found.find((one) => one.name !== name);
      announce(words.removed(name));
      if (name === DEFAULT || !left) location.reload();
      else choose(left.name);
    });
  }

  on("collection", () => told(refresh));
  on("documents", () => told(refresh));
  return el(
    "section.collections",
    {},
    el("label.unseen", { for: "collection" }, words.label),
    choice,
    el("p.actions", {}, button(words.make, make), remove),
  );
}

/** Do something; tell what went wrong. */
async function told(work) {
  try {
    await work();
  } catch (error) {
    alarm(wordsOf(error).what);
  }
}
