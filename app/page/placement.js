// Where nodes are drawn: the way in lines, as text runs; every other node on the nearest free place around the one that
// brought it. Names have room beside each other, and no node moves when others come.

export const WIDTH = 112;
const HEIGHT = 48;
const STOPS_IN_ROW = 3;
const STOP_COLUMNS = 2;
const STOP_LINES = 3;
const HUBS_IN_ROW = 3;
const HUB_COLUMNS = 2;
// Sideways costs more: cells are wider than high.
const SIDEWAYS = 2.2;

export class Placement {
  #taken = new Set();
  #places = new Map();
  #tries = new Map();
  #offsets = [];
  #reach = 4;
  #line = 0;
  #hubs = 0;

  /** Place the stops of a walk below those of the walks before. */
  addRow(keys) {
    keys.forEach((key, at) => {
      const line = this.#line + Math.floor(at / STOPS_IN_ROW) * STOP_LINES;
      if (!this.#places.has(key)) this.#take(key, (at % STOPS_IN_ROW) * STOP_COLUMNS, line);
    });
    this.#line += Math.ceil(keys.length / STOPS_IN_ROW) * STOP_LINES;
  }

  /** Place nodes that belong to no other one. */
  addHubs(keys) {
    for (const key of keys) {
      if (this.#places.has(key)) continue;
      const [row, column] = [Math.floor(this.#hubs / HUBS_IN_ROW), this.#hubs % HUBS_IN_ROW];
      this.#take(key, column * HUB_COLUMNS, row * STOP_LINES);
      this.#hubs += 1;
    }
  }

  /** Return the place of a node; a new one's is beside another one: {x, y}. */
  of(key, around) {
    if (!this.#places.has(key)) this.#seek(key, this.#places.get(around) ?? { column: 0, line: 0 });
    const { column, line } = this.#places.get(key);
    return { x: (column + (line % 2 ? 0.5 : 0)) * WIDTH, y: line * HEIGHT };
  }

  #seek(key, { column, line }) {
    const from = `${column},${line}`;
    for (let at = this.#tries.get(from) ?? 0; ; at += 1) {
      if (at >= this.#offsets.length) this.#widen();
      const [across, down] = this.#offsets[at];
      if (this.#taken.has(`${column + across},${line + down}`)) continue;
      this.#tries.set(from, at + 1);
      this.#take(key, column + across, line + down);
      return;
    }
  }

  // All cells within reach, nearest first. Within a line the side that the offset of odd lines favours comes first.
  #widen() {
    const known = this.#offsets.length;
    this.#reach *= 2;
    const cells = [];
    for (let down = -this.#reach; down <= this.#reach; down += 1)
      for (let across = -this.#reach; across <= this.#reach; across += 1) cells.push([across, down]);
    const far = ([across, down]) => Math.hypot((across + (down % 2 ? 0.5 : 0)) * SIDEWAYS, down);
    this.#offsets = cells.filter((cell) => far(cell) <= this.#reach).sort((a, b) => far(a) - far(b));
    if (this.#offsets.length <= known) this.#widen();
  }

  #take(key, column, line) {
    while (this.#taken.has(`${column},${line}`)) column += 1;
    this.#taken.add(`${column},${line}`);
    this.#places.set(key, { column, line });
  }
}
