// A document at a place: the real page of a PDF, or the text of any format, with the quoted words marked.

import { announce } from "./announce.js";
import { getJson, inCollection } from "./api.js";
import { contentsList, pageAt } from "./contents.js";
import { button, el, fill } from "./dom.js";
import { useStyle } from "./styles.js";
import { texts } from "./texts.js";
import { textView } from "./text_view.js";

const words = texts.viewer;

/**
 * Show a document.
 * @param {HTMLElement} container
 * @param {{collection: string, documentId: string, start: number, end: number, page: number, quote: string}} place
 *   `start` to `end` are characters of the document's text, marked where there are any
 */
export async function show(container, { collection, documentId, start = 0, end = 0, page = 1, quote = "" }) {
  const address = inCollection(collection, "documents", documentId);
  const [info] = await Promise.all([getJson(address), useStyle("beside"), useStyle("viewer")]);
  const span = end > start ? { start, end } : null;
  const place = { address, info, span, page: span ? pageAt(info.pages, start) : Math.min(page, info.pages.length) };
  const viewer = new Viewer(container, place, quote);
  await viewer.open(info.media_type === "application/pdf" ? "page" : "text");
  if (span) announce(words.opened(place.page, info.pages.length));
}

class Viewer {
  #place;
  #view = null;
  #round = 0;
  #body = el("div.viewer-body");
  #remark = el("p.viewer-remark", { role: "status", hidden: true });
  #number;
  #controls;

  constructor(container, place, quote) {
    this.#place = place;
    this.#number = el("input.page-number", {
      type: "number",
      min: 1,
      max: place.info.pages.length,
      "aria-label": words.page,
      onchange: () => this.#goTo(this.#number.valueAsNumber),
    });
    this.#controls = this.#makeControls();
    const quoted = quote && el("p.unseen", {}, words.quoted(quote));
    fill(container, this.#toolbar(), quoted, this.#remark, this.#body);
    container.addEventListener("keydown", (event) => this.#hear(event));
  }

  /** Show the document as "page" or as "text". What cannot be drawn is shown as text. */
  async open(wanted) {
    const mine = (this.#round += 1);
    this.#view?.close();
    this.#view = null;
    this.#tell("");
    fill(this.#body, el("p.quiet.centre", {}, texts.loading));
    const body = el("div.viewer-body");
    const { view, kind } = await this.#make(wanted, body);
    // Something else was chosen meanwhile.
    if (mine !== this.#round) return view.close();
    this.#body.replaceWith(body);
    this.#body = body;
    this.#view = view;
    if (kind !== wanted) this.#tell(words.undrawn);
    for (const [name, made] of Object.entries(this.#controls.kinds)) made.setAttribute("aria-pressed", String(name === kind));
    this.#controls.zoom.hidden = kind === "text";
    this.#showNumber(this.#place.page);
    return view.toQuote();
  }

  async #make(kind, body) {
    const told = { onPage: (page) => this.#showNumber(page), onRemark: (text) => this.#tell(text) };
    if (kind === "text") return { kind, view: await textView(body, this.#place, told) };
    try {
      const { pdfView } = await import("./pdf_view.js");
      return { kind, view: await pdfView(body, this.#place, told) };
    } catch {
      return this.#make("text", body);
    }
  }

  #makeControls() {
    const previous = button(words.previous, () => this.#goTo(this.#number.valueAsNumber - 1), { sign: "‹", kind: "sign" });
    const next = button(words.next, () => this.#goTo(this.#number.valueAsNumber + 1), { sign: "›", kind: "sign" });
    const toQuote = button(words.toQuote, () => this.#view?.toQuote(), { hidden: true });
    const zoom = el(
      "span.group",
      {},
      button(words.smaller, () => this.#view?.zoom(-1), { sign: "−", kind: "sign", "aria-keyshortcuts": "-" }),
      button(words.fit, () => this.#view?.zoom(0), { sign: "↔", kind: "sign", "aria-keyshortcuts": "0" }),
      button(words.larger, () => this.#view?.zoom(1), { sign: "+", kind: "sign", "aria-keyshortcuts": "+" }),
    );
    const kinds = {
      page: button(words.asPage, () => this.open("page"), { kind: "choice" }),
      text: button(words.asText, () => this.open("text"), { kind: "choice" }),
    };
    return { previous, next, toQuote, zoom, kinds };
  }

  #toolbar() {
    const { info } = this.#place;
    const { previous, next, toQuote, zoom, kinds } = this.#controls;
    const pages = [previous, this.#number, el("span.quiet", {}, words.of(info.pages.length)), next];
    const contents = contentsList(info.headings, words.contents, (heading) => {
      folded.open = false;
      this.#view?.goToSpan(heading);
    });
    const folded = el("details.folded", { hidden: !contents }, el("summary", {}, words.contents), contents);
    return el(
      "div.tools",
      { role: "toolbar", "aria-label": words.toolbar },
      el("span.group", { hidden: info.pages.length < 2 }, ...pages),
      zoom,
      folded,
      toQuote,
      el("span.group.kinds", { role: "group", "aria-label": words.as, hidden: info.media_type !== "application/pdf" }, ...Object.values(kinds)),
    );
  }

  #goTo(page) {
    const wanted = Math.min(Math.max(page || 1, 1), this.#place.info.pages.length);
    this.#showNumber(wanted);
    this.#view?.goTo(wanted);
  }

  #showNumber(page) {
    const { info, span } = this.#place;
    this.#number.value = page;
    this.#controls.toQuote.hidden = !span || page === this.#place.page;
    this.#controls.previous.disabled = page <= 1;
    this.#controls.next.disabled = page >= info.pages.length;
  }

  #tell(text) {
    this.#remark.textContent = text;
    this.#remark.hidden = !text;
  }

  #hear(event) {
    if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const zoom = { "+": 1, "=": 1, "-": -1, 0: 0 }[event.key];
    // On a page that is wider than its room, the arrows scroll.
    if (step && !this.#view?.isWide) this.#goTo(this.#number.valueAsNumber + step);
    else if (zoom !== undefined && this.#view?.zoom) this.#view.zoom(zoom);
    else return;
    event.preventDefault();
  }
}
