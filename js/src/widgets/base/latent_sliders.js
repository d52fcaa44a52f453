import { soon } from "../../shared/frames.js";
import { tell } from "../../shared/kernel_line.js";
import { livePlayer } from "../../shared/live_players.js";
import { slider as ownSlider } from "../../shared/own_keys.js";
import { keepHearing } from "./hearing.js";

/**
 * One slider for each latent, all in one widget: sixty-four of ipywidgets' would be some two hundred models.
 *
 * @typedef {import("@anywidget/types").AnyModel<{ values: number[], locked: boolean[], reach: number, key: string }>} Model
 * @typedef {import("../../shared/protocol.js").SlidersToKernel} ToKernel
 * @typedef {{ slider: HTMLInputElement, lock: HTMLButtonElement, value: HTMLOutputElement }} Row
 */

const FINE = 0.01;
const STEP = 0.1;
const COARSE = 0.5;
const ECHO_MS = 800; // for so long after a move the kernel's answers may still be about an earlier one

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const list = document.createElement("div");
  list.className = "tw-sliders";
  list.setAttribute("role", "group");
  list.setAttribute(
    "aria-label",
    "Latents: arrow keys by 0.1, with Shift by 0.01, page keys by 0.5, 0 for zero, l locks",
  );
  el.appendChild(list);
  /** @type {Row[]} */
  let rows = [];
  let held = -1; // the slider under the pointer: the kernel's answers must not pull it back
  /** @type {Map<number, number>} when each slider was moved here last */
  const touched = new Map();
  let settling = 0;
  /** @type {Map<number, number>} values that wait for the next frame */
  const pending = new Map();
  /** @type {(() => void) | null} */ let forget = null; // what waits for the next frame

  function build() {
    const reach = model.get("reach");
    const count = model.get("values").length;
    if (rows.length !== count) {
      rows = Array.from({ length: count }, (_, index) => row(index, reach));
      list.replaceChildren(...rows.map(({ slider }) => /** @type {HTMLElement} */ (slider.parentElement)));
    }
    show();
  }

  /** @param {number} index @param {number} reach @returns {Row} */
  function row(index, reach) {
    const line = document.createElement("div");
    const name = document.createElement("label");
    const slider = ownSlider({ min: -reach, max: reach, step: FINE });
    const value = document.createElement("output");
    const lock = document.createElement("button");
    name.textContent = String(index);
    slider.id = `tw-latent-${Math.random().toString(36).slice(2)}`;
    name.htmlFor = slider.id;
    slider.setAttribute("aria-label", `Latent ${index}`);
    lock.type = "button";
    lock.textContent = "lock";
    lock.tabIndex = -1; // l on the slider does the same, so that Tab passes each latent once
    lock.title = `Lock latent ${index} against chance and zero (key l on the slider)`;
    lock.setAttribute("aria-label", `Lock latent ${index}`);
    slider.addEventListener("input", () => moved(index, slider.valueAsNumber));
    slider.addEventListener("pointerdown", () => (held = index));
    slider.addEventListener("keydown", (event) => key(event, index));
    slider.addEventListener("dblclick", () => moved(index, 0));
    lock.addEventListener("click", () => toggle(index));
    line.append(name, slider, value, lock);
    return { slider, lock, value };
  }

  /** @param {number} index @param {number} value */
  function moved(index, value) {
    const reach = model.get("reach");
    const kept = Math.min(reach, Math.max(-reach, Math.round(value / FINE) * FINE));
    tellRow(rows[index], kept);
    pending.set(index, kept);
    touched.set(index, performance.now());
    clearTimeout(settling);
    settling = setTimeout(show, ECHO_MS + 50);
    livePlayer(model.get("key"))?.sliders(rows.map(({ slider }) => slider.valueAsNumber));
    forget ||= soon(send);
  }

  const toKernel = (/** @type {ToKernel} */ message) => tell(model, message);

  function send() {
    forget = null;
    toKernel({ type: "move", moves: [...pending] });
    pending.clear();
  }

  /** @param {number} index */
  function toggle(index) {
    toKernel({ type: "lock", index, locked: !model.get("locked")[index] });
  }

  /** @param {KeyboardEvent} event @param {number} index */
  function key(event, index) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = rows[index].slider.valueAsNumber;
    const step = event.shiftKey ? FINE : STEP;
    /** @type {Record<string, number>} */
    const values = {
      ArrowRight: now + step,
      ArrowLeft: now - step,
      PageUp: now + COARSE,
      PageDown: now - COARSE,
      Home: -model.get("reach"),
      End: model.get("reach"),
      0: 0,
    };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = rows[index + (event.key === "ArrowDown" ? 1 : -1)];
      next?.slider.focus();
    } else if (event.key === "l") toggle(index);
    else if (event.key in values) moved(index, values[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Row} row @param {number} value */
  function tellRow({ slider, value: words }, value) {
    slider.value = String(value);
    words.value = `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
  }

  function show() {
    const values = model.get("values");
    const locked = model.get("locked");
    const now = performance.now();
    rows.forEach((row, index) => {
      const echo = now - (touched.get(index) ?? -Infinity) < ECHO_MS;
      if (index !== held && !echo) tellRow(row, values[index]);
      row.lock.setAttribute("aria-pressed", String(Boolean(locked[index])));
    });
  }

  function lift() {
    held = -1;
  }

  window.addEventListener("pointerup", lift);
  window.addEventListener("pointercancel", lift);
  model.on("change:values change:locked", build);
  build();

  return () => {
    forget?.();
    clearTimeout(settling);
    window.removeEventListener("pointerup", lift);
    window.removeEventListener("pointercancel", lift);
    model.off("change:values change:locked", build);
  };
}

export default { initialize: keepHearing, render };
