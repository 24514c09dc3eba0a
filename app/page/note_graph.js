// The part of the note graph that is shown: nodes that were fetched and the edges between them. Never the whole graph.

import { getJson, inCollection } from "./api.js";

const NEIGHBORS_AT_FIRST = 5;
const NEIGHBORS_MORE = 20;
const MOST_NEIGHBORS = 500;
const HUBS_AT_ONCE = 9;
export const FACTS_AT_ONCE = 20;

export class NoteGraph {
  /** By key: {key, name, factCount, around, kind, turns}; `around` is the node beside which it is to be drawn, `kind` is
   * "visited" or "hub" where its name matters. */
  nodes = new Map();
  edges = new Map();
  total = null;
  #collection;
  #neighborCounts = new Map();
  #hubs = 0;

  constructor(collection) {
    this.#collection = collection;
  }

  /** Fetch a node by its key or name, with some of its neighbors; null where it is not in the notes any more. */
  async add(name, { neighbors = NEIGHBORS_AT_FIRST, around = null } = {}) {
    try {
      const found = await this.#fetch(name, { fact_limit: 0, neighbor_limit: neighbors });
      const node = this.#put(found.key, found.name, around);
      node.factCount = found.fact_count;
      for (const { key, name: known, weight } of found.neighbors) {
        this.#put(key, known, node.key);
        this.link(node.key, key, { weight });
      }
      this.#neighborCounts.set(node.key, neighbors);
      return node;
    } catch (error) {
      if (error.type === "not_found") return null;
      throw error;
    }
  }

  /** Fetch more of a node's neighbors; return whether there may be further ones. */
  async addNeighbors(key) {
    const before = this.#neighborCounts.get(key) ?? 0;
    const wanted = Math.min(before + NEIGHBORS_MORE, MOST_NEIGHBORS);
    await this.add(key, { neighbors: wanted });
    return this.degree(key) >= wanted && wanted < MOST_NEIGHBORS;
  }

  /** Fetch the nodes of the most facts that were not fetched yet; return their keys. */
  async addHubs() {
    const page = await this.list("", HUBS_AT_ONCE, this.#hubs);
    this.#hubs += page.nodes.length;
    this.total = page.total_count;
    for (const { key, name } of page.nodes) this.#put(key, name, null).kind = "hub";
    await Promise.all(page.nodes.map((node) => this.add(node.key)));
    return page.nodes.map((node) => node.key);
  }

  /** List nodes by a part of their names. */
  list(containing, limit, offset = 0) {
    return getJson(`${inCollection(this.#collection, "graph")}?${new URLSearchParams({ containing, limit, offset })}`);
  }

  /** Fetch some of a node's facts, and its neighbors. */
  show(key, factOffset) {
    return this.#fetch(key, { fact_offset: factOffset, fact_limit: FACTS_AT_ONCE, neighbor_limit: NEIGHBORS_MORE });
  }

  link(source, target, given) {
    const id = given.walk ? `${source}→${target}→${given.walk}` : [source, target].sort().join("—");
    if (!this.edges.has(id)) this.edges.set(id, { id, source, target, ...given });
  }

  degree(key) {
    return [...this.edges.values()].filter((edge) => !edge.walk && (edge.source === key || edge.target === key)).length;
  }

  #fetch(name, limits) {
    return getJson(`${inCollection(this.#collection, "graph", "nodes", name)}?${new URLSearchParams(limits)}`);
  }

  #put(key, name, around) {
    if (!this.nodes.has(key)) this.nodes.set(key, { key, name, factCount: 1, around, kind: "", turns: [] });
    return this.nodes.get(key);
  }
}
