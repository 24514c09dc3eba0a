// One page of a PDF at a time: its picture, its words to select, and the quoted words marked at their place.

import { getJson } from "./api.js";
import { el, fill } from "./dom.js";
import { openPdf } from "./pdf_file.js";
import { texts } from "./texts.js";
import { pageAt } from "./contents.js";

const ZOOM_STEP = 1.25;
const LEAST_ZOOM = 0.5;
const MOST_ZOOM = 6;
const MOST_PIXELS = 16_777_216;
const QUOTE_MARGIN = 24;
const REDRAW_MILLISECONDS = 120;

/** Fill `body` with a page; return what goes on to others. `onPage` is told which one is shown. */
export async function pdfView(body, place, told) {
  const { pdfjs, pdf } = await openPdf(place.address);
  return new PdfView(body, place, told, pdfjs, pdf);
}

class PdfView {
  #place;
  #told;
  #pdfjs;
  #pdf;
  #scroller = el("div.sheets", { tabindex: "0", role: "region" });
  #watcher;
  #page;
  #zoom = 1;
  #round = 0;
  #task = null;
  #width = 0;
  #later = null;

  constructor(body, place, told, pdfjs, pdf) {
    this.#place = place;
    this.#told = told;
    this.#pdfjs = pdfjs;
    this.#pdf = pdf;
    this.#page = place.page;
    fill(body, this.#scroller);
    this.#watcher = new ResizeObserver(() => this.#resized());
    this.#watcher.observe(this.#scroller);
  }

  close() {
    this.#round += 1;
    this.#task?.cancel();
    this.#watcher.disconnect();
    clearTimeout(this.#later);
  }

  get isWide() {
    return this.#scroller.scrollWidth > this.#scroller.clientWidth;
  }

  toQuote() {
    return this.#draw(this.#place.page, { toMark: true });
  }

  goTo(page) {
    return this.#draw(page, { toMark: false });
  }

  goToSpan({ start }) {
    return this.goTo(pageAt(this.#place.info.pages, start));
  }

  /** Make the page larger (1), smaller (-1), or as wide as there is room (0). */
  zoom(step) {
    const wanted = step ? this.#zoom * ZOOM_STEP ** step : 1;
    this.#zoom = Math.min(Math.max(wanted, LEAST_ZOOM), MOST_ZOOM);
    return this.#draw(this.#page, { keep: true });
  }

  #resized() {
    if (!this.#scroller.isConnected) return this.close();
    if (Math.abs(this.#scroller.clientWidth - this.#width) < 2) return undefined;
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#draw(this.#page, { keep: true }), REDRAW_MILLISECONDS);
    return undefined;
  }

  // The sheet comes first, empty and marked, so that the place is there at once; the picture follows.
  async #draw(number, { toMark = false, keep = false }) {
    const mine = (this.#round += 1);
    this.#task?.cancel();
    this.#page = number;
    this.#told.onPage(number);
    const [page, spots] = await Promise.all([this.#pdf.getPage(number), this.#spots(number)]);
    if (mine !== this.#round) return;
    const viewport = this.#viewport(page);
    const sheet = this.#sheet(number, viewport, spots);
    this.#put(sheet, { toMark, keep });
    try {
      await Promise.all([this.#paint(page, viewport, sheet), this.#layWords(page, viewport, sheet)]);
    } catch (error) {
      if (error.name === "RenderingCancelledException" || mine !== this.#round) return;
      this.#told.onRemark(texts.viewer.undrawnPage);
    } finally {
      if (mine === this.#round) sheet.removeAttribute("aria-busy");
    }
  }

  #viewport(page) {
    this.#width = this.#scroller.clientWidth;
    const style = getComputedStyle(this.#scroller);
    const room = this.#width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const scale = (Math.max(room, 120) / page.getViewport({ scale: 1 }).width) * this.#zoom;
    return page.getViewport({ scale });
  }

  #sheet(number, viewport, spots) {
    const marks = spots.map(({ left, top, width, height }) => {
      const mark = el("div.spot", { "aria-hidden": "true" });
      Object.assign(mark.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
      return mark;
    });
    const sheet = el("div.sheet", { role: "group", "aria-label": texts.viewer.sheet(number), "aria-busy": "true" }, ...marks);
    sheet.style.width = `${Math.floor(viewport.width)}px`;
    sheet.style.height = `${Math.floor(viewport.height)}px`;
    sheet.style.setProperty("--total-scale-factor", viewport.scale);
    sheet.style.setProperty("--scale-round-x", "1px");
    sheet.style.setProperty("--scale-round-y", "1px");
    return sheet;
  }

  #put(sheet, { toMark, keep }) {
    const scroller = this.#scroller;
    const across = scroller.scrollLeft / (scroller.scrollWidth || 1);
    const down = scroller.scrollTop / (scroller.scrollHeight || 1);
    scroller.setAttribute("aria-label", sheet.getAttribute("aria-label"));
    fill(scroller, sheet);
    const mark = sheet.querySelector(".spot");
    if (keep) scroller.scrollTo(across * scroller.scrollWidth, down * scroller.scrollHeight);
    else if (toMark && mark) scroller.scrollTo(mark.offsetLeft - QUOTE_MARGIN, sheet.offsetTop + mark.offsetTop - scroller.clientHeight / 3);
    else scroller.scrollTo(0, 0);
  }

  async #paint(page, viewport, sheet) {
    const sharp = Math.min(devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
    const canvas = el("canvas", { "aria-hidden": "true" });
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    sheet.prepend(canvas);
    const transform = sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0];
    this.#task = page.render({ canvas, viewport, transform });
    await this.#task.promise;
  }

  async #layWords(page, viewport, sheet) {
    const container = el("div.textLayer");
    sheet.append(container);
    const layer = new this.#pdfjs.TextLayer({ textContentSource: page.streamTextContent(), container, viewport });
    await layer.render();
  }

  /** Return where the quoted words stand on a page, in hundredths of its width and height. */
  async #spots(number) {
    const { address, info, span } = this.#place;
    const { start, end } = info.pages[number - 1] ?? { start: 0, end: 0 };
    if (!span || span.end <= start || span.start >= end) return [];
    const { width, height, boxes } = await getJson(`${address}/pages/${number}/boxes?${new URLSearchParams(span)}`);
    if (!boxes.length) this.#told.onRemark(texts.viewer.unplaced);
    return boxes.map(({ left, top, right, bottom }) => ({
      ...{ left: (left / width) * 100, top: (top / height) * 100 },
      ...{ width: ((right - left) / width) * 100, height: ((bottom - top) / height) * 100 },
    }));
  }
}
