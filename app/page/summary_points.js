// Takes a summary apart: its sentences with their citations, under the headings where the quoted words stand.

const NUMBERED = /\s*\[(\d+)\]/g;
const NOTE = /\s*\((Read: [^()]*)\)\s*$/;
const MOST_SECTIONS = 40;

/**
 * Return the sentences of a summary with their citations, and what it says about how it was read.
 * @param {{text: string, citations: object[]}} answer each sentence of its text ends in its citation's number: [1]
 */
export function pointsOf({ text, citations }) {
  const note = NOTE.exec(text)?.[1] ?? "";
  const told = text.replace(NOTE, "");
  const byNumber = new Map(citations.map((citation) => [citation.number, citation]));
  const points = [];
  let at = 0;
  for (const found of told.matchAll(NUMBERED)) {
    const citation = byNumber.get(Number(found[1]));
    if (!citation) continue;
    points.push({ text: told.slice(at, found.index).trim(), citation });
    at = found.index + found[0].length;
  }
  const rest = told.slice(at).trim();
  if (rest) points.push({ text: rest, citation: null });
  return { points: points.filter((point) => point.text), note };
}

/** Group sentences under the headings of the highest levels that do not part them too finely. */
export function sectionsOf(points, headings) {
  const levels = [...new Set(headings.map((heading) => heading.level))].sort((a, b) => a - b);
  const most = levels.findLast((level) => headings.filter((one) => one.level <= level).length <= MOST_SECTIONS) ?? 0;
  const parting = headings.filter((heading) => heading.level <= most);
  const sections = [];
  for (const point of points) {
    const { start } = point.citation ?? {};
    const heading = start === undefined ? sections.at(-1)?.heading ?? null : parting.findLast((one) => one.start <= start) ?? null;
    if (!sections.length || sections.at(-1).heading !== heading) sections.push({ heading, points: [] });
    sections.at(-1).points.push(point);
  }
  return sections;
}
