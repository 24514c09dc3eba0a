// Files coming in: dropped or chosen, sent one by one, then read in jobs; each with its progress, or why it failed.

import { inCollection, send, upload } from "./api.js";
import { alarm, announce } from "./announce.js";
import { button, el, fill } from "./dom.js";
import { progressOf, watchJobs } from "./jobs.js";
import { on, state, tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";

const AT_ONCE = 2;
const words = texts.uploads;

/** Build the list of what comes in. `remarks` is filled with what was remarked of documents. */
export function buildUploads(remarks) {
  const list = el("ul.documents.uploads", { "aria-label": words.title });
  const waiting = [];
  const rows = new Map();
  const active = new Set();
  let sendingCount = 0;
  const look = watchJobs(showJobs);

  /** Take files in. */
  function add(files) {
    for (const file of files) {
      const row = makeRow(file.name);
      list.append(row.element);
      row.wait();
      waiting.push({ file, row, collection: state.collection });
    }
    tellCount();
    tell("area", "library");
    sendNext();
  }

  function sendNext() {
    while (sendingCount < AT_ONCE && waiting.length) transfer(waiting.shift());
  }

  async function transfer(task) {
    sendingCount += 1;
    try {
      const path = inCollection(task.collection, "documents");
      const { jobs } = await upload(path, task.file, (share) => task.row.progress(words.sending, share * 0.1));
      adopt(jobs[0].job_id, task);
    } catch (error) {
      task.row.fail(wordsOf(error), {
        retry: () => {
          task.row.wait();
          waiting.push(task);
          sendNext();
        },
        dismiss: () => task.row.element.remove(),
      });
      alarm(words.failed(task.file.name));
      tellCount();
    }
    sendingCount -= 1;
    sendNext();
    await look();
  }

  function tellCount() {
    tell("incoming", list.querySelectorAll("progress:not([hidden])").length);
  }

  // The job may have been seen before this page heard that it is its file's.
  function adopt(jobId, { row, collection }) {
    active.add(jobId);
    rows.get(jobId)?.element.remove();
    if (collection === state.collection) rows.set(jobId, row);
    else row.element.remove();
  }

  function showJobs(jobs) {
    const shown = new Set();
    for (const job of [...jobs].reverse()) {
      if (job.remark && job.document_id) remarks.set(job.document_id, job.remark);
      if (job.status === "done" || job.status === "cancelled") end(job);
      else showJob(job, shown);
    }
    for (const [jobId, row] of rows) {
      if (shown.has(jobId)) continue;
      row.element.remove();
      rows.delete(jobId);
    }
    tellCount();
  }

  function showJob(job, shown) {
    shown.add(job.job_id);
    if (!rows.has(job.job_id)) rows.set(job.job_id, makeRow(job.file_name));
    const row = rows.get(job.job_id);
    if (!row.element.isConnected) list.append(row.element);
    if (job.status === "failed") showFailed(job, row);
    else showActive(job, row);
  }

  function showActive(job, row) {
    active.add(job.job_id);
    const { stage, share } = progressOf(job);
    const named = stage && words.progress(words.stages[stage.stage] ?? stage.stage, stage.done_count, stage.total_count);
    const doing = job.problem ? words.waits(wordsOf(job.problem).what) : (named ?? words.queued);
    const left = job.seconds_left === null ? "" : texts.left(job.seconds_left);
    row.progress([doing, left].filter(Boolean).join(" · "), 0.1 + share * 0.9, () => stop(job));
  }

  function showFailed(job, row) {
    if (active.delete(job.job_id)) alarm(words.failed(job.file_name));
    row.fail(wordsOf(job.problem ?? {}), {
      retry: job.can_retry ? () => changed(() => send("POST", `/v1/jobs/${job.job_id}/retry`)) : null,
      dismiss: () => changed(() => send("DELETE", `/v1/jobs/${job.job_id}`)),
    });
  }

  function end(job) {
    if (!active.delete(job.job_id) || job.status === "cancelled") return;
    announce(job.existed ? words.existed(job.file_name) : words.done(job.file_name));
    tell("changed");
  }

  function stop(job) {
    return changed(() => send("DELETE", `/v1/jobs/${job.job_id}`));
  }

  async function changed(work) {
    try {
      await work();
    } catch (error) {
      alarm(wordsOf(error).what);
    }
    await look();
    tell("changed");
  }

  on("collection", () => {
    rows.clear();
    fill(list);
  });
  return { element: list, add, look };
}

function makeRow(name) {
  const told = el("p.small.quiet");
  const bar = el("progress", { max: 1, "aria-label": words.label(name) });
  const actions = el("p.actions.always");
  const element = el("li.row", {}, el("span.name", {}, name), bar, told, actions);
  let stop = null;
  const halt = button(words.stop, () => stop(), { "aria-label": words.stopLabel(name) });

  function say(text, failed) {
    told.className = failed ? "small failed" : "small quiet";
    told.textContent = text;
    bar.hidden = failed;
  }

  return {
    element,
    wait: () => {
      bar.removeAttribute("value");
      say(words.queued, false);
      fill(actions);
    },
    progress: (text, share, stopped = null) => {
      bar.value = share;
      say(text, false);
      stop = stopped;
      if (!stop) fill(actions);
      else if (!halt.isConnected) fill(actions, halt);
    },
    fail: ({ what, then }, { retry, dismiss }) => {
      // Shown again at every look: what has the focus must not be replaced.
      if (bar.hidden && told.textContent === [what, then].filter(Boolean).join(" ")) return;
      say([what, then].filter(Boolean).join(" "), true);
      fill(
        actions,
        retry && button(texts.tryAgain, retry, { "aria-label": words.retryLabel(name) }),
        button(texts.remove, dismiss, { "aria-label": words.dismissLabel(name) }),
      );
    },
  };
}
