// The summary of a whole document: made as a job, followed while it is made; each sentence leads to the words that bear
// it out, under the heading where they stand, and the table of contents leads into the text.

import { announce } from "./announce.js";
import { getJson, inCollection, send } from "./api.js";
import { contentsList } from "./contents.js";
import { button, el, fill } from "./dom.js";
import { useStyle } from "./styles.js";
import { pointsOf, sectionsOf } from "./summary_points.js";
import { texts, wordsOf } from "./texts.js";

const words = texts.summary;
const LOOK_MILLISECONDS = 700;

/** Show a document's summary; one that was made before is shown again. */
export async function show(container, { collection, documentId }) {
  const address = inCollection(collection, "documents", documentId);
  const query = new URLSearchParams({ collection, kind: "summary", limit: "200" });
  const [info, jobs] = await Promise.all([getJson(address), getJson(`/v1/jobs?${query}`), useStyle("beside"), useStyle("summary")]);
  const view = new SummaryView(container, collection, info);
  // Those that have no document are of the whole collection; those about something do not tell the whole.
  const known = jobs.find((job) => job.document_id === documentId && !job.about && job.status !== "cancelled");
  if (known) await view.follow(known.job_id);
  else view.offer();
}

class SummaryView {
  #container;
  #collection;
  #info;
  #body = el("div.summary-body");

  constructor(container, collection, info) {
    this.#container = container;
    this.#collection = collection;
    this.#info = info;
    const contents = contentsList(info.headings, words.contents, (heading) => this.#jump(heading));
    const open = matchMedia("(min-width: 44rem)").matches && info.headings.length <= 12;
    const folded = contents && el("details.summary-contents", { open }, el("summary", {}, words.contents), contents);
    fill(container, folded, this.#body);
  }

  /** Offer to make one. */
  offer(remark = "") {
    const make = button(words.make, () => this.#make(), { kind: "main" });
    fill(this.#body, remark && el("p.status", {}, remark), el("p.quiet", {}, words.text), el("p", {}, make));
  }

  /** Show how far a job is, until it ends and its summary can be shown. */
  async follow(jobId) {
    const job = await getJson(`/v1/jobs/${encodeURIComponent(jobId)}`);
    if (!this.#container.isConnected) return;
    if (job.status === "done") this.#showAnswer(job.answer);
    else if (job.status === "cancelled") this.offer(words.stopped);
    else if (job.status === "failed") this.#showFailure(job);
    else {
      this.#showProgress(job);
      setTimeout(() => this.#try(() => this.follow(jobId)), LOOK_MILLISECONDS);
    }
  }

  #make() {
    return this.#try(async () => {
      const job = await send("POST", inCollection(this.#collection, "summaries"), { document_id: this.#info.document_id });
      announce(words.working);
      await this.follow(job.job_id);
    });
  }

  async #try(act) {
    try {
      await act();
    } catch (error) {
      this.#showFailure({ problem: error });
    }
  }

  #showProgress(job) {
    const stage = job.stages.find((one) => one.stage === "summarise");
    const told = job.status === "queued" ? words.queued : words.part(stage?.done_count ?? 0, stage?.total_count ?? 0);
    const waits = job.problem && texts.uploads.waits(wordsOf(job.problem).what);
    const left = job.seconds_left !== null && job.status !== "queued" && texts.left(job.seconds_left);
    const share = stage?.total_count ? { value: stage.done_count, max: stage.total_count } : {};
    const shown = this.#body.querySelector(".summary-progress");
    // The button keeps the focus while the rest changes.
    const bar = el("progress", { "aria-label": words.working, ...share });
    const line = el("p.quiet.small", {}, [told, left, waits].filter(Boolean).join(" · "));
    if (shown) return fill(shown, bar, line);
    const stop = button(words.stop, () => this.#try(() => send("DELETE", `/v1/jobs/${encodeURIComponent(job.job_id)}`)));
    return fill(this.#body, el("p.lead", {}, `${words.working}…`), el("div.summary-progress", {}, bar, line), el("p", {}, stop));
  }

  #showFailure({ problem }) {
    const { what, then } = wordsOf(problem);
    this.offer();
    this.#body.prepend(el("div.failure", { role: "alert" }, el("p", {}, words.failed), el("p", {}, what), el("p.quiet", {}, then)));
  }

  #showAnswer(answer) {
    if (answer === null) return this.offer(words.deleted);
    const { points, note } = pointsOf(answer);
    const sections = sectionsOf(points, this.#info.headings);
    fill(
      this.#body,
      answer.status !== "answered" && el("p.status", {}, statusOf(answer)),
      ...sections.map(({ heading, points: held }) => this.#section(heading, held)),
      el("p.after", {}, el("span.quiet.small", {}, [note.replace(/\.$/, ""), words.cost(answer.usage)].filter(Boolean).join(" · ")), this.#again()),
    );
    announce(words.done(points.length));
    return undefined;
  }

  #again() {
    return button(words.again, () => this.#make(), { kind: "plain small" });
  }

  #section(heading, points) {
    const title = heading && el("h3", {}, button(heading.text, () => this.#jump(heading), { kind: "entry" }));
    const told = points.map(({ text, citation }) => el("li", {}, text, citation && this.#marker(citation)));
    return el("section.summary-section", {}, title, el("ul", {}, ...told));
  }

  #marker(citation) {
    const label = texts.citation.label(citation);
    const { document_id: documentId, title, page, start, end, quote } = citation;
    const open = () => this.#open({ documentId, title, page, start, end, quote });
    return el("button.mark", { type: "button", "aria-label": label, title: citation.quote, onclick: open }, String(citation.number));
  }

  #jump({ start, end, text }) {
    this.#open({ documentId: this.#info.document_id, title: this.#info.title, start, end, quote: text });
  }

  #open(detail) {
    this.#container.dispatchEvent(new CustomEvent("open-document", { bubbles: true, detail }));
  }
}

function statusOf({ status, text, citations }) {
  if (status === "budget_spent") return text ? texts.status.spent : texts.status.spentNothing;
  if (status === "not_in_document") return texts.status.notFoundTitle;
  return citations.length ? texts.status.partly : texts.status.partlyUnquoted;
}
