// What the text of a document is made of here: pages, headings, paragraphs, tables; and the marked words in it. Text is
// handed in pieces: {from, to, letters}, places counted by code points as the service does.

import { pageAt } from "./contents.js";
import { el } from "./dom.js";
import { texts } from "./texts.js";

const BAR = / \|(?: |$)/;
const SEPARATOR = " | ".length;
const NUMERIC = /^[\d.,()%+\-−–—\s]*\d[\d.,()%+\-−–—\s]*$/;

/** Make a section for each page, or part of one, that a piece of the text holds. */
export function sectionsOf(piece, info, span) {
  const isCode = info.media_type.startsWith("text/x-");
  const given = { ...piece, hasTables: !isCode };
  const pages = info.pages.filter((page) => page.start < piece.to && page.end > piece.from);
  return pages.map((page) => {
    const [from, to] = [Math.max(page.start, piece.from), Math.min(page.end, piece.to)];
    const begins = info.pages.length > 1 && from === page.start;
    const label = begins && el("p.page-label", {}, texts.viewer.sheet(page.number));
    return el("section", { "data-page": pageAt(info.pages, from) }, label, ...blocksOf(given, from, to, info.headings, span));
  });
}

function blocksOf(piece, from, to, headings, span) {
  const blocks = [];
  let at = from;
  for (const heading of headings.filter((one) => one.start >= from && one.end <= to)) {
    blocks.push(...paragraphs(piece, at, heading.start, span));
    const name = `h${Math.min(heading.level + 2, 6)}`;
    blocks.push(block(name, piece, heading.start, heading.end, span));
    at = heading.end;
  }
  return [...blocks, ...paragraphs(piece, at, to, span)];
}

function paragraphs(piece, from, to, span) {
  const made = [];
  let at = from;
  for (const part of textOf(piece, from, to).split(/(\n{2,})/)) {
    if (part.trim()) made.push(...runsOf(part, at).map((run) => runBlock(run, piece, span)));
    at += count(part);
  }
  return made;
}

function runBlock({ lines, from, to }, piece, span) {
  return piece.hasTables && lines.length > 1 && isRow(lines[0].text) ? tableOf(lines, piece, span) : block("p", piece, from, to, span);
}

// Lines that are rows of a table stand together, and so do those that are not.
function runsOf(part, from) {
  const runs = [];
  let at = from;
  for (const text of part.split("\n")) {
    const line = { text, from: at, to: at + count(text) };
    const last = runs.at(-1);
    if (last && isRow(last.lines[0].text) === isRow(text)) last.lines.push(line);
    else runs.push({ lines: [line], from: at });
    runs.at(-1).to = line.to;
    at = line.to + 1;
  }
  return runs.filter((run) => run.lines.some((line) => line.text.trim()));
}

function isRow(line) {
  return line.includes(" | ");
}

// The notes take the first row as the head, too.
function tableOf(lines, piece, span) {
  const numeric = lines[1].text.split(BAR).map((cell) => NUMERIC.test(cell.trim()));
  const rows = lines.map((line, at) => {
    const cells = cellsOf(line, piece, span).map((cell, column) =>
      el(at === 0 ? "th" : "td", { scope: at === 0 && "col", class: numeric[column] && "number" }, ...cell),
    );
    return el("tr", { "data-start": line.from, "data-end": line.to }, ...cells);
  });
  return el("div.table", {}, el("table", {}, el("thead", {}, rows[0]), el("tbody", {}, ...rows.slice(1))));
}

function cellsOf({ text, from }, piece, span) {
  let at = from;
  return text.split(BAR).map((cell) => {
    const [start, end] = [at, at + count(cell)];
    at = end + SEPARATOR;
    return marked(piece, start, end, span);
  });
}

function block(name, piece, from, to, span) {
  return el(name, { "data-start": from, "data-end": to }, ...marked(piece, from, to, span));
}

function marked(piece, from, to, span) {
  if (!span || span.end <= from || span.start >= to) return [textOf(piece, from, to)];
  const [start, end] = [Math.max(span.start, from), Math.min(span.end, to)];
  return [textOf(piece, from, start), el("mark", {}, textOf(piece, start, end)), textOf(piece, end, to)];
}

function textOf(piece, from, to) {
  return piece.letters.slice(from - piece.from, to - piece.from).join("");
}

/** Return how many characters a text has, as the service counts them. */
export function count(text) {
  return Array.from(text).length;
}
