// Pointer moves as soon as the browser has them: `pointermove` waits for the next animation frame, 8 ms on average.

const LEAST_MS = 4; // between two; a mouse may tell a thousand a second

/**
 * Follow a pointer early. The `pointermove` of the same step still comes, and says the same once more.
 * @param {EventTarget} target
 * @param {(event: PointerEvent) => void} take
 * @param {AbortSignal} signal Ends it.
 */
export function followEarly(target, take, signal) {
  let last = -Infinity;
  const hear = (/** @type {Event} */ event) => {
    if (event.timeStamp - last < LEAST_MS) return;
    last = event.timeStamp;
    take(/** @type {PointerEvent} */ (event));
  };
  target.addEventListener("pointerrawupdate", hear, { signal, passive: true });
}
