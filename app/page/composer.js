// Where a question is written: Enter asks, Shift+Enter breaks the line; while one is read, it can be stopped.

import { button, el } from "./dom.js";
import { buildMenu } from "./menu.js";
import { texts } from "./texts.js";

const MOST_CHARACTERS = 20_000;
const words = texts.chat;

/** Build the form. `ask` is handed a question with mode and budget; `stop` is called to stop the one being read. */
export function buildComposer(ask, stop) {
  const field = el("textarea", { id: "question", rows: 1, maxlength: MOST_CHARACTERS, placeholder: words.placeholder });
  const menu = buildMenu();
  const send = el("button.main", { type: "submit" }, words.ask);
  const halt = button(words.stop, stop, { kind: "main", hidden: true });
  const form = el(
    "form.composer",
    {},
    el("label.unseen", { for: "question" }, words.question),
    field,
    el("p.bar", {}, menu.element, halt, send),
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = field.value.trim();
    if (!question || send.hidden) return;
    field.value = "";
    ask({ question, ...menu.chosen() });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  return {
    element: form,
    /** Show whether a question is being read, and whether one was asked before. */
    show({ reading, followUp }) {
      send.hidden = reading;
      halt.hidden = !reading;
      field.placeholder = followUp ? words.followUp : words.placeholder;
    },
    /** Put a question back, unless another one is being written. */
    restore(question) {
      if (!field.value) field.value = question;
    },
    focus: () => field.focus(),
  };
}
