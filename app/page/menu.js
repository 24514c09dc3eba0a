// How a question is read: its mode and the most that it may cost. Kept for the next time.

import { el } from "./dom.js";
import { texts } from "./texts.js";

const KEY = "longreader-reading";
const AUTO = "auto";
const words = texts.menu;

/** Build the menu: {element, chosen()}; `chosen` returns what a request says of mode and budget. */
export function buildMenu() {
  const kept = restored();
  const modes = Object.entries(words.modes).map(([mode, [name, about]]) => modeLine(mode, name, about, kept.mode ?? AUTO));
  const tokens = limit(words.tokens, kept.tokens, 1000);
  const seconds = limit(words.secondsLabel, kept.seconds, 10);
  const title = el("summary", { "aria-label": words.label });
  const budget = el("fieldset", {}, el("legend", {}, words.budget), tokens.element, seconds.element);
  const choices = el("div.menu", {}, el("fieldset", {}, el("legend", {}, words.mode), ...modes), budget);
  const element = el("details.reading", { onchange: keep }, title, choices);

  function values() {
    const mode = element.querySelector("input[type=radio]:checked").value;
    return { mode, tokens: tokens.value(), seconds: seconds.value() };
  }

  function keep() {
    localStorage.setItem(KEY, JSON.stringify(values()));
    show();
  }

  function show() {
    const { mode, tokens, seconds } = values();
    title.textContent = words.shown(words.modes[mode][0], tokens, seconds);
    title.setAttribute("aria-label", `${words.label}. ${title.textContent}`);
  }

  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    event.preventDefault();
    element.open = false;
    title.focus();
  });
  addEventListener("click", (event) => {
    if (!element.contains(event.target)) element.open = false;
  });
  show();
  return {
    element,
    chosen() {
      const { mode, tokens, seconds } = values();
      return { mode: mode === AUTO ? null : mode, budget: { tokens, seconds } };
    },
  };
}

function modeLine(mode, name, about, chosen) {
  const input = el("input", { type: "radio", name: "mode", value: mode, checked: mode === chosen });
  return el("label.mode", {}, input, el("span", {}, el("b", {}, name), " ", el("span.quiet", {}, about)));
}

function limit(label, value, step) {
  const input = el("input", { type: "number", min: 1, step: "any", value, placeholder: words.none, inputmode: "numeric" });
  return {
    element: el("label.limit", {}, el("span", {}, label), input),
    value: () => (input.validity.valid && input.value ? Math.ceil(Number(input.value)) : null),
  };
}

function restored() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return kept.mode in words.modes ? kept : {};
  } catch {
    return {};
  }
}
