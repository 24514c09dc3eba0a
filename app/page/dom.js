// Makes elements. Text always becomes a text node: nothing on this page is ever parsed as markup.

/**
 * Make an element.
 * @param {string} name tag, with classes: "p.quiet.small"
 * @param {Object<string, unknown>} [given] attributes; `on…` are listeners; false, null and undefined are left out,
 *   true makes an empty attribute
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(name, given = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

/** Make a button. Its label is its text, or for a sign alone its accessible name. */
export function button(label, onclick, { sign, kind = "plain", ...given } = {}) {
  const names = sign ? { "aria-label": label, title: label } : {};
  return el(`button.${kind}`, { type: "button", onclick, ...names, ...given }, sign ?? label);
}

/** As `fill`, but where a control in it had the focus, the one of the same name has it again. */
export function refill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  fill(element, ...children);
  if (focused) [...element.querySelectorAll(focused.tagName)].find((one) => nameOf(one) === nameOf(focused))?.focus({ preventScroll: true });
  return element;
}

function nameOf(control) {
  return control.getAttribute("aria-label") ?? control.textContent;
}

/** Put children in place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child || child === 0));
  return element;
}
