// A document's text as it is stored, in parts: what stands around a place is fetched first, the rest as it is scrolled to.
// Places count characters as the service does, by code points; so do the parts here.

import { getJson } from "./api.js";
import { button, el, fill } from "./dom.js";
import { pageAt } from "./contents.js";
import { count, sectionsOf } from "./text_blocks.js";
import { texts } from "./texts.js";

const AROUND = 6_000;
const AT_ONCE = 24_000;
const TOP_GAP = 56;

/** Fill `body` with the text around a place; return what goes on to others. `onPage` is told which page is on top. */
export async function textView(body, place, told) {
  return new TextView(body, place, told);
}

class TextView {
  #place;
  #told;
  #from = 0;
  #to = 0;
  #busy = false;
  // A jump begins a new one: what was asked for before it is not put in after it.
  #round = 0;
  #text = el("div.text-body");
  #earlier = button(texts.viewer.earlier, () => this.#more(-1), { kind: "plain", hidden: true });
  #later = button(texts.viewer.later, () => this.#more(1), { kind: "plain", hidden: true });
  #scroller;
  #watcher;

  constructor(body, place, told) {
    this.#place = place;
    this.#told = told;
    const code = place.info.media_type.startsWith("text/x-");
    const given = { tabindex: "0", role: "region", "aria-label": texts.viewer.text, onscroll: () => this.#scrolled() };
    this.#scroller = el(`div.text-scroll${code ? ".code" : ""}`, given, this.#earlier, this.#text, this.#later);
    fill(body, this.#scroller);
    this.#watcher = new IntersectionObserver((seen) => this.#reached(seen), { root: this.#scroller, rootMargin: "400px" });
  }

  close() {
    this.#watcher.disconnect();
  }

  async toQuote() {
    const { span, page, info } = this.#place;
    if (!span) return this.goTo(page);
    if (!(await this.#showAround(span.start, info))) return undefined;
    const mark = this.#text.querySelector("mark");
    if (mark) this.#scrollTo(mark, this.#scroller.clientHeight / 3);
    return undefined;
  }

  goTo(page) {
    return this.goToSpan(this.#place.info.pages[page - 1] ?? { start: 0 });
  }

  async goToSpan({ start }) {
    if (!(await this.#showAround(start, this.#place.info))) return;
    const blocks = [...this.#text.querySelectorAll("[data-start]")];
    const found = blocks.find((block) => Number(block.dataset.end) > start) ?? blocks.at(-1);
    if (found) this.#scrollTo(found.matches(":first-child") ? found.parentElement : found, TOP_GAP / 2);
  }

  // Returns whether the place is there now: not where another jump was made meanwhile.
  async #showAround(offset, { character_count }) {
    const mine = (this.#round += 1);
    this.#busy = true;
    this.#watcher.disconnect();
    try {
      if (offset < this.#from || offset >= this.#to) {
        const pieces = await this.#fetch(Math.max(0, offset - AROUND), Math.min(character_count, offset + AT_ONCE));
        if (mine !== this.#round) return false;
        fill(this.#text, ...pieces.sections);
        this.#from = pieces.from;
        this.#to = pieces.to;
      }
      this.#showEnds();
      return true;
    } finally {
      if (mine === this.#round) this.#busy = false;
    }
  }

  async #more(direction) {
    if (this.#busy) return;
    this.#busy = true;
    const mine = this.#round;
    try {
      const { character_count } = this.#place.info;
      const [from, to] =
        direction > 0
          ? [this.#to, Math.min(character_count, this.#to + AT_ONCE)]
          : [Math.max(0, this.#from - AT_ONCE), this.#from];
      const { sections, ...got } = await this.#fetch(from, to);
      if (mine !== this.#round) return;
      if (direction > 0) this.#text.append(...sections);
      else this.#prepend(sections);
      if (direction > 0) this.#to = got.to;
      else this.#from = got.from;
      this.#showEnds();
    } finally {
      if (mine === this.#round) this.#busy = false;
    }
  }

  #prepend(sections) {
    const before = this.#scroller.scrollHeight;
    this.#text.prepend(...sections);
    this.#scroller.scrollTop += this.#scroller.scrollHeight - before;
  }

  // A part begins and ends between paragraphs, unless one is longer than all of it.
  async #fetch(from, to) {
    const { address, info, span } = this.#place;
    const got = await getJson(`${address}/text?${new URLSearchParams({ start: from, end: to })}`);
    const letters = Array.from(got.text);
    let [first, last] = [0, letters.length];
    if (from > 0 && from !== this.#to) first = cutAfter(got.text) ?? 0;
    if (to < info.character_count && to !== this.#from) last = cutBefore(got.text) ?? last;
    if (last <= first) [first, last] = [0, letters.length];
    const piece = { from: from + first, to: from + last, letters: letters.slice(first, last) };
    return { ...piece, sections: sectionsOf(piece, info, span) };
  }

  #showEnds() {
    this.#earlier.hidden = this.#from <= 0;
    this.#later.hidden = this.#to >= this.#place.info.character_count;
    this.#watcher.disconnect();
    // Seen anew: what is still in view asks for more.
    for (const end of [this.#earlier, this.#later]) if (!end.hidden) this.#watcher.observe(end);
  }

  #reached(seen) {
    if (!this.#scroller.isConnected) return this.close();
    const next = seen.find((entry) => entry.isIntersecting);
    if (next) this.#more(next.target === this.#later ? 1 : -1);
    return undefined;
  }

  #scrollTo(element, above) {
    const scroller = this.#scroller;
    const at = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    scroller.scrollTo(0, at - above);
  }

  #scrolled() {
    const top = this.#scroller.getBoundingClientRect().top + TOP_GAP;
    const sections = [...this.#text.children];
    const shown = sections.findLast((section) => section.getBoundingClientRect().top <= top) ?? sections[0];
    if (shown) this.#told.onPage(Number(shown.dataset.page));
  }
}

function cutAfter(text) {
  const found = text.indexOf("\n\n");
  return found < 0 ? null : count(text.slice(0, found + 2));
}

function cutBefore(text) {
  const found = text.lastIndexOf("\n\n");
  return found < 0 ? null : count(text.slice(0, found + 2));
}
