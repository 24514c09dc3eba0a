// A line of the list of files that come in: its progress, or why it failed and what can be done.

import { button, el, fill } from "./dom.js";
import { texts } from "./texts.js";

const words = texts.uploads;

/** Make one: {element, wait(), progress(text, share, stop), fail({what, then}, {retry, retryLabel, dismiss})}. */
export function makeRow(name) {
  const told = el("p.small");
  const advice = el("p.small.quiet");
  const bar = el("progress", { max: 1, "aria-label": words.label(name) });
  const actions = el("p.actions.always");
  const element = el("li.row", {}, el("span.name", {}, name), bar, told, advice, actions);
  let stop = null;
  const halt = button(words.stop, () => stop(), { "aria-label": words.stopLabel(name) });

  function say(text, then, failed) {
    told.className = failed ? "small failed" : "small quiet";
    told.textContent = text;
    advice.textContent = then;
    advice.hidden = !then;
    bar.hidden = failed;
  }

  return {
    element,
    wait: () => {
      bar.removeAttribute("value");
      say(words.queued, "", false);
      fill(actions);
    },
    progress: (text, share, stopped = null) => {
      bar.value = share;
      say(text, "", false);
      stop = stopped;
      if (!stop) fill(actions);
      else if (!halt.isConnected) fill(actions, halt);
    },
    fail: ({ what, then = "" }, { retry, retryLabel = texts.tryAgain, dismiss }) => {
      // Shown again at every look: what has the focus must not be replaced.
      if (bar.hidden && told.textContent === what && advice.textContent === then) return;
      say(what, then, true);
      fill(
        actions,
        retry && button(retryLabel, retry, { "aria-label": words.retryLabel(name) }),
        button(texts.remove, dismiss, { "aria-label": words.dismissLabel(name) }),
      );
    },
  };
}
