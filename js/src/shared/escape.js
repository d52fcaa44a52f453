// When the Esc key means panic: inside our views; with Shift anywhere. In a notebook Esc leaves a cell's editor or closes a
// menu a hundred times an hour, and must not silence who plays while typing.

/** Where panic keeps a pointer silent that was on the plane already: nothing else would say why it is. */
export const HUSHED = "Silent: press on the plane, or leave it and come back, to play on.";

const OURS = ".tw-panel, .terrain-sink, .tw-instrument";
const WRITING = "input, textarea, select, [contenteditable=true], .cm-editor";

/**
 * @typedef {{ inside: boolean, writing: boolean, hovered: boolean }} Place  inside: the focus is in a view of ours;
 *   writing: it is in a field outside; hovered: the pointer is over a view of ours
 */

/**
 * Whether a key that went down is panic; held, it is one.
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "repeat">} event
 * @param {Place} place
 */
export function isPanic({ key, shiftKey, repeat }, { inside, writing, hovered }) {
  if (key !== "Escape" || repeat) return false;
  return shiftKey || inside || (hovered && !writing);
}

/** Where a key's event has come from. @param {KeyboardEvent} event @returns {Place} */
export function placeOf(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("dialog[open]")) return { inside: false, writing: true, hovered: false }; // Esc closes it
  const inside = Boolean(target?.closest(OURS));
  const writing = !inside && Boolean(target?.closest(WRITING));
  return { inside, writing, hovered: document.querySelector(OURS.replace(/(?=,|$)/g, ":hover")) !== null };
}
