// The note graph around the way of a question, or around its richest nodes: a picture, the same nodes as a list, and the
// facts of the node that is chosen.

import { announce } from "./announce.js";
import { button, el, fill } from "./dom.js";
import { STYLE_ID, graphCanvas } from "./graph_canvas.js";
import { fillCard } from "./node_card.js";
import { NoteGraph } from "./note_graph.js";
import { Placement } from "./placement.js";
import { useStyle } from "./styles.js";
import { texts } from "./texts.js";
import { wayOf } from "./way.js";

const words = texts.graph;
const FOUND_AT_MOST = 12;
const NEIGHBORS_OF_ONE = 20;
const PAINTS = ["node", "ink", "quiet", "line", "accent"];

// Coming back to a way, from a document that a fact opened, finds the node that was chosen.
const chosenOn = new WeakMap();

/**
 * Show the graph.
 * @param {HTMLElement} container
 * @param {{collection: string, steps: object[]|null, node: string|undefined}} given `steps` is the way to draw; without
 *   it, and without a node, the nodes of the most facts are shown
 */
export async function show(container, { collection, steps, node }) {
  await Promise.all([useStyle("beside"), useStyle("graph_view", STYLE_ID)]);
  const view = new GraphView(container, collection, steps);
  await view.open(node);
}

class GraphView {
  #container;
  #steps;
  #way;
  #graph;
  #placement = new Placement();
  #canvas = null;
  #picture = el("div.graph-picture", { role: "img", "aria-label": words.picture }, ...PAINTS.map((paint) => el("i", { "data-paint": paint })));
  #card = el("section.node-card", { "aria-live": "polite" });
  #list = el("nav.way", { "aria-label": words.way });
  #count = el("span.quiet.small");
  #more = button(words.more, () => this.#showMore(), { kind: "plain small", hidden: true });

  constructor(container, collection, steps) {
    this.#container = container;
    this.#steps = steps;
    this.#way = steps ? wayOf(steps) : [];
    this.#graph = new NoteGraph(collection);
  }

  async open(node) {
    if (this.#steps && !this.#way.length) return fill(this.#container, el("p.quiet.centre", {}, words.noWay));
    const visits = await this.#load(node);
    if (!this.#graph.nodes.size) return fill(this.#container, el("p.quiet.centre", {}, node ? words.gone(node) : words.empty));
    fill(this.#container, this.#bar(), this.#picture, el("div.graph-side", {}, this.#card, this.#list));
    this.#canvas = await graphCanvas(this.#picture, this.#placement, (key) => this.#choose(key));
    this.#redraw();
    fill(this.#list, ...this.#lists(visits));
    const first = visits[0]?.nodes[0]?.key ?? this.#graph.nodes.keys().next().value;
    this.#canvas.begin();
    await this.#choose((this.#steps && chosenOn.get(this.#steps)) ?? first);
    return undefined;
  }

  async #load(node) {
    if (this.#way.length) return this.#loadWay();
    const found = node && (await this.#graph.add(node, { neighbors: NEIGHBORS_OF_ONE }));
    if (found) found.kind = "hub";
    this.#placement.addHubs(node ? [found?.key].filter(Boolean) : await this.#graph.addHubs());
    this.#more.hidden = Boolean(node);
    return [];
  }

  // What was visited comes first: neighbors are placed around it.
  async #loadWay() {
    const names = [...new Set(this.#way.flatMap((leg) => leg.names))];
    const found = new Map(await Promise.all(names.map(async (name) => [name, await this.#graph.add(name)])));
    return this.#way.map((leg) => {
      const nodes = leg.names.map((name) => found.get(name)).filter(Boolean);
      this.#placement.addRow(nodes.map((node) => node.key));
      nodes.forEach((node, at) => {
        node.kind = "visited";
        node.turns.push(...turnOf(leg, at, this.#way.length));
        if (leg.ordered && at > 0) this.#graph.link(nodes[at - 1].key, node.key, { walk: leg.walk });
      });
      return { leg, nodes };
    });
  }

  #bar() {
    const sign = (label, text, onclick) => button(label, onclick, { sign: text, kind: "sign" });
    return el(
      "div.tools",
      { role: "toolbar", "aria-label": words.label },
      this.#finder(),
      el(
        "span.group",
        {},
        sign(words.smaller, "−", () => this.#canvas.zoom(-1)),
        sign(words.fit, "↔", () => this.#canvas.fit()),
        sign(words.larger, "+", () => this.#canvas.zoom(1)),
      ),
      this.#count,
      this.#more,
    );
  }

  #finder() {
    const field = el("input", { type: "text", "aria-label": words.find, placeholder: words.find, autocomplete: "off" });
    const results = el("ul.found", { hidden: true });
    const close = () => (results.hidden = true);
    const find = async () => {
      const wanted = field.value.trim();
      if (!wanted) return close();
      const { nodes, total_count } = await this.#graph.list(wanted, FOUND_AT_MOST);
      if (field.value.trim() !== wanted) return undefined;
      const pick = (key) => {
        close();
        this.#choose(key);
      };
      fill(results, ...nodes.map(({ key, name }) => el("li", {}, button(name, () => pick(key), { kind: "entry" }))));
      if (!nodes.length) fill(results, el("li.quiet", {}, words.found(0)));
      results.hidden = false;
      announce(words.found(total_count));
      return undefined;
    };
    field.addEventListener("input", find);
    const finder = el("div.finder", {}, field, results);
    finder.addEventListener("focusout", (event) => finder.contains(event.relatedTarget) || close());
    finder.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || results.hidden) return;
      event.preventDefault();
      close();
    });
    return finder;
  }

  #lists(visits) {
    return visits.map(({ leg, nodes }) => {
      const title = leg.ordered ? words.walk(leg.walk) : words.lookUp(leg.walk, leg.query);
      const items = nodes.map((node) => el("li", {}, button(node.name, () => this.#choose(node.key), { kind: "entry" })));
      return el("div.leg", {}, el("h3", {}, title), el(leg.ordered ? "ol" : "ul", {}, ...items));
    });
  }

  async #choose(key) {
    if (!this.#graph.nodes.has(key) && !(await this.#graph.add(key))) return fill(this.#card, el("p", {}, words.gone(key)));
    if (this.#steps) chosenOn.set(this.#steps, key);
    this.#redraw();
    this.#canvas.choose(key);
    const node = await this.#graph.show(key, 0);
    fillCard(this.#card, node, {
      choose: (other) => this.#choose(other),
      more: (offset) => this.#graph.show(key, offset),
      widen: () => this.#widen(key),
    });
    this.#card.scrollTop = 0;
    return undefined;
  }

  async #widen(key) {
    const more = await this.#graph.addNeighbors(key);
    this.#redraw();
    return more;
  }

  async #showMore() {
    const keys = await this.#graph.addHubs();
    this.#placement.addHubs(keys);
    this.#more.hidden = keys.length === 0;
    this.#redraw();
    this.#canvas.fit();
  }

  #redraw() {
    this.#canvas.draw(this.#graph);
    const { nodes, total } = this.#graph;
    this.#count.textContent = total === null ? words.walked(nodes.size) : words.nodes(nodes.size, total);
  }
}

// What stands before a node's name: its turn in a walk; of several walks, also which; of several look-ups, which.
function turnOf({ ordered, walk }, at, legCount) {
  if (ordered) return [legCount > 1 ? `${walk}.${at + 1}` : `${at + 1}`];
  return legCount > 1 && walk ? [`${walk}`] : [];
}
