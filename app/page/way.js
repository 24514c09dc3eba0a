// The way of a question over the note graph, read from its reading steps: which nodes were visited, in which order.

/**
 * @typedef {{walk: number|null, query: string, ordered: boolean, names: string[]}} Leg
 *   `ordered`: the nodes were visited one after the other; else they were looked at together, best first
 */

/** Return the legs of the way: a walk each where the model walked, a look-up each where code chose the nodes. */
export function wayOf(steps) {
  const walks = new Map();
  const initial = steps.findLast((step) => step.kind === "nodes")?.nodes ?? [];
  initial.forEach((name, place) => legOf(walks, place + 1).names.push(name));
  for (const step of steps) {
    if (!step.node || !step.walk) continue;
    const { names } = legOf(walks, step.walk);
    if (names.at(-1) !== step.node) names.push(step.node);
  }
  const lookUps = steps
    .filter((step) => step.kind === "select" && step.nodes?.length)
    .map((step) => ({ walk: step.walk ?? null, query: step.query ?? "", ordered: false, names: [...step.nodes] }));
  return [...[...walks.keys()].sort((a, b) => a - b).map((walk) => walks.get(walk)), ...lookUps];
}

function legOf(walks, walk) {
  if (!walks.has(walk)) walks.set(walk, { walk, query: "", ordered: true, names: [] });
  return walks.get(walk);
}
