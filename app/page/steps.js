// How a question is read: a list of reading steps that grows while it is, and that an earlier answer's trace fills.

import { getJson } from "./api.js";
import { button, el, fill } from "./dom.js";
import { tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";

const words = texts.steps;

/** Make the list of a question that is being read: {element, add(step), end(usage)}. */
export function liveSteps() {
  const steps = [];
  const view = frame(() => steps);
  const started = performance.now();
  let doing = words.after.begin;
  const tick = () => (view.title.textContent = words.progress(doing, (performance.now() - started) / 1000));
  const clock = setInterval(tick, 1000);
  tick();
  view.element.classList.add("live");

  return {
    element: view.element,
    add(step) {
      view.list.append(line(step, steps));
      steps.push(step);
      doing = words.after[step.kind] ?? words.after.begin;
      tick();
    },
    end() {
      clearInterval(clock);
      view.element.classList.remove("live");
      view.title.textContent = [words.title, words.count(steps.length)].join(" · ");
      view.element.hidden = steps.length === 0;
      view.offerGraph();
    },
  };
}

/** Make the list of a question that was read earlier; it is fetched when it is opened. */
export function storedSteps(traceId) {
  let steps = [];
  const view = frame(() => steps);
  view.title.textContent = words.title;
  view.element.addEventListener("toggle", fetchOnce, { once: true });

  async function fetchOnce() {
    try {
      ({ steps } = await getJson(`/v1/traces/${encodeURIComponent(traceId)}`));
      fill(view.list, ...(steps.length ? steps.map((step, at) => line(step, steps.slice(0, at))) : [el("li.quiet", {}, words.none)]));
      view.offerGraph();
    } catch (error) {
      fill(view.list, el("li.quiet", {}, error.type === "not_found" ? words.gone : wordsOf(error).what));
    }
  }
  return view.element;
}

function frame(stepsOf) {
  const title = el("summary");
  const list = el("ol");
  const graph = button(words.graph, () => tell("open", { kind: "graph", title: texts.panel.walk, steps: stepsOf() }), { hidden: true });
  const element = el("details.steps", {}, title, list, graph);
  return { element, title, list, offerGraph: () => (graph.hidden = !stepsOf().some(hasPlace)) };
}

function hasPlace(step) {
  return Boolean(step.node || step.nodes?.length || step.passage_ids?.length || step.chunk_ids?.length);
}

function line(step, earlier) {
  const label = [words.kinds[step.kind] ?? step.kind, step.walk && words.walk(step.walk)].filter(Boolean).join(", ");
  const said = saidOf(step);
  const more = step.rationale || step.query;
  const kept = earlier.findLast((one) => one.walk === step.walk && one.notebook)?.notebook;
  const notes = [
    step.notebook && step.notebook !== kept && words.notes(step.notebook),
    step.finding && !said.includes(step.finding) && words.finding(step.finding),
  ];
  return el(
    "li",
    { class: step.kind },
    el("span.kind", {}, label),
    el(
      "span.said",
      {},
      said,
      more && !said.includes(more) && el("span.quiet", {}, ` — ${more}`),
      ...notes.filter(Boolean).map((note) => el("span.note", {}, note)),
    ),
    el("span.cost", {}, words.cost(step)),
  );
}

// The names of the actions are the method's; people are told in words.
function saidOf({ summary, action }) {
  const told = words.actions[action];
  return told ? summary.replace(action, told) : summary;
}
