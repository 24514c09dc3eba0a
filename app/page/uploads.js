// Files coming in: dropped or chosen, sent one by one, then read in jobs; each with its progress, or why it failed.

import { send } from "./api.js";
import { alarm, announce } from "./announce.js";
import { el, fill } from "./dom.js";
import { progressOf, watchJobs } from "./jobs.js";
import { buildSending } from "./sending.js";
import { on, state, tell } from "./state.js";
import { texts, wordsOf } from "./texts.js";
import { makeRow } from "./upload_row.js";

const words = texts.uploads;

/** Build the list of what comes in. `remarks` is filled with what was remarked of documents. */
export function buildUploads(remarks) {
  const list = el("ul.documents", { "aria-label": words.title });
  const element = el("section.uploads", { hidden: true }, el("h2", {}, words.title), list);
  /** The rows of the jobs that are shown, by the jobs' ids. */
  const rows = new Map();
  const active = new Set();
  const look = watchJobs(showJobs);
  const sending = buildSending(adopt, showUnsent);

  /** Take files in. */
  function add(files) {
    list.append(...sending.add(files).map((row) => row.element));
    tellCount();
    tell("area", "library");
  }

  function showUnsent() {
    const missing = sending.rowsOf(state.collection).filter((row) => !row.element.isConnected);
    list.append(...missing.map((row) => row.element));
    tellCount();
  }

  function tellCount() {
    element.hidden = list.children.length === 0;
    tell("incoming", list.querySelectorAll("progress:not([hidden])").length);
  }

  // The job may have been seen before this page heard that it is its file's.
  function adopt(jobId, { row, collection }) {
    active.add(jobId);
    rows.get(jobId)?.element.remove();
    if (collection === state.collection) rows.set(jobId, row);
    else row.element.remove();
    look();
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
    // Of a stage that has just begun it is not known yet.
    const isKnown = job.seconds_left !== null && stage && stage.seconds_left !== null;
    const left = isKnown && !job.problem && texts.left(job.seconds_left);
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
    showUnsent();
  });
  return { element, add, look };
}
