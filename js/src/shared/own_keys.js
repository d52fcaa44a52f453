// Keys that are an element's own. JupyterLab takes arrow keys and letters for the notebook's cells before any element
// hears of them, unless the element that has the focus is marked; of those around it, it does not ask.

const MARK = "data-lm-suppress-shortcuts";

/**
 * Keeps keys for an element that can have the focus.
 * @template {Element} T
 * @param {T} el
 */
export function ownKeys(el) {
  el.setAttribute(MARK, "true");
  return el;
}

/**
 * Keeps keys for an element and for all in it, also what comes later.
 * @template {HTMLElement} T
 * @param {T} el
 */
export function ownKeysWithin(el) {
  el.addEventListener("focusin", ({ target }) => ownKeys(/** @type {Element} */ (target)));
  return ownKeys(el);
}

/**
 * A native slider; every one of ours is made here, so that arrow keys move it.
 * @param {{min?: number, max?: number, step?: number}} range
 */
export function slider(range = {}) {
  const made = ownKeys(document.createElement("input"));
  made.type = "range";
  for (const [name, value] of Object.entries(range)) made.setAttribute(name, String(value));
  return made;
}
