// The page's frame: library, chat, document. Side by side where there is room, else one at a time.

import { regions } from "./announce.js";
import { button, el } from "./dom.js";
import { on, tell } from "./state.js";
import { texts } from "./texts.js";
import { themeSwitch } from "./theme.js";

const AREAS = ["library", "chat", "document"];

/** Fill the page; return the elements of the three areas. */
export function buildShell(shell) {
  const areas = {
    library: el("div.scroll"),
    chat: el("main.area.chat", { id: "chat", tabindex: "-1", "aria-label": texts.areas.chat }),
    document: el("aside.area.document", { id: "document", "aria-label": texts.areas.document }),
  };
  const brand = el("h1.brand", {}, texts.name);
  const foot = el("footer.foot", {}, themeSwitch());
  const aside = el("nav.area.library", { id: "library", "aria-label": texts.areas.library }, brand, areas.library, foot);
  const tabs = AREAS.map((area) => button(texts.areas[area], () => tell("area", area), { kind: "tab" }));
  const skip = el("a.skip", { href: "#question", onclick: toQuestion }, texts.skip);
  shell.append(skip, aside, areas.chat, areas.document, el("nav.tabs", { "aria-label": texts.areas.label }, ...tabs), ...regions);
  on("area", (area) => {
    shell.dataset.area = area;
    tabs.forEach((tab, place) => tab.setAttribute("aria-current", String(AREAS[place] === area)));
  });
  tell("area", "chat");
  return areas;
}

// The address names the collection and the chat: the link must not change it.
function toQuestion(event) {
  event.preventDefault();
  tell("area", "chat");
  document.getElementById("question").focus();
}
