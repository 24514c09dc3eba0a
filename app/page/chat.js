// The chat: its turns, and asking in it. A question goes on being read while another chat is looked at.

import { askedIn, dropAsked, keepAsked } from "./asking.js";
import { events, getJson, inCollection, request, send } from "./api.js";
import { buildComposer } from "./composer.js";
import { el, fill } from "./dom.js";
import { chatStored, on, state, tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";
import { liveTurn, storedTurn } from "./turn.js";
import { buildWelcome } from "./welcome.js";

const NEAR_END = 120;
const words = texts.chat;

/** Build the chat in its area. `addFiles` takes files in. */
export function buildChat(area, addFiles) {
  const turns = el("div.turns");
  const scroll = el("div.scroll", { tabindex: "-1" }, el("h2.unseen", {}, words.title), turns);
  const composer = buildComposer(ask, stop);
  const welcome = buildWelcome(addFiles, (isEmpty) => area.classList.toggle("nothing", isEmpty && isNew()));
  /** What is being read, by the id of its chat; null for a chat that is not stored yet. */
  const underWay = new Map();

  const isNew = () => state.chatId === null && !underWay.has(null);

  async function show(chatId) {
    composer.show({ reading: underWay.has(chatId), followUp: chatId !== null });
    fill(turns, isNew() ? welcome.element : el("p.quiet", {}, words.loading));
    welcome.show();
    if (chatId === null) return;
    try {
      const chat = await getJson(`/v1/chats/${encodeURIComponent(chatId)}`);
      if (chatId !== state.chatId) return;
      fill(turns, ...chat.turns.map(storedTurn), underWay.get(chatId)?.turn.element ?? cutOff(chatId));
      scroll.scrollTop = scroll.scrollHeight;
    } catch (error) {
      fill(turns, el("p.status", {}, error.type === "not_found" ? words.gone : wordsOf(error).what));
    }
  }

  function cutOff(chatId) {
    const asked = askedIn(chatId);
    if (!asked) return null;
    const turn = liveTurn(asked.question);
    turn.fail({ type: "cut_off" }, () => again(asked, turn));
    return turn.element;
  }

  async function ask(asked) {
    const turn = liveTurn(asked.question);
    const mine = { turn, stopping: new AbortController(), chatId: state.chatId, questionId: null };
    underWay.set(mine.chatId, mine);
    composer.show({ reading: true, followUp: true });
    welcome.element.remove();
    turns.append(turn.element);
    scroll.scrollTop = scroll.scrollHeight;
    try {
      await read(asked, mine);
      dropAsked(mine.chatId);
      tell("chats");
    } catch (error) {
      // Leaving the page looks like this too.
      if (error.type !== "unreachable") dropAsked(mine.chatId);
      turn.fail(error, () => again(asked, turn));
    }
    underWay.delete(mine.chatId);
    if (mine.chatId === state.chatId) composer.show({ reading: false, followUp: true });
  }

  function again(asked, turn) {
    if (underWay.has(state.chatId)) return;
    turn.element.remove();
    ask(asked);
  }

  async function read(asked, mine) {
    await store(mine);
    keepAsked(mine.chatId, asked);
    const path = `${inCollection(state.collection)}/ask`;
    const body = { ...asked, stream: true, chat_id: mine.chatId };
    for await (const { event, data } of events(path, body, mine.stopping.signal)) {
      if (event === "question") mine.questionId = data.question_id;
      else if (event === "error") throw data;
      const follow = isAtEnd();
      mine.turn.hear(event, data);
      if (follow && mine.chatId === state.chatId) showEnd(mine.turn.element);
      if (event === "answer") return;
    }
    throw { type: "unreachable" };
  }

  async function store(mine) {
    if (mine.chatId !== null) return;
    const { chat_id } = await send("POST", "/v1/chats", { collection: state.collection });
    underWay.delete(null);
    mine.chatId = chat_id;
    underWay.set(chat_id, mine);
    if (state.chatId === null) chatStored(chat_id);
  }

  // Closing the connection stops a question too, but a proxy may keep it open.
  function stop() {
    const mine = underWay.get(state.chatId);
    if (mine?.questionId) request(`/v1/questions/${mine.questionId}`, { method: "DELETE" }).catch(() => {});
    mine?.stopping.abort();
  }

  function isAtEnd() {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END;
  }

  // The end of a turn, but never so far that its question is gone.
  function showEnd(turn) {
    const top = turn.offsetTop - turns.offsetTop;
    scroll.scrollTop = Math.min(top, scroll.scrollHeight - scroll.clientHeight);
  }

  area.append(scroll, composer.element);
  on("chat", show);
  on("removed", () => state.chatId !== null && !underWay.has(state.chatId) && show(state.chatId));
  return { focus: composer.focus };
}
