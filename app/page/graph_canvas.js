// Draws a part of the note graph with Cytoscape.js, which is loaded when a graph is first shown. It is a picture for eyes
// and pointers; graph_view.js has the same as lists.

import { WIDTH } from "./placement.js";

/** Cytoscape adds an element of styles, which the page's policy refuses, unless one of this name is there. */
export const STYLE_ID = "__________cytoscape_stylesheet";
const PADDING = 28;
const ZOOM_STEP = 1.4;
const MOST_ZOOM = 3;
const MOST_FIRST_ZOOM = 1.1;
const LEAST_FIRST_ZOOM = 0.6;
const NAME_PIXELS = 13;
const MOST_NAME_SIZE = 44;
// Stops are two cells from each other.
const NAME_ROOM = 2 * WIDTH - 8;
const MOST_TURNS = 2;
const WALK_STYLES = ["solid", "dashed", "dotted"];

/** Make a picture in an element; `choose` is handed the key of a node that was clicked. */
export async function graphCanvas(container, placement, choose) {
  const { default: cytoscape } = await import("./vendor/cytoscape/dist/cytoscape.esm.min.mjs");
  return new GraphCanvas(cytoscape, container, placement, choose);
}

class GraphCanvas {
  #cy;
  #placement;
  #nameSize = NAME_PIXELS;
  #gone = new AbortController();

  constructor(cytoscape, container, placement, choose) {
    this.#placement = placement;
    this.#cy = cytoscape({
      ...{ container, style: styleOf(container), layout: { name: "preset" } },
      ...{ minZoom: 0.02, maxZoom: MOST_ZOOM, boxSelectionEnabled: false, selectionType: "single" },
      // While the picture is moved, a copy of it is: thousands of nodes are not drawn again for each frame.
      ...{ textureOnViewport: true, hideEdgesOnViewport: true, hideLabelsOnViewport: true },
    });
    this.#cy.on("tap", "node", (event) => choose(event.target.id()));
    this.#cy.on("zoom", () => this.#sizeNames());
    this.#watch(container);
  }

  /** Draw what a graph has and the picture has not. */
  draw(graph) {
    const cy = this.#cy;
    const nodes = [...graph.nodes.values()].filter((node) => cy.getElementById(node.key).empty());
    const edges = [...graph.edges.values()].filter((edge) => cy.getElementById(edge.id).empty());
    cy.batch(() => {
      cy.add(nodes.map((node) => this.#node(node)));
      cy.add(edges.map(edgeOf));
    });
    this.#nameSize = 0;
    this.#sizeNames();
  }

  fit() {
    this.#cy.fit(undefined, PADDING);
    if (this.#cy.zoom() > MOST_FIRST_ZOOM) this.#show(MOST_FIRST_ZOOM);
  }

  /** Show all, or as much from the upper left on as can be read. */
  begin() {
    this.fit();
    const cy = this.#cy;
    if (cy.zoom() >= LEAST_FIRST_ZOOM) return;
    this.#show(LEAST_FIRST_ZOOM);
    const { x1, y1, w, h } = cy.elements().renderedBoundingBox();
    cy.panBy({ x: w > cy.width() ? PADDING - x1 : 0, y: h > cy.height() ? PADDING - y1 : 0 });
  }

  zoom(step) {
    const { clientWidth, clientHeight } = this.#cy.container();
    const level = this.#cy.zoom() * ZOOM_STEP ** step;
    this.#cy.zoom({ level, renderedPosition: { x: clientWidth / 2, y: clientHeight / 2 } });
  }

  /** Mark a node as the chosen one, and bring it into view. */
  choose(key) {
    this.#cy.nodes(":selected").unselect();
    const node = this.#cy.getElementById(key);
    node.select();
    if (node.nonempty() && !inView(this.#cy, node)) this.#cy.center(node);
  }

  // The theme may change, and the room; an element that was taken out of the page has none.
  #watch(container) {
    const { signal } = this.#gone;
    const paint = () => this.#cy.style(styleOf(container));
    const theme = new MutationObserver(paint);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint, { signal });
    const room = new ResizeObserver(() => (container.isConnected ? this.#cy.resize() : this.#gone.abort()));
    room.observe(container);
    signal.addEventListener("abort", () => {
      theme.disconnect();
      room.disconnect();
      this.#cy.destroy();
    });
  }

  #show(level) {
    this.#cy.zoom(level);
    this.#cy.center();
  }

  // The names that matter stay legible however small the picture is.
  #sizeNames() {
    const size = Math.min(MOST_NAME_SIZE, Math.max(NAME_PIXELS, NAME_PIXELS / this.#cy.zoom()));
    if (Math.abs(size - this.#nameSize) < 1) return;
    this.#nameSize = size;
    this.#cy.nodes(".named").style("font-size", size);
  }

  #node({ key, name, factCount, around, kind, turns }) {
    const label = turns.length ? `${name}\n${turnsTold(turns)}` : name;
    const size = 12 + Math.min(20, 4 * Math.log2(1 + factCount));
    const position = this.#placement.of(key, around);
    return { group: "nodes", data: { id: key, label, size }, position, classes: kind && `named ${kind}` };
  }
}

function turnsTold(turns) {
  return turns.length > MOST_TURNS ? `${turns.slice(0, MOST_TURNS).join(", ")} …` : turns.join(", ");
}

function edgeOf({ id, source, target, weight = 1, walk }) {
  const line = WALK_STYLES[((walk ?? 1) - 1) % WALK_STYLES.length];
  const data = { id, source, target, line, width: Math.min(5, 0.75 + weight / 2) };
  return { group: "edges", data, classes: walk ? "walk" : "" };
}

function inView(cy, node) {
  const { x1, x2, y1, y2 } = cy.extent();
  const { x, y } = node.position();
  return x > x1 && x < x2 && y > y1 && y < y2;
}

function styleOf(container) {
  // The page's colours are functions of the theme, which only an element's own colour resolves.
  const paint = (role) => getComputedStyle(container.querySelector(`[data-paint="${role}"]`)).color;
  const font = getComputedStyle(container).fontFamily;
  return [
    {
      selector: "node",
      style: {
        ...{ width: "data(size)", height: "data(size)", "background-color": paint("node"), label: "data(label)" },
        ...{ color: paint("quiet"), "font-family": font, "font-size": 12.5, "min-zoomed-font-size": 8 },
        ...{ "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "ellipsis", "text-max-width": 104 },
        ...{ "overlay-opacity": 0 },
      },
    },
    {
      selector: "node.named",
      style: { color: paint("ink"), "font-weight": 600, "font-size": NAME_PIXELS, "text-wrap": "wrap", "text-max-width": NAME_ROOM, "z-index": 2 },
    },
    { selector: "node.visited", style: { "background-color": paint("accent") } },
    { selector: "node:selected", style: { "border-width": 4, "border-color": paint("ink"), color: paint("ink") } },
    {
      selector: "edge",
      style: { "curve-style": "haystack", width: "data(width)", "line-color": paint("line"), opacity: 0.9, "overlay-opacity": 0 },
    },
    {
      selector: "edge.walk",
      style: {
        ...{ "curve-style": "bezier", width: 2.5, "line-color": paint("accent"), "line-style": "data(line)", "z-index": 1 },
        ...{ "target-arrow-shape": "triangle", "target-arrow-color": paint("accent"), "arrow-scale": 1.2 },
      },
    },
  ];
}
