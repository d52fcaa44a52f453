// What a key event means: an arrow's way, or a chord as the kernel's tables of actions spell it.

const STEP = 0.02; // of the plane
const FINE_STEP = 0.004;
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} Pressed */

/**
 * The way of an arrow key, or null. With Shift its step is fine.
 * @param {Pressed} event
 * @returns {{ dx: number, dy: number, step: number, held: boolean } | null} held: with Ctrl, Alt or Cmd
 */
export function arrow(event) {
  const way = WAYS[event.key];
  if (!way) return null;
  const held = event.ctrlKey || event.altKey || event.metaKey;
  return { dx: way[0], dy: way[1], step: event.shiftKey ? FINE_STEP : STEP, held };
}

/**
 * A key with what is held: "r", "W", "Delete", "Ctrl+z", "Ctrl+Shift+z". Cmd counts as Ctrl; Alt makes it nothing of
 * ours. A letter says by itself whether Shift was held.
 * @param {Pressed} event
 */
export function chord(event) {
  if (event.altKey) return "";
  const ctrl = event.ctrlKey || event.metaKey;
  const letter = event.key.length === 1;
  const shift = event.shiftKey && (ctrl || !letter);
  return `${ctrl ? "Ctrl+" : ""}${shift ? "Shift+" : ""}${ctrl && letter ? event.key.toLowerCase() : event.key}`;
}
