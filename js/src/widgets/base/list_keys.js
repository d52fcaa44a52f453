import { tell } from "../../shared/kernel_line.js";
import { ownKeys } from "../../shared/own_keys.js";
import { keepHearing } from "./hearing.js";
import { passTab } from "./tab_pass.js";

// A list drawn on a canvas has no rows to focus: the element around it takes the focus, sends its keys, and speaks.

const LIST_KEYS = ["ArrowUp", "ArrowDown", "Shift+ArrowUp", "Shift+ArrowDown", "Delete"];

const leaveToBrowser = (/** @type {Event} */ event) => event.stopPropagation();

/** @param {{ model: import("@anywidget/types").AnyModel, el: HTMLElement }} context */
function render({ model, el }) {
  const words = document.createElement("div");
  words.setAttribute("aria-live", "polite");
  el.appendChild(words);
  /** @type {HTMLElement | null} */ let list = null;

  const say = () => {
    words.textContent = model.get("said");
    const canvas = list?.querySelector("canvas");
    const row = model.get("row");
    const rows = model.get("rows");
    if (!list || !canvas || row < 0 || !rows) return;
    const height = canvas.clientHeight / rows;
    const top = row * height;
    // Only this list scrolls, never the notebook around it.
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    const key = (event.shiftKey ? "Shift+" : "") + event.key;
    if (event.target !== list || event.ctrlKey || event.metaKey || event.altKey || !LIST_KEYS.includes(key)) return;
    event.preventDefault();
    event.stopPropagation();
    tell(model, { key });
  };
  // Attached to the page only after render.
  const attached = requestAnimationFrame(() => {
    list = el.closest(".tw-list");
    if (!list) return;
    list.tabIndex = 0;
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "Sounds. Arrows select one, with Shift they move it, Delete removes it");
    ownKeys(list);
    list.addEventListener("keydown", press);
    list.addEventListener("mousedown", focus);
    // The canvas in it would take these and keep the list from scrolling.
    for (const kind of ["wheel", "touchstart", "touchmove", "touchend", "touchcancel"])
      list.addEventListener(kind, leaveToBrowser, { capture: true, passive: true, signal: leaving.signal });
    say();
  });
  const leaving = new AbortController();
  passTab(el, leaving.signal);
  const focus = () => list?.focus({ preventScroll: true });
  model.on("change:said change:row change:rows", say);
  return () => {
    leaving.abort();
    cancelAnimationFrame(attached);
    list?.removeEventListener("keydown", press);
    list?.removeEventListener("mousedown", focus);
    model.off("change:said change:row change:rows", say);
  };
}

export default { initialize: keepHearing, render };
