// Loads the styles of a part of the page when it is first shown.

const loading = new Map();

/** Load a file of styles, once. `id` is given to its element. */
export function useStyle(name, id) {
  if (!loading.has(name)) loading.set(name, load(new URL(`./${name}.css`, import.meta.url).href, id));
  return loading.get(name);
}

function load(href, id) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  if (id) link.id = id;
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    // A part without its styles is better than none.
    link.addEventListener("error", resolve);
    document.head.append(link);
  });
}
