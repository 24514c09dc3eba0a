// The chat: its turns, and asking in it.

import { events, getJson, inCollection, request, send } from "./api.js";
import { buildComposer } from "./composer.js";
import { fileButton } from "./drop.js";
import { el, fill } from "./dom.js";
import { chatStored, on, state, tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";
import { liveTurn, storedTurn } from "./turn.js";

const NEAR_END = 120;
const words = texts.chat;

/** Build the chat in its area. `addFiles` takes files in. */
export function buildChat(area, addFiles) {
  const turns = el("div.turns");
  const scroll = el("div.scroll", { tabindex: "-1" }, turns);
  const composer = buildComposer(ask, stop);
  let reading = null;
  let documents = null;
  let incomingCount = 0;

  async function show(chatId) {
    reading?.stopping.abort();
    reading = null;
    composer.show({ reading: false, followUp: chatId !== null });
    if (chatId === null) return welcome();
    fill(turns, el("p.quiet", {}, words.loading));
    try {
      const chat = await getJson(`/v1/chats/${encodeURIComponent(chatId)}`);
      if (chatId !== state.chatId) return;
      fill(turns, ...chat.turns.map(storedTurn));
      scroll.scrollTop = scroll.scrollHeight;
    } catch (error) {
      fill(turns, el("p.status", {}, error.type === "not_found" ? words.gone : wordsOf(error).what));
    }
  }

  function welcome() {
    const isEmpty = documents !== null && documents.length === 0;
    area.classList.toggle("nothing", isEmpty);
    if (documents === null) fill(turns);
    else if (!isEmpty) fill(turns, greeting(words.welcome, words.welcomeText));
    else fill(turns, incomingCount ? greeting(words.incoming, words.incomingText) : invitation(addFiles));
  }

  async function ask(asked) {
    turns.querySelector(".welcome")?.remove();
    const turn = liveTurn(asked.question);
    const mine = { stopping: new AbortController(), questionId: null };
    reading = mine;
    composer.show({ reading: true, followUp: true });
    turns.append(turn.element);
    scroll.scrollTop = scroll.scrollHeight;
    try {
      await read(asked, turn, mine);
      tell("chats");
    } catch (error) {
      turn.fail(error, () => {
        turn.element.remove();
        if (reading === null) ask(asked);
        else composer.restore(asked.question);
      });
    }
    if (reading !== mine) return;
    reading = null;
    composer.show({ reading: false, followUp: true });
  }

  async function read(asked, turn, mine) {
    const chatId = await storedChat();
    const path = `${inCollection(state.collection)}/ask`;
    for await (const { event, data } of events(path, { ...asked, stream: true, chat_id: chatId }, mine.stopping.signal)) {
      if (event === "question") mine.questionId = data.question_id;
      else if (event === "error") throw data;
      const follow = isAtEnd();
      turn.hear(event, data);
      if (follow) showEnd(turn.element);
      if (event === "answer") return;
    }
    throw { type: "unreachable" };
  }

  async function storedChat() {
    if (state.chatId === null) {
      const { chat_id } = await send("POST", "/v1/chats", { collection: state.collection });
      chatStored(chat_id);
    }
    return state.chatId;
  }

  // Closing the connection stops a question too, but a proxy may keep it open.
  function stop() {
    if (reading === null) return;
    if (reading.questionId) request(`/v1/questions/${reading.questionId}`, { method: "DELETE" }).catch(() => {});
    reading.stopping.abort();
  }

  function isAtEnd() {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END;
  }

  // The end of a turn, but never so far that its question is gone.
  function showEnd(turn) {
    const top = turn.offsetTop - turns.offsetTop;
    scroll.scrollTop = Math.min(top, scroll.scrollHeight - scroll.clientHeight);
  }

  function greet() {
    if (turns.querySelector(".turn") === null && state.chatId === null) welcome();
  }

  area.append(scroll, composer.element);
  on("chat", show);
  on("documents", (listed) => {
    documents = listed.filter((document) => document.status === "ready");
    greet();
  });
  on("incoming", (count) => {
    if (Boolean(count) === Boolean(incomingCount)) return;
    incomingCount = count;
    greet();
  });

  return { focus: composer.focus };
}

function greeting(title, text) {
  return el("div.welcome", {}, el("h2", {}, title), el("p.quiet", {}, text));
}

function invitation(addFiles) {
  return el(
    "div.welcome",
    {},
    el("h2", {}, words.emptyTitle),
    el("p", {}, words.emptyText),
    el("div.dropzone", {}, fileButton(addFiles, "main"), el("p.quiet", {}, texts.library.dropHint)),
    el("p.quiet.small", {}, words.formats),
  );
}
