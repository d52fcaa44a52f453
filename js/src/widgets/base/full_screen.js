// The stage alone on the whole screen, by a button or by its key; Esc leaves.

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

/**
 * What a key means: true to go there, false to leave, null for nothing of ours. Esc is the browser's where it takes it.
 * @param {string} key as a chord @param {boolean} alone whether the stage is alone @param {boolean} on the stage
 */
export function asked(key, alone, on) {
  if (key === KEY && (alone || on)) return !alone;
  return key === "Escape" && alone ? false : null;
}

/** Have the keys do it wherever they go down on the stage. @param {HTMLElement} el on it @param {AbortSignal} signal */
export function listen(el, signal) {
  /** @param {KeyboardEvent} event */
  const heard = (event) => {
    const stage = el.closest(".tw-stage");
    const { target } = event;
    if (!stage || !(target instanceof Element) || target.closest("dialog")) return; // of a dialog, a letter or its end
    // On the whole screen nothing else has keys, whatever had the focus before.
    if (asked(chord(event), document.fullscreenElement === stage, stage.contains(target)) === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) toggle(el);
  };
  document.addEventListener("keydown", heard, { signal, capture: true });
}
