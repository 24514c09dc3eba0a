// Watches the reading of files in the chosen collection: asks for all jobs at once, as long as one has not ended.
// A stream for each would take all connections that a browser has for one service.

import { getJson } from "./api.js";
import { on, state } from "./state.js";

const SECONDS = 0.7;
const ENDED = new Set(["done", "failed", "cancelled"]);

/**
 * Watch the jobs of the chosen collection.
 * @param {(jobs: object[]) => void} show is handed the jobs, newest first, whenever they were asked for
 * @returns {() => Promise<void>} looks again at once, and goes on while something is under way
 */
export function watchJobs(show) {
  let timer = null;
  let round = 0;

  async function look() {
    clearTimeout(timer);
    const mine = ++round;
    const query = new URLSearchParams({ collection: state.collection, kind: "ingest", limit: "200" });
    let jobs = null;
    try {
      jobs = await getJson(`/v1/jobs?${query}`);
    } catch {
      // The service may be starting again; its jobs go on where they were.
    }
    if (mine !== round) return;
    if (jobs) show(jobs);
    if (!jobs || jobs.some((job) => !ENDED.has(job.status))) timer = setTimeout(look, SECONDS * 1000);
  }

  on("collection", look);
  return look;
}

/** Return which stage a job is in, in the service's words, and the share of all that is done. */
export function progressOf(job) {
  const stages = ["parse", "chunk", "note", "embed", "index"];
  const shares = job.stages.map(({ done_count, total_count }) => (total_count ? done_count / total_count : 0));
  const now = job.stages.filter((_, place) => shares[place] < 1);
  return { stage: now[0] ?? job.stages.at(-1) ?? null, share: shares.reduce((sum, one) => sum + one, 0) / stages.length };
}
