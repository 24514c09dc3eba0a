// Files on their way to the service: sent a few at a time, each with a row that says how far it is, or why not.

import { inCollection, upload } from "./api.js";
import { alarm } from "./announce.js";
import { pickFiles } from "./drop.js";
import { state } from "./state.js";
import { texts, wordsOf } from "./texts.js";
import { dropUnsent, keepUnsent, unsentIn } from "./unsent.js";
import { makeRow } from "./upload_row.js";

const AT_ONCE = 2;
// Too large, of no kind that is read, or not understood: sending it once more changes nothing.
const REFUSED = new Set([400, 413, 415, 422]);
const words = texts.uploads;

/**
 * Build what sends files.
 * @param {(jobId: string, task: object) => void} sent is told of each file that the service took: {row, collection}
 * @param {() => void} changed is called when a row came, failed or went
 * @returns {{add(files: File[]): object[], rowsOf(collection: string): object[]}} `add` returns the rows of its files;
 *   `rowsOf` those of a collection that the service has not got
 */
export function buildSending(sent, changed) {
  const tasks = new Map();
  const waiting = [];
  let sendingCount = 0;
  let number = 0;

  function add(files) {
    const added = files.map((file) => {
      const task = { id: `${Date.now()}-${(number += 1)}`, file, name: file.name, collection: state.collection, row: makeRow(file.name) };
      tasks.set(task.id, task);
      // The service refuses a form without a byte in it, in words for programs.
      if (file.size === 0) fail(task, { what: words.emptyFile, then: "", forGood: true });
      else wait(task);
      return task.row;
    });
    sendNext();
    return added;
  }

  function wait(task) {
    keepUnsent(task);
    task.row.wait();
    waiting.push(task);
  }

  function sendNext() {
    while (sendingCount < AT_ONCE && waiting.length) transfer(waiting.shift());
  }

  async function transfer(task) {
    sendingCount += 1;
    try {
      const path = inCollection(task.collection, "documents");
      const { jobs } = await upload(path, task.file, (share) => task.row.progress(words.sending, share * 0.1));
      forget(task);
      sent(jobs[0].job_id, task);
    } catch (error) {
      fail(task, { ...wordsOf(error), forGood: REFUSED.has(error.status) });
    }
    sendingCount -= 1;
    sendNext();
  }

  function fail(task, why) {
    keepUnsent({ ...task, why });
    task.row.fail(why, { retry: why.forGood ? null : () => again(task), dismiss: () => dismiss(task) });
    alarm(words.failed(task.name));
    changed();
  }

  function again(task) {
    wait(task);
    changed();
    sendNext();
  }

  function forget(task) {
    tasks.delete(task.id);
    dropUnsent(task.id);
  }

  function dismiss(task) {
    forget(task);
    task.row.element.remove();
    changed();
  }

  function rowsOf(collection) {
    for (const kept of unsentIn(collection)) if (!tasks.has(kept.id)) restore(kept);
    return [...tasks.values()].filter((task) => task.collection === collection).map((task) => task.row);
  }

  // From before a reload: the name is known, the bytes are gone.
  function restore(kept) {
    const task = { ...kept, row: makeRow(kept.name) };
    const choose = (files) => {
      dismiss(task);
      addHere(files);
    };
    const { what = words.interrupted, then, forGood } = kept.why ?? {};
    const retry = forGood ? null : () => pickFiles(choose);
    const actions = { retry, retryLabel: words.chooseAgain, dismiss: () => dismiss(task) };
    task.row.fail({ what, then: forGood ? then : words.unsent }, actions);
    tasks.set(task.id, task);
  }

  function addHere(files) {
    add(files);
    changed();
  }

  // Leaving now would lose the files that are not sent.
  addEventListener("beforeunload", (event) => (sendingCount || waiting.length) && event.preventDefault());
  return { add, rowsOf };
}
