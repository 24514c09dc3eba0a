// Which files the service has not got yet, by name: kept until the tab is closed, so that a reload does not hide that
// they are missing. Their bytes are not kept.

const KEY = "longreader-unsent";

/**
 * Return those of a collection, in the order in which they were handed in.
 * @returns {{id: string, collection: string, name: string, why: {what: string, then: string, forGood: boolean}|null}[]} `why` is null
 *   where sending had not ended
 */
export function unsentIn(collection) {
  return all().filter((one) => one.collection === collection);
}

/** Keep one, or what became of it. */
export function keepUnsent({ id, collection, name, why = null }) {
  const others = all();
  const place = others.findIndex((one) => one.id === id);
  const kept = { id, collection, name, why };
  if (place < 0) others.push(kept);
  else others[place] = kept;
  store(others);
}

export function dropUnsent(id) {
  store(all().filter((one) => one.id !== id));
}

function all() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function store(kept) {
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}
