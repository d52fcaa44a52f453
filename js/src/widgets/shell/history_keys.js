// Ctrl+Z and Ctrl+Y are the session's undo and redo wherever the focus is in a studio; in a text they are the text's.

import { chord } from "../plane/keys.js";

/** @type {Record<string, "undo" | "redo">} */
const STEPS = { "Ctrl+z": "undo", "Ctrl+Shift+z": "redo", "Ctrl+y": "redo" };
const TEXTS = "input:not([type=range], [type=checkbox], [type=radio], [type=color]), textarea, [contenteditable=true]";

/**
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "target">} event
 * @param {Element | null} studio
 * @returns {"undo" | "redo" | ""} what the key asks for there
 */
export function historyStep(event, studio) {
  const step = STEPS[chord(event)];
  const target = /** @type {Element | null} */ (event.target);
  if (!step || !target || !studio?.contains(target) || target.closest("dialog") || target.closest(TEXTS)) return "";
  return step;
}

/**
 * Hears the keys before JupyterLab, whose undo is that of the notebook's cells, and before a view that has them too.
 * @param {() => Element | null} studio @param {(step: "undo" | "redo") => void} act @param {AbortSignal} signal Ends it.
 */
export function hearHistory(studio, act, signal) {
  /** @param {KeyboardEvent} event */
  const heard = (event) => {
    const step = historyStep(event, studio());
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    act(step);
  };
  window.addEventListener("keydown", heard, { signal, capture: true });
}
