// An answer: its text with markers, how far it goes in plain words, its sources, and copying it. Text and quotes come
// from a model and from documents: they become text nodes, with paragraphs and plain lists and nothing else.

import { announce } from "./announce.js";
import { marker, placesOf, source } from "./citation.js";
import { button, el } from "./dom.js";
import { texts } from "./texts.js";

const BULLET = /^[-•*]\s+/;
const LAST_WORD = /\S{1,24}$/;
const NUMBER = /^(\d{1,4})[.)]\s+/;

/** Make what is shown of an answer. */
export function answerView(answer) {
  const { status, text, citations, usage } = answer;
  const told = status !== "not_in_document" && text;
  return el(
    "div.answer",
    {},
    statusLine(answer),
    told && el("div.text", {}, ...blocks(text, placesOf(text, citations))),
    citations.length > 0 && el("ol.sources", { "aria-label": texts.citation.list }, ...citations.map(source)),
    el(
      "p.after",
      {},
      el("span.quiet.small", {}, foot(answer)),
      told && button(texts.answer.copy(citations.length), () => copy(copied(answer)), { kind: "plain small" }),
    ),
  );
}

/** Make what is shown of an answer while it is being written. */
export function previewBlocks(text) {
  return blocks(text, []);
}

/** Return what a screen reader is told of an answer. */
export function spoken({ status, text, citations }) {
  return status === "not_in_document" ? texts.status.notFoundTitle : texts.answer.spoken(text, citations.length);
}

function statusLine({ status, text, citations }) {
  const words = texts.status;
  switch (status) {
    case "partly_answered":
      return el("p.status", {}, citations.length ? words.partly : words.partlyUnquoted);
    case "not_in_document":
      return el("div.status", {}, el("p.lead", {}, words.notFoundTitle), el("p.quiet", {}, words.notFound));
    case "budget_spent":
      return el("p.status", {}, text ? words.spent : words.spentNothing);
    default:
      return null;
  }
}

function foot({ status, citations, usage }) {
  const checked = status !== "not_in_document" && citations.length > 0 && texts.status.answered(citations.length);
  return [checked, texts.status.cost(usage)].filter(Boolean).join(" · ");
}

function copied({ text, citations }) {
  const sources = citations.map(texts.citation.copied);
  return [withNumbers(text, citations), ...sources].join("\n\n");
}

function withNumbers(text, citations) {
  let made = "";
  let at = 0;
  for (const { start, end, citation } of placesOf(text, citations)) {
    made += `${text.slice(at, start)} [${citation.number}]`;
    at = end;
  }
  return made + text.slice(at);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    announce(texts.answer.copied);
  } catch {
    announce(copiedOldWay(text) ? texts.answer.copied : texts.answer.notCopied);
  }
}

// Where the page came over plain HTTP from another machine, browsers have no clipboard for it.
function copiedOldWay(text) {
  const field = el("textarea.unseen", { "aria-hidden": "true", tabindex: "-1" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** Return paragraphs and lists of a text, a line each, with the markers in them. */
function blocks(text, places) {
  const made = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed) put(made, line, offset, places);
    offset += line.length + 1;
  }
  return made;
}

function put(made, line, offset, places) {
  const skipped = line.length - line.trimStart().length;
  const content = line.slice(skipped);
  const [bullet] = BULLET.exec(content) ?? [];
  const [numbered, value] = NUMBER.exec(content) ?? [];
  const lead = skipped + (bullet ?? numbered ?? "").length;
  const parts = inline(line, lead, offset, places);
  if (!bullet && !numbered) {
    made.push(el("p", {}, ...parts));
    return;
  }
  const kind = bullet ? "UL" : "OL";
  if (made.at(-1)?.tagName !== kind) made.push(el(kind.toLowerCase()));
  made.at(-1).append(el("li", { value: numbered && value }, ...parts));
}

function inline(line, lead, offset, places) {
  const parts = [];
  let at = lead;
  for (const { start, end, citation } of places) {
    const [from, to] = [start - offset, end - offset];
    if (from < lead || from > line.length) continue;
    parts.push(...held(line.slice(at, from), marker(citation)));
    at = to;
  }
  return [...parts, line.slice(at)];
}

// A marker must not stand alone at the beginning of a line.
function held(text, mark) {
  const [last] = LAST_WORD.exec(text) ?? [""];
  return [text.slice(0, text.length - last.length), el("span.held", {}, last, mark)];
}
