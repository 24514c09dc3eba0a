// Light or dark: as the system prefers, or as chosen here. Runs before the page is painted.

import { button } from "./dom.js";
import { texts } from "./texts.js";

const KEY = "longreader-theme";
const THEMES = ["auto", "light", "dark"];

apply(chosen());

/** Make the button that goes on to the next theme. */
export function themeSwitch() {
  const made = button("", () => {
    const next = THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length];
    localStorage.setItem(KEY, next);
    apply(next);
    label();
  });
  const label = () => (made.textContent = `${texts.theme.label}: ${texts.theme[chosen()]}`);
  label();
  return made;
}

function chosen() {
  const kept = localStorage.getItem(KEY);
  return THEMES.includes(kept) ? kept : "auto";
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
}
