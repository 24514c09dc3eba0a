// A turn of a chat: the question, how it was read, the answer or why there is none.

import { announce, alarm } from "./announce.js";
import { answerView, previewBlocks, spoken } from "./answer.js";
import { button, el, fill } from "./dom.js";
import { liveSteps, storedSteps } from "./steps.js";
import { texts, wordsOf } from "./texts.js";

const words = texts.chat;

/** Make a stored turn. */
export function storedTurn({ question, standalone, answer, trace_id }) {
  const body = answer ? answerView(answer) : el("p.quiet.status", {}, words.deleted);
  const readAs = answer && standalone && standalone !== question && el("p.quiet.small", {}, words.readAs(standalone));
  return frame(question, readAs, answer && storedSteps(trace_id), body);
}

/** Make the turn of a question that is being read: {element, hear(event, data), fail(problem, again), heard()}. */
export function liveTurn(question) {
  const steps = liveSteps();
  const readAs = el("p.quiet.small", { hidden: true });
  const body = el("div", { "aria-busy": "true" });
  const element = frame(question, readAs, steps.element, body);
  let text = "";

  const hearing = {
    step(step) {
      steps.add(step);
      if (step.kind !== "rewrite" || step.summary === question) return;
      readAs.textContent = words.readAs(step.summary);
      readAs.hidden = false;
    },
    answer_delta(delta) {
      text = text.slice(0, delta.start) + delta.text;
      fill(body, el("div.answer.preview", {}, el("div.text", {}, ...previewBlocks(text))));
    },
    answer(answer) {
      end(answerView(answer));
      announce(spoken(answer));
    },
  };

  function end(...shown) {
    steps.end();
    body.removeAttribute("aria-busy");
    fill(body, ...shown);
  }

  return {
    element,
    hear: (event, data) => hearing[event]?.(data),
    fail(problem, again) {
      const { what, then } = wordsOf(problem);
      const stopped = ["stopped", "question_cancelled", "cut_off"].includes(problem.type);
      const retry = el("p.actions.always", {}, button(texts.tryAgain, again));
      end(el(stopped ? "div.status" : "div.failure", {}, el("p.lead", {}, what), el("p.quiet", {}, then), retry));
      if (!stopped) alarm(what);
    },
  };
}

function frame(question, ...rest) {
  return el("article.turn", { "aria-label": question }, el("h3.question", {}, question), ...rest);
}
