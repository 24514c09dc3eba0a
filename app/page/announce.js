// What screen readers are told: two live regions, made once.

import { el } from "./dom.js";

const polite = el("div.unseen", { role: "status", "aria-live": "polite" });
const urgent = el("div.unseen", { role: "alert" });

export const regions = [polite, urgent];

export function announce(text) {
  polite.textContent = text;
}

export function alarm(text) {
  urgent.textContent = text;
}
