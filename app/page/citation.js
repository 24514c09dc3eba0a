// Numbered citations: the marker in the answer, the quote on hover and focus, the way to its place in the document.

import { el } from "./dom.js";
import { tell } from "./state.js";
import { language, texts } from "./texts.js";

const GAP = 8;
// Costly to make.
const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
const bubble = el("div.bubble", { id: "quote", role: "tooltip", hidden: true });
let owner = null;
let hiding = null;

/** Make a citation's marker. */
export function marker(citation) {
  const made = el("button.mark", { type: "button", "aria-label": texts.citation.label(citation) }, String(citation.number));
  const show = () => showQuote(made, citation);
  made.addEventListener("mouseenter", show);
  made.addEventListener("focus", show);
  made.addEventListener("mouseleave", hideSoon);
  made.addEventListener("blur", hide);
  made.addEventListener("click", () => openPlace(citation));
  return made;
}

/** Make a line of the list of sources. */
export function source(citation) {
  const place = el("span.quiet", {}, `${citation.title}, ${texts.citation.place(citation)}`);
  const open = el(
    "button.source",
    { type: "button", onclick: () => openPlace(citation) },
    el("span.number", {}, String(citation.number)),
    el("span.quote", {}, `“${oneLine(citation.quote)}”`),
    place,
  );
  return el("li", {}, open);
}

/** Open the document at a citation's place. */
export function openPlace(citation) {
  hide();
  tell("open", { kind: "document", documentId: citation.document_id, ...citation });
}

/**
 * Tell where in a text its citations belong: where it names them as [1], else after the sentence that shares the most
 * words with the quote, since most answers are a sentence or two.
 * @returns {{start: number, end: number, citation: object}[]} by place; `start` to `end` is replaced by the marker
 */
export function placesOf(text, citations) {
  const byNumber = new Map(citations.map((citation) => [citation.number, citation]));
  const named = [...text.matchAll(/ ?\[(\d+)\]/g)].filter((found) => byNumber.has(Number(found[1])));
  const places = named.map((found) => ({
    ...{ start: found.index, end: found.index + found[0].length },
    citation: byNumber.get(Number(found[1])),
  }));
  const seen = new Set(places.map((place) => place.citation));
  const sentences = sentencesOf(text);
  for (const citation of citations.filter((one) => !seen.has(one))) {
    const end = sentences.length ? nearest(sentences, citation.quote).end : text.length;
    places.push({ start: end, end, citation });
  }
  return places.sort((a, b) => a.start - b.start);
}

function sentencesOf(text) {
  return [...segmenter.segment(text)]
    .filter(({ segment }) => segment.trim())
    .map(({ segment, index }) => ({ words: wordsIn(segment), end: index + segment.trimEnd().length }));
}

function nearest(sentences, quote) {
  const quoted = wordsIn(quote);
  const shared = ({ words }) => [...words].filter((word) => quoted.has(word)).length;
  return sentences.reduce((best, one) => (shared(one) > shared(best) ? one : best));
}

function wordsIn(text) {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
}

// Between the cells of a table's row stand bars in the text.
function oneLine(text) {
  return text.replace(/\s+/g, " ").replaceAll(" | ", " · ").trim();
}

function showQuote(made, citation) {
  clearTimeout(hiding);
  owner?.removeAttribute("aria-describedby");
  owner = made;
  bubble.replaceChildren(
    el("span.quote", {}, `“${oneLine(citation.quote)}”`),
    el("span.quiet", {}, `${citation.title}, ${texts.citation.place(citation)}`),
  );
  if (!bubble.isConnected) {
    document.body.append(bubble);
    bubble.addEventListener("mouseenter", () => clearTimeout(hiding));
    bubble.addEventListener("mouseleave", hideSoon);
    addEventListener("keydown", (event) => event.key === "Escape" && hide());
    addEventListener("scroll", hide, true);
  }
  bubble.hidden = false;
  made.setAttribute("aria-describedby", bubble.id);
  setPlace(made.getBoundingClientRect());
}

// Above the marker, or below it where there is no room; never beyond the window's sides.
function setPlace(at) {
  const { width, height } = bubble.getBoundingClientRect();
  const left = Math.min(Math.max(GAP, at.left - width / 3), innerWidth - width - GAP);
  const above = at.top - height - GAP;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${above > GAP ? above : at.bottom + GAP}px`;
}

// The pointer may go on to the quote, to select words in it.
function hideSoon() {
  clearTimeout(hiding);
  hiding = setTimeout(hide, 200);
}

function hide() {
  bubble.hidden = true;
  owner?.removeAttribute("aria-describedby");
  owner = null;
}
