// Earlier chats of the chosen collection: opened, renamed, exported, deleted.

import { getJson, request, send } from "./api.js";
import { alarm, announce } from "./announce.js";
import { confirmed, line } from "./dialog.js";
import { button, el, refill } from "./dom.js";
import { choose, on, state } from "./state.js";
import { texts, wordsOf } from "./texts.js";

const MOST = "500";
const words = texts.chats;

/** Build the list. */
export function buildChats() {
  const list = el("ul.chats", { "aria-label": words.title });
  const fresh = button(words.make, () => {
    choose(state.collection);
    document.getElementById("question").focus();
  });

  async function refresh() {
    const { collection } = state;
    const found = await getJson(`/v1/chats?${new URLSearchParams({ collection, limit: MOST })}`).catch(empty);
    if (collection !== state.collection) return;
    const kept = found.filter((chat) => chat.turn_count > 0);
    refill(list, ...(kept.length ? kept.map(row) : [el("li.quiet.small", {}, words.empty)]));
    markChosen();
  }

  function row(chat) {
    const title = chat.title || words.untitled;
    const actions = el(
      "p.actions",
      { role: "group", "aria-label": words.actions(title) },
      button(words.rename, () => rename(chat)),
      button(words.export, () => told(() => save(chat))),
      button(words.remove, () => remove(chat, title)),
    );
    const open = button(title, () => choose(state.collection, chat.chat_id), { kind: "name", title });
    const size = el("p.small.quiet.size", {}, words.turns(chat.turn_count));
    return el("li.row", { "data-chat": chat.chat_id }, open, size, actions);
  }

  function markChosen() {
    for (const one of list.children) {
      const chosen = one.dataset.chat !== undefined && one.dataset.chat === state.chatId;
      one.classList.toggle("chosen", chosen);
      one.firstElementChild?.setAttribute("aria-current", String(chosen));
    }
  }

  async function rename(chat) {
    const title = await line({ title: words.renameTitle, label: words.name, value: chat.title, yes: words.save });
    if (title === null) return;
    await told(() => send("PATCH", `/v1/chats/${chat.chat_id}`, { title: title.slice(0, 200) }));
    await refresh();
  }

  async function remove({ chat_id }, title) {
    if (!(await confirmed({ title: words.confirm(title), text: words.confirmText, yes: words.remove }))) return;
    await told(async () => {
      await send("DELETE", `/v1/chats/${chat_id}`);
      announce(words.removed);
      if (chat_id === state.chatId) choose(state.collection);
    });
    await refresh();
  }

  on("collection", refresh);
  on("chats", refresh);
  on("chat", markChosen);
  return { element: el("section", {}, el("header.bar", {}, el("h2", {}, words.title), fresh), list), refresh };
}

/** Hand a chat's Markdown to the browser as a file. */
async function save({ chat_id, title }) {
  const made = await (await request(`/v1/chats/${chat_id}/export.md`)).blob();
  const address = URL.createObjectURL(made);
  const name = (title || words.untitled).replace(/[^\p{L}\p{N} ._-]+/gu, " ").trim().slice(0, 80) || chat_id;
  el("a", { href: address, download: `${name}.md` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function told(work) {
  try {
    await work();
  } catch (error) {
    alarm(wordsOf(error).what);
  }
}

// A collection that nothing was put in yet is not there for the service.
function empty(error) {
  if (error.type !== "not_found") alarm(wordsOf(error).what);
  return [];
}
