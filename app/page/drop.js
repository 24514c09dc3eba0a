// Where files are handed in: a button, and the whole page as a place to drop them.

import { el } from "./dom.js";
import { texts } from "./texts.js";

/** Let files be chosen. `add` is handed them. */
export function pickFiles(add) {
  const input = el("input", { type: "file", multiple: true });
  input.addEventListener("change", () => add([...input.files]));
  input.click();
}

/** Make the button that opens the system's choice of files. `add` is handed the files. */
export function fileButton(add, kind = "plain") {
  const input = el("input.unseen", { type: "file", multiple: true, tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  const open = el(`button.${kind}`, { type: "button", onclick: () => input.click() }, texts.library.add);
  return el("span.files", {}, input, open);
}

/** Let files be dropped anywhere on the page. */
export function takeDrops(add) {
  const veil = el("div.veil", { hidden: true }, el("p", {}, texts.library.drop));
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const enter = (change) => (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth += change;
    veil.hidden = depth <= 0;
  };
  document.body.append(veil);
  addEventListener("dragenter", enter(1));
  addEventListener("dragleave", enter(-1));
  addEventListener("dragover", enter(0));
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    add([...event.dataTransfer.files]);
  });
}
