// Asks: yes or no, or for a line of text. Resolves when the dialog is closed; focus goes back by itself.

import { button, el } from "./dom.js";
import { texts } from "./texts.js";

/** Ask whether to do something that cannot be undone. */
export async function confirmed({ title, text, yes }) {
  return (await asked({ title, text, yes, kind: "danger" })) !== null;
}

/** Ask for a line of text; null where none is given. */
export async function line({ title, text, yes, label, hint, value = "", secret = false }) {
  const type = secret ? "password" : "text";
  const field = el("input", { type, value, required: true, "aria-describedby": hint && "line-hint", autocomplete: "off" });
  const shown = el("label.field", {}, el("span", {}, label), field, hint && el("small.quiet", { id: "line-hint" }, hint));
  const answer = await asked({ title, text, yes, field, shown });
  return answer === null ? null : field.value.trim() || null;
}

function asked({ title, text, yes, field, shown, kind = "main" }) {
  const heading = el("h2", { id: "dialog-title" }, title);
  const agree = el(`button.${kind}`, { type: "submit" }, yes);
  const refuse = button(texts.cancel, () => dialog.close());
  const form = el("form", { method: "dialog" }, heading, text && el("p", {}, text), shown, el("p.choices", {}, refuse, agree));
  const dialog = el("dialog", { "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close("yes");
  });
  document.body.append(dialog);
  dialog.showModal();
  (field ?? refuse).focus();
  field?.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? true : null);
    });
  });
}
