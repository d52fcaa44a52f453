// The stage alone on the whole screen, by a button or by its key; Esc, which is the browser's, leaves.

import { chord } from "../plane/keys.js";

export const FULL_SCREEN = "fullscreen"; // an item of a bar with this id is the page's own
const KEY = "f";

/** @param {HTMLElement} el on the stage */
export function toggle(el) {
  if (document.fullscreenElement) void document.exitFullscreen();
  else
    el.closest(".tw-stage")
      ?.requestFullscreen()
      .catch(() => {}); // a page in a frame may have none
}

/** Have the key do it wherever it goes down on the stage. @param {HTMLElement} el on it @param {AbortSignal} signal */
export function listen(el, signal) {
  /** @param {KeyboardEvent} event */
  const heard = (event) => {
    const stage = el.closest(".tw-stage");
    // On the whole screen nothing else has keys, whatever had the focus before.
    const ours =
      event.target instanceof Element && (stage?.contains(event.target) || document.fullscreenElement === stage);
    if (chord(event) !== KEY || !ours) return;
    event.preventDefault();
    event.stopPropagation();
    toggle(el);
  };
  document.addEventListener("keydown", heard, { signal, capture: true });
}
